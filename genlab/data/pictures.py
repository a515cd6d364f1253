"""Pictures in folders named by split and class: `train/cat/0001.jpg`, `test/ship/0001.png`, …"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from genlab.data import archives
from genlab.data.bar import progress_bar
from genlab.data.cards import Card
from genlab.data.decoding import LIMIT, picture
from genlab.data.errors import DataError
from genlab.data.found import Arrays, Contents, Found, entries

ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".webp")
KIND = "pictures in folders, not the official files"


def look(card: Card, folder: Path) -> Found | None:
    """The pictures below `folder`, when it has a folder for each split and each class."""
    classes = class_folders(card, folder)
    if classes is None:
        return None

    def read() -> Contents:
        return Contents(_decode(card, _from_folders(classes), str(folder)), False, KIND)

    stamp: list[object] = [[str(path), path.stat().st_mtime_ns] for path in classes.values()]
    return Found(folder, stamp, read)


def class_folders(card: Card, folder: Path) -> dict[tuple[str, int], Path] | None:
    """The folder of each split and label, whatever its upper and lower case; None if one lacks."""
    found = {}
    for split in card.splits:
        inside = entries(folder).get(split)
        below = entries(inside) if inside is not None else {}
        for label, name in enumerate(card.classes):
            path = below.get(name.lower())
            if path is None or not path.is_dir():
                return None
            found[split, label] = path
    return found


def place(card: Card, name: str) -> tuple[str, int] | None:
    """Split and label of a picture by its path, such as `any/train/cat/1.jpg`; None if it has none."""
    parts = name.lower().replace("\\", "/").split("/")
    lower = [c.lower() for c in card.classes]
    if len(parts) < 3 or not parts[-1].endswith(ENDINGS) or parts[-1].startswith("."):
        return None
    split, kind = parts[-3], parts[-2]
    return (split, lower.index(kind)) if split in card.splits and kind in lower else None


def from_archive(card: Card, path: Path) -> Contents:
    """The pictures in a zip or tar archive; raises DataError."""
    return Contents(_decode(card, _from_archive(card, path), str(path)), False, KIND)


Picture = tuple[str, int, str, bytes]  # split, label, name, content


def _from_folders(classes: dict[tuple[str, int], Path]) -> Iterator[Picture]:
    for (split, label), folder in classes.items():
        for entry in os.scandir(folder):
            if entry.name.lower().endswith(ENDINGS) and not entry.name.startswith("."):
                with open(entry.path, "rb") as file:
                    yield split, label, entry.path, file.read(LIMIT)


def _from_archive(card: Card, path: Path) -> Iterator[Picture]:
    for name, content in archives.contents(path, lambda name: place(card, name) is not None, LIMIT):
        found = place(card, name)
        if found is not None:
            yield *found, f"{path} ({name})", content


def _decode(card: Card, pictures: Iterable[Picture], where: str) -> Arrays:
    """Images (N, C, side, side) and labels (N,), each split in an order of chance that never changes."""
    held: dict[tuple[str, int], list[tuple[list[object], Tensor]]] = {
        (split, label): [] for split in card.splits for label in range(len(card.classes))
    }
    with progress_bar(sum(card.splits.values()), f"Reading {card.title}", unit=" images") as bar:
        for split, label, name, content in pictures:
            held[split, label].append((_natural(name), decode(name, content, card.channels, card.stored)))
            bar.update(1)
    arrays: Arrays = {}
    for number, (split, count) in enumerate(card.splits.items(), start=1):
        groups = [sorted(held[split, label], key=lambda pair: pair[0]) for label in range(len(card.classes))]
        _check_counts(card, split, [len(group) for group in groups], where)
        order = torch.randperm(count, generator=torch.Generator().manual_seed(number))
        arrays[f"{split}_images"] = torch.stack([image for group in groups for _, image in group])[order]
        sizes = torch.tensor([len(group) for group in groups])
        arrays[f"{split}_labels"] = torch.arange(len(groups), dtype=torch.uint8).repeat_interleave(sizes)[order]
    return arrays


def decode(name: str, content: bytes, channels: int, side: int) -> Tensor:
    """The picture in a file's content as (C, side, side) uint8; raises DataError that names the file."""
    import numpy as np

    with picture(name, content) as opened:
        # The size stands in the file's head; a picture of another size is never decoded.
        if opened.size != (side, side):
            width, height = opened.size
            raise DataError(f"{name} is {width}×{height} pixels; expected {side}×{side}.")
        values = np.array(opened.convert("RGB" if channels == 3 else "L"))
    return torch.from_numpy(values).view(side, side, channels).permute(2, 0, 1)


def _check_counts(card: Card, split: str, counts: list[int], where: str) -> None:
    if sum(counts) == 0:
        raise DataError(f"{where} holds no pictures in {split}/{card.classes[0]}, {split}/{card.classes[1]}, …")
    if sum(counts) != card.splits[split]:
        each = ", ".join(f"{name} {n:,}" for name, n in zip(card.classes, counts, strict=True))
        raise DataError(
            f"{where} holds {sum(counts):,} pictures in {split}; expected {card.splits[split]:,} (there is: {each})."
        )


def _natural(name: str) -> list[object]:
    """A key that sorts 2.jpg before 10.jpg."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name.lower())]
