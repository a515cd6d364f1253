"""A whole assignment: hand-ins repaired, run in parallel ahead of nbgrader's own autograde, a row for every one of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.engine import nbgrader_api
from autograder.engine.grader import Grader, Options, grader_of
from autograder.engine.launch import EngineError
from autograder.engine.submission import lent_by
from genlab.course import Course, Lesson, load_course


class NotReleased(ValueError):
    """The assignment is not in the gradebook, or not in the course; the message says what to do."""


@dataclass(frozen=True)
class Row:
    """One student's one notebook: points and what was out of the ordinary. points is None where there can be no score."""

    student: str
    notebook: str
    points: float | None
    most: float
    notes: tuple[str, ...]
    look: bool  # a person must: it could not be read, or not be graded


@dataclass(frozen=True)
class Phases:
    """Seconds of wall time: starting up, repairing, and grading itself; and how many students' hand-ins were graded."""

    start: float
    repair: float
    grade: float
    graded: int


def grade_assignment(
    folder: Path,
    assignment: str,
    students: Iterable[str] = (),
    *,
    options: Options | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Row], Phases]:
    """Rows for all hand-ins of an assignment, or for some students', after grading those that have no marks yet; and how long it took.

    force: grade again what has marks. progress: called with (done, all) submissions.
    Raises NotReleased, launch.EngineError, tiers.NoSandbox.
    """
    from autograder.handin.collect import repair_submitted

    began = time.perf_counter()
    options = options or Options()
    course = load_course(folder / "course.yml")
    lessons = _lessons(course, assignment)
    wanted = sorted(set(students)) or sorted(p.parent.name for p in (folder / "submitted").glob(f"*/{assignment}"))
    absent = [s for s in wanted if not (folder / "submitted" / s / assignment).is_dir()]
    if absent:
        raise NotReleased(f"submitted/{absent[0]}/{assignment} does not exist: nothing was collected from {absent[0]}")
    if not wanted:
        raise NotReleased(f"submitted/ holds nothing for {assignment} yet. `genlab collect {assignment} …` fills it.")
    grader = grader_of(folder.resolve(), options)
    starting = grader.start()  # in the background: it takes as long as the imports that follow
    config = nbgrader_api.config(folder, options)
    todo = [
        s
        for s in wanted
        if force or not (folder / "autograded" / s / assignment).exists() or _newer(folder, s, assignment)
    ]
    _release(config, folder, assignment)
    starting.result()  # a machine that cannot grade says so before anything is written
    started = time.perf_counter()
    mended = repair_submitted(folder, assignment, wanted)
    notes = {(row.student, row.notebook): row.notes for row in mended}
    refused = {(row.student, row.notebook) for row in mended if row.state == "refused"}
    repaired = time.perf_counter()
    todo = [s for s in todo if any((folder / "submitted" / s / assignment).glob("*.ipynb"))]
    failures = _grade(folder, config, grader, course, assignment, lessons, todo, force, progress)
    for key, more in grader.notes.items():
        notes[key] = (*notes.get(key, ()), *more)
    rows = _rows(config, assignment, wanted, notes, failures, refused)
    return rows, Phases(started - began, repaired - started, time.perf_counter() - repaired, len(todo))


def _lessons(course: Course, assignment: str) -> dict[str, Lesson]:
    """The assignment's lessons by notebook name. Raises NotReleased."""
    found = {lesson.file: lesson for lesson in course.lessons if lesson.chapter == assignment}
    if not found:
        known = ", ".join(chapter.id for chapter in course.chapters)
        raise NotReleased(f"the course has no assignment {assignment}; it has: {known}")
    return found


def _release(config: Any, folder: Path, assignment: str) -> None:
    """Raises NotReleased when the gradebook does not know the assignment."""
    from nbgrader.api import Gradebook, MissingEntry

    command = f"genlab release {assignment}"
    if not (folder / "gradebook.db").exists() and "sqlite" in nbgrader_api.coursedir(config).db_url:
        raise NotReleased(f"there is no gradebook in {folder} yet. Run `{command}` there first.")
    with Gradebook(nbgrader_api.coursedir(config).db_url) as gradebook:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            raise NotReleased(f"the gradebook does not know {assignment}. Run `{command}` first.") from None


def _newer(folder: Path, student: str, assignment: str) -> bool:
    """Whether the hand-in's time stamp is later than that of the graded one, by nbgrader's own rule."""
    texts = []
    for place in ("submitted", "autograded"):
        path = folder / place / student / assignment / "timestamp.txt"
        texts.append(path.read_text(encoding="utf-8").strip() if path.is_file() else "")
    return bool(texts[0]) and bool(texts[1]) and texts[0] > texts[1]


def _grade(
    folder: Path,
    config: Any,
    grader: Grader,
    course: Course,
    assignment: str,
    lessons: dict[str, Lesson],
    students: list[str],
    force: bool,
    progress: Callable[[int, int], None] | None,
) -> dict[str, str]:
    """Run nbgrader's autograde over the students, with the engine ahead of it; what failed, by student."""
    from nbgrader.converters import Autograde

    failures: dict[str, str] = {}
    if not students:
        return failures
    sources = _locked_sources(config, assignment, lessons)
    for student in students:
        for name, lesson in lessons.items():
            notebook = _as_executed(folder, assignment, student, name, sources.get(name, {}))
            if notebook is not None:
                lent = lent_by(folder / "submitted" / student / assignment, course, lesson)
                grader.prefetch(notebook, lesson.id, lent)
    with nbgrader_api.one_engine():
        for done, student in enumerate(students):
            if progress:
                progress(done, len(students))
            coursedir = nbgrader_api.coursedir(config)
            coursedir.assignment_id, coursedir.student_id = assignment, student
            converter = Autograde(coursedir=coursedir, config=config)
            converter.force = force
            with nbgrader_api.quiet() as errors:
                try:
                    converter.start()
                except EngineError:
                    raise
                except Exception as error:
                    failures[student] = "; ".join(errors) or f"{type(error).__name__}: {error}"
    if progress:
        progress(len(students), len(students))
    return failures


def _locked_sources(config: Any, assignment: str, lessons: dict[str, Lesson]) -> dict[str, dict[str, str]]:
    """Text of the locked cells by notebook and grade id, as nbgrader restores it."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(nbgrader_api.coursedir(config).db_url) as gradebook:
        for name in lessons:
            cells = gradebook.find_notebook(name, assignment).source_cells
            found[name] = {cell.name: cell.source for cell in cells if cell.locked}
    return found


def _as_executed(
    folder: Path, assignment: str, student: str, name: str, locked: dict[str, str]
) -> dict[str, Any] | None:
    """The repaired notebook with its locked cells restored: what `preprocessors.Execute` will see. None when it was not handed in."""
    path = folder / "submitted" / student / assignment / f"{name}.ipynb"
    if not path.is_file():
        return None
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in locked:
            cell["source"] = locked[grade_id]
    return notebook


def _rows(
    config: Any,
    assignment: str,
    students: list[str],
    notes: dict[tuple[str, str], tuple[str, ...]],
    failures: dict[str, str],
    refused: set[tuple[str, str]],
) -> list[Row]:
    """A row for every student and notebook, from the gradebook."""
    from nbgrader.api import Gradebook, MissingEntry

    rows = []
    with Gradebook(nbgrader_api.coursedir(config).db_url) as gradebook:
        names = {n.name: n.max_score for n in gradebook.find_assignment(assignment).notebooks}
        for student in students:
            for name, most in names.items():
                said = list(notes.get((student, name), ()))
                if student in failures:
                    said.append(f"could not be graded: {failures[student]}")
                points: float | None = 0.0
                look = student in failures or (student, name) in refused
                try:
                    entry = gradebook.find_submission_notebook(name, assignment, student)
                    points = None if student in failures else entry.score
                    if entry.needs_manual_grade:
                        said.append("needs manual grading")
                        look = True
                except MissingEntry:
                    pass
                rows.append(Row(student, name, points, most, tuple(said), look))
    return rows
