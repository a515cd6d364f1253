"""The objects a lesson holds: a data set and its splits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor


class Attributes(Mapping[str, Tensor]):
    """The columns of a split's labels by name, each (N,) bool."""

    def __init__(self, names: tuple[str, ...], labels: Tensor) -> None:
        self._names, self._labels = names, labels

    def __getitem__(self, name: str) -> Tensor:
        """The column; raises KeyError that tells which there are."""
        if name not in self._names:
            there = ", ".join(self._names) or "none: these labels are classes"
            raise KeyError(f"there is no attribute {name!r}; there is {there}")
        return self._labels[:, self._names.index(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"Attributes({', '.join(self._names)})"


@dataclass(frozen=True, eq=False)
class Split:
    """Images (N, C, H, W) uint8 and their labels in the same order.

    labels: classes (N,) int64, or attributes (N, A) bool, one column for each of `columns`.
    """

    images: Tensor
    labels: Tensor
    columns: tuple[str, ...] = ()

    @property
    def attributes(self) -> Attributes:
        """The labels by name, as in `data.train.attributes["Smiling"]`; empty where labels are classes."""
        return Attributes(self.columns, self.labels)

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"Split({len(self):,} images {tuple(self.images.shape[1:])} uint8)"


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set ready for training; `source` is "files", "official", "kaggle" or "drawn".

    classes:    the names of the classes, or of the attributes in the order of the labels' columns.
    validation: None where the set has no such split.
    """

    name: str
    train: Split
    test: Split
    classes: tuple[str, ...]
    source: str
    validation: Split | None = None

    def __repr__(self) -> str:
        between = f" validation={self.validation!r}," if self.validation is not None else ""
        kind = "attributes" if self.train.columns else "classes"
        return (
            f"Dataset({self.name!r}, train={self.train!r},{between} test={self.test!r}, "
            f"{len(self.classes)} {kind}, source={self.source!r})"
        )
