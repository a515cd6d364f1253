"""Files that the user has: looked for in the folders of GENLAB_DATA, in every common layout."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from genlab.data.cards import Card
from genlab.data.errors import DataError
from genlab.data.idx import Place, check_labels, read_images, read_labels

Arrays = dict[str, Tensor]


@dataclass(frozen=True)
class Found:
    """A complete set of files: `places` by "train_images", … or, for CSV files, by split."""

    folder: Path
    places: dict[str, Place]
    csv: bool

    def stamp(self) -> list[object]:
        """What changes when any of the files does."""
        return [[key, *place.stamp()] for key, place in sorted(self.places.items())]


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
        best: list[str] | None = None
        for layout in card.user_folders:
            inside = _descend(folder.absolute(), layout)
            if inside is None:
                continue
            found, missing = _look(card, inside)
            if found is not None:
                return found
            if len(missing) < len(card.files) and (best is None or len(missing) < len(best)):
                best = missing
        if best is None:
            notes.append(f"{folder} holds none of its files")
        else:
            notes.append(f"{folder} lacks {' and '.join(best)}")
    raise DataError("; ".join(notes) if notes else "GENLAB_DATA is not set")


def read(card: Card, found: Found) -> tuple[Arrays, bool]:
    """The arrays by "train_images", … and whether they are the official release's, byte for byte.

    Images are (N, side, side) uint8, labels (N,) uint8. Raises DataError on any unusable file.
    """
    if found.csv:
        return _read_csv(card, found), False
    arrays, official = {}, True
    for file in card.files:
        key, count = f"{file.split}_{file.part}", card.splits[file.split]
        if file.part == "images":
            arrays[key], digest = read_images(found.places[key], count, card.stored)
        else:
            arrays[key], digest = read_labels(found.places[key], count, len(card.classes))
        official = official and digest == file.content_sha256
    return arrays, official


def _descend(folder: Path, layout: str) -> Path | None:
    """The folder inside `folder` at this relative path, whatever its upper and lower case."""
    for part in layout.split("/"):
        if part != ".":
            inside = _entries(folder).get(part.lower())
            if inside is None or not inside.is_dir():
                return None
            folder = inside
    return folder


def _entries(folder: Path) -> dict[str, Path]:
    try:
        return {path.name.lower(): path for path in sorted(folder.iterdir())}
    except OSError:
        return {}


def _look(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """What is found in one folder, and the names of the official files that are not."""
    entries = _entries(folder)
    plain = {name: Place(path) for name, path in entries.items() if path.is_file()}
    candidates = [plain]
    candidates += [_members(path) for name, path in entries.items() if name.endswith(".zip")]
    fewest = [file.name for file in card.files]
    for names in candidates:
        places = {}
        for file in card.files:
            place = next((names[n] for n in _spellings(file.name) if n in names), None)
            if place is not None:
                places[f"{file.split}_{file.part}"] = place
        if len(places) == len(card.files):
            return Found(folder, places, csv=False), []
        missing = [f.name for f in card.files if f"{f.split}_{f.part}" not in places]
        fewest = min(fewest, missing, key=len)
    for names in candidates:
        places = {s: names[n.lower()] for s, n in card.user_csv.items() if n.lower() in names}
        if len(places) == len(card.splits):
            return Found(folder, places, csv=True), []
    return None, fewest


def _members(archive: Path) -> dict[str, Place]:
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [info.filename for info in opened.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile):
        return {}
    return {name.rsplit("/", 1)[-1].lower(): Place(archive, name) for name in names}


def _spellings(name: str) -> list[str]:
    """File names under which an official file is found in the wild, in lower case."""
    bare = name.lower().removesuffix(".gz")
    dotted = bare.replace("-idx", ".idx")
    return [f"{bare}.gz", bare, f"{dotted}.gz", dotted]


def _read_csv(card: Card, found: Found) -> Arrays:
    import numpy as np

    arrays: Arrays = {}
    pixels = card.channels * card.stored**2
    for split, place in found.places.items():
        count = card.splits[split]
        text = place.read(count * (pixels + 1) * 4 + 100_000)  # "255," is the longest value
        try:
            table = np.loadtxt(text.decode("ascii").splitlines(), np.uint8, delimiter=",", skiprows=1)
        except (ValueError, UnicodeDecodeError) as error:
            raise DataError(f"{place} is not a table of numbers from 0 to 255: {error}.") from error
        if table.shape != (count, pixels + 1):
            raise DataError(
                f"{place} is a table of {' × '.join(map(str, table.shape))} values; "
                f"expected {count} × {pixels + 1} (label, then pixels)."
            )
        values = torch.from_numpy(table)
        arrays[f"{split}_labels"] = values[:, 0].contiguous()
        check_labels(place, arrays[f"{split}_labels"], len(card.classes))
        arrays[f"{split}_images"] = values[:, 1:].reshape(count, card.stored, card.stored)
    return arrays
