"""The notebooks in a folder or zip archive of hand-ins, by student, without trusting a name in it or following a link."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.handin.reading import MOST_BYTES, Refused, read_file, within_limit

MOST_FILES = 50_000
MOST_TOGETHER = 4_000_000_000  # bytes that come out of one archive
MOST_RATIO = 500  # of a large file to its compressed size; text seldom exceeds 20

STUDENT = re.compile(r"\w(?:[\w.+@' -]{0,98}[\w+@'-])?")
_NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)
_IGNORED = {".ipynb_checkpoints", "__MACOSX"}
_TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True)
class Found:
    """A file in a source: `read` gives its bytes or raises Refused."""

    name: str  # below the student's folder, with /
    time: float
    read: Callable[[], bytes]
    path: Path | None = None  # where it is not in an archive
    top: bool = False  # it lay beside the students' folders, under a name that says whose it is

    @property
    def folder(self) -> str:
        """The part of the name before the last /."""
        return self.name.rpartition("/")[0]


_Placed = tuple[tuple[str, ...], Found]  # parts of the path below the source, and the file


@dataclass
class Source:
    """What was found: notebooks and timestamps by student, and names that were refused, each with the reason."""

    notebooks: dict[str, list[Found]] = field(default_factory=dict)
    timestamps: dict[str, list[Found]] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def add_all(self, files: Iterable[_Placed], student_of: Callable[[str], str], chapters: Collection[str]) -> None:
        """File all of a source."""
        files = list(files)
        skip = (
            1 if _is_wrapped([parts for parts, _ in files if is_notebook_name(parts[-1])], student_of, chapters) else 0
        )
        for parts, found in files:
            self._add(parts[skip:], found, student_of)

    def _add(self, parts: tuple[str, ...], found: Found, student_of: Callable[[str], str]) -> None:
        """File what is at `parts`: STUDENT/…/file, or a file whose name begins with the student's."""
        name = parts[-1]
        if name == _TIMESTAMP and len(parts) > 1:
            place = self.timestamps
        elif _NOTEBOOK.search(name):
            place = self.notebooks
        else:
            if len(parts) > 1 and not unsafe(parts[0]):
                self.notebooks.setdefault(unicodedata.normalize("NFC", parts[0]), [])  # there, but without a notebook
            return
        student = unicodedata.normalize("NFC", parts[0] if len(parts) > 1 else student_of(name))
        if problem := unsafe(student):
            self.refused.append(("/".join(parts), problem))
        else:
            below = "/".join(parts[1:] or parts)
            place.setdefault(student, []).append(replace(found, name=below, top=len(parts) == 1))


def unsafe(student: str) -> str:
    """Why a student's name cannot be a folder's name, or nothing."""
    if STUDENT.fullmatch(student):
        return ""
    if not student:
        return "Its name does not say whose it is. Name it STUDENT.ipynb, or put it into a folder STUDENT."
    return (
        "This name of a student cannot be the name of a folder. "
        "Rename it: letters, digits and . _ + @ ' - inside, beginning with a letter or digit."
    )


@contextmanager
def opened(source: Path, student_of: Callable[[str], str], chapters: Collection[str]) -> Iterator[Source]:
    """The hand-ins in a folder or a .zip. A single folder around those of all students is looked through.

    `student_of` reads the student from the name of a file that lies at the top; `chapters` are no names of students.
    Raises Refused when the source is neither.
    """
    result = Source()
    if source.is_dir():
        found = []
        for parts, file in walk(source):
            if any(_undecodable(part) for part in parts):
                result.refused.append(("/".join(map(_visible, parts)), "Its name is not UTF-8. Rename it."))
            else:
                found.append((parts, file))
        result.add_all(found, student_of, chapters)
        yield result
        return
    if not source.exists():
        raise Refused(f"{source} does not exist. Name the folder or .zip with the hand-ins.")
    try:
        with zipfile.ZipFile(source) as archive:
            result.add_all(_entries(result, archive), student_of, chapters)
            yield result
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused(
            f"{source} is no folder and no readable .zip ({error}). Download it again, or unpack it."
        ) from None


def walk(folder: Path, above: tuple[str, ...] = ()) -> Iterator[_Placed]:
    """(parts of the path, file) of everything below a folder that is no folder itself; links are not followed.

    A folder called like a notebook, with nothing of the kind in it, comes as a file that is refused when read.
    """
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.name.startswith(".") or entry.name in _IGNORED:
            continue
        parts, path = (*above, entry.name), Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            inside = list(walk(path, parts))
            yield from inside
            if inside or not _NOTEBOOK.search(entry.name):
                continue
        time = entry.stat(follow_symlinks=False).st_mtime
        yield parts, Found("/".join(parts), time, partial(read_file, path), path)


def is_notebook_name(name: str) -> bool:
    """Whether a file's name is one that notebooks have, also after a browser or mail program renamed it."""
    return bool(_NOTEBOOK.search(name))


def _is_wrapped(paths: list[tuple[str, ...]], student_of: Callable[[str], str], chapters: Collection[str]) -> bool:
    """Whether everything lies in one folder that is no student's: with folders in it, or files that say whose they are."""
    if len({parts[0] for parts in paths}) != 1 or any(len(parts) == 1 for parts in paths):
        return False
    folders = {parts[1] for parts in paths if len(parts) > 2} - set(chapters)
    files = {student_of(parts[1]) for parts in paths if len(parts) == 2}
    return len(folders) + len(files) > 1 and "" not in files


def _entries(result: Source, archive: zipfile.ZipFile) -> Iterator[_Placed]:
    """The usable entries of an archive; the others are refused."""
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise Refused(f"The archive lists {len(entries):,} files; the limit is {MOST_FILES:,}. Split it by student.")
    read = _Budget(archive)
    for entry in entries:
        name = _name(entry)
        if entry.is_dir() or (name is not None and _IGNORED.intersection(name.split("/"))):
            continue
        problem = _wrong_name(name) or ("It is a link." if stat.S_ISLNK(entry.external_attr >> 16) else "")
        if name is None or problem:
            result.refused.append((_visible(name or entry.filename), problem))
            continue
        parts = PurePosixPath(name).parts
        if any(part.startswith(".") for part in parts[1:]):
            continue
        try:
            time = datetime(*entry.date_time).timestamp()
        except (ValueError, OverflowError):
            time = 0.0
        yield parts, Found(name, time, partial(read.entry, entry))


class _Budget:
    """Reads entries of one archive, as long as what comes out stays within bounds; headers are not believed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.left = archive, MOST_TOGETHER

    def entry(self, entry: zipfile.ZipInfo) -> bytes:
        if self.left <= 0:
            raise Refused("The archive unpacks to more than anybody hands in. Unpack it yourself, and look at it.")
        try:
            with self.archive.open(entry) as file:
                data = file.read(MOST_BYTES + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise Refused(
                f"It cannot be unpacked ({error}). Ask for the notebook without a password or archive."
            ) from None
        except Exception as error:  # zlib.error, lzma.LZMAError
            raise Refused(f"It is damaged in the archive ({error}). Ask for it again.") from None
        self.left -= len(data)
        if len(data) > 1_000_000 and len(data) > MOST_RATIO * max(entry.compress_size, 1):
            raise Refused("It unpacks to far more than it is packed, as a zip bomb does. Ask for the notebook itself.")
        return within_limit(data)


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


def _undecodable(name: str) -> bool:
    return any("\udc80" <= c <= "\udcff" for c in name)


def _visible(name: str) -> str:
    return name.encode("utf-8", "replace").decode()
