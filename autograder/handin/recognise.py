"""Which lesson a handed-in notebook is, and which of its cells are which of the release's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from autograder.handin.cells import Cell, Release, bound, first_line, parse, read_cells
from autograder.handin.notes import Notes

AS_CODE = "Code that had been saved as text was turned back to code: {names}."
AS_TEXT = "Text that had been saved as code was turned back to text ({count})."
JOINED = "The answer to {names} had been cut in two; its cells were joined."
CHECK_COPY = "The check of {names} was there more than once; the last copy counts."
SHARED = "The check of {names} shared a cell with other code; each now has its own."
REPLACED = "The check of {names} had been replaced by other code, which now has a cell of its own, and was put back."
STUB = "An untouched copy of the cell of {names} was left out, because there is an answer, too."


def lesson_of(notebook: dict[str, Any], lessons: Mapping[str, Collection[str]]) -> str | None:
    """The lesson that a notebook belongs to, or None.

    `lessons` maps their ids to the names of their exercises. The checks that are called decide, then the metadata, then ids and definitions.
    """
    cells = read_cells(notebook, Notes())
    called = Counter(lesson for cell in cells for lesson, _ in cell.checks if lesson in lessons)
    if called:
        return called.most_common(1)[0][0]
    named = named_lesson(notebook)
    if named in lessons:
        return named
    names = {name for exercises in lessons.values() for name in exercises}
    found = {name for cell in cells for name in cell.defines(names)}
    found |= {i.removesuffix("-solution") for cell in cells for i in cell.claims} & names
    votes = Counter({lesson: len(found.intersection(exercises)) for lesson, exercises in lessons.items()})
    best = votes.most_common(1)
    return best[0][0] if best and best[0][1] else None


def named_lesson(notebook: dict[str, Any]) -> str | None:
    """The lesson that the notebook's own metadata name."""
    metadata = notebook.get("metadata")
    ours = metadata.get("genlab") if isinstance(metadata, dict) else None
    lesson = ours.get("lesson") if isinstance(ours, dict) else None
    return lesson if isinstance(lesson, str) else None


def answered(cells: list[Cell], release: Release) -> set[str]:
    """The exercises that some code cell defines, untouched stubs apart."""
    return {name for name in release.exercises if any(is_answer(cell, name, release) for cell in cells)}


def is_answer(cell: Cell, exercise: str, release: Release) -> bool:
    """Whether a cell is code that defines the exercise, and not the release's stub."""
    if cell.kind != "code" or not cell.defines([exercise]):
        return False
    return cell.text != release.named(f"{exercise}-solution").text


def recognise(cells: list[Cell], release: Release, notes: Notes) -> list[Cell]:
    """The cells, named for what they are of the release; some are split, joined or left out, with a note."""
    _mend_kinds(cells, release, notes)
    cells = _join_cut_answers(cells, release, notes)
    alike = _by_text(cells)
    for wanted in release.of("given", "payoff"):
        same = [cell for cell in alike.get(("code", wanted.text), []) if not cell.name]
        if same:
            max(same, key=lambda cell: wanted.name in cell.claims).name = wanted.name  # the first of equals
    cells = _find_tests(cells, release, notes)
    for exercise in release.exercises:
        cells = _find_solution(cells, exercise, release, notes)
    _find_changed(cells, release)
    _find_text(cells, release)
    return cells


def _mend_kinds(cells: list[Cell], release: Release, notes: Notes) -> None:
    code = {cell.text: cell.name for cell in release.cells if cell.kind == "code"}
    prose = {cell.text: cell.name for cell in release.of("text")}
    for cell in cells:
        if cell.kind == "code" and cell.text in prose:
            cell.kind = "markdown"
            notes.add(AS_TEXT)
        elif cell.kind != "code" and cell.text in code:
            cell.kind = "code"
            notes.add(AS_CODE, code[cell.text])
        elif cell.kind != "code" and (names := _wanted_as_code(cell, cells, release)):
            cell.kind = "code"
            notes.add(AS_CODE, ", ".join(names))


def _wanted_as_code(cell: Cell, cells: list[Cell], release: Release) -> list[str]:
    """The exercises whose only answer or check is in this text cell; what was set aside for another answer stays text."""
    if not (cell.defines(release.exercises) or cell.checks) or not parse(cell.source):
        return []
    answers = {n for n in cell.defines(release.exercises) if not any(is_answer(c, n, release) for c in cells)}
    checks = {n for _, n in cell.checks if not any(_checks(c, n, release) for c in cells)}
    return [name for name in release.exercises if name in answers | checks]


def _checks(cell: Cell, exercise: str, release: Release) -> bool:
    return cell.kind == "code" and (release.lesson, exercise) in cell.checks


def _join_cut_answers(cells: list[Cell], release: Release, notes: Notes) -> list[Cell]:
    """The cells, where one that starts in the middle of an answer is put back behind its beginning."""
    joined: list[Cell] = []
    for cell in cells:
        last = joined[-1] if joined else cell
        names = last.defines(release.exercises) if last.kind == "code" else set()
        goes_on = cell.kind == "code" and cell.source.lstrip("\n")[:1] in (" ", "\t") and parse(cell.source) is None
        if names and goes_on and cell is not last and parse(f"{last.source}\n{cell.source}"):
            last.source = f"{last.source}\n{cell.source}"
            notes.add(JOINED, ", ".join(sorted(names)))
        else:
            joined.append(cell)
    return joined


def _find_tests(cells: list[Cell], release: Release, notes: Notes) -> list[Cell]:
    """The cells, with each exercise's test cell named; one that shares its cell with other code gets a cell of its own."""
    chosen: dict[Cell, list[str]] = {}
    for exercise in release.exercises:
        calling = [c for c in _unnamed(cells) if _checks(c, exercise, release)]
        claiming = [c for c in _unnamed(cells) if exercise in c.claims and not c.defines(release.exercises)]
        if calling:
            # A cell of its own, then one that carries the id, then the last: copies of a cell carry its id.
            best = max(calling, key=lambda c: (not c.rest({exercise}), exercise in c.claims, cells.index(c)))
            copies = [c for c in calling if c is not best and exercise in c.claims]
            copies = [c for c in copies if c.text == release.named(exercise).text]
            cells = [c for c in cells if c not in copies]
            if copies:
                notes.add(CHECK_COPY, exercise)
        elif claiming:
            best = claiming[-1]
        else:
            continue
        chosen.setdefault(best, []).append(exercise)
    result: list[Cell] = []
    for cell in cells:
        exercises = chosen.get(cell, [])
        rest = cell.rest(set(exercises)) if exercises else cell.source
        if exercises and not rest:
            cell.name = exercises.pop(0)
        elif exercises:
            for exercise in exercises:
                notes.add(SHARED if _checks(cell, exercise, release) else REPLACED, exercise)
            cell.source, cell.made = rest, True  # the id and metadata that it had are the check's
        result.append(cell)
        result += [fresh(release.named(exercise)) for exercise in exercises]
    return result


def _find_solution(cells: list[Cell], exercise: str, release: Release, notes: Notes) -> list[Cell]:
    """The cells, with the answer to the exercise named; stubs beside an answer are left out."""
    name = f"{exercise}-solution"
    stub = release.named(name).text
    stubs = [c for c in _unnamed(cells) if c.text == stub]
    answers = [c for c in cells if is_answer(c, exercise, release)]
    if answers and stubs:
        notes.add(STUB, exercise)
        cells = [c for c in cells if c not in stubs]
    free = [c for c in answers or stubs if not c.name] or [
        c for c in _unnamed(cells) if name in c.claims and not answers and not c.defines(release.exercises)
    ]
    if free:
        max(free, key=lambda c: (name in c.claims, cells.index(c))).name = name
    return cells


def _find_changed(cells: list[Cell], release: Release) -> None:
    """Name the given and payoff cells that were edited: by the id they carry, else by the lines they share."""
    taken = {cell.name for cell in cells}
    missing = [cell for cell in release.of("given", "payoff") if cell.name not in taken]
    free = [c for c in _unnamed(cells) if not c.defines(release.exercises)]
    for wanted in missing:
        claiming = [c for c in free if wanted.name in c.claims and not c.name]
        if claiming:
            claiming[-1].name = wanted.name
    for wanted in missing:
        likeness = {c: _likeness(c, wanted) for c in free if not c.name}
        best = max(likeness, key=lambda c: likeness[c], default=None)
        if best is not None and likeness[best] > 0.5 and wanted.name not in {c.name for c in cells}:
            best.name = wanted.name


def _find_text(cells: list[Cell], release: Release) -> None:
    """Name the prose and the pieces that are reused, in place of which a learner may have put their own."""
    alike = _by_text(cells)
    claiming: dict[str, list[Cell]] = {}
    for cell in cells:
        for name in cell.claims:
            claiming.setdefault(name, []).append(cell)
    for wanted in release.of("text", "reuse"):
        same = [c for c in alike.get((wanted.kind, wanted.text), []) if not c.name] or [
            c for c in claiming.get(wanted.name, []) if c.kind == wanted.kind and not c.name
        ]
        if same:
            max(same, key=lambda c: wanted.name in c.claims).name = wanted.name


def _likeness(cell: Cell, wanted: Cell) -> float:
    """The share of lines that two cells have in common."""
    mine, theirs = ({line.strip() for line in c.text.splitlines()} - {""} for c in (cell, wanted))
    return len(mine & theirs) / max(len(mine | theirs), 1)


def additions(cell: Cell, wanted: Cell) -> str:
    """What an edited cell defines or imports that the release's does not: source of its own, or nothing."""
    theirs = parse(wanted.source) or []
    known = {name for node in theirs for name in bound(node)}
    lines = cell.source.splitlines()
    added = [node for node in cell.statements or [] if bound(node) - known]
    return "\n".join("\n".join(lines[first_line(node) - 1 : node.end_lineno]) for node in added)


def _by_text(cells: list[Cell]) -> dict[tuple[str, str], list[Cell]]:
    """The cells by kind and text."""
    found: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.kind, cell.text), []).append(cell)
    return found


def _unnamed(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.kind == "code" and not cell.name]


def fresh(released: Cell) -> Cell:
    """A new cell as released."""
    return Cell(released.kind, released.source, name=released.name, made=True)
