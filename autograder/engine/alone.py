"""One grader at a time in a course: the gradebook has one writer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


class NotAlone(RuntimeError):
    """Another process grades this course; the message says so."""


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds the lock in a folder, which is made; the lock goes with its process, however that ends. Raises NotAlone."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "ab") as file:
        with contextlib.suppress(OSError, ImportError):  # a system or a file system without such locks
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise NotAlone("another `genlab grade` is at work in this course: wait for it, or stop it") from None
        yield
