"""Official files over HTTP: resumed after a cut, checked by checksum, never half in place."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from genlab.data.bar import progress_bar
from genlab.data.cards import Card, File
from genlab.data.errors import DataError

_CHUNK = 1 << 16
_ORPHAN_SECONDS = 60  # a part of a file untouched for so long has lost its process
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Patience:
    """How long to wait: seconds to find a mirror, to hear nothing, between tries; and how often."""

    connect: float = 4.0
    silence: float = 8.0
    pause: float = 0.5
    tries: int = 4


@dataclass(frozen=True)
class _Transfer:
    """One file on its way: where it grows, and whom to tell how many bytes are there."""

    file: File
    part: Path
    patience: Patience
    progress: Callable[[int], object]


class _Failed(Exception):
    """One mirror cannot give one file; the message says why."""


def fetch(card: Card, folder: Path, patience: Patience | None = None) -> dict[str, Path]:
    """The paths of all official files by name, after downloading those not yet in `folder`.

    Raises DataError when no mirror can be reached, or none gives the right bytes.
    """
    patience = patience or Patience()
    missing = [file for file in card.downloads if not _whole(folder / file.name, file)]
    if missing:
        mirrors = _reachable(card.mirrors, patience.connect)
        if not mirrors:
            raise DataError("no download server can be reached (is this machine offline?)")
        _make(folder)
        with _bar(card, missing) as tell:
            for file in missing:
                _from_any(mirrors, file, folder, patience, tell(file))
    return {file.name: folder / file.name for file in card.downloads}


@contextmanager
def _bar(card: Card, files: list[File]) -> Iterator[Callable[[File], Callable[[int], object]]]:
    """A progress bar over all files; gives, for each file, the function to tell its bytes to."""
    total, title = sum(file.bytes for file in files), f"Downloading {card.title}"
    with progress_bar(total, title, unit="B", unit_scale=True) as bar:

        def tell(file: File) -> Callable[[int], object]:
            before = sum(f.bytes for f in files[: files.index(file)])
            return lambda have: bar.update(before + have - bar.n)

        yield tell


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _cannot_write(path: Path, error: OSError) -> DataError:
    return DataError(
        f"the download cannot be written to {path}: {error.strerror or error}. "
        "Make room there, or set GENLAB_HOME to a folder that you can write to"
    )


def _reachable(mirrors: tuple[str, ...], seconds: float) -> list[str]:
    """The mirrors, those that accept a connection first; none when no one does in time.

    Names are resolved in threads of their own, since a lookup on a dead network ignores timeouts.
    """
    answers: dict[str, bool] = {}
    heard = threading.Condition()

    def knock(mirror: str) -> None:
        try:
            socket.create_connection(_address(mirror), timeout=seconds).close()
            reached = True
        except (OSError, UnicodeError):
            reached = False
        with heard:
            answers[mirror] = reached
            heard.notify_all()

    for mirror in mirrors:
        threading.Thread(target=knock, args=(mirror,), daemon=True).start()
    with heard:
        heard.wait_for(lambda: any(answers.values()) or len(answers) == len(mirrors), seconds)
        if not any(answers.values()):
            return []
        return sorted(mirrors, key=lambda mirror: not answers.get(mirror, False))


def _address(mirror: str) -> tuple[str, int]:
    """Host and port to connect to: the mirror's own, or its proxy's where one is set."""
    parts = urllib.parse.urlsplit(mirror)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not urllib.request.proxy_bypass(parts.hostname or ""):
        parts = urllib.parse.urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _from_any(
    mirrors: list[str],
    file: File,
    folder: Path,
    patience: Patience,
    progress: Callable[[int], object],
) -> None:
    reasons = []
    for mirror in mirrors:
        try:
            with _part(folder, file) as part:
                _download(f"{mirror}/{file.name}", _Transfer(file, part, patience, progress))
                os.replace(part, folder / file.name)
            return
        except _Failed as reason:
            reasons.append(f"{urllib.parse.urlsplit(mirror).netloc} {reason}")
    raise DataError(f"{file.name} could not be downloaded: " + "; ".join(reasons))


@contextmanager
def _part(folder: Path, file: File) -> Iterator[Path]:
    """A path for the growing file that belongs to this process alone, holding earlier progress.

    Taking over by renaming is atomic, so two processes never write to one file.
    """
    shared = folder / f"{file.name}.part"
    mine = folder / f"{file.name}.part-{uuid.uuid4().hex[:12]}"
    for old in (shared, *folder.glob(f"{file.name}.part-*")):
        with contextlib.suppress(OSError):
            if old == shared or time.time() - old.stat().st_mtime > _ORPHAN_SECONDS:
                os.replace(old, mine)
                os.utime(mine)
                break
    try:
        yield mine
    finally:
        with contextlib.suppress(OSError):
            os.replace(mine, shared)


def _download(url: str, job: _Transfer) -> None:
    """Makes the part the whole file; raises _Failed.

    A wrong checksum after taking up an old part earns one new start from nothing.
    """
    for resumed in (_size(job.part) > 0, False):
        _complete(url, job)
        if _matches(job.part, job.file):
            return
        job.part.unlink()
        if not resumed:
            break
    raise _Failed("sent a file with the wrong checksum")


def _complete(url: str, job: _Transfer) -> None:
    """Asks again, each time for what is missing, until the part has its full size."""
    idle = 0  # tries in a row that brought nothing
    while (have := _size(job.part)) < job.file.bytes:
        reason = _try(url, job)
        idle = 0 if _size(job.part) > have else idle + 1
        if idle >= job.patience.tries:
            raise _Failed(reason)
        if _size(job.part) < job.file.bytes:
            time.sleep(job.patience.pause * 2**idle)


def _try(url: str, job: _Transfer) -> str:
    """Why one request stopped; raises _Failed when another would be no better."""
    try:
        _receive(url, job)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # our part does not fit this server's file
            job.part.unlink(missing_ok=True)
        elif error.code not in _TRY_AGAIN:
            raise _Failed(f"answered {error.code} {error.reason}") from error
        return f"answered {error.code} {error.reason}"
    except TimeoutError:
        return f"sent nothing for {job.patience.silence:g} seconds"
    except (OSError, http.client.HTTPException) as error:
        return f"broke off ({getattr(error, 'reason', None) or error or type(error).__name__})"
    return "closed the connection too early"


def _receive(url: str, job: _Transfer) -> None:
    """Appends what one request brings to the part."""
    have, file = _size(job.part), job.file
    headers = {"User-Agent": "genlab", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=job.patience.silence) as response:
        if have and not str(response.headers.get("Content-Range", "")).startswith(f"bytes {have}-"):
            have = 0  # this server sends the whole file again
        chunk = response.read1(_CHUNK)
        if have == 0 and chunk and file.name.endswith(".gz") and chunk[:2] != b"\x1f\x8b":
            raise _Failed("sent a web page or another file instead (a login page of this network?)")
        while chunk:
            if have + len(chunk) > file.bytes:
                job.part.unlink(missing_ok=True)
                raise _Failed(f"sent more than the {file.bytes:,} bytes expected")
            _append(job.part, chunk, at=have)
            have += len(chunk)
            job.progress(have)
            chunk = response.read1(_CHUNK)


def _append(part: Path, chunk: bytes, at: int) -> None:
    try:
        with open(part, "r+b" if at else "wb") as out:
            out.seek(at)
            out.write(chunk)
    except OSError as error:
        raise _cannot_write(part, error) from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _whole(path: Path, file: File) -> bool:
    return _size(path) == file.bytes and _matches(path, file)


def _matches(path: Path, file: File) -> bool:
    with open(path, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
