"""A row for every student and notebook of an assignment, from the gradebook and the graded notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from autograder.engine import by_hand, graded
from autograder.engine.job import Job
from autograder.engine.late import seconds_late
from autograder.handin import storage
from autograder.handin.absence import ABSENT, MISSING, without_notebook

MANUAL = "needs manual grading"


@dataclass(frozen=True)
class Row:
    """One student's one notebook: points and what was out of the ordinary. points is None where there can be no score."""

    student: str
    notebook: str
    points: float | None
    most: float
    notes: tuple[str, ...]
    look: tuple[
        str, ...
    ] = ()  # why a person must: it could not be read, or not be graded, or what a person gave is for another answer
    handed_in: bool = True
    absent: bool = False  # the student handed in nothing at all


@dataclass
class Found:
    """What came up in this run: sentences by student and notebook, what cannot be graded and why, and by student why grading failed."""

    notes: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def rows(job: Job, gradebook: Any, students: list[str], found: Found, absent: Iterable[str] = ()) -> list[Row]:
    """Rows of these students, and then of those who are absent: they handed in nothing."""
    names = {n.name: n.max_score for n in gradebook.find_assignment(job.assignment).notebooks}
    marks = _marks(gradebook, job.assignment)
    given = by_hand.given(gradebook, job.assignment)
    handed_in = [
        _row(job, student, name, most, marks.get((student, name)), given.get((student, name), {}), found)
        for student in students
        for name, most in names.items()
    ]
    return handed_in + [
        Row(student, name, None, most, (ABSENT,), handed_in=False, absent=True)
        for student in absent
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
    broken = [report.headline for report in (told.reports if told else ()) if report.status == "grader_error"]
    notes = [*found.notes.get((student, name), ()), *(known.notes if known else ())]
    notes += [*told.mended, *told.notes, *broken] if told else []
    points, manual, penalty = marks or (None, False, None)
    there = (job.submitted(student) / f"{name}.ipynb").is_file()
    if penalty or (there and penalty is not None):
        notes.append(f"late: the gradebook takes off {penalty:g}")
    reason = known.notes[0] if known and known.refused else found.refused.get((student, name))
    look = [f"refused: {reason}"] if reason else []
    if not there:
        absence = without_notebook(job.submitted(student)) if marks is None else ("missing", MISSING)
        notes.append(absence[1])
        look += [absence[1]] if absence[0] == "other" else []
    needed = [*by_hand.outdated(given, path), *([MANUAL] if manual else [])]
    if student in found.failures:
        points = None
        needed.append(f"could not be graded: {found.failures[student]}")
    look += [*broken, *needed] if manual or needed else []
    return Row(student, name, points, most, tuple(dict.fromkeys([*notes, *needed])), tuple(dict.fromkeys(look)), there)


def _marks(gradebook: Any, assignment: str) -> dict[tuple[str, str], tuple[float, bool, float | None]]:
    """Points, whether a person must give some, and the penalty of what came late, by student and notebook."""
    from nbgrader.api import Assignment, Notebook, SubmittedAssignment, SubmittedNotebook

    entry, handed_in = SubmittedNotebook, SubmittedAssignment
    columns = (entry.score, entry.needs_manual_grade, entry.late_submission_penalty)
    times = (handed_in.timestamp, handed_in.extension, Assignment.duedate)
    query = gradebook.db.query(handed_in.student_id, Notebook.name, *columns, *times).select_from(entry)
    query = query.join(handed_in, handed_in.id == SubmittedNotebook.assignment_id)
    query = query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
    query = query.join(Assignment, Assignment.id == handed_in.assignment_id)
    rows = query.filter(Assignment.name == assignment)
    return {
        (student, name): (score, bool(manual), penalty or 0.0 if penalty or seconds_late(*times) else None)
        for student, name, score, manual, penalty, *times in rows
    }
