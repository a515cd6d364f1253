"""The notebooks in a folder or zip archive of hand-ins, by student, without trusting a name in it or following a link."""

from __future__ import annotations

import os
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from autograder.handin.archives import IGNORED, Archives, empty_folders
from autograder.handin.found import Found, Placed
from autograder.handin.reading import Refused, read_file
from autograder.handin.students import unsafe
from autograder.lms.names import METADATA, HandIn, Names, gradescope
from autograder.lms.roster import Roster

_NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)
_TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True)
class Reader:
    """What tells whose a file is: a file's name at the top of a source, and the learning platform's class list.

    `chapters` are no names of students; `listed` are the names of those whom the class has.
    """

    student_of: Callable[[str], str]
    chapters: Collection[str]
    roster: Roster | None = None
    listed: Collection[str] = ()


@dataclass
class Source:
    """What was found, by student; names that were refused, each with the reason; and names of files that are nobody's."""

    reader: Reader
    notebooks: dict[str, list[Found]] = field(default_factory=dict)
    timestamps: dict[str, list[Found]] = field(default_factory=dict)
    others: dict[str, list[Found]] = field(default_factory=dict)  # files that are no notebooks
    refused: list[tuple[str, str]] = field(default_factory=list)
    nobodys: list[str] = field(default_factory=list)

    def add_all(self, files: Iterable[Placed], empty: Iterable[tuple[str, ...]] = ()) -> None:
        """File all of a source; also whose folders are `empty`."""
        files = list(files)
        notebooks = [parts for parts, _ in files if is_notebook_name(parts[-1])]
        given = Names(notebooks, self.reader.roster, _metadata(files))
        others = []
        for parts, found in files:
            hand_ins = given.read(parts)
            for hand_in in hand_ins:
                self._add_from_platform(parts, hand_in, found)
            if not hand_ins and parts[-1] != METADATA:
                others.append((parts, found))
        skip = 1 if self._is_wrapped([parts for parts, _ in others if is_notebook_name(parts[-1])]) else 0
        for parts, found in sorted(others, key=lambda placed: not is_notebook_name(placed[0][-1])):
            if len(parts) > skip:
                self._add(parts[skip:], found)
            else:
                self.nobodys.append("/".join(parts))
        for parts in empty:
            hand_ins = given.read(parts)
            for student in [hand_in.student for hand_in in hand_ins] or parts[skip : skip + 1]:
                if not unsafe(student):
                    self.notebooks.setdefault(unicodedata.normalize("NFC", student), [])

    def _add_from_platform(self, parts: tuple[str, ...], hand_in: HandIn, found: Found) -> None:
        """File what a learning platform named."""
        time = found.time if hand_in.time is None else hand_in.time
        in_time = hand_in.time is None and hand_in.late is False
        name = "/".join(hand_in.below)
        found = replace(found, name=name, time=time, order=hand_in.order, in_time=in_time, late=bool(hand_in.late))
        self._file(hand_in.student, parts, replace(found, said=hand_in.said), known=True)

    def _add(self, parts: tuple[str, ...], found: Found) -> None:
        """File what is at `parts`: STUDENT/…/file, or a file whose name begins with the student's."""
        top = len(parts) == 1
        student = self.reader.student_of(parts[0]) if top else parts[0]
        known = not top
        if top and not is_notebook_name(parts[0]):
            stem = parts[0].rpartition(".")[0]
            known_by = {*self.reader.listed, *self.notebooks}
            names = [name for name in (stem, student, stem.partition("_")[0]) if name in known_by]
            student, known = next(iter(names), student), bool(names)
        self._file(student, parts, replace(found, name="/".join(parts[1:] or parts), top=top), known)

    def _file(self, student: str, parts: tuple[str, ...], found: Found, known: bool) -> None:
        """File for a student, where it is `known` whose it is; a notebook's name tells."""
        student, name = unicodedata.normalize("NFC", student), parts[-1]
        if name == _TIMESTAMP and known:
            place = self.timestamps
        elif is_notebook_name(name):
            place = self.notebooks
        elif known:
            place = self.others
        else:
            self.nobodys.append("/".join(parts))
            return
        if problem := unsafe(student):
            self.refused.append(("/".join(parts), problem))
        else:
            place.setdefault(student, []).append(found)
            self.notebooks.setdefault(student, [])  # there, though perhaps without a notebook

    def _is_wrapped(self, paths: list[tuple[str, ...]]) -> bool:
        """Whether everything lies in one folder that is no student's: with folders in it, or files that say whose they are."""
        if len({parts[0] for parts in paths}) != 1 or any(len(parts) == 1 for parts in paths):
            return False
        folders = {parts[1] for parts in paths if len(parts) > 2} - set(self.reader.chapters)
        files = {self.reader.student_of(parts[1]) for parts in paths if len(parts) == 2}
        return len(folders) + len(files) > 1 and "" not in files


@contextmanager
def opened(source: Path, reader: Reader) -> Iterator[Source]:
    """The hand-ins in a folder or a .zip. A single folder around those of all students is looked through.

    Raises Refused when the source is neither.
    """
    result = Source(reader)
    archives = Archives(result.refused)
    if source.is_dir():
        found = []
        for parts, file in walk(source):
            if any("\udc80" <= c <= "\udcff" for part in parts for c in part):
                shown = "/".join(parts).encode("utf-8", "replace").decode()
                result.refused.append((shown, "Its name is not UTF-8. Rename it."))
            else:
                found.append((parts, file))
        result.add_all(archives.unpacked(found), _empty_folders(source, [parts for parts, _ in found]))
        yield result
        return
    if not source.exists():
        raise Refused(f"{source} does not exist. Name the folder or .zip with the hand-ins.")
    try:
        with zipfile.ZipFile(source) as archive:
            result.add_all(archives.unpacked(archives.entries(archive)), empty_folders(archive))
            yield result
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused(
            f"{source} is no folder and no readable .zip ({error}). Download it again, or unpack it."
        ) from None


def walk(folder: Path, above: tuple[str, ...] = ()) -> Iterator[Placed]:
    """(parts of the path, file) of everything below a folder that is no folder itself; links are not followed.

    A folder called like a notebook, with nothing of the kind in it, comes as a file that is refused when read.
    """
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.name.startswith(".") or entry.name in IGNORED:
            continue
        parts, path = (*above, entry.name), Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            inside = list(walk(path, parts))
            yield from inside
            if inside or not _NOTEBOOK.search(entry.name):
                continue
        time = entry.stat(follow_symlinks=False).st_mtime
        yield parts, Found("/".join(parts), time, partial(read_file, path), path)


def _empty_folders(source: Path, files: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Paths of the folders in which none of the files lies."""
    full = {parts[:depth] for parts in files for depth in range(len(parts) + 1)}
    empty = []
    for place, folders, _ in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in IGNORED)
        parts = Path(place).relative_to(source).parts
        if parts and parts not in full and all(part.isprintable() for part in parts):
            empty.append(parts)
    return empty


def is_notebook_name(name: str) -> bool:
    """Whether a file's name is one that notebooks have, also after a browser or mail program renamed it."""
    return bool(_NOTEBOOK.search(name))


def _metadata(files: list[Placed]) -> dict[str, object]:
    """What Gradescope tells of the folders in the source."""
    found: dict[str, object] = {}
    for parts, file in files:
        if parts[-1] == METADATA and len(parts) <= 2:
            try:
                found |= gradescope(file.read())
            except Refused:
                continue
    return found
