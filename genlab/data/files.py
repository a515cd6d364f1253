"""Files that the user has: looked for in the folders of GENLAB_DATA, in every common layout."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

from genlab.data import attribute_files, cifar_files, idx_files, named_files
from genlab.data.cards import Card
from genlab.data.errors import DataError
from genlab.data.found import Found, entries

LAYOUTS: dict[str, ModuleType] = {
    "idx": idx_files,
    "cifar": cifar_files,
    "named": named_files,
    "attributes": attribute_files,
}


def folders() -> list[Path]:
    """The folders named by GENLAB_DATA, which may hold several separated by `os.pathsep`."""
    value = os.environ.get("GENLAB_DATA", "")
    return [Path(part.strip()).expanduser() for part in value.split(os.pathsep) if part.strip()]


def find(card: Card) -> Found:
    """The user's files of this data set; raises DataError that says what was looked for."""
    notes = []
    for folder in folders():
        if not folder.is_dir():
            notes.append(f"the folder {folder} does not exist")
            continue
        found, missing = search(card, folder.absolute())
        if found is not None:
            return found
        notes.append(f"{folder} lacks {' and '.join(missing)}" if missing else f"{folder} holds none of its files")
    raise DataError("; ".join(notes) if notes else "GENLAB_DATA is not set")


def search(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """What is found in a folder or in those that the card names inside it; else what lacks there.

    The names of what lacks are those of the most complete place, none where nothing is at all.
    """
    layout = LAYOUTS[card.layout]
    best: list[str] = []
    for relative in card.user_folders:
        inside = _descend(folder, relative)
        if inside is None:
            continue
        found, missing = layout.look(card, inside)
        if found is not None:
            return found, []
        if missing and (not best or len(missing) < len(best)):
            best = missing
    return None, best


def downloaded(card: Card, paths: dict[str, Path]) -> Found:
    """The official files at these paths, by name, as `fetch` leaves them."""
    found: Found = LAYOUTS[card.layout].official(card, paths)
    return found


def _descend(folder: Path, layout: str) -> Path | None:
    """The folder inside `folder` at this relative path, whatever its upper and lower case."""
    for part in layout.split("/"):
        if part != ".":
            inside = entries(folder).get(part.lower())
            if inside is None or not inside.is_dir():
                return None
            folder = inside
    return folder
