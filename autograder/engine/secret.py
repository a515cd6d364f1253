"""The secret that hidden inputs are derived from: made once per course, kept beside the gradebook."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

FILE = ".grading-secret"
SIZE = 32  # bytes
SETS = 2  # of hidden inputs for an exercise: what is right for one of them need not be worked out for each submission of a class


class DamagedSecret(ValueError):
    """The file is there and holds no secret."""


def of_course(folder: Path) -> bytes:
    """The course's secret; made, and readable by its owner alone, when there is none yet. Raises DamagedSecret.

    The same secret gives the same marks and messages when a class is graded again.
    """
    path = folder / FILE
    for _ in range(2):
        with contextlib.suppress(FileNotFoundError):
            found = path.read_bytes()
            if len(found) != SIZE:
                raise DamagedSecret(f"{path} is damaged. Delete it for a new one: hidden inputs will then be others.")
            return found
        new = folder / f"{FILE}.{os.getpid()}"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(SIZE))
        with contextlib.suppress(FileExistsError):
            os.link(new, path)  # fails when another grader was first; then its secret is read
        os.unlink(new)
    return path.read_bytes()


def seed(secret: bytes, *about: str) -> int:
    """A seed that only the secret's holder can tell."""
    digest = hmac.new(secret, "\0".join(about).encode(errors="surrogatepass"), hashlib.sha256).digest()
    return int.from_bytes(digest[:7], "big")


def set_of(secret: bytes, about: str) -> int:
    """Which of the `SETS` of hidden inputs a submission gets. about: identifies its code."""
    return seed(secret, about) % SETS
