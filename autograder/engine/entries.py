"""What a submission has in the gradebook, by a few statements, where nbgrader makes an object for each row.

Each class works on a connection of SQLAlchemy's, and commits nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from nbgrader import api, utils
from sqlalchemy import Connection, Table, bindparam, select, update

from autograder.engine.late import seconds_late

ASSIGNMENT: Table = api.Assignment.__table__
NOTEBOOK: Table = api.Notebook.__table__
CELL: Table = api.BaseCell.__table__
STUDENT: Table = api.Student.__table__
SUBMISSION: Table = api.SubmittedAssignment.__table__
SUBMITTED: Table = api.SubmittedNotebook.__table__
GRADE: Table = api.Grade.__table__
COMMENT: Table = api.Comment.__table__


@dataclass(frozen=True)
class Release:
    """An assignment: the ids that the rows of all its submissions refer to."""

    id: str
    due: datetime | None
    notebooks: dict[str, str]  # ids by name
    graded: list[tuple[str, str]]  # notebook and cell, ids of both
    commented: list[tuple[str, str]]

    @classmethod
    def read(cls, connection: Connection, assignment: str) -> Release:
        """The assignment of this name. Raises nbgrader's MissingEntry."""
        found = connection.execute(
            select(ASSIGNMENT.c.id, ASSIGNMENT.c.duedate).where(ASSIGNMENT.c.name == assignment)
        ).one_or_none()
        if found is None:
            raise api.MissingEntry(f"No such assignment: {assignment}")
        notebooks = connection.execute(
            select(NOTEBOOK.c.name, NOTEBOOK.c.id).where(NOTEBOOK.c.assignment_id == found.id)
        )
        cells = connection.execute(
            select(CELL.c.notebook_id, CELL.c.id, CELL.c.type)
            .join(NOTEBOOK)
            .where(NOTEBOOK.c.assignment_id == found.id)
        ).all()

        def of(*kinds: str) -> list[tuple[str, str]]:
            return [(notebook, cell) for notebook, cell, kind in cells if kind in kinds]

        names = {notebook.name: notebook.id for notebook in notebooks}
        return cls(found.id, found.duedate, names, of("GradeCell", "TaskCell"), of("SolutionCell", "TaskCell"))


class Entries:
    """In place of nbgrader's Gradebook while its autograde enters a submission: the methods that it calls then, and no others."""

    def __init__(self, connection: Connection, release: Release) -> None:
        self.connection, self.release = connection, release
        self.db = self
        self.late = False  # or has a penalty from when it was: nbgrader must look at that
        self._zeroed: list[tuple[str, SimpleNamespace]] = []

    def __enter__(self) -> Entries:
        return self

    def __exit__(self, *_: object) -> None: ...

    def find_student(self, student: str) -> None:
        """Raises nbgrader's MissingEntry."""
        if self.connection.execute(_STUDENT, {"student": student}).first() is None:
            raise api.MissingEntry(f"No such student: {student}")

    def update_or_create_student(self, student: str) -> None:
        """Enter a student who is not there yet."""
        try:
            self.find_student(student)
        except api.MissingEntry:
            self.connection.execute(STUDENT.insert(), {"id": student})

    def find_assignment(self, assignment: str) -> Any:
        """The one assignment, with its notebooks."""
        return SimpleNamespace(notebooks=[SimpleNamespace(name=name) for name in self.release.notebooks])

    def find_notebook(self, notebook: str, assignment: str) -> None:
        """Raises nbgrader's MissingEntry."""
        if notebook not in self.release.notebooks:
            raise api.MissingEntry(f"No such notebook: {assignment}/{notebook}")

    def update_or_create_submission(self, assignment: str, student: str, timestamp: Any = None) -> Any:
        """Enter a submission, or the new time of one that is there."""
        time = utils.parse_utc(timestamp) if timestamp else None
        who = {"assignment": self.release.id, "student": student}
        found = self.connection.execute(_SUBMISSION, who).one_or_none()
        if found is None:
            self._add(student, time)
            penalised, extension = False, None
        else:
            self.submission, extension = found.id, found.extension
            if time:
                self.connection.execute(_TIME, {"submission": found.id, "time": time})
            time = time or found.timestamp
            there = self.connection.execute(_SUBMITTED, {"submission": found.id}).all()
            self.submitted = {row.notebook_id: row.id for row in there}
            penalised = any(row.late_submission_penalty is not None for row in there)
        late = seconds_late(time, extension, self.release.due)
        self.late = late > 0 or penalised
        return SimpleNamespace(total_seconds_late=late)

    def _add(self, student: str, time: datetime | None) -> None:
        self.submission = api.new_uuid()
        about = {"id": self.submission, "assignment_id": self.release.id, "student_id": student, "timestamp": time}
        self.submitted = {notebook: api.new_uuid() for notebook in self.release.notebooks.values()}
        rows: list[tuple[Table, list[dict[str, Any]]]] = [
            (SUBMISSION, [about]),
            (
                SUBMITTED,
                [
                    {"id": id, "assignment_id": self.submission, "notebook_id": notebook}
                    for notebook, id in self.submitted.items()
                ],
            ),
        ]
        for table, cells in ((GRADE, self.release.graded), (COMMENT, self.release.commented)):
            rows.append(
                (table, [{"notebook_id": self.submitted[notebook], "cell_id": cell} for notebook, cell in cells])
            )
        for table, new in rows:
            if new:
                self.connection.execute(table.insert(), new)

    def find_submission_notebook(self, notebook: str, assignment: str, student: str) -> Any:
        """One that was not handed in: what its `grades` are set to is written by `commit`. Raises nbgrader's MissingEntry."""
        there = self.submitted.get(self.release.notebooks[notebook])
        if there is None:
            raise api.MissingEntry(f"No such submission: {assignment}/{notebook} for {student}")
        entry = SimpleNamespace()
        self._zeroed.append((there, entry))
        return SimpleNamespace(grades=[entry])

    def commit(self) -> None:
        """Write what is not written yet."""
        for notebook, entry in self._zeroed:
            self.connection.execute(_ALL_GRADES, {"notebook": notebook, **vars(entry)})
        self._zeroed.clear()


class Marks:
    """The marks and comments of a submitted notebook, by the names of cells. Raises nbgrader's MissingEntry where there is none."""

    def __init__(self, connection: Connection, assignment: str, student: str, notebook: str) -> None:
        about = {"assignment": assignment, "student": student, "notebook": notebook}
        found = connection.execute(_ONE_NOTEBOOK, about).scalar_one_or_none()
        if found is None:
            raise api.MissingEntry(f"No such submission: {assignment}/{notebook} for {student}")
        self._connection = connection
        self.grades = {row.name: row for row in connection.execute(_GRADES, {"submitted": found})}
        self.comments = {row.name: row for row in connection.execute(_COMMENTS, {"submitted": found})}
        self._scores: list[dict[str, Any]] = []
        self._sentences: list[dict[str, Any]] = []

    def score(self, name: str, points: float | None, as_before: bool = False) -> None:
        """Give a cell points, or none, which a person must give then.

        A score given by hand stays, and wants another look, unless it is for the answer `as_before`.
        """
        row = self.grades[name]
        looked_at = as_before and not row.needs_manual_grade
        new = points, points is None or (row.manual_score is not None and not looked_at)
        if new != (row.auto_score, row.needs_manual_grade):
            self._scores.append({"row": row.id, "points": new[0], "manual": new[1]})

    def comment(self, name: str, sentence: str | None) -> None:
        """Give a cell a comment, or none."""
        row = self.comments[name]
        if sentence != row.auto_comment:
            self._sentences.append({"row": row.id, "sentence": sentence})

    def write(self) -> None:
        """Write what differs from what is there."""
        for statement, rows in ((_SCORE, self._scores), (_COMMENT, self._sentences)):
            if rows:
                self._connection.execute(statement, rows)


_STUDENT = select(STUDENT.c.id).where(STUDENT.c.id == bindparam("student"))
_SUBMISSION = select(SUBMISSION.c.id, SUBMISSION.c.timestamp, SUBMISSION.c.extension).where(
    SUBMISSION.c.assignment_id == bindparam("assignment"), SUBMISSION.c.student_id == bindparam("student")
)
_SUBMITTED = select(SUBMITTED.c.id, SUBMITTED.c.notebook_id, SUBMITTED.c.late_submission_penalty).where(
    SUBMITTED.c.assignment_id == bindparam("submission")
)
_TIME = update(SUBMISSION).where(SUBMISSION.c.id == bindparam("submission")).values(timestamp=bindparam("time"))
_ALL_GRADES = (
    update(GRADE)
    .where(GRADE.c.notebook_id == bindparam("notebook"))
    .values({name: bindparam(name) for name in ("auto_score", "needs_manual_grade")})
)
_ONE_NOTEBOOK = (
    select(SUBMITTED.c.id)
    .join(SUBMISSION, SUBMISSION.c.id == SUBMITTED.c.assignment_id)
    .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
    .join(NOTEBOOK, NOTEBOOK.c.id == SUBMITTED.c.notebook_id)
    .where(ASSIGNMENT.c.name == bindparam("assignment"), NOTEBOOK.c.name == bindparam("notebook"))
    .where(SUBMISSION.c.student_id == bindparam("student"))
)
_GRADES = (
    select(CELL.c.name, GRADE.c.id, GRADE.c.auto_score, GRADE.c.manual_score, GRADE.c.needs_manual_grade)
    .join(CELL, CELL.c.id == GRADE.c.cell_id)
    .where(GRADE.c.notebook_id == bindparam("submitted"))
)
_COMMENTS = (
    select(CELL.c.name, COMMENT.c.id, COMMENT.c.auto_comment)
    .join(CELL, CELL.c.id == COMMENT.c.cell_id)
    .where(COMMENT.c.notebook_id == bindparam("submitted"))
)
_SCORE = (
    update(GRADE)
    .where(GRADE.c.id == bindparam("row"))
    .values(auto_score=bindparam("points"), needs_manual_grade=bindparam("manual"))
)
_COMMENT = update(COMMENT).where(COMMENT.c.id == bindparam("row")).values(auto_comment=bindparam("sentence"))
