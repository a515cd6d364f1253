"""The objects a lesson holds: a data set and its splits."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Split:
    """Images (N, C, H, W) uint8 and their labels (N,) int64, in the same order."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"Split({len(self):,} images {tuple(self.images.shape[1:])} uint8)"


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set ready for training; `source` is "files", "official", "kaggle" or "drawn"."""

    name: str
    train: Split
    test: Split
    classes: tuple[str, ...]
    source: str

    def __repr__(self) -> str:
        return (
            f"Dataset({self.name!r}, train={self.train!r}, test={self.test!r}, "
            f"{len(self.classes)} classes, source={self.source!r})"
        )
