"""The IDX format of MNIST and its relatives, read with every promise of the header checked."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import torch
from torch import Tensor

from genlab.data.errors import DataError

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Place:
    """Where the bytes of one file lie: a path, or a member of the zip archive at that path."""

    path: Path
    member: str | None = None

    def __str__(self) -> str:
        return str(self.path) if self.member is None else f"{self.path} ({self.member})"

    def stamp(self) -> list[str | int | None]:
        """What changes when the file does: path, member, size in bytes and time of change."""
        status = self.path.stat()
        return [str(self.path), self.member, status.st_size, status.st_mtime_ns]

    def read(self, limit: int) -> bytes:
        """At most `limit` bytes of the content, unzipped and gunzipped; raises DataError."""
        try:
            if self.member is None:
                with open(self.path, "rb") as file:
                    return _unpack(file, limit)
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                return _unpack(file, limit)
        except EOFError as error:
            raise DataError(f"{self} is cut short: its gzip data ends too early.") from error
        except (zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise DataError(f"{self} is damaged and cannot be unpacked ({error}).") from error
        except OSError as error:
            raise DataError(f"{self} cannot be read: {error.strerror or error}.") from error


def _unpack(file: IO[bytes], limit: int) -> bytes:
    packed = file.read(2) == _GZIP
    file.seek(0)
    if not packed:
        return file.read(limit)
    with gzip.GzipFile(fileobj=file) as content:
        return content.read(limit)  # reading up to the end also checks gzip's own checksum


def read_images(place: Place, count: int, side: int) -> tuple[Tensor, str]:
    """The images (count, side, side) uint8 in an IDX file, and the sha256 of its content.

    Raises DataError that names the file and says what is wrong with it.
    """
    content = _checked(place, 3, (count, side, side))
    return _tensor(content, 16).view(count, side, side), _sha256(content)


def read_labels(place: Place, count: int, classes: int) -> tuple[Tensor, str]:
    """The labels (count,) uint8 in an IDX file, and the sha256 of its content.

    Raises DataError that names the file and says what is wrong with it.
    """
    content = _checked(place, 1, (count,))
    labels = _tensor(content, 8)
    check_labels(place, labels, classes)
    return labels, _sha256(content)


def check_labels(place: Place | str, labels: Tensor, classes: int) -> None:
    """Nothing; raises DataError when a label is not one of 0 … classes − 1."""
    worst = int(labels.max())
    if worst >= classes:
        raise DataError(f"{place} holds the label {worst}; labels run from 0 to {classes - 1}.")


def _checked(place: Place, dims: int, shape: tuple[int, ...]) -> bytes:
    header = 4 + 4 * dims
    expected = header + torch.Size(shape).numel()
    content = place.read(expected + 1)
    magic = bytes([0, 0, 8, dims])  # two zeros, 8 for unsigned bytes, number of dimensions
    if content[:4] != magic:
        kind = "images" if dims == 3 else "labels"
        raise DataError(
            f"{place} is not an IDX file of {kind}: it {_looks_like(content)}, "
            f"and should begin with the bytes {magic.hex(' ')}."
        )
    said = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, header, 4))
    if len(content) >= header and said != shape:
        raise DataError(
            f"{place} says that it holds {' × '.join(map(str, said))} values; expected {' × '.join(map(str, shape))}."
        )
    if len(content) < expected:
        raise DataError(f"{place} is cut short: {len(content):,} bytes of {expected:,}.")
    if len(content) > expected:
        raise DataError(f"{place} goes on after its last value ({expected:,} bytes expected).")
    return content


def _looks_like(content: bytes) -> str:
    if not content:
        return "is empty"
    text = content[:200].lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return "is a web page (perhaps a login or an error page saved under this name)"
    if text.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the file itself"
    if content[:2] == b"PK":
        return "is a zip archive"
    return f"begins with the bytes {content[:4].hex(' ')}"


def _tensor(content: bytes, start: int) -> Tensor:
    # A bytearray, because torch.frombuffer warns about memory that it may not write to.
    return torch.frombuffer(bytearray(memoryview(content)[start:]), dtype=torch.uint8)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
