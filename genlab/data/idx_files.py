"""Files in the layout of MNIST's relatives: one IDX file for each part of each split, or CSV tables."""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path

import torch

from genlab.data.cards import Card
from genlab.data.errors import DataError
from genlab.data.found import Arrays, Contents, Found, entries
from genlab.data.idx import Place, check_labels, read_images, read_labels

Places = dict[str, Place]


def official(card: Card, paths: dict[str, Path]) -> Found:
    """The official files at these paths, by name."""
    places = {f"{file.split}_{file.part}": Place(paths[file.name]) for file in card.files}
    return _found(card, paths[card.files[0].name].parent, places)


def look(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """What is found in one folder, else the names of the official files that lack; none if all do."""
    here = entries(folder)
    plain = {name: Place(path) for name, path in here.items() if path.is_file()}
    candidates = [plain]
    candidates += [_members(path) for name, path in here.items() if name.endswith(".zip")]
    fewest = [file.name for file in card.files]
    for names in candidates:
        places = {}
        for file in card.files:
            place = next((names[n] for n in _spellings(file.name) if n in names), None)
            if place is not None:
                places[f"{file.split}_{file.part}"] = place
        if len(places) == len(card.files):
            return _found(card, folder, places), []
        missing = [f.name for f in card.files if f"{f.split}_{f.part}" not in places]
        fewest = min(fewest, missing, key=len)
    for names in candidates:
        places = {s: names[n.lower()] for s, n in card.user_csv.items() if n.lower() in names}
        if len(places) == len(card.splits):
            return Found(folder, _stamp(places), partial(_read_csv, card, places)), []
    return None, fewest if len(fewest) < len(card.files) else []


def _found(card: Card, folder: Path, places: Places) -> Found:
    return Found(folder, _stamp(places), partial(_read, card, places))


def _stamp(places: Places) -> list[object]:
    return [[key, *place.stamp()] for key, place in sorted(places.items())]


def _read(card: Card, places: Places) -> Contents:
    """Images are (N, side, side) uint8, labels (N,) uint8."""
    arrays, identical = {}, True
    for file in card.files:
        key, count = f"{file.split}_{file.part}", card.splits[file.split]
        if file.part == "images":
            arrays[key], digest = read_images(places[key], count, card.stored)
        else:
            arrays[key], digest = read_labels(places[key], count, len(card.classes))
        identical = identical and digest == file.content_sha256
    return Contents.of(arrays, identical)


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


def _read_csv(card: Card, places: Places) -> Contents:
    import numpy as np

    arrays: Arrays = {}
    pixels = card.channels * card.stored**2
    for split, place in places.items():
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
    return Contents.of(arrays, False)
