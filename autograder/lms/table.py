"""Tables of comma-separated values: read as any spreadsheet saved them, written whole, and harmless when a spreadsheet opens them."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

MOST_BYTES = 20_000_000
# A spreadsheet takes a cell that begins so for a formula, which may open programs or send the table somewhere.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class TableError(ValueError):
    """The table cannot be read or written; the message says what to do."""


def read_table(path: Path) -> list[list[str]]:
    """The rows of a CSV file in UTF-8, UTF-16 or a Windows code page, with commas, semicolons or tabs; empty rows left out.

    Raises TableError.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error.strerror}). Name the CSV file.") from None
    if len(data) > MOST_BYTES or data[:4] == b"PK\x03\x04":
        raise TableError(f"{path} is no CSV file. Download or save it as CSV (comma-separated values).")
    text = _decoded(data)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise TableError(f"{path} is no CSV file ({error}). Download or save it again as CSV.") from None
    return [[_unquoted(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]


def write_table(path: Path, rows: Iterable[Iterable[str]], force: bool = False) -> None:
    """Write rows as CSV in UTF-8, readable by the owner alone, whole or not at all.

    Raises TableError where there is a file already, unless `force` says to replace it.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    if os.path.lexists(path) and not force:
        raise TableError(f"{path} exists. Move it, write elsewhere, or replace it with --force.")
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise TableError(f"{path} cannot be written ({error.strerror}). Name another place.") from None
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text.getvalue())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def harmless(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet would take it for a formula; a single sign is none."""
    cell = cell.replace("\0", "")
    return f"'{cell}" if len(cell) > 1 and cell.startswith(FORMULA) else cell


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
