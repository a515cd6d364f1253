"""What a search for files gives: where they are, when they change, and how to read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from genlab.data.draft import Stored

Arrays = dict[str, Tensor]  # "train_images", "train_labels", "test_images", …; uint8


@dataclass(frozen=True)
class Contents:
    """The arrays in some files, whether these are the official release's, and what they are in words.

    classes: where the files themselves tell them, else those of the card.
    """

    arrays: Mapping[str, Tensor | Stored]
    official: bool
    kind: str
    classes: tuple[str, ...] = ()

    @staticmethod
    def of(arrays: Arrays, official: bool) -> Contents:
        """Contents in the official format."""
        kind = "identical to the official release" if official else "these files differ from the official release"
        return Contents(arrays, official, kind)


@dataclass(frozen=True)
class Found:
    """A complete set of files in `folder`.

    stamp: what changes when any of the files does.
    read:  gives their contents; raises DataError on any unusable file.
    """

    folder: Path
    stamp: list[object]
    read: Callable[[], Contents]


def entries(folder: Path) -> dict[str, Path]:
    """What lies in a folder by name in lower case; nothing when it cannot be looked into."""
    try:
        return {path.name.lower(): path for path in sorted(folder.iterdir())}
    except OSError:
        return {}
