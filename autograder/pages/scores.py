"""How the points of a class are spread."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

from autograder.pages.classroom import Assignment

MOST_BINS = 12
WIDTHS = [width * size for size in (0.1, 1, 10, 100, 1000) for width in (1, 2, 5)]


@dataclass(frozen=True)
class Bin:
    """A bar of the histogram: from, to and how many."""

    low: float
    high: float
    count: int


def totals(assignment: Assignment) -> dict[str, float]:
    """Points by student, over all notebooks; what was not handed in counts nothing."""
    found: dict[str, float] = defaultdict(float)
    for marks in assignment.marks.values():
        found[marks.student] += marks.points
    return found


def histogram(points: list[float], most: float) -> list[Bin]:
    """At most twelve bins with round bounds from 0 to the most there is; the last one holds that and extra credit, too."""
    width = next((width for width in WIDTHS if most / width <= MOST_BINS), most)
    bins = max(1, math.ceil(most / width - 1e-9))
    counts = Counter(min(int(value / width + 1e-9), bins - 1) for value in points)
    return [Bin(i * width, min((i + 1) * width, most), counts[i]) for i in range(bins)]
