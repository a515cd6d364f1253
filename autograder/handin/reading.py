"""From the bytes of a handed-in file to a notebook's JSON, whatever program wrote or re-encoded them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.handin.soundness import is_strings, joined

MOST_BYTES = 64_000_000
MOST_CELLS = 2_000  # a lesson has under a hundred
MOST_TEXT = 3_000_000  # characters in all cells; a lesson has under a hundred thousand

ASK = "Needed: the notebook again, saved in Jupyter (File → Download) or Colab (File → Download → Download .ipynb)."
_SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
}


class Refused(ValueError):
    """The file cannot be graded; the message says why and what to ask the student for."""


def read_file(path: Path) -> bytes:
    """The content of a regular file. Raises Refused for links, folders, pipes, and what is too large or not readable."""
    kind = os.lstat(path).st_mode
    if not stat.S_ISREG(kind):
        names: dict[Callable[[int], bool], str] = {stat.S_ISLNK: "a link to another file", stat.S_ISDIR: "a folder"}
        name = next((name for test, name in names.items() if test(kind)), "no ordinary file")
        raise Refused(f"It is {name} in place of a notebook. {ASK}")
    try:
        # The path can be swapped for a link or a pipe after the look above: follow nothing, and wait for nothing.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"It cannot be opened ({error.strerror}). Let whoever owns the file make it readable.") from None
    return within_limit(data)


def within_limit(data: bytes) -> bytes:
    """The same bytes. Raises Refused when there are more than MOST_BYTES."""
    if len(data) > MOST_BYTES:
        limit = f"{MOST_BYTES // 1_000_000} MB"
        raise Refused(f"It is larger than {limit}. Needed: the notebook without its outputs (Clear All Outputs, save).")
    return data


def read_notebook(data: bytes) -> tuple[dict[str, Any], list[str]]:
    """The notebook as JSON of format 4, and what had to be mended to read it. Raises Refused."""
    within_limit(data)
    notes: list[str] = []
    if not data.strip():
        raise Refused(f"It is empty. {ASK}")
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature):
            raise Refused(f"It is {name}, renamed to look like a notebook. {ASK}")
    text = _decode(data, notes)
    if text.lstrip().startswith("<"):
        raise Refused(f"It is a web page, probably a log-in page that was saved in the notebook's place. {ASK}")
    notebook = _parse(text, notes)
    if isinstance(notebook, dict) and not isinstance(notebook.get("cells"), list):
        notebook = _upgraded(notebook, notes)
    if not isinstance(notebook, dict):
        raise Refused(f"It is JSON, but no notebook. {ASK}")
    if len(notebook["cells"]) > MOST_CELLS:
        raise Refused(
            f"It holds {len(notebook['cells']):,} cells; the limit is {MOST_CELLS:,}. Needed: the lesson's notebook alone."
        )
    sources = [cell.get("source") for cell in notebook["cells"] if isinstance(cell, dict)]
    if sum(len(part) for source in sources for part in _parts(source)) > MOST_TEXT:
        raise Refused(
            f"Its cells hold over {MOST_TEXT // 1_000_000} million characters. Needed: the lesson's notebook alone."
        )
    return notebook, notes


def _parts(source: Any) -> list[str]:
    return [part for part in (source if isinstance(source, list) else [source]) if isinstance(part, str)]


def _decode(data: bytes, notes: list[str]) -> str:
    encoding: str = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # What editors on Windows write; every byte means something in it.
        encoding, text = "cp1252", data.decode("cp1252", errors="replace")
    if encoding == "utf-8-sig":
        notes.append("The file began with a byte order mark, which was removed.")
    elif encoding != "utf-8":
        notes.append(f"The file was encoded as {encoding.upper()} and is now UTF-8.")
    return text.lstrip("\ufeff")


def _parse(text: str, notes: list[str]) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise Refused(f"Its JSON is nested deeper than that of any notebook. {ASK}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}" if "\n" in text.strip() else f"character {error.pos + 1:,} of {len(text):,}"
        problem = f"it ends or breaks off at {place}"
    except ValueError:  # an integer of thousands of digits
        notes.append("Numbers of thousands of digits were left out.")
    try:
        found = json.loads(text, strict=False, parse_int=lambda digits: int(digits) if len(digits) < 20 else None)
    except (ValueError, RecursionError):
        raise Refused(f"It is damaged and cannot be read ({problem}). {ASK}") from None
    if not notes:
        notes.append("Control characters in the file were mended.")
    return found


def _upgraded(notebook: dict[str, Any], notes: list[str]) -> dict[str, Any] | None:
    """A notebook of format 2 or 3, which has worksheets, in format 4 and without outputs; None for other JSON."""
    sheets = notebook.get("worksheets")
    if not isinstance(sheets, list):
        return None
    cells: list[Any] = []
    for sheet in sheets:
        found = sheet.get("cells") if isinstance(sheet, dict) else None
        cells += [_upgraded_cell(cell) for cell in found if isinstance(cell, dict)] if isinstance(found, list) else []
    notes.append("The file was in an old notebook format, with worksheets; it is now in format 4.5.")
    return {"cells": cells, "metadata": notebook.get("metadata"), "nbformat": 4, "nbformat_minor": 5}


def _upgraded_cell(cell: dict[str, Any]) -> dict[str, Any]:
    kind, source = cell.get("cell_type"), cell.get("input" if cell.get("cell_type") == "code" else "source")
    metadata = cell.get("metadata", {})
    if is_strings(source) and source and not source[0].endswith("\n"):
        source = "\n".join(source)  # format 2 keeps lines without their ends
    if kind == "code":
        return {"cell_type": kind, "metadata": metadata, "source": source, "outputs": [], "execution_count": None}
    if kind == "heading":
        level = next((n for n in range(1, 7) if cell.get("level") == n), 1)
        source = f"{'#' * level} {joined(source)}"
    return {"cell_type": "raw" if kind == "raw" else "markdown", "metadata": metadata, "source": source}
