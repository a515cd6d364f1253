"""A class of a thousand on this machine: time, memory while it runs, and whether the gradebook says what it should.

    python benchmarks/class_of_a_thousand.py [--students 1000] [--kills 0] [--cluster ADDRESS] [--db URL]

Hand-ins are made of the lesson's solution and known mistakes, one in a hundred is damaged, and three run for ever or take all the memory they
can get. What each mistake costs is found by the checks alone, without the engine; a student with several loses the sum of them.
--kills: end the grader that often with SIGKILL, at random moments, before it may finish. Linux only. The exit code is 1 where marks differ.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CHAPTER, FILE, LESSON = "01_generative_modeling", "01_density", "density"
PER_EXERCISE = 3  # mistakes that students make in each
ENDLESS = "while True:\n    pass\n"
GREEDY = "hoard = []\nwhile True:\n    hoard.append(bytearray(2**24))\n"

Lost = dict[tuple[str, str], set[str]]  # by exercise and mistake


def costs() -> Lost:
    """Exercises that each of the mistakes costs, its own and those that build on it."""
    from autograder import checks, demo
    from autograder.lesson_file import code_cells
    from autograder.selfcheck import check_cells

    found = {}
    for exercise in checks.ids(LESSON):
        name = exercise.split("/")[1]
        for mistake in [demo.BLANK, *(m.name for m in checks.find(exercise).misconceptions[: PER_EXERCISE - 1])]:
            reports = check_cells(code_cells(demo.hand_in(ROOT, {name: mistake}, LESSON)), LESSON, hidden=True)
            found[name, mistake] = {report.exercise.split("/")[1] for report in reports if not report.passed}
    return found


def hand_in_all(course: Path, count: int, lost: Lost) -> dict[str, dict[str, float]]:
    """Hand-ins in submitted/; the points that each student should get, by exercise."""
    from autograder import checks, demo

    draw = random.Random(0)
    points = {exercise.split("/")[1]: checks.points(exercise) for exercise in checks.ids(LESSON)}
    expected = {}
    for number in range(count):
        names = draw.sample(list(points), draw.choice((0, 0, 1, 1, 2, 3)))
        wrong = {name: draw.choice([mistake for own, mistake in lost if own == name]) for name in names}
        notebook = demo.hand_in(ROOT, wrong, LESSON)
        notebook["cells"].append({"cell_type": "markdown", "id": "who", "metadata": {}, "source": f"Student {number}."})
        if number % 100 == 7:
            for cell in notebook["cells"]:
                cell["metadata"] = {}  # as some editors leave it
        if number in (11, 12, 13):
            notebook["cells"].append(_code(GREEDY if number == 13 else ENDLESS))
        student = f"student_{number:04}"
        folder = course / "submitted" / student / CHAPTER
        folder.mkdir(parents=True)
        (folder / f"{FILE}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        gone = {name for mistake in wrong.items() for name in lost[mistake]}
        expected[student] = {name: 0.0 if name in gone else most for name, most in points.items()}
    return expected


def _code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": "own",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def make_course(folder: Path, url: str) -> Path:
    """A course whose assignment is in the gradebook."""
    folder.mkdir()
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    if url:
        with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write(f"c.CourseDirectory.db_url = {url!r}\nc.CourseDirectory.course_id = 'course'\n")
    for name in ("solutions", "lessons"):
        shutil.copytree(ROOT / name / CHAPTER, folder / name / CHAPTER)
    command = [BIN / "nbgrader", "generate_assignment", CHAPTER, "--create", "--force"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


class Watch(threading.Thread):
    """Memory of a process and of all that descend from it, in MiB: what they share is counted once."""

    def __init__(self, root: int, finished: Any) -> None:
        super().__init__(daemon=True)
        self.root, self.finished = root, finished
        self.seen: list[tuple[float, int, float, float]] = []  # seconds, submissions, the grader's own MiB, all MiB
        self.began = time.perf_counter()

    def run(self) -> None:
        """Look every second until the process is gone."""
        while Path(f"/proc/{self.root}/smaps_rollup").exists():
            each = [_memory(process) for process in [self.root, *_descendants(self.root)]]
            self.seen.append((time.perf_counter() - self.began, self.finished(), each[0], sum(each)))
            time.sleep(1)


def _memory(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, more = [], [root]
    while more:
        following = children.get(more.pop(), [])
        found += following
        more += following
    return found


def grade(course: Path, kills: int, cluster: str) -> list[Watch]:
    """Run `genlab grade` until it ends by itself, killed so many times before; what was watched in each run."""
    draw = random.Random(1)
    command = [str(BIN / "genlab"), "grade", CHAPTER, *(["--cluster", cluster] if cluster else [])]
    count = len(list((course / "submitted").iterdir()))
    stops = sorted(draw.randrange(count) for _ in range(kills))
    watched = []

    def finished() -> int:
        return sum(1 for _ in course.glob("autograded/*/*"))

    while True:
        with (course / "grade.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=course, stdout=log, stderr=subprocess.STDOUT)
        watch = Watch(process.pid, finished)
        watch.start()
        watched.append(watch)
        if len(watched) > kills:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            print(f"CPU seconds, with all that it started: {usage.ru_utime + usage.ru_stime:.0f}")
            break
        while finished() < stops[len(watched) - 1] and process.poll() is None:
            time.sleep(0.05)
        time.sleep(draw.uniform(0, 5))
        process.kill()
        process.wait()
        print(f"killed after {time.perf_counter() - watch.began:.1f} s, {finished()} of {count} finished")
    watch.join()
    if process.returncode not in (0, 1):
        raise RuntimeError((course / "grade.log").read_text(encoding="utf-8", errors="replace")[-2000:])
    return watched


def marks(course: Path, url: str) -> dict[str, dict[str, float]]:
    """What the gradebook says."""
    from nbgrader.api import Gradebook

    with Gradebook(url or f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        found = gradebook.notebook_submissions(FILE, CHAPTER)
        return {notebook.student.id: {g.name: g.auto_score for g in notebook.grades} for notebook in found}


def print_run(watched: list[Watch], count: int) -> None:
    """Print time and memory over a run, in tenths of the class."""
    seconds = sum(watch.seen[-1][0] for watch in watched if watch.seen)
    seen = watched[-1].seen
    print(f"{count} submissions in {seconds:.0f} s: {1000 * seconds / count:.0f} ms each")
    print(f"{'finished':>10}{'seconds':>10}{'grader MiB':>12}{'all MiB, peak':>16}")
    for tenth in range(10):
        part = [s for s in seen if tenth * count <= 10 * s[1] < (tenth + 1) * count or (tenth == 9 and s[1] == count)]
        if part:
            print(f"{part[-1][1]:10}{part[-1][0]:10.0f}{max(s[2] for s in part):12.0f}{max(s[3] for s in part):16.0f}")


def main() -> None:
    """Run it, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--cluster", default="")
    parser.add_argument("--db", default="", help="address of a gradebook in PostgreSQL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="genlab-thousand-") as name:
        os.environ.update(GENLAB_HOME=str(Path(name, "home")), GENLAB_PROGRESS="off", GENLAB_CHECKPOINTS="off")
        os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"  # nbgrader runs alembic as a command
        course = make_course(Path(name, "course"), options.db)
        expected = hand_in_all(course, options.students, costs())
        print(f"{os.cpu_count()} processors, load before {os.getloadavg()[0]:.1f}", flush=True)
        print_run(grade(course, options.kills, options.cluster), options.students)
        found = marks(course, options.db)
        wrong = [s for s in expected if found.get(s) != expected[s]]
        for student in wrong[:10]:
            print(f"{student}: {found.get(student)} in place of {expected[student]}")
        print(f"gradebook: {len(expected) - len(wrong)} of {len(expected)} submissions have the marks that they should")
        print((course / "grade.log").read_text(encoding="utf-8").strip().splitlines()[-1])
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
