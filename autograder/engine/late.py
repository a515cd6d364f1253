"""Late penalties of marks that are kept, brought up to date with due dates, extensions and the plugin that the course has for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def refresh(url: str, config: Any, assignment: str, students: Collection[str]) -> None:
    """Let nbgrader assign the penalties of these students anew, where there is one or may be one."""
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
