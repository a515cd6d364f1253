"""Hand-ins on disk: written whole or not at all, originals kept, and a record of what was done to each."""

from __future__ import annotations

import filecmp
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from autograder.handin.notes import quote
from autograder.handin.reading import Refused, read_file

RECORD = "mended.json"  # in the folder of the originals, out of the student's reach


@dataclass(frozen=True)
class Result:
    """What was done to a file when it was last looked at."""

    notes: tuple[str, ...]
    refused: bool
    original: str  # SHA-256 of what had been handed in


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def result_for(path: Path, originals: Path) -> Result | None:
    """What was done to the file, if it is still as `replace` left it."""
    entry = _record(originals).get(path.name)
    try:
        if entry is None or entry["sha256"] != digest(read_file(path)):
            return None
        return Result(tuple(entry["notes"]), entry["refused"], entry["original"])
    except (OSError, Refused, KeyError, TypeError):
        return None


def replace(path: Path, data: bytes, originals: Path, notes: tuple[str, ...], refused: bool = False) -> None:
    """Put `data` in the place of what is there, which is kept among the originals, and remember why."""
    original, time = "", None
    if os.path.lexists(path):
        looked = os.lstat(path)
        time = looked.st_mtime
        with suppress(Refused):
            original = digest(read_file(path))
        keep(path, originals)
        if not stat.S_ISREG(looked.st_mode):
            remove(path)
    # The record first: it is of no account until the file is as it says, and a file without it would count as handed in like that.
    entry = {"sha256": digest(data), "notes": list(notes), "refused": refused, "original": original}
    record = _record(originals) | {path.name: entry}
    write(originals / RECORD, json.dumps(record, indent=1).encode())
    write(path, data, time)


def write(path: Path, data: bytes, time: float | None = None) -> None:
    """Write a file whole or not at all; `time` is what it will be dated."""
    from genlab.storing import write as write_whole

    write_whole(path, data)
    if time is not None:
        os.utime(path, (time, time))


def add(folder: Path, name: str, data: bytes, time: float) -> None:
    """Write a file beside what is in a folder, under another name where its own is taken, unless an equal one is there."""
    if not holds(folder, name, data):
        write(_free(folder, name), data, time)


def holds(folder: Path, name: str, data: bytes) -> bool:
    """Whether one of the files that were kept under this name has this content."""
    return any(old.read_bytes() == data for old in _numbered(folder, name))


def keep(path: Path, originals: Path) -> None:
    """Copy a file or folder to the originals, unless an equal one is there. Nothing there is ever overwritten.

    Of a link, a pipe and the like only a line of text is kept: following it is the one thing not to do.
    """
    originals.mkdir(parents=True, exist_ok=True)
    mode = os.lstat(path).st_mode
    if stat.S_ISDIR(mode):
        shutil.copytree(path, _free(originals, path.name), symlinks=True, ignore=_no_pipes)
        return
    if stat.S_ISREG(mode):
        if not any(filecmp.cmp(path, old, shallow=False) for old in _numbered(originals, path.name)):
            target = _free(originals, path.name)
            try:
                shutil.copy2(path, target, follow_symlinks=False)
            except PermissionError:  # moving it needs no right to read it
                target.unlink(missing_ok=True)
                os.rename(path, target)
        return
    what = f"a link to {quote(os.readlink(path))}" if stat.S_ISLNK(mode) else "a pipe, socket or device"
    line = f"{quote(path.name)} was {what}.\n".encode("utf-8", "replace")
    name = f"{path.name}.txt"
    if not holds(originals, name, line):
        write(_free(originals, name), line)


def remove(path: Path) -> None:
    """Remove a file, link or folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def set_aside(path: Path, originals: Path) -> None:
    """Move what is there to the originals."""
    keep(path, originals)
    remove(path)


def make_own(path: Path) -> list[str]:
    """Make a regular file readable and no hard link of another; what was done, in sentences."""
    looked, notes = os.lstat(path), []
    if not looked.st_mode & stat.S_IRUSR and looked.st_uid == os.geteuid():
        os.chmod(path, 0o644)
        notes.append("The file's permissions kept everyone from reading it; it was made readable.")
    if looked.st_nlink > 1:
        write(path, read_file(path), looked.st_mtime)
        notes.append("The file was a second name (hard link) of another; it is now a file of its own.")
    return notes


def _record(originals: Path) -> dict[str, Any]:
    try:
        found = json.loads((originals / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _numbered(folder: Path, name: str) -> list[Path]:
    """The regular files that were kept under this name."""
    found: list[Path] = []
    for candidate in _names(folder, name):
        if not os.path.lexists(candidate):
            return found
        if candidate.is_file() and not candidate.is_symlink():
            found.append(candidate)
    return found


def _free(folder: Path, name: str) -> Path:
    return next(candidate for candidate in _names(folder, name) if not os.path.lexists(candidate))


def _names(folder: Path, name: str) -> Iterator[Path]:
    """name.ipynb, name-2.ipynb, name-3.ipynb …"""
    stem, suffix = os.path.splitext(name)
    yield folder / name
    for number in count(2):
        yield folder / f"{stem}-{number}{suffix}"


def _no_pipes(folder: str, names: list[str]) -> list[str]:
    """What copying a folder must not open."""
    modes = {name: os.lstat(os.path.join(folder, name)).st_mode for name in names}
    return [
        name for name, mode in modes.items() if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))
    ]
