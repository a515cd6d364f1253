"""One course's grader: an engine that starts when it is first needed, and outcomes that were asked for ahead of time."""

from __future__ import annotations

import atexit
import os
import threading
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.engine import grading
from autograder.engine.client import Engine, EngineError
from autograder.engine.grading import Outcome, code_cells, fingerprint
from autograder.engine.secret import of_course


@dataclass(frozen=True)
class Options:
    """How a class is graded. sandbox: None for the best there is, 1 or 2 for that tier, 0 for none."""

    sandbox: int | None = None
    run_all: bool = False
    cell_seconds: float = grading.CELL_SECONDS
    notebook_seconds: float = grading.NOTEBOOK_SECONDS


class Grader:
    """Grades notebooks of the course in a folder; several at once when they are asked for ahead of time."""

    def __init__(self, course: Path, options: Options) -> None:
        self.options = options
        self.secret = of_course(course)
        self.notes: dict[tuple[str, str], list[str]] = {}  # what was out of the ordinary, by student and notebook
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        self._ahead: defaultdict[tuple[Any, ...], list[Future[Outcome]]] = defaultdict(list)
        atexit.register(self.close)

    def start(self) -> Future[Engine]:
        """Begin to start the engine; the result waits until it is ready."""
        return self._pool.submit(self.engine)

    def prefetch(self, notebook: dict[str, Any], lesson: str) -> None:
        """Begin to grade a notebook, whose outcome will be asked for later."""
        self._ahead[self._key(notebook, lesson)].append(self._pool.submit(self._grade, notebook, lesson))

    def outcome(self, notebook: dict[str, Any], lesson: str) -> Outcome:
        """The outcome of a notebook; see `grading.grade`."""
        waiting = self._ahead.get(self._key(notebook, lesson))
        return waiting.pop().result() if waiting else self._grade(notebook, lesson)

    def close(self) -> None:
        """End the engine."""
        self._pool.shutdown(cancel_futures=True)
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
        atexit.unregister(self.close)

    def engine(self) -> Engine:
        """The engine, started at the first call, and again when it has died."""
        with self._lock:
            if self._engine is not None and not self._engine.alive:
                self._engine.close()
                self._engine = None
            if self._engine is None:
                self._engine = Engine(self.options.sandbox)
            return self._engine

    def _grade(self, notebook: dict[str, Any], lesson: str) -> Outcome:
        options = self.options
        limits = {"cell_seconds": options.cell_seconds, "notebook_seconds": options.notebook_seconds}
        for last in (False, True):
            try:
                return grading.grade(self.engine(), notebook, lesson, self.secret, run_all=options.run_all, **limits)
            except EngineError:
                if last:
                    raise
        raise AssertionError("the second attempt returns or raises")

    @staticmethod
    def _key(notebook: dict[str, Any], lesson: str) -> tuple[Any, ...]:
        """Notebooks with the same code in the same places: outcomes give outputs by place."""
        cells = code_cells(notebook, lesson)
        return lesson, fingerprint(cells), *(cell.index for cell in cells)


_graders: dict[tuple[Path, Options], Grader] = {}


def grader_of(course: Path, options: Options) -> Grader:
    """The one grader of this process for a course and its options."""
    key = (course.resolve(), options)
    if key not in _graders:
        _graders[key] = Grader(*key)
    return _graders[key]
