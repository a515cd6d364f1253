"""The entries of zip archives, and of archives in them, without trusting a name, a size or a link in one."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath

from autograder.handin.found import Found, Placed
from autograder.handin.reading import MOST_BYTES, Refused, within_limit

MOST_FILES = 50_000
MOST_TOGETHER = 4_000_000_000  # bytes that come out of one source's archives
MOST_RATIO = 500  # of a large file to its compressed size; text seldom exceeds 20
DEEPEST = 2  # archives within archives

IGNORED = {".ipynb_checkpoints", "__MACOSX"}
_BROKEN = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)


class Archives:
    """Opens the archives of one source, as long as what comes out stays within bounds; headers are not believed.

    `refused` gets the names of what is not to be opened, each with the reason.
    """

    def __init__(self, refused: list[tuple[str, str]]) -> None:
        self.refused, self.left, self.files = refused, MOST_TOGETHER, MOST_FILES
        self._counted: set[tuple[str, ...]] = set()

    def entries(self, archive: zipfile.ZipFile, above: tuple[str, ...] = ()) -> Iterator[Placed]:
        """The usable entries of an open archive, below the path of a folder. Raises Refused when there are too many."""
        for entry, parts in self._usable(archive, above):
            yield (*above, *parts), Found("/".join(parts), _time(entry), partial(self._read, archive, entry, above))

    def unpacked(self, files: Iterable[Placed], depth: int = 0) -> Iterator[Placed]:
        """The files, those in archives in the archives' place; an archive counts as a folder of its name."""
        for parts, found in files:
            if not parts[-1].lower().endswith(".zip"):
                yield parts, found
                continue
            above = (*parts[:-1], parts[-1][:-4])
            try:
                if depth == DEEPEST:
                    raise Refused("It is an archive in an archive in an archive. Needed: the notebook itself.")
                with _opened(found.read) as archive:
                    inside = [(inner, entry.filename, _time(entry)) for entry, inner in self._usable(archive, above)]
            except Refused as error:
                self.refused.append(("/".join(parts), str(error)))
                continue
            # Read again for each file, in place of being kept in memory for all students at once.
            placed = [
                ((*above, *inner), Found("/".join(inner), time, partial(self._read_in, found.read, name, above)))
                for inner, name, time in inside
            ]
            yield from self.unpacked(placed, depth + 1)

    def _usable(
        self, archive: zipfile.ZipFile, above: tuple[str, ...]
    ) -> Iterator[tuple[zipfile.ZipInfo, tuple[str, ...]]]:
        """Entries with the parts of their names; the others are refused, or passed over where they are no hand-in."""
        entries = archive.infolist()
        self.files -= len(entries)
        if self.files < 0:
            raise Refused(
                f"The archive lists {len(entries):,} files; the limit is {MOST_FILES:,}. Split it by student."
            )
        for entry in entries:
            name = _name(entry)
            if entry.is_dir() or (name is not None and _is_junk(name)):
                continue
            problem = _wrong_name(name) or ("It is a link." if stat.S_ISLNK(entry.external_attr >> 16) else "")
            if name is None or problem:
                shown = (name or entry.filename).encode("utf-8", "replace").decode()
                self.refused.append(("/".join((*above, shown)), problem))
                continue
            parts = PurePosixPath(name).parts
            if not any(part.startswith(".") for part in parts[1:]):
                yield entry, parts

    def _read_in(self, outer: Callable[[], bytes], name: str, above: tuple[str, ...]) -> bytes:
        with _opened(outer) as archive:
            return self._read(archive, archive.getinfo(name), above)

    def _read(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, above: tuple[str, ...]) -> bytes:
        if self.left <= 0:
            raise Refused("The archive unpacks to more than anybody hands in. Unpack it yourself, and look at it.")
        try:
            with archive.open(entry) as file:
                data = file.read(MOST_BYTES + 1)
        except _BROKEN as error:
            raise Refused(
                f"It cannot be unpacked ({error}). Needed: the notebook without a password or archive."
            ) from None
        except Exception as error:  # zlib.error, lzma.LZMAError
            raise Refused(f"It is damaged in the archive ({error}). Needed: the file again.") from None
        if (key := (*above, entry.filename)) not in self._counted:
            self._counted.add(key)
            self.left -= len(data)
        if len(data) > 1_000_000 and len(data) > MOST_RATIO * max(entry.compress_size, 1):
            raise Refused("It unpacks to far more than it is packed, as a zip bomb does. Needed: the notebook itself.")
        return within_limit(data)


def empty_folders(archive: zipfile.ZipFile) -> Iterator[tuple[str, ...]]:
    """Paths of the folders in which nothing lies that may be looked at."""
    names = [name for entry in archive.infolist() if (name := _name(entry)) and not _is_junk(name)]
    paths = {PurePosixPath(name) for name in names if not _wrong_name(name)}
    full = {folder for path in paths for folder in path.parents}
    folders = {PurePosixPath(name) for name in names if name.endswith("/")} & paths
    yield from sorted(path.parts for path in folders - full)


def _opened(read: Callable[[], bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(read()))
    except _BROKEN as error:
        if isinstance(error, Refused):
            raise
        raise Refused(f"It is no readable .zip ({error}). Needed: the notebook itself.") from None


def _is_junk(name: str) -> bool:
    """Whether it is something that macOS or Jupyter put there."""
    parts = name.split("/")
    return bool(IGNORED.intersection(parts)) or parts[-1].startswith("._") or parts[-1] == ".DS_Store"


def _time(entry: zipfile.ZipInfo) -> float:
    try:
        return datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _name(entry: zipfile.ZipInfo) -> str | None:
    """An entry's name; None when its encoding is unknown."""
    # Without the flag a name is in the old DOS encoding by the book, and UTF-8 from many programs.
    if entry.flag_bits & 0x800 or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return None


def _wrong_name(name: str | None) -> str:
    if name is None:
        return "Its name is not UTF-8. Pack it again with a newer program, or send the folder."
    parts = name.split("/")
    if ".." in parts or parts[0] == "" or "\\" in name or re.match(r"[A-Za-z]:", name) or "\0" in name:
        return "Its name leads out of the archive's folder. Pack it again."
    if len(name) > 1_000 or any(len(part) > 200 for part in parts):
        return "Its name is too long. Rename it."
    return ""
