"""Data set cards: `datasets/*.yml` as typed objects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genlab import paths
from genlab.data.errors import DataError

LAYOUTS = ("idx", "cifar", "named", "attributes")
_TEXTS = ("name", "title", "about", "origin", "citation", "licence", "kaggle", "layout")


@dataclass(frozen=True)
class Member:
    """One file inside an official archive: its name, its split, and the checksum of its content."""

    name: str
    split: str
    algorithm: str  # "md5" or "sha256", whichever is published
    digest: str


@dataclass(frozen=True)
class File:
    """One official file: its published name, what it holds, its size in bytes and checksums.

    An IDX file holds one part of one split; `content_sha256` is of its unpacked content. An
    archive holds all in its `members`.
    """

    name: str
    bytes: int
    md5: str
    sha256: str
    split: str = ""
    part: str = ""
    content_sha256: str = ""
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Card:
    """What is known about one data set; `stored` and `sizes` are pixels on a side.

    classes:      of the labels, or in the layout "attributes" the columns that they have.
    drawn_splits: of the stand-in; empty where it has as many images as the real set.
    kaggle_bytes: of Kaggle's archive, about; 0 where nobody knows.
    """

    name: str
    title: str
    about: str
    origin: str
    citation: str
    licence: str
    kaggle: str
    layout: str
    channels: int
    stored: int
    sizes: tuple[int, ...]
    splits: dict[str, int]
    classes: tuple[str, ...]
    mirrors: tuple[str, ...]
    files: tuple[File, ...]
    user_folders: tuple[str, ...]
    user_archives: tuple[str, ...]
    user_csv: dict[str, str]
    artist: str
    artist_version: int
    artist_about: str
    drawn_splits: dict[str, int]
    kaggle_bytes: int

    def file(self, split: str, part: str) -> File:
        """The official file that holds this part ("images" or "labels") of this split."""
        return next(f for f in self.files if (f.split, f.part) == (split, part))

    @property
    def downloads(self) -> tuple[File, ...]:
        """The official files to download: all, or the first where each holds everything; none where only Kaggle has it."""
        return self.files[:1] if self.layout == "cifar" else self.files

    @property
    def smaller(self) -> tuple[int, ...]:
        """The sizes on offer that are smaller than the stored one."""
        return tuple(size for size in self.sizes if size < self.stored)

    def check_size(self, size: int | None) -> int:
        """The side to give images in, in pixels; raises ValueError when it is not on offer."""
        if size is None:
            return self.stored
        if size not in self.sizes:
            offered = " or ".join(f"size={s}" for s in self.sizes)
            raise ValueError(f"{self.title} does not come in size={size!r}; ask for {offered}.")
        return size

    @property
    def counts(self) -> str:
        """The number of images in words, such as "60,000 + 10,000"."""
        return " + ".join(f"{n:,}" for n in self.splits.values())


def available() -> list[str]:
    """The names of all data sets that have a card, in alphabetical order."""
    return sorted(path.stem for path in paths.find("datasets").glob("*.yml"))


def read(name: str) -> Card:
    """The card of the data set called `name`; raises ValueError for a name without a card."""
    names = available()
    if name not in names:
        raise ValueError(f"There is no data set called {name!r}; there is {', '.join(names)}.")
    return read_file(paths.find(f"datasets/{name}.yml"))


def read_file(path: Path) -> Card:
    """The card in a YAML file; raises DataError that names the file and the first bad field."""
    import yaml

    from genlab import fast_yaml

    try:
        raw = fast_yaml.load(path.read_text(encoding="utf-8"))
        card = _card(raw)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"The data card {path} cannot be read: {error}") from error
    except KeyError as error:
        raise DataError(f"The data card {path} lacks the field {error}.") from error
    except (TypeError, ValueError) as error:
        raise DataError(f"The data card {path} is not as expected: {error}") from error
    if card.name != path.stem:
        raise DataError(f"The data card {path} is named {card.name!r}; file and name must agree.")
    return card


def _card(raw: dict[str, Any]) -> Card:
    images, drawn = raw["images"], raw["drawn"]
    card = Card(
        **{key: str(raw[key]) for key in _TEXTS},
        channels=int(images["channels"]),
        stored=int(images["stored"]),
        sizes=tuple(int(size) for size in images["sizes"]),
        splits={str(split): int(n) for split, n in raw["splits"].items()},
        classes=tuple(str(c) for c in raw["classes"]),
        mirrors=tuple(str(url).rstrip("/") for url in raw.get("mirrors", ())),
        files=tuple(_file(entry) for entry in raw.get("files", ())),
        user_folders=tuple(str(folder) for folder in raw["user_folders"]),
        user_archives=tuple(str(pattern) for pattern in raw.get("user_archives", ())),
        user_csv={str(split): str(name) for split, name in raw.get("user_csv", {}).items()},
        artist=str(drawn["artist"]),
        artist_version=int(drawn["version"]),
        artist_about=str(drawn["about"]),
        drawn_splits={str(split): int(n) for split, n in drawn.get("splits", {}).items()},
        kaggle_bytes=int(raw.get("kaggle_bytes", 0)),
    )
    if card.layout not in LAYOUTS:
        raise ValueError(f"layout {card.layout!r} cannot be read; only {', '.join(LAYOUTS)} can")
    if card.stored not in card.sizes:
        raise ValueError(f"images.stored {card.stored} is not among images.sizes")
    if any(card.stored % size for size in card.smaller):
        raise ValueError(f"images.sizes smaller than {card.stored} must divide it")
    if card.layout == "idx":
        held = {(f.split, f.part) for f in card.files}
        wanted = {(split, part) for split in card.splits for part in ("images", "labels")}
        if held != wanted:
            raise ValueError(f"files must hold images and labels of each split, not {sorted(held)}")
    elif card.layout == "named" and card.files:
        raise ValueError("pictures known by their names have no official files")
    elif any({member.split for member in f.members} != set(card.splits) for f in card.files):
        raise ValueError("the members of each archive must hold all splits")
    return card


def _file(entry: dict[str, Any]) -> File:
    members = tuple(_member(member) for member in entry.get("members", ()))
    return File(**{**entry, "members": members})


def _member(entry: dict[str, Any]) -> Member:
    (algorithm,) = {"md5", "sha256"} & entry.keys()
    return Member(str(entry["name"]), str(entry["split"]), algorithm, str(entry[algorithm]))
