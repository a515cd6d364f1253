"""The mended notebook: ids and metadata as released, and on top what was done."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from autograder.handin.cells import CHARACTERS, ID, Cell, Release
from autograder.handin.notes import Notes, as_markdown, quote
from autograder.handin.recognise import named_lesson
from autograder.handin.soundness import too_deep

DIGEST = re.compile(r"[0-9a-f]{64}")
SHORT = 8  # digits of a digest that people are shown
TOP = "mended"  # the id of the cell on top that tells what was done
MENDED = "Mended before grading; the answers are as they were handed in."
REFUSED = "This hand-in could not be graded. Below is the empty lesson in its place."

METADATA_LOST = "The id or grading metadata of {count} had been lost and was put back."
METADATA_CHANGED = "The grading metadata of {names} had been changed and was put back."
POINTS = (
    "The points of {names} were others than the course's, which count."  # of an earlier release, or a student's own
)
METADATA_FOREIGN = "Grading metadata was removed from {count} that the lesson does not have."
METADATA_BROKEN = "The notebook's own metadata were missing or malformed and were put back."
IDS = "The id of {count} was missing, malformed or not unique, and was made anew."
OTHER_RELEASE = (
    "It was made from another release of the lesson ({names}); it is graded with the one of this course ({release})."
)
KERNEL = "The notebook was made for another kernel, {names}; it is graded with the lesson's."


def note_metadata(cells: list[Cell], release: Release, notes: Notes) -> None:
    """Note what is not as it has to be in the ids and metadata of the cells."""
    ids = _own_ids(cells, release)
    for place, cell in enumerate(cells):
        if cell.made:
            continue
        wanted = release.named(cell.name) if cell.name else cell
        nbgrader, payoff = cell.metadata.get("nbgrader"), "payoff" in _tags(cell)
        if not cell.name:
            if "nbgrader" in cell.metadata or payoff != (payoff and _copies_payoff(cell, release)):
                notes.add(METADATA_FOREIGN, str(place))
            if cell.id != ids[cell]:
                notes.add(IDS, str(place))
        elif isinstance(nbgrader, dict) and nbgrader.get("grade_id") == cell.name:
            right = wanted.metadata.get("nbgrader") or {}
            points = nbgrader.get("points")
            number = isinstance(points, int | float) and points >= 0
            if number and nbgrader != right and nbgrader == right | {"points": points}:
                notes.add(POINTS, cell.name)
            elif nbgrader != right or payoff != ("payoff" in _tags(wanted)):
                notes.add(METADATA_CHANGED, cell.name)
            elif cell.id != cell.name:
                notes.add(METADATA_LOST, str(place))
        elif cell.id != cell.name or "nbgrader" in wanted.metadata or "nbgrader" in cell.metadata or payoff:
            notes.add(METADATA_LOST, str(place))


def note_notebook(notebook: dict[str, Any], release: Release, notes: Notes) -> None:
    """Note what is not as it has to be in the format and metadata of the notebook."""
    version = notebook.get("nbformat"), notebook.get("nbformat_minor")
    if version != (4, 5):
        said = ".".join(str(part) if type(part) is int and 0 <= part < 100 else "?" for part in version)
        notes.add(f"The file was in notebook format {said} and is now in 4.5.")
    metadata = notebook.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernel.get("name") if isinstance(kernel, dict) else None
    if not isinstance(name, str) or too_deep(metadata) or named_lesson(notebook) != release.lesson:
        notes.add(METADATA_BROKEN)
    elif name != release.notebook["metadata"]["kernelspec"]["name"]:
        notes.add(KERNEL, quote(name))
    was, release_now = release_of(notebook), release_of(release.notebook)
    if was and release_now and was != release_now:
        notes.add(OTHER_RELEASE.replace("{release}", release_now[:SHORT]), was[:SHORT])
    try:
        json.dumps(notebook, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        notes.add(CHARACTERS)


def release_of(notebook: dict[str, Any]) -> str:
    """The digest of the release that a notebook was made from; nothing where its metadata do not tell."""
    found: Any = notebook
    for key in ("metadata", "genlab", "sha256", "lessons"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) and DIGEST.fullmatch(found) else ""


def built(cells: list[Cell], release: Release, mended: tuple[str, ...]) -> dict[str, Any]:
    """The notebook of these cells, without outputs, under a cell that lists what was mended."""
    if cells and cells[0].id == TOP and cells[0].kind == "markdown":
        cells = cells[1:]  # from an earlier time
    ids = _own_ids(cells, release)
    top = _markdown(TOP, as_markdown(MENDED, mended))
    return _notebook([top, *(_as_json(cell, ids, release) for cell in cells)], release.notebook)


def blank(released: dict[str, Any], reason: str) -> dict[str, Any]:
    """The released notebook under a cell that says why there is no other."""
    return _notebook([_markdown(TOP, as_markdown(REFUSED, [reason])), *released["cells"]], released)


def is_blank(notebook: dict[str, Any]) -> bool:
    """Whether this is what `blank` gave, in place of a hand-in that could not be read."""
    first = next(iter(notebook["cells"]), None)
    source = first.get("source") if isinstance(first, dict) and first.get("id") == TOP else ""
    return isinstance(source, str) and source.startswith(as_markdown(REFUSED, []).strip())


def _notebook(cells: list[Any], released: dict[str, Any]) -> dict[str, Any]:
    whole = {"cells": cells, "metadata": released["metadata"], "nbformat": 4, "nbformat_minor": 5}
    return copy.deepcopy(whole)


def _as_json(cell: Cell, ids: dict[Cell, str], release: Release) -> dict[str, Any]:
    metadata: dict[str, Any] = {"tags": ["payoff"]} if _copies_payoff(cell, release) else {}
    if cell.name:
        metadata = release.named(cell.name).metadata
    found: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": cell.name or ids[cell],
        "metadata": metadata,
        "source": cell.source,
    }
    if cell.kind == "code":
        found |= {"execution_count": None, "outputs": []}
    elif cell.attachments:
        found["attachments"] = cell.attachments
    return found


def _own_ids(cells: list[Cell], release: Release) -> dict[Cell, str]:
    """An id for each of the learner's own cells: the one it has where that will do."""
    used = {cell.name for cell in release.cells}
    ids: dict[Cell, str] = {}
    for place, cell in enumerate(cells):
        mine = isinstance(cell.id, str) and ID.fullmatch(cell.id) and (cell.id != TOP or place == 0)
        if not cell.name and mine and cell.id not in used:
            ids[cell] = cell.id
            used.add(cell.id)
    number = 0
    for cell in cells:
        while not cell.name and cell not in ids:
            number += 1
            if f"own-{number}" not in used:
                ids[cell] = f"own-{number}"
    return ids


def _copies_payoff(cell: Cell, release: Release) -> bool:
    """Whether a learner's cell is a copy of one that trains or draws, which grading passes over."""
    return any(cell.text == payoff.text for payoff in release.of("payoff"))


def _tags(cell: Cell) -> list[Any]:
    tags = cell.metadata.get("tags")
    return tags if isinstance(tags, list) else []


def _markdown(cell_id: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}
