"""Pairs of students whose answers are more alike than chance would have it. A place to look, never a verdict.

What many write the same way is no sign of anything, and neither is a short answer. What is left is counted as evidence: agreeing on
something that a share p of the class wrote is worth −log p, and a pair is named when its sum is more than the best of all
pairs would reach in a class whose students had worked alone, and when it shares at least half of what is unusual in either's answers.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from autograder.pages.normalised import Shape, shape

Answers = Mapping[str, Mapping[str, str]]  # exercise → student → source

SHORT = 15  # pieces of an answer, the stub's left out, below which it says nothing
PLACE = 20  # pieces in common that count as one coincidence: one unusual choice alone makes some six
MOST_PLACES = 5.0  # in one exercise: its pieces are not independent of each other
MARGIN = 2.0  # e⁻² pairs are expected by chance in a whole class
LIKE = 0.5


@dataclass(frozen=True)
class Pair:
    """Two students: how much of what is unusual in the one's answers the other has too, how much evidence that is, and in which exercises."""

    students: tuple[str, str]
    likeness: float
    evidence: float
    exercises: tuple[str, ...]  # the most telling first


@dataclass
class _Found:
    evidence: dict[str, float]
    shared: int = 0


def similar_pairs(answers: Answers, stubs: Mapping[str, str]) -> list[Pair]:
    """The pairs to look at, those with the most evidence first. stubs: what was handed out, by exercise."""
    students = {student for given in answers.values() for student in given}
    if len(students) < 3:  # nobody to compare a pair with
        return []
    found: dict[tuple[str, str], _Found] = defaultdict(lambda: _Found({}))
    unusual: dict[str, dict[str, int]] = {}
    for exercise, given in answers.items():
        shapes = _shapes(given, shape(stubs.get(exercise, "")))
        unusual[exercise] = _note(exercise, shapes, found)
    needed = math.log(len(students) * (len(students) - 1) / 2) + MARGIN
    pairs = []
    for pair, about in found.items():
        evidence = sum(about.evidence.values())
        if evidence < needed:
            continue
        least = sum(min(count.get(pair[0], 0), count.get(pair[1], 0)) for count in unusual.values())
        likeness = about.shared / max(least, 1)
        if likeness >= LIKE:
            telling = sorted(about.evidence, key=lambda exercise: -about.evidence[exercise])
            pairs.append(Pair(pair, min(likeness, 1.0), evidence, tuple(telling)))
    return sorted(pairs, key=lambda pair: (-pair.evidence, pair.students))


def many(count: int) -> int:
    """Of so many students, how many may write a piece before it is nothing special."""
    return max(5, math.ceil(math.sqrt(count) / 2))


def _shapes(given: Mapping[str, str], stub: Shape) -> dict[str, Shape]:
    found = {student: shape(source) - stub for student, source in given.items()}
    return {student: pieces for student, pieces in found.items() if len(pieces) >= SHORT}


def _note(exercise: str, shapes: Mapping[str, Shape], found: dict[tuple[str, str], _Found]) -> dict[str, int]:
    """Add one exercise's evidence to the pairs; the number of unusual pieces by student."""
    writers: dict[int, list[str]] = defaultdict(list)
    for student in sorted(shapes):
        for piece in shapes[student]:
            writers[piece].append(student)
    unusual: Counter[str] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    worth: defaultdict[tuple[str, str], float] = defaultdict(float)
    for who in writers.values():
        if len(who) <= many(len(shapes)):
            unusual.update(who)
            information = math.log(len(shapes) / len(who))
            for pair in combinations(who, 2):
                shared[pair] += 1
                worth[pair] += information
    for pair, count in shared.items():
        found[pair].evidence[exercise] = worth[pair] / count * min(count / PLACE, MOST_PLACES)
        found[pair].shared += count
    return unusual
