"""A hand-in made gradable: ids, grading metadata and locked cells as released, the learner's own code as it is.

Nothing here looks at whether an answer is right; that is the grader's part.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.handin import storage
from autograder.handin.cells import Cell, Release, read_cells
from autograder.handin.notes import Notes, quote
from autograder.handin.reading import ASK, Refused, read_file, read_notebook
from autograder.handin.rebuild import blank, built, note_metadata, note_notebook, release_of
from autograder.handin.recognise import lesson_of, named_lesson, recognise
from autograder.handin.restore import put_back_given, put_back_sources, put_back_tests

__all__ = ["Refused", "Repaired", "lesson_of", "read_notebook", "refuse_file", "repair", "repair_file"]

LARGE = 20_000_000  # bytes of a file, nearly all of it outputs, from which they are left out

INSTRUCTORS = "It holds marks that only the instructor's solution notebook has (### BEGIN SOLUTION): look where they come from. They were taken out."
OUTPUTS = "The file was very large; its outputs were left out."

_sound: set[tuple[str, str]] = set()  # digests of files and of the release that they were held against

_MARKS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[^\n]*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Repaired:
    """A notebook that nbgrader's first step accepts, and one sentence for each thing that was mended."""

    notebook: dict[str, Any]
    mended: tuple[str, ...]


def repair(notebook: dict[str, Any], released: dict[str, Any]) -> Repaired:
    """The hand-in with the release's ids, metadata and locked cells; itself and no sentences when nothing is amiss.

    Raises Refused when it is another lesson's notebook.
    """
    return _repair(notebook, Release(released), [])


def repair_file(path: Path, release: Release, originals: Path) -> tuple[str, ...]:
    """Mend the file in its place, after a copy of it went to the folder `originals`; the sentences about what was mended.

    A second call changes nothing and returns the same. Raises Refused, after the released notebook with the
    reason on top was put in the file's place.
    """
    known = storage.result_for(path, originals)
    if known is not None:
        if known.refused:
            raise Refused(known.notes[0])
        return known.notes
    notes: list[str] = []
    try:
        if not path.is_symlink() and path.is_file():
            notes += storage.make_own(path)
        data = read_file(path)
        notebook, more = read_notebook(data)
        if len(data) > LARGE:
            more.append(OUTPUTS)
        repaired = _repair(notebook, release, notes + more)
    except Refused as error:
        refuse_file(path, release, originals, str(error))
        raise
    if repaired.mended:
        storage.replace(path, _as_bytes(repaired.notebook), originals, repaired.mended)
    elif digest := release_of(release.notebook):
        _sound.add((storage.digest(data), digest))
    return repaired.mended


def is_sound(path: Path, released: dict[str, Any]) -> bool:
    """Whether `repair_file` has seen in this process that nothing is amiss in the file."""
    try:
        return (storage.digest(read_file(path)), release_of(released)) in _sound
    except (OSError, Refused):
        return False


def refuse_file(path: Path, release: Release, originals: Path, reason: str) -> None:
    """Put the released notebook with the reason on top in the place of a file, if there is one, which is kept."""
    storage.replace(path, _as_bytes(blank(release.notebook, reason)), originals, (reason,), refused=True)


def _repair(notebook: dict[str, Any], release: Release, already: list[str]) -> Repaired:
    notes = Notes(already)
    cells = read_cells(notebook, notes)
    _refuse_other_lesson(notebook, cells, release)
    for cell in cells:
        unmarked = _MARKS.sub("", cell.source)
        if unmarked != cell.source:
            notes.add(INSTRUCTORS)
            cell.source = unmarked
    cells = recognise(cells, release, notes)
    cells = put_back_sources(cells, release, notes)
    cells = put_back_given(cells, release, notes)
    cells = put_back_tests(cells, release, notes)
    note_metadata(cells, release, notes)
    note_notebook(notebook, release, notes)
    mended = notes.lines()
    return Repaired(built(cells, release, mended), mended) if mended else Repaired(notebook, ())


def _refuse_other_lesson(notebook: dict[str, Any], cells: list[Cell], release: Release) -> None:
    called = {lesson for cell in cells for lesson, _ in cell.checks}
    named = named_lesson(notebook)
    if release.lesson in called or named == release.lesson:
        return
    if other := named or next(iter(sorted(called)), None):
        raise Refused(f"It is the notebook of another lesson, {quote(other)}. Needed: the one of {release.lesson}.")
    ids = {cell.name for cell in release.of("test", "solution", "given")}
    texts = {cell.text for cell in release.cells if len(cell.text) > 40}
    if not any(cell.claims & ids or cell.defines(release.exercises) or cell.text in texts for cell in cells):
        raise Refused(f"It holds nothing of the lesson {release.lesson}. {ASK}")


def _as_bytes(notebook: dict[str, Any]) -> bytes:
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
