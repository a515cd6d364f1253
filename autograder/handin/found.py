"""A file among hand-ins, wherever it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Found:
    """A file in a source: `read` gives its bytes or raises Refused."""

    name: str  # below the student's folder, with /
    time: float
    read: Callable[[], bytes]
    path: Path | None = None  # where it is not in an archive
    top: bool = False  # it lay beside the students' folders, under a name that says whose it is
    order: tuple[int, ...] = ()  # of attempts, as a learning platform counts them: the greatest is the last
    in_time: bool = False  # the platform says that it was not late, though perhaps not when it came
    late: bool = False  # the platform says that it was
    said: tuple[str, ...] = ()  # what was out of the ordinary

    @property
    def folder(self) -> str:
        """The part of the name before the last /."""
        return self.name.rpartition("/")[0]


Placed = tuple[tuple[str, ...], Found]  # parts of the path below the source, and the file
