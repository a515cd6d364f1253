"""What grading a class costs: `nbgrader autograde` as shipped against `genlab grade`, on the same hand-ins.

    python benchmarks/grading.py [--payoff] [--otter] [--students 20] [--processors 1]

--payoff adds a row in which the lesson's training and picture cells run too, on both sides. --otter adds `otter run`. --processors limits
all commands to so many: two processors of a virtual machine may be one core's threads, which slow each other down, so that the same work
costs more CPU seconds where both are busy. Linux only.

Every command is a process on its own copy of one prepared course. Its CPU seconds are its whole family's, from os.wait4; this script
is the reaper of orphans, so that kernels and servers that outlive their parents count too. The exit code is 1 where marks differ.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CHAPTER, FILE, LESSON = "03_vae", "02_vae_fashion", "vae_fashion"
REUSED = "autoencoder/Decoder"
PR_SET_CHILD_SUBREAPER = 36
AS_SHIPPED = """
del c.Autograde.sanitize_preprocessors, c.Autograde.autograde_preprocessors
c.Execute.timeout = 300
"""
OTTER_TEST = """
from autograder import check
from otter.test_files import test_case
OK_FORMAT, name, points = False, "{name}", {points}
@test_case()
def test({name}):
    check("{exercise}", {name})
"""
NOTES = """\
Marks are equal, student by student and exercise by exercise. nbgrader as shipped: one submission after another, a kernel for
each, torch's own choice of threads, no sandbox. genlab: sandboxed, a submission per processor at once, one thread each."""
OTTER_NOTES = """\
What differs: otter starts a process and a kernel for each submission, judges in the student's own process, unsandboxed, asks
the visible checks alone, and writes a file, no gradebook. Marks that differ from those above:"""

Notebook = dict[str, Any]
Marks = dict[str, dict[str, float]]  # student → exercise → points


class Cost(NamedTuple):
    """Seconds of the clock, and of all processors together."""

    wall: float
    cpu: float


def measure(command: list[Any], folder: Path) -> Cost:
    """The cost of a command in a folder, with all that it started. Raises RuntimeError when it fails."""
    with (folder / "benchmark.log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall, cpu = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = (folder / "benchmark.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{Path(command[0]).name} ended with exit code {process.returncode}:\n{said[-3000:]}")
    with contextlib.suppress(ChildProcessError):  # there are no children left
        while True:
            usage = os.wait4(-1, 0)[2]
            cpu += usage.ru_utime + usage.ru_stime
    return Cost(wall, cpu)


def hand_ins(count: int, payoff: bool) -> dict[str, Notebook]:
    """Notebooks by student, all different: the first is right, the others have one to three exercises with a named mistake.

    Where the lesson reuses a piece of an earlier one, the students have pasted it in, as the lesson allows: this notebook stands alone.
    """
    from autograder import checks, demo
    from autograder.definitions import solution_source

    draw = random.Random(0)
    students = {}
    for number in range(count):
        wrong = draw.sample(checks.ids(LESSON), number and draw.randint(1, 3))
        mistakes = {i.split("/")[1]: draw.choice(checks.find(i).misconceptions).name for i in wrong}
        notebook = demo.hand_in(ROOT, mistakes)
        if not payoff:
            notebook["cells"] = [c for c in notebook["cells"] if "payoff" not in c["metadata"].get("tags", [])]
        first = next(c for c in notebook["cells"] if c["id"].endswith("-solution"))
        first["source"] = f"# Handed in by student {number}.\n{first['source']}"
        reusing = next(c for c in notebook["cells"] if f'reuse("{REUSED}")' in "".join(c["source"]))
        reusing["source"] = solution_source(REUSED)
        students[f"student_{number:02}"] = notebook
    return students


def prepare(course: Path, students: dict[str, Notebook]) -> None:
    """A course whose assignment is registered and whose students have handed in."""
    course.mkdir(parents=True)
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, course)
    for name in ("solutions", "lessons", "datasets"):
        shutil.copytree(ROOT / name, course / name)
    measure([BIN / "nbgrader", "generate_assignment", CHAPTER, "--create", "--force"], course)
    for student, notebook in students.items():
        path = course / "submitted" / student / CHAPTER / f"{FILE}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")


def marks(course: Path) -> Marks:
    """What the gradebook says of the notebook that was handed in."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        found = gradebook.notebook_submissions(FILE, CHAPTER)
        return {n.student.id: {g.name: g.score for g in n.grades} for n in found}


def differences(one: Marks, other: Marks) -> list[str]:
    """A line for each student of whom the two do not say the same."""
    students = sorted({*one, *other})
    return [f"{s}: {one.get(s)} and {other.get(s)}" for s in students if one.get(s) != other.get(s)]


def print_table(other: str, rows: dict[str, tuple[Cost, Cost]]) -> None:
    """What another grader costs, what ours does, and how many times as much that is."""
    print(f"\n{'':<32}{'wall seconds':>28}{'CPU seconds of all':>28}")
    print(f"{'':<32}", *[f"{other:>10}{'genlab':>9}{'ratio':>8}"] * 2)
    for title, (theirs, ours) in rows.items():
        print(f"{title:<32}", *(f"{a:10.1f}{b:9.1f}{a / b:8.1f}" for a, b in zip(theirs, ours, strict=True)))


def compare(folder: Path, students: dict[str, Notebook], *options: str) -> tuple[Cost, Cost, Marks]:
    """The cost of nbgrader, of `genlab grade`, and the marks by both. Raises RuntimeError where marks differ."""
    theirs, ours = folder / "nbgrader", folder / "genlab"
    prepare(ours, students)
    shutil.copytree(ours, theirs)
    with (theirs / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(AS_SHIPPED)
    shipped = measure([BIN / "nbgrader", "autograde", CHAPTER], theirs)
    engine = measure([BIN / "genlab", "grade", CHAPTER, *options], ours)
    found = marks(ours)
    assert found.keys() == students.keys() and any(any(points.values()) for points in found.values())
    if different := differences(marks(theirs), found):
        shutil.copytree(folder, ROOT / "build" / "grading", dirs_exist_ok=True)
        raise RuntimeError("\n".join(["marks by nbgrader and by genlab differ; see build/grading", *different]))
    return shipped, engine, found


def print_phases(course: Path, students: dict[str, Notebook], whole: Cost, expected: Marks) -> None:
    """Print where the CPU seconds of `genlab grade` go. Raises RuntimeError where marks differ from those expected."""
    import torch

    from autograder.engine import grading
    from autograder.engine.assignment import grade_assignment
    from autograder.engine.client import Engine
    from autograder.engine.grader import grader_of
    from autograder.engine.options import Options

    grade_assignment(course, CHAPTER, list(students)[:1], force=True)  # imports everything and starts the server
    began = time.process_time()
    grade_assignment(course, CHAPTER, force=True)
    here = time.process_time() - began
    grader = grader_of(course, Options())
    grader.close()
    torch.set_num_threads(1)  # as judges have it
    with Engine.start() as engine:
        began = time.process_time()
        outcomes = {s: grading.grade(engine, notebook, LESSON, grader.secret) for s, notebook in students.items()}
        judging = time.process_time() - began
    child = sum(outcome.cpu_seconds for outcome in outcomes.values())
    found = {s: {i.split("/")[1]: r.points for i, r in o.reports.items()} for s, o in outcomes.items()}
    if differences(found, expected):
        raise RuntimeError("marks in this process and in the gradebook differ")
    print(f"\n`genlab grade` without payoff cells, CPU seconds per submission (sandbox: tier {engine.server.tier})")
    rest = whole.cpu - child - judging - here
    phases = {
        "child: the submission's cells and probes": child,
        "judging, and talking with the child": judging,
        "nbgrader's own conversion, repair": here,
        f"the rest: start-up of grader and server, {rest:.1f} s spread over {len(students)}": rest,
        "all": whole.cpu,
    }
    for name, seconds in phases.items():
        print(f"  {name:<66}{seconds / len(students):7.2f}")


def otter(folder: Path, students: dict[str, Notebook]) -> tuple[Cost, Marks]:
    """The cost of `otter run` on each, and the marks; a test per exercise calls the visible check. Raises RuntimeError."""
    from autograder import checks

    environment, tests, results = (folder / name for name in ("environment", "tests", "results"))
    tests.mkdir(parents=True)
    results.mkdir()
    for exercise in checks.ids(LESSON):
        name = exercise.split("/")[1]
        text = OTTER_TEST.format(name=name, exercise=exercise, points=checks.points(exercise))
        (tests / f"{name}.py").write_text(text, encoding="utf-8")
    venv.create(environment)
    reuse = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (next(environment.glob("lib/*/site-packages")) / "reuse.pth").write_text(reuse, encoding="utf-8")
    measure([environment / "bin" / "python", "-m", "pip", "install", "--quiet", "otter-grader"], folder)
    command = environment / "bin" / "otter"
    measure([command, "generate", "-t", "tests", "-o", "autograder.zip", "--no-requirements"], folder)
    costs, found = [], {}
    for student, notebook in students.items():
        cells = [c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]
        (folder / f"{FILE}.ipynb").write_text(json.dumps(notebook | {"cells": cells}), encoding="utf-8")
        costs.append(measure([command, "run", "-a", "autograder.zip", "-o", results, f"{FILE}.ipynb"], folder))
        tested = json.loads((results / "results.json").read_text(encoding="utf-8"))["tests"]
        found[student] = {t["name"].split()[0]: t["score"] for t in tested if "score" in t}
    return Cost(*map(sum, zip(*costs, strict=True))), found


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--payoff", action="store_true", help="the row with training and picture cells too (minutes)")
    parser.add_argument("--otter", action="store_true", help="otter run too; installs it into an environment for once")
    parser.add_argument("--processors", type=int, default=len(os.sched_getaffinity(0)), help="use no more than these")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.processors])
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    with tempfile.TemporaryDirectory(prefix="genlab-benchmark-") as name:
        folder = Path(name)
        os.environ.update(GENLAB_HOME=str(folder / "home"), GENLAB_SCALE="smoke")
        os.environ.update(GENLAB_PROGRESS="off", GENLAB_CHECKPOINTS="off")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # bytecode is kept, as on anybody's machine
        os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"  # nbgrader runs alembic as a command
        print(
            f"{options.students} submissions, processors: {len(os.sched_getaffinity(0))}, load before {os.getloadavg()[0]:.1f}"
        )
        students = hand_ins(options.students, False)
        theirs, ours, found = compare(folder / "plain", students)
        rows = {"without payoff cells": (theirs, ours)}
        if options.payoff:
            import genlab

            genlab.data.load("fashion_mnist", size=32)  # prepared once, so that nobody's time is spent on it
            rows["with payoff cells"] = compare(folder / "payoff", hand_ins(options.students, True), "--run-all")[:2]
        print_table("nbgrader", rows)
        print(NOTES)
        print_phases(folder / "plain" / "genlab", students, ours, found)
        if options.otter:
            try:
                cost, marked = otter(folder / "otter", students)
            except (RuntimeError, OSError) as error:
                print("\nno comparison with otter run:", str(error).strip().splitlines()[-1])
            else:
                print_table("otter", {"without payoff cells": (cost, ours)})
                print(OTTER_NOTES, *(differences(marked, found) or ["none"]), sep="\n  ")


if __name__ == "__main__":
    main()
