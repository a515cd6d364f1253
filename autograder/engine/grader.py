"""One course's grader: it knows the secret, where outcomes come from, and which were asked for ahead of time."""

from __future__ import annotations

import atexit
import json
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.engine.cluster import Cluster
from autograder.engine.here import Here, Lent
from autograder.engine.options import Options
from autograder.engine.secret import of_course
from autograder.engine.submission import Outcome, code_cells, fingerprint
from autograder.private import read as private_checks

Place = tuple[str, str]  # student and notebook
AHEAD = 12  # submissions that may wait to be written, beside those under way


class Grader:
    """Grades notebooks of the course in a folder; several at once when they are asked for ahead of time."""

    def __init__(self, course: Path, options: Options) -> None:
        self.options = options
        self.secret = of_course(course)
        self.by_hand: dict[Place, dict[str, list[str]]] = {}  # for the graded notebooks; see `by_hand`
        self.source = Cluster(options, self.secret) if options.cluster else Here(options, self.secret)
        self._ahead: dict[Place, tuple[tuple[Any, ...], Future[Outcome]]] = {}
        atexit.register(self.close)

    @property
    def room(self) -> int:
        """How many submissions should be under way, or done and not yet asked for, so that nobody waits."""
        return 2 * self.source.slots + AHEAD

    def start(self) -> Future[Any]:
        """Start what grades; the result waits until it is ready. Raises EngineError, then or now, and tiers.NoSandbox then."""
        return self.source.start()

    def prefetch(self, place: Place, notebook: dict[str, Any], lesson: str, lent: Lent) -> Future[Outcome]:
        """Begin to grade a notebook, whose outcome will be asked for later."""
        future = self.source.submit(notebook, lesson, lent)
        self._ahead[place] = _key(notebook, lesson, lent), future
        return future

    def outcome(self, place: Place, notebook: dict[str, Any], lesson: str, lent: Lent) -> Outcome:
        """The outcome of a notebook, which may be nbformat's; see `grading.grade`."""
        key, future = self._ahead.pop(place, (None, None))
        if future is None or key != _key(notebook, lesson, lent):
            future = self.source.submit(json.loads(json.dumps(notebook)), lesson, lent)
        return future.result()

    def close(self) -> None:
        """End what grades."""
        self.source.close()
        atexit.unregister(self.close)


def _key(notebook: dict[str, Any], lesson: str, lent: Lent) -> tuple[Any, ...]:
    """Notebooks with the same code in the same places: outcomes give outputs by place."""
    cells = code_cells(notebook, lesson)
    return lesson, fingerprint(cells), json.dumps(lent), *(cell.index for cell in cells)


_graders: dict[tuple[Path, Options], Grader] = {}


def grader_of(course: Path, options: Options) -> Grader:
    """The one grader of this process for a course and its options."""
    key = (course.resolve(), replace(options, private=private_checks(course)))
    if key not in _graders:
        _graders[key] = Grader(*key)
    return _graders[key]
