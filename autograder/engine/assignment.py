"""A whole assignment: what changed is repaired and run in parallel, ahead of nbgrader's own autograde; a row for every submission."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from autograder.engine import by_hand, late, nbgrader_api
from autograder.engine.alone import alone
from autograder.engine.finished import finished, notebooks
from autograder.engine.grader import Grader, grader_of
from autograder.engine.job import WORK, Job
from autograder.engine.options import Options
from autograder.engine.rows import Found, Row, rows
from autograder.engine.submission import Outcome, lent_by
from autograder.engine.writing import Conversion, ready
from genlab.course import Chapter, load_course
from genlab.course_rules import did_you_mean


class NotReleased(ValueError):
    """The assignment is not in the gradebook, or not in the course; the message says what to do."""


@dataclass(frozen=True)
class Phases:
    """Seconds of wall time: starting up, and grading itself with repairs; how many students' hand-ins were graded, and of how many.

    outdated: what the gradebook has otherwise than course.yml.
    """

    start: float
    grade: float
    graded: int
    handed_in: int
    outdated: tuple[str, ...]


def grade_assignment(
    folder: Path,
    assignment: str,
    students: Iterable[str] = (),
    *,
    options: Options | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Row], Phases]:
    """Rows for the whole class, or for some students, after grading those whose marks are not up to date; and how long it took.

    force: grade again what is up to date, too. progress: called with (done, all) submissions. May be killed at any moment: what is
    in the gradebook by then is whole, and grading again goes on from there.
    Raises NotReleased, alone.NotAlone, launch.EngineError, tiers.NoSandbox.
    """
    began, named = time.perf_counter(), list(students)
    course = load_course(folder / "course.yml")
    try:
        chapter = course.assignment(assignment)
    except LookupError as error:
        raise NotReleased(str(error)) from None
    wanted = _wanted(folder, assignment, named)
    grader = grader_of(folder.resolve(), options or Options())
    job = Job(folder, course, assignment, grader.options, grader.secret)
    with alone(folder / WORK):
        handed_in = [student for student in wanted if notebooks(job.submitted(student))]
        todo = [student for student in handed_in if force or not finished(job, student)]
        starting = grader.start() if todo else None  # it takes as long as the imports that follow
        config = nbgrader_api.config(folder, grader.options)
        url = nbgrader_api.coursedir(config).db_url
        with _gradebook(url, folder, assignment) as gradebook:
            recorded = _recorded(gradebook, assignment)
            locked, given = _locked(gradebook, job), by_hand.given(gradebook, assignment)
        todo = [student for student in handed_in if student in todo or student not in recorded]
        kept = [student for student in handed_in if student not in todo]
        if starting:
            starting.result()  # a machine that cannot grade says so before anything is written
        started = time.perf_counter()
        found = _grade(job, config, locked, given, grader, todo, progress)
        late.refresh(url, config, assignment, kept)
        with _gradebook(url, folder, assignment) as gradebook:
            everyone = _enter(gradebook, set(wanted) - set(handed_in))
            absent = [] if named else [student for student in everyone if student not in wanted]
            result = rows(job, gradebook, wanted, found, absent)
            outdated = _outdated(gradebook, chapter)
    return result, Phases(started - began, time.perf_counter() - started, len(todo), len(handed_in), outdated)


def _wanted(folder: Path, assignment: str, students: Iterable[str]) -> list[str]:
    """Names of the students, or of everybody who handed in. Raises NotReleased."""
    wanted = sorted(set(students)) or sorted(p.parent.name for p in (folder / "submitted").glob(f"*/{assignment}"))
    absent = [s for s in wanted if not (folder / "submitted" / s / assignment).is_dir()]
    if absent:
        known = [p.parent.name for p in (folder / "submitted").glob(f"*/{assignment}")]
        beginning = [name for name in known if name.lower().startswith(absent[0].lower())]
        meant = did_you_mean(beginning[0] if beginning else absent[0], known)
        raise NotReleased(
            f"submitted/{absent[0]}/{assignment} does not exist: nothing was collected from {absent[0]}. {meant}".rstrip()
        )
    if not wanted:
        raise NotReleased(f"submitted/ holds nothing for {assignment} yet. `genlab collect {assignment} …` fills it.")
    return wanted


@contextlib.contextmanager
def _gradebook(url: str, folder: Path, assignment: str) -> Iterator[Any]:
    """The gradebook. Raises NotReleased when there is none, or it does not know the assignment."""
    from nbgrader.api import Gradebook, MissingEntry

    command = f"genlab release {assignment}"
    if not (folder / "gradebook.db").exists() and "sqlite" in url:
        raise NotReleased(f"there is no gradebook in {folder} yet. Run `{command}` there first.")
    with Gradebook(url) as gradebook:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            raise NotReleased(f"the gradebook does not know {assignment}. Run `{command}` first.") from None
        yield gradebook


def _recorded(gradebook: Any, assignment: str) -> set[str]:
    """Students with a submission of the assignment in the gradebook."""
    from nbgrader.api import Assignment, SubmittedAssignment

    query = gradebook.db.query(SubmittedAssignment.student_id)
    query = query.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    return {student for (student,) in query.filter(Assignment.name == assignment)}


def _locked(gradebook: Any, job: Job) -> dict[str, dict[str, str]]:
    """Text of the locked cells by notebook and grade id, as nbgrader restores it."""
    cells = {name: gradebook.find_notebook(name, job.assignment).source_cells for name in job.lessons}
    return {name: {cell.name: cell.source for cell in some if cell.locked} for name, some in cells.items()}


def _outdated(gradebook: Any, chapter: Chapter) -> tuple[str, ...]:
    """What only a release tells the gradebook, and course.yml has otherwise by now: a due date, and points by exercise."""
    known = gradebook.find_assignment(chapter.id)
    points = {
        (notebook.name, cell.name): cell.max_score for notebook in known.notebooks for cell in notebook.grade_cells
    }
    other_day = chapter.due is not None and known.duedate != chapter.due.astimezone(UTC).replace(tzinfo=None)
    exercises = [(lesson.file, exercise) for lesson in chapter.lessons for exercise in lesson.exercises]
    other = [e.id for file, e in exercises if points.get((file, e.id), e.points) != e.points]
    return (*["the `due:`"] * other_day, *[f"the points of {', '.join(other)}"] * bool(other))


def _enter(gradebook: Any, students: Iterable[str]) -> list[str]:
    """All students in the gradebook, where these are now, too: nbgrader enters only those with a notebook."""
    known = nbgrader_api.students(gradebook)
    new = sorted(set(students) - set(known))
    for student in new:
        gradebook.add_student(student)
    return sorted([*known, *new])


def _grade(
    job: Job,
    config: Any,
    locked: dict[str, dict[str, str]],
    given: dict[tuple[str, str], by_hand.Cells],
    grader: Grader,
    students: list[str],
    progress: Callable[[int, int], None] | None,
) -> Found:
    """Repair and grade the students' submissions; what came up."""
    found = Found()
    if not students:
        return found
    if progress:
        progress(0, len(students))
    asked = _asked(job, locked, given, grader, students, found)
    with Conversion(job, config) as conversion:
        done = 0
        for batch in ready(asked, lambda: grader.room):
            conversion.write([student for student in batch if any(job.submitted(student).glob("*.ipynb"))])
            done += len(batch)
            if progress:
                progress(done, len(students))
    found.failures = conversion.failures
    return found


def _asked(
    job: Job,
    locked: dict[str, dict[str, str]],
    given: dict[tuple[str, str], by_hand.Cells],
    grader: Grader,
    students: list[str],
    found: Found,
) -> Iterator[tuple[str, list[Future[Outcome]]]]:
    """Students, repaired one after the other, with outcomes of their notebooks to come."""
    from autograder.handin.assignment import Assignment
    from autograder.handin.collect import repair_student

    work = Assignment(job.folder, job.assignment)
    for student in students:
        for row in repair_student(work, student):
            found.notes[row.student, row.notebook] = row.notes
            if row.state == "refused":
                found.refused[row.student, row.notebook] = row.notes[0]
        futures = []
        for name, lesson in job.lessons.items():
            if cells := given.get((student, name)):
                grader.by_hand[student, name] = by_hand.noted(cells, job.autograded(student) / f"{name}.ipynb")
            notebook = _as_executed(job, student, name, locked.get(name, {}))
            if notebook is not None:
                lent = lent_by(job.submitted(student), job.course, lesson)
                futures.append(grader.prefetch((student, name), notebook, lesson.id, lent))
        yield student, futures


def _as_executed(job: Job, student: str, name: str, locked: dict[str, str]) -> dict[str, Any] | None:
    """The repaired notebook with its locked cells restored: what `preprocessors.Execute` will see. None when it was not handed in."""
    path = job.submitted(student) / f"{name}.ipynb"
    if not path.is_file():
        return None
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in locked:
            cell["source"] = locked[grade_id]
    return notebook
