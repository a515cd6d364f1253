"""A submission as the engine sees it, and what grading it gave. Without torch: nbgrader's process needs both, and judges nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import checks
from autograder.handin.reading import Refused, read_file, read_notebook
from autograder.handin.rebuild import is_blank
from autograder.handin.soundness import joined
from autograder.report import Report

if TYPE_CHECKING:  # judges need no table of contents
    from genlab.course import Course, Lesson

CELL_SECONDS = 30.0
NOTEBOOK_SECONDS = 150.0


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among all cells, its text, the exercise that it tests, whether it is ours and for show."""

    index: int
    source: str
    exercise: str | None
    payoff: bool


@dataclass
class Outcome:
    """What grading a notebook gave: reports by exercise, outputs by cell index, and what was out of the ordinary."""

    reports: dict[str, Report]
    outputs: dict[int, list[dict[str, Any]]]
    cards: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # outputs that show a verdict, by exercise
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0  # of the children

    @property
    def points(self) -> float:
        """Points reached."""
        return sum(report.points for report in self.reports.values())


def code_cells(notebook: dict[str, Any], lesson: str) -> list[Cell]:
    """The notebook's code cells."""
    names = {exercise.split("/")[1]: exercise for exercise in checks.ids(lesson)}
    cells = []
    for index, cell in enumerate(notebook["cells"]):
        if cell.get("cell_type") == "code":
            about = cell.get("metadata", {}).get("nbgrader", {})
            name = about.get("grade_id", "")
            source = cell.get("source", "")
            exercise = names.get(name) if about.get("grade") else None
            payoff = "payoff" in cell.get("metadata", {}).get("tags", []) and bool(about.get("locked"))
            cells.append(Cell(index, source if isinstance(source, str) else "".join(source), exercise, payoff))
    return cells


def given_names(notebook: dict[str, Any]) -> set[str]:
    """Names of the locked cells that give a piece, as the lesson's author named them."""
    ours = [cell.get("metadata", {}).get("nbgrader", {}) for cell in notebook["cells"]]
    ids = [about.get("grade_id", "") for about in ours if about.get("locked")]
    return {name.removeprefix("given-") for name in ids if name.startswith("given-")}


def lent_by(folder: Path, course: Course, lesson: Lesson) -> dict[str, list[str]]:
    """Code cells of a student's notebooks of earlier lessons, by lesson: those in the folder that can, and when they came could, be read."""
    found = {}
    for earlier in course.earlier(lesson):
        with contextlib.suppress(FileNotFoundError, Refused):
            notebook, _ = read_notebook(read_file(folder / f"{earlier.file}.ipynb"))
            if is_blank(notebook):
                continue
            cells = [cell for cell in notebook["cells"] if isinstance(cell, dict) and cell.get("cell_type") == "code"]
            found[earlier.id] = [joined(cell.get("source")) for cell in cells]
    return found


def fingerprint(cells: list[Cell]) -> str:
    """What identifies a submission: the text of its cells, ours for show left out."""
    text = json.dumps([[c.source, c.exercise] for c in cells if not c.payoff])
    return hashlib.sha256(text.encode()).hexdigest()
