"""Files of CIFAR-10: the official archives, packed or unpacked, and pictures in folders by class."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import torch

from genlab.data import archives, pictures
from genlab.data.cards import Card, File, Member
from genlab.data.cifar import read_binary, read_python
from genlab.data.errors import DataError
from genlab.data.found import Arrays, Contents, Found, entries
from genlab.data.idx import check_labels

Named = Iterator[tuple[str, str, bytes]]  # last part of a file's name, where it lies, content


def official(card: Card, paths: dict[str, Path]) -> Found:
    """The downloaded archive."""
    path = paths[card.downloads[0].name]
    return Found(path.parent, archives.stamp(path), partial(_read_archive, card, path))


def look(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """What is found in one folder, else the batches that lack; none if there is none at all.

    Batches lying in the folder come first, then archives, then pictures in folders by class.
    """
    here = entries(folder)
    missing: list[str] = []
    for version in card.files:
        lacking = [member.name for member in version.members if member.name.lower() not in here]
        if not lacking:
            places = [here[member.name.lower()] for member in version.members]
            stamp: list[object] = [archives.stamp(path) for path in places]
            return Found(folder, stamp, partial(_read_files, card, version, places)), []
        if len(lacking) < len(version.members):
            missing = lacking
    for name, path in here.items():
        if path.is_file() and _is_ours(card, name, path):
            return Found(path, archives.stamp(path), partial(_read_archive, card, path)), []
    return pictures.look(card, folder), missing


def _is_ours(card: Card, name: str, path: Path) -> bool:
    """Whether a file is an archive of this data set: a tar by its name, a zip by what is in it.

    The names in a tar are known only after unpacking all of it, which every load would have to wait for.
    """
    if archives.is_tar(name):
        return any(fnmatch(name, pattern) for pattern in card.user_archives)
    if not name.endswith(".zip"):
        return False
    names = archives.zip_names(path)
    return _version(card, {_last(n) for n in names}) is not None or bool(
        {f.name for f in card.files} & {_last(n) for n in names}
        or all(any(pictures.place(card, n) == (split, 0) for n in names) for split in card.splits)
    )


def _version(card: Card, names: set[str]) -> File | None:
    """The first version whose batches are all among these names."""
    return next((f for f in card.files if {m.name for m in f.members} <= names), None)


def _last(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].lower()


def _read_files(card: Card, version: File, places: list[Path]) -> Contents:
    def read() -> Named:
        for path in places:
            try:
                with open(path, "rb") as file:
                    yield path.name.lower(), str(path), file.read(_limit(card, version))
            except OSError as error:
                raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error

    return _assemble(card, read(), str(version.name))


def _read_archive(card: Card, path: Path) -> Contents:
    """The batches in an archive or in an official archive inside it, else its pictures."""
    members = {member.name for version in card.files for member in version.members}
    inner = {version.name for version in card.files}
    limit = max(version.bytes for version in card.files) + 1
    found: dict[str, tuple[str, bytes]] = {}
    for name, content in archives.contents(path, lambda name: _last(name) in members | inner, limit):
        if _last(name) in members:
            found[_last(name)] = f"{path} ({name})", content
        elif not members & found.keys():
            found |= _inner(f"{path} ({name})", content, members, limit)
    if found:
        return _assemble(card, ((name, *rest) for name, rest in found.items()), str(path))
    return pictures.from_archive(card, path)


def _inner(where: str, content: bytes, members: set[str], limit: int) -> dict[str, tuple[str, bytes]]:
    """The batches in an official archive that lies in another."""
    found = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                opened = archive.extractfile(member) if _last(member.name) in members else None
                if opened is not None:
                    found[_last(member.name)] = f"{where} ({member.name})", opened.read(limit)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DataError(f"{where} is damaged and cannot be unpacked ({error}).") from error
    return found


def _limit(card: Card, version: File) -> int:
    """More bytes than any batch has."""
    return 2 * max(card.splits.values()) * card.channels * card.stored**2 // len(version.members) + 1_000_000


def _assemble(card: Card, named: Named, where: str) -> Contents:
    """The arrays of one version from its batches, which may come in any order."""
    held = {name: (place, content) for name, place, content in named}
    version = _version(card, set(held))
    if version is None:
        lacking = min(([m.name for m in f.members if m.name not in held] for f in card.files), key=len)
        raise DataError(f"{where} lacks {' and '.join(lacking)}.")
    shape = (card.channels, card.stored, card.stored)
    read = read_binary if version.members[0].name.endswith(".bin") else read_python
    arrays: Arrays = {}
    for split, total in card.splits.items():
        members = [member for member in version.members if member.split == split]
        batches = [read(*held[m.name], total // len(members), shape) for m in members]
        for member, (_, labels) in zip(members, batches, strict=True):
            check_labels(held[member.name][0], labels, len(card.classes))
        arrays[f"{split}_images"] = torch.cat([images for images, _ in batches])
        arrays[f"{split}_labels"] = torch.cat([labels for _, labels in batches])
    return Contents.of(arrays, all(_matches(member, held[member.name][1]) for member in version.members))


def _matches(member: Member, content: bytes) -> bool:
    return hashlib.new(member.algorithm, content).hexdigest() == member.digest
