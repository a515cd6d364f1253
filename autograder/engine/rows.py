"""A row for every student and notebook of an assignment, from the gradebook and the graded notebooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograder.engine import by_hand, graded
from autograder.engine.job import Job
from autograder.handin import storage


@dataclass(frozen=True)
class Row:
    """One student's one notebook: points and what was out of the ordinary. points is None where there can be no score."""

    student: str
    notebook: str
    points: float | None
    most: float
    notes: tuple[str, ...]
    look: bool  # a person must: it could not be read, or not be graded, or what a person gave is for another answer


@dataclass
class Found:
    """What came up in this run: sentences by student and notebook, those that were refused, and by student why grading failed."""

    notes: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)


def rows(job: Job, url: str, students: list[str], found: Found) -> list[Row]:
    """Rows of these students."""
    from nbgrader.api import Gradebook

    with Gradebook(url) as gradebook:
        names = {n.name: n.max_score for n in gradebook.find_assignment(job.assignment).notebooks}
        marks = _marks(gradebook, job.assignment)
        given = by_hand.given(gradebook, job.assignment)
    return [
        _row(job, student, name, most, marks.get((student, name)), given.get((student, name), {}), found)
        for student in students
        for name, most in names.items()
    ]


def _row(
    job: Job,
    student: str,
    name: str,
    most: float,
    marks: tuple[float, bool, float | None] | None,
    given: by_hand.Cells,
    found: Found,
) -> Row:
    path = job.autograded(student) / f"{name}.ipynb"
    known = storage.result_for(job.submitted(student) / f"{name}.ipynb", job.originals(student))
    told = graded.read(path)
    outdated = tuple(by_hand.outdated(given, path))
    notes = [*found.notes.get((student, name), ()), *(known.notes if known else ())]
    if told:
        broken = (report.headline for report in told.reports if report.status == "grader_error")
        notes += [*told.mended, *told.notes, *broken]
    notes += outdated
    points, manual, penalty = marks or (0.0, False, None)
    if penalty:
        notes.append(f"late: the gradebook takes off {penalty:g}")
    if manual:
        notes.append("needs manual grading")
    refused = (student, name) in found.refused or (known is not None and known.refused)
    failed = student in found.failures
    if failed:
        notes.append(f"could not be graded: {found.failures[student]}")
    look = failed or refused or manual or bool(outdated)
    return Row(student, name, None if failed else points, most, tuple(dict.fromkeys(notes)), look)


def _marks(gradebook: Any, assignment: str) -> dict[tuple[str, str], tuple[float, bool, float | None]]:
    """Points, whether a person must give some, and the late penalty, by student and notebook."""
    from nbgrader.api import Assignment, Notebook, SubmittedAssignment, SubmittedNotebook

    entry = SubmittedNotebook
    columns = (entry.score, entry.needs_manual_grade, entry.late_submission_penalty)
    query = gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, *columns).select_from(entry)
    query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    query = query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
    query = query.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    rows = query.filter(Assignment.name == assignment)
    return {(student, name): (score, bool(manual), late) for student, name, score, manual, late in rows}
