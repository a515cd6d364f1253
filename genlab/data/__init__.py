"""Data sets for the lessons: prepared once, then memory-mapped and batched without per-image work.

data = genlab.data.load("fashion_mnist", size=32)
for x in genlab.data.batches(data.train.images, 100): ...
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from genlab.data import cache, cards, sources
from genlab.data.batching import batches
from genlab.data.cards import Card, available
from genlab.data.dataset import Dataset, Split
from genlab.data.errors import DataError

__all__ = [
    "Cached",
    "Card",
    "DataError",
    "Dataset",
    "Description",
    "Split",
    "available",
    "batches",
    "describe",
    "get",
    "load",
    "verify",
]


@dataclass(frozen=True)
class Cached:
    """A source on this machine: its folder, bytes on disk, and what is wrong with it, or None."""

    source: str
    path: Path
    bytes: int
    made_from: str
    problem: str | None


@dataclass(frozen=True)
class Description:
    """A data set's card, what of it is prepared here, and which source `load` would use."""

    card: Card
    cached: tuple[Cached, ...]
    would_use: str


def load(name: str | Card, size: int | None = None, source: str | None = None, *, limit: int | None = None) -> Dataset:
    """The data set called `name` with images (N, C, size, size) uint8 and labels.

    size:   pixels on a side; None gives images as published.
    source: None for the best there is, or "files", "official", "kaggle" or "drawn".
    limit:  at most so many images of each split, the first ones; None for all. A stand-in is then
            drawn only so far, which takes proportionally less time.
    Labels are classes (N,) int64, or attributes (N, A) bool, whose columns `classes` names.
    Prints one line that says which source is in use. Images are memory-mapped: changing them in
    place changes neither the files nor a later load. Raises ValueError for an unknown name, size
    or source, DataError when files are broken or cannot be written.
    """
    card = name if isinstance(name, Card) else cards.read(name)
    size = card.check_size(size)
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit!r} leaves no image; ask for at least 1, or None for all.")
    choice = sources.choose(card, source, limit=limit)
    print(choice.line)
    classes = tuple(choice.prepared.header.get("classes", card.classes))
    columns = classes if card.layout == "attributes" else ()
    splits = {split: _split(choice.prepared, split, size, limit, columns) for split in card.splits}
    return Dataset(card.name, splits["train"], splits["test"], classes, choice.source, splits.get("validation"))


def get(name: str | Card, source: str | None = None) -> Path:
    """The folder of the prepared data, after preparing it now; asks the network afresh.

    Prints the same line as `load`, and raises the same errors.
    """
    card = name if isinstance(name, Card) else cards.read(name)
    choice = sources.choose(card, source, retry=True)
    print(choice.line)
    return choice.prepared.folder


def describe(name: str | Card) -> Description:
    """What is known about the data set, on its card and on this machine; changes nothing."""
    card = name if isinstance(name, Card) else cards.read(name)
    cached = []
    for source in sources.SOURCES:
        folder = cache.place(card.name, source)
        try:
            held = cache.open_folder(folder)
        except cache.Damaged as damage:
            cached.append(Cached(source, folder, 0, "", str(damage)))
            continue
        if held is not None:
            cached.append(Cached(source, folder, held.bytes, held.header["made_from"], None))
    return Description(card, tuple(cached), sources.would_use(card))


def verify(name: str | Card) -> dict[str, str | None]:
    """For each prepared source None when all its bytes are as written, else what is wrong."""
    card = name if isinstance(name, Card) else cards.read(name)
    results: dict[str, str | None] = {}
    for source in sources.SOURCES:
        try:
            held = cache.open_folder(cache.place(card.name, source))
        except cache.Damaged as damage:
            results[source] = str(damage)
            continue
        if held is not None:
            results[source] = cache.verify(held)
    return results


def _split(prepared: cache.Prepared, split: str, size: int, limit: int | None, columns: tuple[str, ...]) -> Split:
    labels = prepared.array(f"{split}_labels")[:limit]
    labels = labels.bool() if columns else labels.long()
    own = f"{split}_images_{size}"
    if own in prepared.header["arrays"]:
        return Split(prepared.array(own)[:limit], labels, columns)
    images = prepared.array(f"{split}_images")[:limit]  # (N, C, largest, largest)
    margin = (images.shape[-1] - size) // 2
    if margin:
        images = images[:, :, margin:-margin, margin:-margin].contiguous()
    return Split(images, labels, columns)
