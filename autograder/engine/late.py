"""Lateness as nbgrader counts it; penalties of marks that are kept, brought up to date with due dates, extensions and the course's plugin."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any


def seconds_late(time: datetime | None, extension: timedelta | None, due: datetime | None) -> float:
    """By how many seconds something came late; 0 where it did not, or where one of the times is not known."""
    if time is None or due is None:
        return 0.0
    return max(0.0, (time - due - (extension or timedelta())).total_seconds())


def refresh(url: str, config: Any, assignment: str, students: Collection[str]) -> None:
    """Let nbgrader assign the penalties of these students anew, where there is one or may be one."""
    if not students:
        return
    from nbformat.v4 import new_notebook
    from nbgrader.api import Gradebook, SubmittedNotebook
    from nbgrader.preprocessors import AssignLatePenalties

    with Gradebook(url) as gradebook:
        handed_in = gradebook.find_assignment(assignment).submissions
        late = [
            notebook
            for submission in handed_in
            if submission.total_seconds_late > 0
            for notebook in submission.notebooks
        ]
        penalised = gradebook.db.query(SubmittedNotebook).filter(SubmittedNotebook.late_submission_penalty.isnot(None))
        found = {(n.student.id, n.name) for n in [*late, *penalised] if n.assignment.assignment.name == assignment}
    penalties = AssignLatePenalties(config=config)
    for student, notebook in sorted(found):
        if student not in students:
            continue
        about = {"student": student, "assignment": assignment, "notebook": notebook, "db_url": url}
        penalties.preprocess(new_notebook(), {"nbgrader": about})
