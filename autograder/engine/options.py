"""How a class is graded."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.engine.submission import CELL_SECONDS, NOTEBOOK_SECONDS


@dataclass(frozen=True)
class Options:
    """How a class is graded. sandbox: None for the best there is, 1 or 2 for that tier, 0 for none.

    cluster: a Dask scheduler's address. private: texts of the course's own checks; `grader_of` reads them.
    """

    sandbox: int | None = None
    run_all: bool = False
    cell_seconds: float = CELL_SECONDS
    notebook_seconds: float = NOTEBOOK_SECONDS
    cluster: str | None = None
    private: str = ""
