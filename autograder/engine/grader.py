"""One course's grader: judges that start when they are first needed, and outcomes that were asked for ahead of time."""

from __future__ import annotations

import atexit
import json
import os
import threading
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder import checks
from autograder.engine.judges import JudgeEnded, Judges
from autograder.engine.launch import EngineError
from autograder.engine.outputs import shown
from autograder.engine.secret import of_course
from autograder.engine.submission import CELL_SECONDS, NOTEBOOK_SECONDS, Outcome, code_cells, fingerprint
from autograder.private import read as private_checks
from autograder.report import Report

Lent = dict[str, list[str]]  # code cells by lesson


@dataclass(frozen=True)
class Options:
    """How a class is graded. sandbox: None for the best there is, 1 or 2 for that tier, 0 for none.

    private: texts of the course's own checks; `grader_of` reads them.
    """

    sandbox: int | None = None
    run_all: bool = False
    cell_seconds: float = CELL_SECONDS
    notebook_seconds: float = NOTEBOOK_SECONDS
    private: str = ""


class Grader:
    """Grades notebooks of the course in a folder; several at once when they are asked for ahead of time."""

    def __init__(self, course: Path, options: Options) -> None:
        self.options = options
        self.secret = of_course(course)
        self.notes: dict[tuple[str, str], list[str]] = {}  # what was out of the ordinary, by student and notebook
        self._judges: Judges | None = None
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        self._ahead: defaultdict[tuple[Any, ...], list[Future[Outcome]]] = defaultdict(list)
        atexit.register(self.close)

    def start(self) -> Future[Judges]:
        """Begin to start the judges; the result waits until they are ready."""
        return self._pool.submit(self.judges)

    def prefetch(self, notebook: dict[str, Any], lesson: str, lent: Lent | None = None) -> None:
        """Begin to grade a notebook, whose outcome will be asked for later."""
        asked = notebook, lesson, lent or {}
        self._ahead[self._key(*asked)].append(self._pool.submit(self._grade, *asked))

    def outcome(self, notebook: dict[str, Any], lesson: str, lent: Lent | None = None) -> Outcome:
        """The outcome of a notebook; see `grading.grade`."""
        asked = notebook, lesson, lent or {}
        waiting = self._ahead.get(self._key(*asked))
        return waiting.pop().result() if waiting else self._grade(*asked)

    def close(self) -> None:
        """End the judges."""
        self._pool.shutdown(cancel_futures=True)
        with self._lock:
            if self._judges is not None:
                self._judges.close()
                self._judges = None
        atexit.unregister(self.close)

    def judges(self) -> Judges:
        """The judges, started at the first call, and again when they or their server have died."""
        with self._lock:
            if self._judges is not None and not self._judges.alive:
                self._judges.close()
                self._judges = None
            if self._judges is None:
                self._judges = Judges(self.options.sandbox)
            return self._judges

    def _grade(self, notebook: dict[str, Any], lesson: str, lent: Lent) -> Outcome:
        options = self.options
        settings = {"lent": lent, "run_all": options.run_all}
        settings |= {
            "private": options.private,
            "cell_seconds": options.cell_seconds,
            "notebook_seconds": options.notebook_seconds,
        }
        for last in (False, True):
            try:
                return self.judges().grade(notebook, lesson, self.secret, **settings)
            except EngineError:
                if last:
                    raise
            except JudgeEnded as error:
                if last:
                    return _not_judged(lesson, str(error))
        raise AssertionError("the second attempt returns or raises")

    @staticmethod
    def _key(notebook: dict[str, Any], lesson: str, lent: Lent) -> tuple[Any, ...]:
        """Notebooks with the same code in the same places: outcomes give outputs by place."""
        cells = code_cells(notebook, lesson)
        return lesson, fingerprint(cells), json.dumps(lent), *(cell.index for cell in cells)


def _not_judged(lesson: str, why: str) -> Outcome:
    """No score for anything: the grader is at fault."""
    reports = {e: Report(e, "grader_error", checks.points(e), grader_error=why) for e in checks.ids(lesson)}
    return Outcome(reports, {}, {exercise: shown(report) for exercise, report in reports.items()}, [why])


_graders: dict[tuple[Path, Options], Grader] = {}


def grader_of(course: Path, options: Options) -> Grader:
    """The one grader of this process for a course and its options."""
    key = (course.resolve(), replace(options, private=private_checks(course)))
    if key not in _graders:
        _graders[key] = Grader(*key)
    return _graders[key]
