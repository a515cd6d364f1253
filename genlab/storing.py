"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

PATIENCE = 2.0  # seconds, on Windows, for somebody else who has the file open


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file whole or not at all, with these permissions. A link in its place is replaced, not followed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, mode)  # mkstemp's files are private
        replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def free(folder: Path, stem: str, suffix: str) -> Path:
    """The first path of stem-1.suffix, stem-2.suffix … that is not taken."""
    number = 1
    while (path := folder / f"{stem}-{number}{suffix}").exists():
        number += 1
    return path


def replace(old: str | Path, new: Path) -> None:
    """`os.replace` that waits while another process has the file open, which Windows minds."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return os.replace(old, new)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > end:
                raise
            time.sleep(0.02)
