"""Tables of attributes, one row for each picture: CSV with a head, or CelebA's own text format."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import torch
from torch import Tensor

from genlab.data.errors import DataError

_PICTURE = ("image_id", "image", "file", "filename", "file_name", "picture", "name", "path")
_SPLIT = ("partition", "split")
_SPLITS = {
    "0": "train",
    "1": "validation",
    "2": "test",
    "training": "train",
    "val": "validation",
    "valid": "validation",
}
_YES, _NO = {"1", "true", "yes"}, {"-1", "0", "false", "no"}
_MOST = 20  # different values of a column that is turned into attributes
_SHARE = 0.1  # of the pictures for validation, and for the test, where the table does not say


@dataclass(frozen=True)
class Table:
    """The pictures' file names, and the other columns by name, all of one length."""

    title: str
    names: list[str]
    columns: dict[str, list[str]]

    def joined(self, other: Table) -> Table:
        """This table with the columns of another for the same pictures; raises DataError where one lacks."""
        rows = {name: row for row, name in enumerate(other.names)}
        lacking = [name for name in self.names if name not in rows]
        if lacking:
            raise DataError(f"{other.title} says nothing about {len(lacking):,} pictures, {lacking[0]} for one.")
        order = [rows[name] for name in self.names]
        more = {column: [values[row] for row in order] for column, values in other.columns.items()}
        return Table(self.title, self.names, self.columns | more)


def read(title: str, content: bytes) -> Table:
    """The table in a file's content; raises DataError that says which line is wrong."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{title} is not a table in UTF-8.") from error
    rows = [row for row in (_words(lines) if title.endswith(".txt") else csv.reader(lines)) if row]
    if len(rows) < 2:
        raise DataError(f"{title} has no rows.")
    head = [name.strip() for name in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(head):
            raise DataError(f"{title} has {len(row)} values in row {number}; expected {len(head)}, as in its head.")
    by_name = {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(head)}
    if len(by_name) != len(head):
        raise DataError(f"{title} has two columns of one name.")
    pictures = next((name for name in head if name.lower() in _PICTURE), head[0])
    names = [name.replace("\\", "/").rsplit("/", 1)[-1] for name in by_name.pop(pictures)]
    if len({name.lower() for name in names}) != len(names):
        raise DataError(f"{title} has two rows for one picture.")
    return Table(title, names, by_name)


def _words(lines: list[str]) -> list[list[str]]:
    """CelebA's text: the number of pictures and the names of the columns, or neither, then rows of words."""
    rows = [line.split() for line in lines]
    if len(rows) > 1 and len(rows[0]) == 1:
        return [["image_id", *rows[1]], *rows[2:]]
    return [["image_id", "partition"], *rows]


def divide(table: Table, splits: tuple[str, ...], where: str) -> tuple[dict[str, list[int]], str]:
    """The rows of each split, and in words by whom they were divided: by the table, else by chance, always the same."""
    column = next((name for name in table.columns if name.lower() in _SPLIT), None)
    if column is not None:
        rows: dict[str, list[int]] = {split: [] for split in splits}
        for row, value in enumerate(table.columns[column]):
            split = _SPLITS.get(value.lower(), value.lower())
            if split not in rows:
                raise DataError(f"{where} puts {table.names[row]} into {value!r}; expected {', '.join(splits)}.")
            rows[split].append(row)
        empty = [split for split, own in rows.items() if not own]
        if empty:
            raise DataError(f"{where} has no picture for {' and '.join(empty)}, by the column {column!r} of its table.")
        return rows, "split as its table says"
    count = len(table.names)
    if count < 10:
        raise DataError(f"{where} has {count} pictures; at least 10 are needed.")
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0)).tolist()
    share = round(_SHARE * count)
    parts = {"validation": order[:share], "test": order[share : 2 * share], "train": order[2 * share :]}
    return {split: parts[split] for split in splits}, "split by chance"


def attributes(table: Table, where: str) -> tuple[tuple[str, ...], Tensor]:
    """The names of the attributes, and (N, A) uint8 with 1 where a picture has one.

    A column of 1 and −1 (or 0), yes and no, true and false is an attribute. One of a few words becomes an
    attribute for each word, such as "gender=F"; others, such as dates, are passed over.
    """
    found: dict[str, list[bool]] = {}
    for name, values in table.columns.items():
        if name.lower() in _SPLIT:
            continue
        lower = [value.lower() for value in values]
        kinds = set(lower)
        if kinds <= _YES | _NO:
            found[name] = [value in _YES for value in lower]
        elif 2 <= len(kinds) <= min(_MOST, len(values) // 3):
            found |= {f"{name}={kind}": [v == kind for v in values] for kind in sorted(set(values) - {""})}
    if not found:
        raise DataError(f"{table.title} in {where} has no column of 1 and -1 or of a few words.")
    return tuple(found), torch.tensor(list(found.values()), dtype=torch.uint8).T.contiguous()
