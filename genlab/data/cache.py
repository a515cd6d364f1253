"""Prepared data: memory-mapped byte files with a header, written whole or not at all.

A prepared source is one folder, `<home>/data/<name>/<source>/`, with `header.json` and one `.u8`
file per array. It is written beside its place and renamed into it, so that a reader never meets
half of one, and two processes that prepare at once both succeed: one of them wins the rename.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from genlab import paths
from genlab.data.draft import Stored
from genlab.data.errors import DataError

FORMAT = 2  # raise it when the files below change their meaning
_STALE_SECONDS = 3600
_BLOCK = 4096  # bytes of each spot that the quick check reads


class Damaged(Exception):
    """A prepared folder that is there but must not be used; the message says why."""


@dataclass(frozen=True)
class Prepared:
    """A prepared source: its folder and the facts of its header."""

    folder: Path
    header: dict[str, Any]

    def array(self, name: str) -> Tensor:
        """The array as a memory map, uint8; changing it in place does not change the file."""
        entry = self.header["arrays"][name]
        path = str(self.folder / f"{name}.u8")
        flat = torch.from_file(path, shared=False, size=entry["bytes"], dtype=torch.uint8)
        return flat.view(entry["shape"])

    @property
    def bytes(self) -> int:
        """The size on disk in bytes."""
        return sum(entry["bytes"] for entry in self.header["arrays"].values())


def place(name: str, source: str) -> Path:
    """The folder for one source of one data set; it need not exist."""
    return paths.home() / "data" / name / source


def open_folder(folder: Path) -> Prepared | None:
    """The prepared source in `folder`, or None when there is none.

    Sizes and spot checksums are compared, which takes milliseconds; raises Damaged on a mismatch.
    """
    if not folder.exists():
        return None
    try:
        header = json.loads((folder / "header.json").read_text(encoding="utf-8"))
        if header["format"] != FORMAT:
            raise Damaged("it was prepared by another version of genlab")
        for name, entry in header["arrays"].items():
            path = folder / f"{name}.u8"
            if path.stat().st_size != entry["bytes"]:
                raise Damaged(f"{path.name} has {path.stat().st_size:,} bytes of {entry['bytes']:,}")
            if _spots(path) != entry["spots"]:
                raise Damaged(f"{path.name} has changed since it was written")
    except OSError as error:
        raise Damaged(f"{error.filename or folder}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged("its header.json cannot be read") from error
    return Prepared(folder, header)


def verify(prepared: Prepared) -> str | None:
    """None when every byte is as written, else what is wrong; reads all files."""
    for name, entry in prepared.header["arrays"].items():
        with open(prepared.folder / f"{name}.u8", "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                return f"{name}.u8 has changed since it was written"
    return None


def write(folder: Path, arrays: Mapping[str, Tensor | Stored], facts: dict[str, Any]) -> Prepared:
    """The prepared source, after writing uint8 arrays and facts to `folder` in one step.

    Arrays that lie in files already are moved.

    Raises DataError when the disk is full, the place is read-only or the old one is in use.
    """
    needed = sum(array.numel() for array in arrays.values() if isinstance(array, Tensor))
    temporary = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        entries = {name: _write_array(temporary, name, a) for name, a in arrays.items()}
        header = {"format": FORMAT, **facts, "arrays": entries}
        text = json.dumps(header, indent=1, ensure_ascii=False) + "\n"
        (temporary / "header.json").write_text(text, encoding="utf-8")
        os.chmod(temporary, 0o755)  # mkdtemp makes it private; a class may share the folder
        _install(temporary, folder, facts)
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno == errno.ENOSPC:
            reason = f"the disk is full ({needed / 1e6:.0f} MB needed)"
        raise DataError(
            f"Prepared data cannot be written to {folder}: {reason}. "
            "Make room there, or set GENLAB_HOME to a folder that you can write to."
        ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return _opened(folder)


def _opened(folder: Path) -> Prepared:
    """What is in `folder` now; waits a moment while another process puts its own in place."""
    for _ in range(100):
        with contextlib.suppress(Damaged):
            if prepared := open_folder(folder):
                return prepared
        time.sleep(0.02)
    raise DataError(f"Data was prepared in {folder}, but something keeps changing or removing it.")


def _write_array(folder: Path, name: str, array: Tensor | Stored) -> dict[str, Any]:
    path = folder / f"{name}.u8"
    if isinstance(array, Stored):
        os.replace(array.path, path)
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    else:
        assert array.dtype == torch.uint8
        content = array.contiguous().view(-1).numpy().data
        digest = hashlib.sha256(content).hexdigest()
        with open(path, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    return {
        "shape": list(array.shape),
        "dtype": "uint8",
        "bytes": path.stat().st_size,
        "sha256": digest,
        "spots": _spots(path),
    }


def _spots(path: Path) -> int:
    """A checksum of 64 blocks spread evenly over the file, ends included."""
    size, crc = path.stat().st_size, 0
    with open(path, "rb") as file:
        for i in range(64):
            file.seek(max(0, size - _BLOCK) * i // 63)
            crc = zlib.crc32(file.read(_BLOCK), crc)
    return crc


def _install(temporary: Path, folder: Path, facts: dict[str, Any]) -> None:
    """Renames `temporary` to `folder`, unless another process has just put the same there."""
    for _ in range(10):
        try:
            os.rename(temporary, folder)
            return
        except OSError as error:
            # Linux and macOS say that the place is taken in two ways, Windows in a third.
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EACCES):
                raise
        with contextlib.suppress(Damaged):
            there = open_folder(folder)
            if there is not None and facts.items() <= there.header.items():
                return
        # An older or damaged folder goes aside in one step too.
        aside = Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent))
        try:
            os.rename(folder, aside / folder.name)
        except FileNotFoundError:
            pass  # another process has done it
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    raise OSError(errno.EBUSY, "another program keeps replacing or using it")


def _sweep(parent: Path) -> None:
    """Removes what killed processes left behind."""
    for path in parent.glob(".*-*"):
        with contextlib.suppress(FileNotFoundError):  # its own process has just removed it
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
