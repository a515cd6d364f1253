"""Folders, zip and tar archives as one thing: files with names, read one after another."""

from __future__ import annotations

import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from genlab.data.errors import DataError

TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


def is_tar(name: str) -> bool:
    """Whether a file of this name is a tar archive, packed or not."""
    return name.lower().endswith(TARS)


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive that can be read here."""
    return is_tar(name) or name.lower().endswith(".zip")


def stamp(path: Path) -> list[object]:
    """What changes when the file does: path, size in bytes and time of change."""
    status = path.stat()
    return [str(path), status.st_size, status.st_mtime_ns]


def zip_names(path: Path) -> list[str]:
    """The names of all files in a zip archive; none when it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile):
        return []


def contents(path: Path, wanted: Callable[[str], bool], limit: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of each wanted file in an archive, at most `limit` bytes of each.

    Nothing is unpacked to disk; links and devices are passed over. Raises DataError that names
    the archive when it is damaged or cannot be read.
    """
    try:
        with open(path, "rb") as file:
            yield from (_zipped if zipfile.is_zipfile(file) else _tarred)(file, wanted, limit)
    except EOFError as error:
        raise DataError(f"{path} is cut short: its packed data ends too early.") from error
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is damaged and cannot be unpacked ({error}).") from error
    except (OSError, NotImplementedError, RuntimeError) as error:  # an encrypted zip is a RuntimeError
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _tarred(file: IO[bytes], wanted: Callable[[str], bool], limit: int) -> Iterator[tuple[str, bytes]]:
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:*") as archive:
        for member in archive:
            if member.isfile() and wanted(member.name):
                opened = archive.extractfile(member)
                if opened is not None:
                    yield member.name, opened.read(limit)


def _zipped(file: IO[bytes], wanted: Callable[[str], bool], limit: int) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if not info.is_dir() and wanted(info.filename):
                with archive.open(info) as opened:
                    yield info.filename, opened.read(limit)
