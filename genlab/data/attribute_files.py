"""Pictures with a table of attributes: CelebA as it is published in several places, and folders of one's own.

A folder or zip archive holds the table (`list_attr_celeba.csv`, `.txt` or `attributes.csv`), perhaps the division
into splits (`list_eval_partition.csv` or `.txt`), and the pictures anywhere below it, known by their names.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from genlab.data import archives, draft, tables
from genlab.data.cards import Card
from genlab.data.decoding import LIMIT, decoded, picture
from genlab.data.errors import DataError
from genlab.data.found import Contents, Found, entries
from genlab.data.pictures import ENDINGS

_TABLES = ("list_attr_celeba.csv", "list_attr_celeba.txt", "attributes.csv")
_DIVISIONS = ("list_eval_partition.csv", "list_eval_partition.txt")
_LARGEST = 12_000  # pixels on a side of a picture
_DEPTH = 3  # folders below the one that is searched
_MOST = 200_000_000  # bytes of any file

Read = Callable[[str], bytes]


def official(card: Card, paths: dict[str, Path]) -> Found:
    """Never there: such a card has no official files."""
    raise DataError(f"{card.title} has no official files")


def look(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """The table and pictures in a folder or in a zip archive that lies in it; else what lacks."""
    here = entries(folder)
    tables_here = [here[name] for name in (*_TABLES, *_DIVISIONS) if name in here]
    if any(name in here for name in _TABLES):
        packed = here.get("img_align_celeba.zip")
        places = [path for path in (*tables_here, *_picture_folders(folder), packed) if path is not None]
        stamp: list[object] = [archives.stamp(path) for path in places]
        return Found(folder, stamp, partial(_from_folder, card, folder, packed, stamp)), []
    for name, path in here.items():
        known = any(fnmatch(name, pattern) for pattern in card.user_archives)
        if name.endswith(".zip") and (known or {_last(n) for n in archives.zip_names(path)} & set(_TABLES)):
            stamp = [archives.stamp(path)]
            return Found(path, stamp, partial(_from_archive, card, path, stamp)), []
    return None, ["list_attr_celeba.csv"] if "img_align_celeba" in here else []


def _picture_folders(folder: Path) -> list[Path]:
    """The folder and those below it, in which pictures are looked for."""
    found = []
    for place, inside, _ in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        inside[:] = sorted(name for name in inside if depth < _DEPTH and not name.startswith((".", "__MACOSX")))
        found.append(Path(place))
    return found


def _last(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].lower()


def _from_folder(card: Card, folder: Path, packed: Path | None, stamp: list[object]) -> Contents:
    def read(name: str) -> bytes:
        with open(name, "rb") as file:
            return file.read(_MOST)

    names = [entry.path for place in _picture_folders(folder) for entry in os.scandir(place) if entry.is_file()]
    if packed is None or any(_last(name).endswith(ENDINGS) for name in names):
        return _contents(card, names, read, str(folder), stamp)
    with _opened(packed) as archive:
        inside = archive.namelist()

        def read_either(name: str) -> bytes:
            return _member(archive, name) if name in archive.NameToInfo else read(name)

        return _contents(card, names + inside, read_either, str(folder), stamp)


def _from_archive(card: Card, path: Path, stamp: list[object]) -> Contents:
    with _opened(path) as archive:
        return _contents(card, archive.namelist(), partial(_member, archive), str(path), stamp)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(_MOST)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no zip archive that can be read ({error}).") from error


def _contents(card: Card, names: list[str], read: Read, where: str, stamp: list[object]) -> Contents:
    """Labels, and images that are decoded now and lie on disk."""
    here = {_last(name): name for name in names}
    found = next((name for name in _TABLES if name in here), None)
    if found is None:
        raise DataError(f"{where} holds no table of attributes ({' or '.join(_TABLES)}).")
    division = next((name for name in _DIVISIONS if name in here), None)
    table = tables.read(found, _whole(read, here[found], where))
    if division is not None:
        table = table.joined(tables.read(division, _whole(read, here[division], where)))
    lacking = [name for name in table.names if name.lower() not in here]
    if lacking:
        raise DataError(
            f"{where} lacks {len(lacking):,} of the {len(table.names):,} pictures that {found} names, "
            f"{lacking[0]} for one."
        )
    splits, kind = tables.divide(table, tuple(card.splits), where)
    columns, labels = tables.attributes(table, where)
    order = [index for rows in splits.values() for index in rows]
    counts = {split: len(rows) for split, rows in splits.items()}

    def images_from(start: int) -> Iterator[Tensor]:
        files = ((table.names[i], _whole(read, here[table.names[i].lower()], where)) for i in order[start:])
        decode = partial(square, card.channels, card.stored)
        for _, image in decoded(files, decode, len(order) - start, f"Preparing {card.title}"):
            yield image

    key = [card.stored, card.smaller, stamp]
    arrays: dict[str, Tensor | draft.Stored] = {**draft.grow(card, key, counts, images_from)}
    arrays |= {f"{split}_labels": labels[rows] for split, rows in splits.items()}
    return Contents(arrays, False, f"{kind}, the middle square of each picture", columns)


def _whole(read: Read, name: str, where: str) -> bytes:
    try:
        return read(name)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{name} in {where} is damaged or cannot be read ({reason}).") from error


def square(channels: int, side: int, name: str, content: bytes) -> Tensor:
    """The middle square of a picture as (C, side, side) uint8, the largest that fits; raises DataError.

    Of a large JPEG only as many frequencies are unpacked as half, a quarter or an eighth of its size needs, where
    that is not less than `side`; each pixel is then an average (a triangle as wide as two of the new pixels).
    """
    import numpy as np
    from PIL import Image, ImageOps

    if len(content) > LIMIT:
        raise DataError(f"{name} has {len(content):,} bytes; a picture of more than {LIMIT:,} is not read.")
    with picture(name, content) as opened:
        if max(opened.size) > _LARGEST:
            width, height = opened.size
            raise DataError(f"{name} is {width}×{height} pixels; at most {_LARGEST:,} on a side are read.")
        mode = "RGB" if channels == 3 else "L"
        opened.draft(mode, (side, side))
        turned: Image.Image = opened
        if "exif" in opened.info and opened.getexif().get(0x0112, 1) != 1:  # a camera held upright notes so
            turned = ImageOps.exif_transpose(opened)
        width, height = turned.size
        least = min(width, height)
        left, top = (width - least) // 2, (height - least) // 2
        middle = turned.crop((left, top, left + least, top + least))
        if middle.mode != mode:
            middle = middle.convert(mode)
        values = np.array(middle.resize((side, side), Image.Resampling.BILINEAR))
    return torch.from_numpy(values).view(side, side, channels).permute(2, 0, 1)
