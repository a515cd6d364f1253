"""Pictures whose names tell kind, pose and camera, as "3005 brick 1x1 014R.png": in folders or archives."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from functools import partial
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from genlab.data import archives
from genlab.data.bar import progress_bar
from genlab.data.cards import Card
from genlab.data.errors import DataError
from genlab.data.found import Arrays, Contents, Found, entries

_NAME = re.compile(r"(?P<kind>\w+ .+) (?P<pose>\d+)(?P<camera>[LR]?)\.png", re.IGNORECASE)
_DEPTH = 3  # folders below the one that is searched
_LIMIT = 4_000_000  # bytes of one picture's file
_LARGEST = 4096  # pixels on a side
_AT_ONCE = 256  # files in memory
_TEST_SHARE = 0.1
Named = Iterable[tuple[str, bytes]]  # path and content


def official(card: Card, paths: dict[str, Path]) -> Found:
    """Never asked: such a card has no official files."""
    raise DataError(f"{card.title} has no official files")


def look(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """The pictures in all folders below one, else those of an archive that lies in it."""
    paths = list(_below(folder, _DEPTH))
    if paths:
        stamp: list[object] = [[str(p), p.stat().st_mtime_ns] for p in sorted({path.parent for path in paths})]
        return Found(folder, [len(paths), *stamp], partial(_read, card, _contents(paths), len(paths), str(folder))), []
    for name, path in entries(folder).items():
        names = [n for n in archives.zip_names(path) if _parts(n)] if name.endswith(".zip") else []
        if names or (archives.is_tar(name) and any(fnmatch(name, pattern) for pattern in card.user_archives)):
            total = len(names) or sum(card.splits.values())
            return Found(path, archives.stamp(path), partial(_from_archive, card, path, total)), []
    return None, []


def _below(folder: Path, depth: int) -> Iterator[Path]:
    """All pictures with such names in a folder and in those below it, in order."""
    for path in entries(folder).values():
        if _parts(path.name):
            yield path
        elif depth and path.is_dir() and not path.name.startswith("."):
            yield from _below(path, depth - 1)


def _parts(name: str) -> re.Match[str] | None:
    """Kind, pose and camera in a file's name, or None."""
    return _NAME.fullmatch(re.split(r"[/\\]", name)[-1])


def _contents(paths: list[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            with open(path, "rb") as file:
                yield str(path), file.read(_LIMIT)
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error


def _from_archive(card: Card, path: Path, total: int) -> Contents:
    named = archives.contents(path, lambda name: _parts(name) is not None, _LIMIT)
    return _read(card, ((f"{path} ({name})", content) for name, content in named), total, str(path))


def _read(card: Card, named: Named, total: int, where: str) -> Contents:
    """Kinds, and a split by chance that keeps all views of a pose on one side."""
    pictures: dict[tuple[str, int, str], Tensor] = {}
    for name, picture in _decoded(card, named, total):
        match = _parts(name.removesuffix(")"))
        assert match is not None
        pictures.setdefault((match["kind"], int(match["pose"]), match["camera"].upper()), picture)
    classes = tuple(sorted({kind for kind, _, _ in pictures}))
    if len(classes) < 2 or len(classes) > 256:
        raise DataError(f"{where} holds pictures of {len(classes)} kinds of brick; expected {len(card.classes)}.")
    return Contents(_divide(pictures, classes, where), False, f"{len(classes)} kinds", classes)


def _divide(pictures: dict[tuple[str, int, str], Tensor], classes: tuple[str, ...], where: str) -> Arrays:
    """The arrays of both splits, each in an order of chance that never changes."""
    chance = torch.Generator().manual_seed(0)
    test: set[tuple[str, int]] = set()
    for kind in classes:
        poses = sorted({pose for k, pose, _ in pictures if k == kind})
        few = torch.randperm(len(poses), generator=chance)[: max(1, round(_TEST_SHARE * len(poses)))]
        test |= {(kind, poses[i]) for i in few.tolist()}
    arrays: Arrays = {}
    for split, inside in (("train", False), ("test", True)):
        keys = [key for key in sorted(pictures) if (key[:2] in test) == inside]
        if not keys:
            raise DataError(f"{where} holds too few pictures: there is none left for {split}.")
        order = torch.randperm(len(keys), generator=chance)
        arrays[f"{split}_images"] = torch.stack([pictures[key] for key in keys])[order]
        arrays[f"{split}_labels"] = torch.tensor([classes.index(k) for k, _, _ in keys], dtype=torch.uint8)[order]
    return arrays


def _decoded(card: Card, named: Named, total: int) -> Iterator[tuple[str, Tensor]]:
    """Name and picture (C, side, side) of each file, decoded on all cores."""
    files, decode = iter(named), partial(_decode, card.stored)
    with (
        progress_bar(total, f"Reading {card.title}", unit=" images") as bar,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        while some := list(islice(files, _AT_ONCE)):
            yield from zip((name for name, _ in some), pool.map(decode, some), strict=True)
            bar.update(len(some))


def _decode(side: int, named: tuple[str, bytes]) -> Tensor:
    """The picture (1, side, side) in a file's content, grey on black and made small; raises DataError that names the file."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    name, content = named
    try:
        with Image.open(io.BytesIO(content)) as opened:
            width, height = opened.size  # in the file's head; an odd one is never decoded
            if width != height or not side <= width <= _LARGEST:
                raise DataError(f"{name} is {width}×{height} pixels; expected a square of {side} or more.")
            picture = Image.new("RGBA", opened.size, "black")
            picture.alpha_composite(opened.convert("RGBA"))
            small = picture.convert("L").resize((side, side), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"{name} is not a picture that can be read ({type(error).__name__}).") from error
    return torch.from_numpy(np.array(small))[None]
