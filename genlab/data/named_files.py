"""Pictures whose names tell kind, pose and camera, as "3005 brick 1x1 014R.png": in folders or archives."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from genlab.data import archives
from genlab.data.cards import Card
from genlab.data.decoding import LIMIT, Named, decoded, picture
from genlab.data.errors import DataError
from genlab.data.found import Arrays, Contents, Found, entries

_NAME = re.compile(r"(?P<kind>\d+\w* .+) (?P<pose>\d{3,})(?P<camera>[LR])\.png", re.IGNORECASE)
_DEPTH = 3  # folders below the one that is searched
_LARGEST = 4096  # pixels on a side
_TEST_SHARE = 0.1
Pictures = dict[tuple[str, int, str], Tensor]  # kind, pose, camera: (1, side, side)


def official(card: Card, paths: dict[str, Path]) -> Found:
    """Never there: such a card has no official files."""
    raise DataError(f"{card.title} has no official files")


def look(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """The pictures in a folder and all below it, else those of an archive that lies in it."""
    paths = _below(folder)
    if paths:
        stamp = [[str(path), path.stat().st_mtime_ns] for path in sorted({path.parent for path in paths})]
        read = partial(_read, card, _contents(paths), len(paths), str(folder), str)
        return Found(folder, [len(paths), *stamp], read), []
    for name, path in entries(folder).items():
        total = sum(_parts(n) is not None for n in archives.zip_names(path)) if name.endswith(".zip") else 0
        if total or (archives.is_tar(name) and any(fnmatch(name, pattern) for pattern in card.user_archives)):
            total = total or sum(card.splits.values())
            return Found(path, archives.stamp(path), partial(_from_archive, card, path, total)), []
    return None, []


def _below(folder: Path) -> list[Path]:
    """All pictures with such names in a folder and in those below it, in order."""
    found = []
    for place, inside, names in os.walk(folder):
        found += [Path(place, name) for name in names if _parts(name)]
        depth = len(Path(place).relative_to(folder).parts)
        inside[:] = sorted(name for name in inside if depth < _DEPTH and not name.startswith((".", "__MACOSX")))
    return sorted(found)


def _parts(path: str) -> re.Match[str] | None:
    """Kind, pose and camera in a file's name, or None."""
    return _NAME.fullmatch(re.split(r"[/\\]", path)[-1])


def _contents(paths: list[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            with open(path, "rb") as file:
                yield str(path), file.read(LIMIT)
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error


def _from_archive(card: Card, path: Path, total: int) -> Contents:
    named = archives.contents(path, lambda name: _parts(name) is not None, LIMIT)
    return _read(card, named, total, str(path), lambda name: f"{path} ({name})")


def _read(card: Card, files: Named, total: int, where: str, told: Callable[[str], str]) -> Contents:
    """The pictures with the kinds that their names tell; `told` says of a name which file that is."""
    pictures: Pictures = {}
    decode = partial(_decode, card.stored, told)
    for name, small in decoded(files, decode, total, f"Reading {card.title}"):
        match = _parts(name)
        assert match is not None
        pictures.setdefault((match["kind"], int(match["pose"]), match["camera"].upper()), small)
    classes = tuple(sorted({kind for kind, _, _ in pictures}))
    if not 1 <= len(classes) <= 256:  # labels are kept in bytes
        raise DataError(f"{where} holds pictures of {len(classes)} kinds; expected {len(card.classes)}.")
    return Contents(_divide(pictures, classes, where), False, f"{len(classes)} kinds", classes)


def _divide(pictures: Pictures, classes: tuple[str, ...], where: str) -> Arrays:
    """Train and test, each in an order of chance that never changes.

    Of each kind's poses a tenth goes to the test. All views of one pose go the same way, so that
    no picture of the test has its fellow among those that were learned.
    """
    chance = torch.Generator().manual_seed(0)
    test: set[tuple[str, int]] = set()
    for kind in classes:
        poses = sorted({pose for other, pose, _ in pictures if other == kind})
        few = torch.randperm(len(poses), generator=chance)[: round(_TEST_SHARE * len(poses))]
        test |= {(kind, poses[i]) for i in few.tolist()}
    arrays: Arrays = {}
    for split in ("train", "test"):
        keys = [key for key in sorted(pictures) if (key[:2] in test) == (split == "test")]
        if not keys:
            raise DataError(f"{where} holds only {len(pictures)} pictures: too few to divide into train and test.")
        order = torch.randperm(len(keys), generator=chance)
        arrays[f"{split}_images"] = torch.stack([pictures[key] for key in keys])[order]
        arrays[f"{split}_labels"] = torch.tensor([classes.index(k) for k, _, _ in keys], dtype=torch.uint8)[order]
    return arrays


def _decode(side: int, told: Callable[[str], str], name: str, content: bytes) -> Tensor:
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
