"""A course with a small class that has handed in the lightest lesson, and all that grading it wrote, for tests of grading at scale."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from autograder import checks, demo
from tests.one_lesson import keep_one_lesson

ROOT = Path(__file__).parents[1]
CHAPTER, FILE, LESSON = "01_generative_modeling", "01_density", "density"
EXERCISES = [exercise.split("/")[1] for exercise in checks.ids(LESSON)]
ENTRIES = {
    "marks": "select s.student_id, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade from grade g "
    "join submitted_notebook n on n.id = g.notebook_id join submitted_assignment s on s.id = n.assignment_id "
    "join base_cell c on c.id = g.cell_id order by 1, 2",
    "comments": "select s.student_id, c.name, m.auto_comment, m.manual_comment from comment m "
    "join submitted_notebook n on n.id = m.notebook_id join submitted_assignment s on s.id = n.assignment_id "
    "join base_cell c on c.id = m.cell_id order by 1, 2",
    "times": "select s.student_id, s.timestamp, n.late_submission_penalty from submitted_assignment s "
    "join submitted_notebook n on n.assignment_id = s.id order by 1",
}


def run(app: str, *arguments: str) -> None:
    """Run one of nbgrader's commands in the current folder, without a new process."""
    from nbgrader import apps

    command = getattr(apps, app)()
    command.initialize([*arguments, "--log-level=CRITICAL"])
    command.start()


@contextlib.contextmanager
def inside(folder: Path) -> Any:
    """In this folder, with nbgrader's tools on the path."""
    before, path = Path.cwd(), os.environ["PATH"]
    os.chdir(folder)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{path}"
    try:
        yield
    finally:
        os.chdir(before)
        os.environ["PATH"] = path


def make_course(folder: Path, database: str = "") -> Path:
    """A course whose one assignment is in the gradebook: an SQLite file, or the database at an address."""
    folder.mkdir()
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    if database:
        with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            # Other databases than SQLite insist on the course that nbgrader refers to: it needs a name.
            config.write(f"c.CourseDirectory.db_url = {database!r}\nc.CourseDirectory.course_id = 'course'\n")
    for name in ("solutions", "lessons"):
        shutil.copytree(ROOT / name / CHAPTER, folder / name / CHAPTER)
    keep_one_lesson(folder, LESSON)
    with inside(folder):
        run("GenerateAssignmentApp", CHAPTER, "--create", "--force")
    return folder


def mistakes(number: int) -> dict[str, str]:
    """What a student did not get right, by exercise: nothing, one known mistake, two, one left blank, and so on."""
    wrong = [EXERCISES[(number + k) % len(EXERCISES)] for k in range(number % 3)]
    known = {name: checks.find(f"{LESSON}/{name}").misconceptions for name in wrong}
    return {name: demo.BLANK if number % 4 == 3 else known[name][number % len(known[name])].name for name in wrong}


def hand_in(
    course: Path, student: str, wrong: dict[str, str], time: str = "2026-11-02 10:00:00 UTC"
) -> dict[str, float]:
    """Put a hand-in into submitted/; the points that each exercise should get."""
    notebook = demo.hand_in(ROOT, wrong, LESSON)
    notebook["cells"].append({"cell_type": "markdown", "id": "own-name", "metadata": {}, "source": f"By {student}."})
    folder = course / "submitted" / student / CHAPTER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{FILE}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "timestamp.txt").write_text(time, encoding="utf-8")
    return {name: 0.0 if name in wrong else checks.points(f"{LESSON}/{name}") for name in EXERCISES}


def written(course: Path, database: str = "") -> dict[str, Any]:
    """All that grading wrote: the gradebook's entries, and the graded notebooks but for how long they took."""
    from sqlalchemy import create_engine, text

    engine = create_engine(database or f"sqlite:///{course / 'gradebook.db'}")
    with engine.connect() as connection:
        found: dict[str, Any] = {
            name: [tuple(r) for r in connection.execute(text(ask))] for name, ask in ENTRIES.items()
        }
    engine.dispose()
    # SQLite gives times back as text.
    found["times"] = [(student, str(time)[:19], penalty) for student, time, penalty in found["times"]]
    for path in sorted(course.glob("autograded/*/*/*")):
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            notebook = json.loads(content)
            for key in ("seconds", "cpu_seconds"):
                del notebook["metadata"]["genlab"][key]
            content = notebook
        found[str(path.relative_to(course))] = content
    return found


def points(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Automatic marks by student and exercise, of what was written."""
    marks: dict[str, dict[str, float]] = {}
    for student, name, score, *_ in found["marks"]:
        marks.setdefault(student, {})[name] = score
    return marks
