"""What nbgrader's gradebook says about an assignment: scores, those given by hand, comments, lateness. In three queries for a whole class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.engine.late import seconds_late


@dataclass(frozen=True)
class Mark:
    """Points of one exercise. points is None where there is no score yet; comment is what a person wrote."""

    points: float | None
    max_points: float
    checked: float | None = None  # what the checks gave
    by_hand: bool = False
    extra: float = 0.0
    comment: str = ""


@dataclass
class Marks:
    """One student's one notebook in the gradebook; late is in seconds."""

    student: str
    notebook: str
    exercises: dict[str, Mark] = field(default_factory=dict)
    penalty: float = 0.0
    late: float = 0.0

    @property
    def points(self) -> float:
        """Points of all exercises, the penalty for lateness taken off; as in nbgrader, a penalty never leaves less than 0."""
        return max(0.0, self.before_penalty - self.penalty)

    @property
    def before_penalty(self) -> float:
        """Points of all exercises."""
        return sum(mark.points or 0.0 for mark in self.exercises.values())

    @property
    def max_points(self) -> float:
        """The most there is."""
        return sum(mark.max_points for mark in self.exercises.values())

    @property
    def waiting(self) -> bool:
        """Whether an exercise has no score yet."""
        return any(mark.points is None for mark in self.exercises.values())


def read_marks(
    db_url: str, assignment: str, student: str | None = None, notebook: str | None = None
) -> dict[tuple[str, str], Marks]:
    """Marks by student and notebook, of an assignment, or of one student's or one notebook's part of it."""
    from nbgrader.api import Gradebook

    with Gradebook(db_url) as gradebook:
        return _read(gradebook.db, assignment, student, notebook)


def _read(db: Any, assignment: str, student: str | None, notebook: str | None) -> dict[tuple[str, str], Marks]:
    from nbgrader import api

    Handed, Part = api.SubmittedAssignment, api.SubmittedNotebook

    def of_assignment(query: Any) -> Iterator[Any]:
        """The rows of a query over submitted notebooks that are asked for."""
        query = query.join(Handed, Part.assignment_id == Handed.id).join(
            api.Assignment, Handed.assignment_id == api.Assignment.id
        )
        query = query.filter(api.Assignment.name == assignment)
        query = query.filter(Handed.student_id == student) if student is not None else query
        if notebook is not None:
            query = query.join(api.Notebook, Part.notebook_id == api.Notebook.id).filter(api.Notebook.name == notebook)
        return iter(query.all())

    found: dict[str, Marks] = {}
    parts = db.query(
        Part.id, Part.late_submission_penalty, Part.notebook_id, Handed.student_id, Handed.timestamp, Handed.extension
    ).add_columns(api.Assignment.duedate)
    names = dict(db.query(api.Notebook.id, api.Notebook.name).all())
    for id, penalty, notebook_id, who, time, extension, due in of_assignment(parts):
        late = seconds_late(time, extension, due)
        found[id] = Marks(who, names[notebook_id], penalty=penalty or 0.0, late=late)
    comments = db.query(api.Comment.notebook_id, api.BaseCell.name, api.Comment.manual_comment).join(
        api.BaseCell, api.Comment.cell_id == api.BaseCell.id
    )
    said = {
        (part, cell): text.strip()
        for part, cell, text in of_assignment(comments.join(Part, api.Comment.notebook_id == Part.id))
        if text and text.strip()
    }
    grades = db.query(api.Grade, api.GradeCell).join(api.GradeCell, api.Grade.cell_id == api.GradeCell.id)
    for grade, cell in of_assignment(grades.join(Part, api.Grade.notebook_id == Part.id)):
        comment = said.get((grade.notebook_id, f"{cell.name}-solution")) or said.get((grade.notebook_id, cell.name), "")
        found[grade.notebook_id].exercises[cell.name] = _mark(grade, cell.max_score, comment)
    return {(marks.student, marks.notebook): marks for marks in found.values()}


def _mark(grade: Any, max_points: float, comment: str) -> Mark:
    by_hand = grade.manual_score is not None
    points = grade.manual_score if by_hand else grade.auto_score
    extra = grade.extra_credit or 0.0
    if points is None and extra:
        points = 0.0
    total = None if points is None else points + extra
    return Mark(total, max_points, grade.auto_score, by_hand, extra, comment)
