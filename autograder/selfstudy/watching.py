"""Files of a learner seen change: a plain look at their dates, ten times a second, which works on every system and network drive."""

from __future__ import annotations

import os
import time
from pathlib import Path

INTERVAL = 0.1  # seconds between two looks at the files
SEARCH = 1.0  # seconds between two searches for new ones
DEEP = 3  # folders below the one that is watched
MOST = 300  # files
SKIPPED = {"__pycache__", "node_modules", "site-packages", "venv", "build"}

Stamp = tuple[int, int]  # time of the last change, size


class Watcher:
    """The notebooks and scripts of a folder, or one file; `changed` are those saved since it was last asked."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self._stamps: dict[Path, Stamp] = {}
        self._looked = self._searched = float("-inf")

    def changed(self) -> list[Path]:
        """Files that are new or were saved, the latest first; an empty list between two looks."""
        now = time.monotonic()
        if now - self._looked < INTERVAL:
            return []
        self._looked = now
        paths = list(self._stamps)
        if now - self._searched >= SEARCH:
            self._searched = now
            paths = files(self.target)
            self._stamps = {path: stamp for path, stamp in self._stamps.items() if path in paths or path.exists()}
        stamps = {path: stamp for path in paths if (stamp := _stamp(path)) is not None}
        new = [path for path, stamp in stamps.items() if self._stamps.get(path) != stamp]
        self._stamps |= stamps
        return sorted(new, key=lambda path: stamps[path], reverse=True)


def files(target: Path) -> list[Path]:
    """The notebooks and scripts in a folder and a few levels below it, or the one file that is named."""
    if not target.is_dir():
        return [target]
    found: list[Path] = []
    for folder, below, names in os.walk(target):
        depth = len(Path(folder).relative_to(target).parts)
        below[:] = sorted(n for n in below if depth < DEEP and not n.startswith(".") and n not in SKIPPED)
        found += [Path(folder, n) for n in sorted(names) if n.endswith((".ipynb", ".py")) and not n.startswith(".")]
        if len(found) >= MOST:
            break
    return found[:MOST]


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:  # gone, or just being replaced
        return None
    return found.st_mtime_ns, found.st_size
