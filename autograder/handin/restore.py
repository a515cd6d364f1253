"""Locked cells as released and in an order that works; the learner's own code stays as it is."""

from __future__ import annotations

from autograder.handin.cells import Cell, Release, role
from autograder.handin.notes import Notes
from autograder.handin.recognise import additions, fresh, is_answer

CHECK_CHANGED = "The check of {names} had been changed and was put back."
CHECK_MISSING = "The check of {names} was missing and was put back."
CHECK_MOVED = "The check of {names} stood before an answer that it needs, and was moved behind it."
GIVEN_CHANGED = "Code that the lesson gives had been changed and was put back: {names}."
GIVEN_KEPT = "What had been added to {names} now has a cell of its own."
GIVEN_MISSING = "Code that the lesson gives was missing and was put back: {names}."
GIVEN_MOVED = "Code that the lesson gives stood behind an answer that needs it, and was moved: {names}."


def put_back_sources(cells: list[Cell], release: Release, notes: Notes) -> list[Cell]:
    """The cells, where locked ones have the release's code; what a learner added to them follows in a cell of its own."""
    result: list[Cell] = []
    for cell in cells:
        result.append(cell)
        wanted = release.named(cell.name) if cell.name else cell
        if cell.text == wanted.text:
            continue
        if role(wanted) == "test":
            notes.add(CHECK_CHANGED, cell.name)
            cell.source = wanted.source
        elif role(wanted) == "given":
            notes.add(GIVEN_CHANGED, cell.name)
            if added := additions(cell, wanted):
                notes.add(GIVEN_KEPT, cell.name)
                result.append(Cell("code", added, made=True))
            cell.source = wanted.source
    return result


def put_back_given(cells: list[Cell], release: Release, notes: Notes) -> list[Cell]:
    """The cells, with every given cell before the first answer that may need it."""
    for wanted in release.of("given"):
        later = [e for e in release.exercises if release.place(e) > release.place(wanted.name)]
        found = next((c for c in cells if c.name == wanted.name), None)
        needed = next((i for i, c in enumerate(cells) if c.kind == "code" and c.defines(later)), len(cells))
        if found is None:
            notes.add(GIVEN_MISSING, wanted.name)
            cells.insert(min(needed, _place_in(cells, wanted.name, release)), fresh(wanted))
        elif cells.index(found) > needed:
            notes.add(GIVEN_MOVED, wanted.name)
            cells.remove(found)
            cells.insert(needed, found)
    return cells


def put_back_tests(cells: list[Cell], release: Release, notes: Notes) -> list[Cell]:
    """The cells, with every check behind the answers to its exercise and to those before it.

    Where a check follows no answer at all, the last answer counts, as it does when the cells run in order.
    """
    needed: list[Cell] = []
    for exercise in release.exercises:
        test = next((c for c in cells if c.name == exercise), None)
        answers = [c for c in cells if is_answer(c, exercise, release)]
        if test is not None:
            before = [c for c in answers if cells.index(c) < cells.index(test)]
            needed += (before or answers)[-1:]
        else:
            needed += answers[-1:]
        behind = max((cells.index(c) + 1 for c in needed), default=0)
        if test is None:
            notes.add(CHECK_MISSING, exercise)
            place = behind if answers else max(behind, _place_in(cells, exercise, release))
            cells.insert(place, fresh(release.named(exercise)))
        elif cells.index(test) < behind:
            notes.add(CHECK_MOVED, exercise)
            cells.remove(test)
            cells.insert(behind - 1, test)
    return cells


def _place_in(cells: list[Cell], name: str, release: Release) -> int:
    """Where a missing cell goes: behind the nearest of the cells that come before it in the release."""
    earlier = {cell.name for cell in release.cells[: release.place(name)]}
    return max((i + 1 for i, c in enumerate(cells) if c.name in earlier), default=0)
