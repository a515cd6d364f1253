"""What a child may see and use: chosen by the grader, carried to the server as JSON."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

NAMESPACES, LANDLOCK, NONE = 1, 2, 0  # tiers of isolation
OWN_FOLDER = "/learner"  # in tier 1, where a child may write; elsewhere it is a folder in `scratch`
LEARNER = 61184  # the user that root becomes: the first of the range that systemd keeps for such users


@dataclass(frozen=True)
class Limits:
    """What one child may use. It ends when it goes over any of them."""

    address_space: int = 3 * 2**30  # bytes, of one process, beyond what the server holds
    memory: int = 4 * 2**30  # bytes, of all its processes
    processes: int = 64  # threads count
    files: int = 256  # open at once, in one process
    file_size: int = 64 * 2**20  # bytes
    disk: int = 256 * 2**20  # bytes, of its own folder
    seconds: float = 300.0  # of wall time
    cpu_seconds: float = 400.0  # of all its processes


@dataclass(frozen=True)
class Policy:
    """How children are locked in, and what there is for them to read."""

    tier: int
    readable: tuple[str, ...]  # files and folders
    hidden: tuple[str, ...]  # folders that must not be seen, even inside a readable one
    scratch: str  # a folder of the server's own
    limits: Limits

    def to_json(self) -> str:
        """The policy as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """The policy of a text that `to_json` made."""
        content = json.loads(text)
        return cls(
            content["tier"],
            tuple(content["readable"]),
            tuple(content["hidden"]),
            content["scratch"],
            Limits(**content["limits"]),
        )

    def visible(self) -> list[str]:
        """The readable paths, with a folder that holds a hidden one given by its other entries."""
        return [part for path in self.readable for part in _without(path, self.hidden)]


def _without(path: str, hidden: tuple[str, ...]) -> list[str]:
    if any(_inside(path, h) for h in hidden):
        return []
    if not any(_inside(h, path) for h in hidden) or os.path.islink(path):
        return [path]
    return [part for entry in sorted(os.listdir(path)) for part in _without(os.path.join(path, entry), hidden)]


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
