"""When something was handed in: `timestamp.txt`, in the form that nbgrader reads."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from autograder.handin import storage
from autograder.handin.found import Found
from autograder.handin.reading import Refused

NAME = "timestamp.txt"
_OURS = "%Y-%m-%d %H:%M:%S UTC"


def ensure(folder: Path, originals: Path, files: list[Found], stamps: list[Found], due: datetime | None = None) -> None:
    """Keep a good timestamp; else write the newest of `stamps` that lies with one of the files, or the files' own time.

    Files that a learning platform calls in time, without saying when, are dated no later than they were due, also where
    that day has become known, or has moved, since they were dated.

    One that nbgrader cannot read would end its whole run.
    """
    path = folder / NAME
    if path.is_file() and not path.is_symlink() and _is_good(data := path.read_bytes()):
        in_time = all(found.in_time for found in files)
        if not (in_time and due is not None and _is_ours_after(data, due)):
            return
    if os.path.lexists(path):
        storage.set_aside(path, originals)
    folders = {found.folder for found in files}
    for stamp in sorted(stamps, key=lambda found: found.time, reverse=True):
        if stamp.folder in folders and (data := _read(stamp)):
            storage.write(path, data)
            return
    time = max(_time(found, due) for found in files)
    storage.write(path, time.strftime(_OURS).encode())


def _time(found: Found, due: datetime | None) -> datetime:
    time = datetime.fromtimestamp(found.time, UTC)
    return min(time, due.astimezone(UTC)) if due is not None and found.in_time else time


def _is_ours_after(data: bytes, due: datetime) -> bool:
    """Whether a timestamp is one that was written here, and later than a moment."""
    try:
        return datetime.strptime(data.decode(), _OURS).replace(tzinfo=UTC) > due
    except ValueError:
        return False


def _read(stamp: Found) -> bytes:
    try:
        data = stamp.read()
    except Refused:
        return b""
    return data if _is_good(data) else b""


def _is_good(data: bytes) -> bool:
    """Whether nbgrader can read it: a date and a time, perhaps with fractions and a zone."""
    parts = data[:100].decode("utf-8", "replace").split()
    if len(parts) not in (2, 3) or len(data) > 100:
        return False
    if not re.fullmatch(r"[A-Za-z_/]+|[+-]?\d{1,4}", (*parts, "UTC")[2]):
        return False
    try:
        datetime.fromisoformat(" ".join(parts[:2]))
    except ValueError:
        return False
    return True
