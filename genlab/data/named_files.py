"""Pictures whose names tell kind, pose and camera, as "3005 brick 1x1 014R.png": in folders or archives."""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from genlab.data import archives, draft
from genlab.data.cards import Card
from genlab.data.decoding import LIMIT, decoded, picture
from genlab.data.errors import DataError
from genlab.data.found import Contents, Found, entries

_NAME = re.compile(r"(?P<kind>\d+\w* .+) (?P<pose>\d{3,})(?P<camera>[LR])\.png", re.IGNORECASE)
_DEPTH = 3  # folders below the one that is searched
_LARGEST = 4096  # pixels on a side
_TEST_SHARE = 0.1
View = tuple[str, int, str]  # kind, pose, camera


def official(card: Card, paths: dict[str, Path]) -> Found:
    """Never there: such a card has no official files."""
    raise DataError(f"{card.title} has no official files")


def look(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """The pictures in a folder and all below it, else those of an archive that lies in it."""
    paths = _below(folder)
    if paths:
        places = sorted({path.parent for path in paths})
        stamp: list[object] = [len(paths), *([str(path), path.stat().st_mtime_ns] for path in places)]
        return Found(folder, stamp, partial(_from_folder, card, paths, folder, stamp)), []
    for name, path in entries(folder).items():
        stamp = [archives.stamp(path)] if path.is_file() else []
        if name.endswith(".zip") and any(_view(inside) for inside in archives.zip_names(path)):
            return Found(path, stamp, partial(_from_zip, card, path, stamp)), []
        if archives.is_tar(name) and any(fnmatch(name, pattern) for pattern in card.user_archives):
            return Found(path, stamp, partial(_from_tar, card, path, stamp)), []
    return None, []


def _below(folder: Path) -> list[Path]:
    """All pictures with such names in a folder and in those below it, in order."""
    found = []
    for place, inside, names in os.walk(folder):
        found += [Path(place, name) for name in names if _view(name)]
        depth = len(Path(place).relative_to(folder).parts)
        inside[:] = [name for name in inside if depth < _DEPTH and not name.startswith((".", "__MACOSX"))]
    return sorted(found)


def _view(path: str) -> View | None:
    """What a file's name tells, or None."""
    match = _NAME.fullmatch(re.split(r"[/\\]", path)[-1])
    return (match["kind"], int(match["pose"]), match["camera"].upper()) if match else None


def _from_folder(card: Card, paths: list[Path], folder: Path, stamp: list[object]) -> Contents:
    def read(name: str) -> bytes:
        with open(name, "rb") as file:
            return file.read(LIMIT)

    names = [str(path) for path in paths]
    return _contents(card, names, _images(card, read, str), str(folder), stamp)


def _from_zip(card: Card, path: Path, stamp: list[object]) -> Contents:
    def read(name: str) -> bytes:
        with archive.open(name) as file:
            return file.read(LIMIT)

    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is damaged and cannot be unpacked ({error}).") from error
    with archive:
        names = [name for name in archive.namelist() if _view(name)]
        return _contents(card, names, _images(card, read, lambda name: f"{path} ({name})"), str(path), stamp)


def _from_tar(card: Card, path: Path, stamp: list[object]) -> Contents:
    """All pictures are decoded before any is kept, as a tar can be read in its own order only."""
    files = archives.contents(path, lambda name: _view(name) is not None, LIMIT)
    decode = partial(_small, card.stored, lambda name: f"{path} ({name})")
    small = dict(decoded(files, decode, sum(card.splits.values()), f"Reading {card.title}"))
    return _contents(card, list(small), lambda names: (small[name] for name in names), str(path), stamp)


def _images(
    card: Card, read: Callable[[str], bytes], told: Callable[[str], str]
) -> Callable[[list[str]], Iterator[Tensor]]:
    """What decodes the files with these names; `told` says of a name which file that is."""

    def content(name: str) -> bytes:
        try:
            return read(name)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            reason = getattr(error, "strerror", None) or error
            raise DataError(f"{told(name)} cannot be read: {reason}.") from error

    def images(names: list[str]) -> Iterator[Tensor]:
        files = ((name, content(name)) for name in names)
        decode = partial(_small, card.stored, told)
        for _, image in decoded(files, decode, len(names), f"Reading {card.title}"):
            yield image

    return images


def _contents(
    card: Card, names: list[str], images: Callable[[list[str]], Iterator[Tensor]], where: str, stamp: list[object]
) -> Contents:
    """The kinds that the names tell, labels, and images that are decoded now and lie on disk."""
    views: dict[View, str] = {}
    for name in names:
        view = _view(name)
        assert view is not None
        views.setdefault(view, name)
    classes = tuple(sorted({kind for kind, _, _ in views}))
    if not 1 <= len(classes) <= 256:  # labels are kept in bytes
        raise DataError(f"{where} holds pictures of {len(classes)} kinds; expected {len(card.classes)}.")
    splits = _divide(sorted(views), classes)
    if not all(splits.values()):
        raise DataError(f"{where} holds only {len(views)} pictures: too few to divide into train and test.")
    order = [views[view] for split in splits.values() for view in split]
    counts = {split: len(chosen) for split, chosen in splits.items()}
    stored = draft.grow(card, [card.stored, stamp], counts, lambda start: images(order[start:]))
    arrays: dict[str, Tensor | draft.Stored] = {**stored}
    for split, chosen in splits.items():
        arrays[f"{split}_labels"] = torch.tensor([classes.index(kind) for kind, _, _ in chosen], dtype=torch.uint8)
    return Contents(arrays, False, f"{len(classes)} kinds", classes)


def _divide(views: list[View], classes: tuple[str, ...]) -> dict[str, list[View]]:
    """Train and test, each in an order of chance that never changes.

    Of each kind's poses a tenth goes to the test. All views of one pose go the same way, so that
    no picture of the test has its fellow among those that were learned.
    """
    chance = torch.Generator().manual_seed(0)
    test: set[tuple[str, int]] = set()
    for kind in classes:
        poses = sorted({pose for other, pose, _ in views if other == kind})
        few = torch.randperm(len(poses), generator=chance)[: round(_TEST_SHARE * len(poses))]
        test |= {(kind, poses[i]) for i in few.tolist()}
    splits = {}
    for split in ("train", "test"):
        chosen = [view for view in views if (view[:2] in test) == (split == "test")]
        splits[split] = [chosen[i] for i in torch.randperm(len(chosen), generator=chance).tolist()]
    return splits


def _small(side: int, told: Callable[[str], str], name: str, content: bytes) -> Tensor:
    """The picture (1, side, side) in a file's content: in grey, on black, each pixel the mean of a square."""
    import numpy as np
    from PIL import Image

    with picture(told(name), content) as opened:
        width, height = opened.size
        if width != height or not side <= width <= _LARGEST:
            raise DataError(f"{told(name)} is {width}×{height} pixels; expected a square of {side} or more.")
        if opened.has_transparency_data:
            whole = Image.new("RGBA", opened.size, "black")
            whole.alpha_composite(opened.convert("RGBA"))
            grey = whole.convert("L")
        else:
            grey = opened.convert("L")
        return torch.from_numpy(np.array(grey.resize((side, side), Image.Resampling.BOX)))[None]
