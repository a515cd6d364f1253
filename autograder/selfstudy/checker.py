"""Files watched and judged: what came of each save, as events, without waiting for any of it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.selfstudy.judge import Judge
from autograder.selfstudy.watching import Watcher

RETRY, PATIENCE = 0.2, 2.0  # seconds: a file that cannot be read is being written, and after a while it is damaged


@dataclass(frozen=True)
class Verdict:
    """How an exercise stands in a file, as its card says it."""

    exercise: str
    status: str
    card: str
    path: Path


@dataclass(frozen=True)
class Looked:
    """A file was looked at: the verdicts on what had changed in it, and what kept it from being judged."""

    path: Path
    lesson: str = ""
    verdicts: tuple[Verdict, ...] = ()
    trouble: str = ""


@dataclass
class _File:
    lesson: str = ""
    marks: dict[str, str] = field(default_factory=dict)  # the fingerprint of each exercise that was judged
    unreadable_since: float | None = None


class Checker:
    """What of a folder or file is judged whenever it is saved. `limit`: seconds that one cell or exercise may take."""

    def __init__(self, target: Path, limit: float) -> None:
        self.watcher, self.judge = Watcher(target), Judge(limit)
        self.hints: dict[str, list[str]] = {}
        self.opened = False  # every file has been looked at once
        self._files: dict[Path, _File] = {}
        self._todo: deque[Path] = deque()
        self._later: dict[Path, float] = {}  # files to look at again, and when
        self._verdicts: list[Verdict] = []  # on the file that is being judged

    def turn(self) -> list[Looked]:
        """What has come since the last turn; never waits. Raises CannotStart."""
        now = time.monotonic()
        due = [path for path, when in self._later.items() if when <= now]
        for path in due:
            del self._later[path]
        changed = self.watcher.changed()
        for path in changed:
            self._later.pop(path, None)
        self._enqueue(changed + due)
        events = [event for fact in self.judge.facts() if (event := self._hear(fact))]
        if self.judge.path is None and self._todo:
            path = self._todo.popleft()
            self._verdicts = []
            self.judge.ask(path, self._files.setdefault(path, _File()).marks)
        elif self.judge.ready and self.judge.path is None and not self._later:
            self.opened = True
        return events

    def _enqueue(self, paths: list[Path]) -> None:
        """The files that were saved come first, then those beside them, which may reuse a piece of theirs."""
        folders = {path.parent for path in paths}
        beside = [path for path, file in self._files.items() if file.lesson and path.parent in folders]
        first = [*paths, *(path for path in beside if path not in paths)] if self.opened else paths
        self._todo = deque([*first, *(path for path in self._todo if path not in first)])

    def _hear(self, fact: dict[str, Any]) -> Looked | None:
        if "hints" in fact:
            self.hints = fact["hints"]
        elif "ended" in fact:
            return self._ended(fact)
        elif "exercise" in fact:
            path = Path(fact["path"])
            self._files[path].marks[fact["exercise"]] = fact["fingerprint"]
            self._verdicts.append(Verdict(fact["exercise"], fact["status"], fact["card"], path))
        elif "done" in fact:
            return self._done(fact)
        return None

    def _done(self, fact: dict[str, Any]) -> Looked | None:
        path = Path(fact["done"])
        file = self._files[path]
        if "unfinished" in fact:
            if file.unreadable_since is None:
                file.unreadable_since = time.monotonic()
            if time.monotonic() - file.unreadable_since < PATIENCE:
                self._later[path] = time.monotonic() + RETRY
                return None
        file.unreadable_since = None
        trouble = fact.get("unfinished") or fact.get("ignored") or ""
        file.lesson = fact.get("lesson", file.lesson)
        verdicts, self._verdicts = tuple(self._verdicts), []
        return Looked(path, file.lesson, verdicts, trouble)

    def _ended(self, fact: dict[str, Any]) -> Looked:
        """An answer ended the process or was ended; what is left of its file is judged by the next."""
        path, doing = Path(fact["path"]), fact.get("doing", "")
        file, (verdicts, self._verdicts) = self._files[path], (self._verdicts, [])
        if "fingerprint" not in fact:  # a definition, or a constant's value: no exercise of this file can be judged
            return Looked(path, file.lesson, tuple(verdicts), f"{doing.capitalize() or 'The file'} {fact['ended']}")
        file.marks[doing] = fact["fingerprint"]
        self._todo.appendleft(path)
        card = f"✗ {doing}: not yet\n  It {fact['ended']}"
        return Looked(path, doing.split("/")[0], (*verdicts, Verdict(doing, "failed", card, path)))
