"""Scores, extra credit and comments that people gave: to which answer, and whether that answer has changed since.

nbgrader keeps them when a submission is graded again, whatever became of the answer. So the graded notebook notes, for each cell that a
person gave something, a digest of that and one of the answer that it was given for (`graded.Graded.by_hand`).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.engine import graded

OUTDATED = "{}: what was given by hand ({}) was for an earlier answer; look at it again."


@dataclass
class Given:
    """What a person gave for a cell. settled: it was saved after the answer was last graded, so it is for that one."""

    values: dict[str, Any] = field(default_factory=dict)  # score, extra credit, comment
    settled: bool = False


Cells = dict[str, Given]


def given(gradebook: Any, assignment: str) -> dict[tuple[str, str], Cells]:
    """What people gave, by student and notebook."""
    from nbgrader.api import Comment, Grade

    found: defaultdict[tuple[str, str], defaultdict[str, Given]] = defaultdict(lambda: defaultdict(Given))
    for student, notebook, name, grade in _entries(
        gradebook, assignment, Grade, Grade.manual_score, Grade.extra_credit
    ):
        cell = found[student, notebook][name]
        cell.values |= {"score": grade.manual_score, "extra credit": grade.extra_credit}
        cell.settled = grade.manual_score is not None and not grade.needs_manual_grade
    for student, notebook, name, comment in _entries(gradebook, assignment, Comment, Comment.manual_comment):
        found[student, notebook][name].values["comment"] = comment.manual_comment
    for cells in found.values():
        for cell in cells.values():
            cell.values = {name: value for name, value in cell.values.items() if value is not None}
    return {key: dict(cells) for key, cells in found.items()}


def noted(cells: Cells, notebook: Path) -> dict[str, list[str]]:
    """For each cell digests of what was given, and of the answer that it was given for: as noted before, or that in the graded notebook."""
    found = _read(notebook)
    before = graded.Graded.from_data(found["metadata"].get(graded.NAME)) if found else None
    result = {}
    for name, cell in cells.items():
        now, known = _digest(cell.values), before.by_hand.get(name) if before else None
        result[name] = known if known and known[0] == now and not cell.settled else [now, _answer(found, name)]
    return result


def unchanged(noted: dict[str, list[str]], notebook: dict[str, Any]) -> set[str]:
    """The cells for which something was given for the very answer that the notebook has."""
    return {name for name, (_, answer) in noted.items() if answer == _answer(notebook, name)}


def outdated(cells: Cells, notebook: Path) -> Iterator[str]:
    """A sentence for each cell for which something was given, but for another answer than that in the graded notebook."""
    if not cells:
        return
    found = _read(notebook)
    for name, (_, answer) in noted(cells, notebook).items():
        if answer != _answer(found, name):
            yield OUTDATED.format(name, ", ".join(cells[name].values))


def _entries(gradebook: Any, assignment: str, kind: Any, *columns: Any) -> Any:
    """Student, notebook, cell and entry, of the entries in which one of the columns is not empty."""
    from nbgrader import api
    from sqlalchemy import or_

    query = gradebook.db.query(api.SubmittedAssignment.student_id, api.Notebook.name, api.BaseCell.name, kind)
    query = query.select_from(kind).join(api.SubmittedNotebook, api.SubmittedNotebook.id == kind.notebook_id)
    query = query.join(api.SubmittedAssignment, api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id)
    query = query.join(api.Notebook, api.Notebook.id == api.SubmittedNotebook.notebook_id)
    query = query.join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
    query = query.join(api.BaseCell, api.BaseCell.id == kind.cell_id)
    return query.filter(api.Assignment.name == assignment, or_(*(column.isnot(None) for column in columns)))


def _read(notebook: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(notebook.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _answer(notebook: dict[str, Any], cell: str) -> str:
    """A digest of the answer that a cell holds or tests; of all code where the notebook does not say which."""
    cells = notebook.get("cells", [])
    sources = {c.get("id"): "".join(c["source"]) for c in cells}
    name = cell if cell.endswith("-solution") else f"{cell}-solution"
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    return _digest(sources.get(name, sources.get(cell, code)))


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
