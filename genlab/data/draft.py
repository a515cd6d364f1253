"""Image arrays that grow on disk while pictures are decoded, and go on where an interruption left them."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from genlab import paths
from genlab.data.cards import Card
from genlab.data.errors import NoRoom
from genlab.data.resize import averaged

_CHUNK = 2048  # images written, and kept for good, at once
_SPARE = 50_000_000  # bytes that a disk keeps free


@dataclass(frozen=True)
class Stored:
    """An array (uint8) that lies in a file already."""

    path: Path
    shape: tuple[int, ...]


def folder_of(card: Card) -> Path:
    """The folder in which this data set's unfinished arrays lie."""
    return paths.home() / "data" / card.name / ".unfinished"


def clear(card: Card) -> None:
    """Removes what is left of finished work."""
    shutil.rmtree(folder_of(card), ignore_errors=True)


def check_room(folder: Path, needed: int, title: str) -> None:
    """Raises NoRoom unless the disk of `folder`, which need not exist yet, has `needed` bytes to spare."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free
    if needed > 0 and free < needed + _SPARE:
        raise NoRoom(
            f"{title} needs {needed / 1e9:.1f} GB in {folder}, where {free / 1e9:.1f} GB are free. "
            "Make room there, or set GENLAB_HOME to a folder on a larger disk"
        )


def grow(
    card: Card, key: Any, splits: dict[str, int], images_from: Callable[[int], Iterator[Tensor]]
) -> dict[str, Stored]:
    """The images of all splits in each size on offer, "train_images", "train_images_32", …, as files.

    key:         what would change if the images did; with another key the work starts from nothing.
    splits:      how many images each split has.
    images_from: gives the images (C, side, side) from this one on, all splits in one sequence.
    Raises NoRoom before or while the disk is full. What is done stays for the next time.
    """
    folder = folder_of(card)
    folder.mkdir(parents=True, exist_ok=True)
    total = sum(splits.values())
    done = _done(card, key, splits)
    sizes = (card.stored, *card.smaller)
    check_room(folder, (total - done) * card.channels * sum(size * size for size in sizes), card.title)
    if done:
        print(f"{card.title}: going on after {done:,} of {total:,} images.")
    try:
        with contextlib.ExitStack() as opened:
            files = {
                (split, size): opened.enter_context(_open(folder, _name(card, split, size), held))
                for split, ready in _shares(splits, done).items()
                for size in sizes
                for held in [ready * card.channels * size * size]
            }
            images = images_from(done)
            while chunk := list(islice(images, _CHUNK)):
                _append(card, files, splits, done, torch.stack(chunk))
                done += len(chunk)
                for file in files.values():
                    file.flush()
                    os.fsync(file.fileno())
                _note(folder, key, done)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise NoRoom(
                f"the disk of {folder} is full; {done:,} of {total:,} images are prepared and kept. "
                "Make room there, or set GENLAB_HOME to a folder on a larger disk"
            ) from error
        raise
    return {
        _name(card, split, size): Stored(folder / f"{_name(card, split, size)}.u8", (n, card.channels, size, size))
        for split, n in splits.items()
        for size in sizes
    }


def _name(card: Card, split: str, size: int) -> str:
    return f"{split}_images" if size == card.stored else f"{split}_images_{size}"


def _shares(splits: dict[str, int], done: int) -> dict[str, int]:
    """How many of the first `done` images belong to each split."""
    shares = {}
    for split, count in splits.items():
        shares[split] = min(count, done)
        done -= shares[split]
    return shares


@contextlib.contextmanager
def _open(folder: Path, name: str, held: int) -> Iterator[BinaryIO]:
    """The file of an array, cut to the bytes that are known to be good, to be written on."""
    path = folder / f"{name}.u8"
    with open(path, "r+b" if path.exists() else "wb") as file:
        file.truncate(held)
        file.seek(held)
        yield file


def _append(
    card: Card, files: dict[tuple[str, int], BinaryIO], splits: dict[str, int], done: int, images: Tensor
) -> None:
    """Writes images (B, C, side, side), which may belong to several splits, in all sizes."""
    before, after = _shares(splits, done), _shares(splits, done + len(images))
    parts = images.split([after[split] - before[split] for split in splits])
    for split, part in zip(splits, parts, strict=True):
        if len(part):
            files[split, card.stored].write(part.contiguous().numpy().data)
            for size in card.smaller:
                files[split, size].write(averaged(part, size).numpy().data)


def _done(card: Card, key: Any, splits: dict[str, int]) -> int:
    """How many images an earlier attempt with this key has finished, and left where they were."""
    folder = folder_of(card)
    try:
        noted = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
        if noted["key"] != json.loads(json.dumps(key)):
            return 0
        for split, ready in _shares(splits, noted["done"]).items():
            for size in (card.stored, *card.smaller):
                if (folder / f"{_name(card, split, size)}.u8").stat().st_size < ready * card.channels * size * size:
                    return 0
        return int(noted["done"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _note(folder: Path, key: Any, done: int) -> None:
    fresh = folder / "progress.json.new"
    fresh.write_text(json.dumps({"key": key, "done": done}), encoding="utf-8")
    os.replace(fresh, folder / "progress.json")
