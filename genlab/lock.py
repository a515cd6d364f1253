"""One process at a time at a long piece of work, which a second one then finds done."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, doing: str = "") -> Iterator[None]:
    """Holds the lock file at `path`; waits, and says what for where `doing` does, while another process holds it.

    The lock goes with its process, however that ends. Where a file system has no locks, none is held.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab") as file:
        if not _taken(file.fileno(), wait=False):
            if doing:
                print(f"Another process is {doing}; waiting for it.")
            while not _taken(file.fileno(), wait=True):
                pass
        yield


def _taken(number: int, wait: bool) -> bool:
    """Whether the lock is ours now; closing the file gives it back."""
    if sys.platform == "win32":
        import msvcrt

        try:
            os.lseek(number, 0, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # LK_LOCK gives up after 10 s
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(number, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # no locks here
    return True
