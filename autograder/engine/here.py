"""Outcomes from judges on this machine, which start when they are first needed, and again when they have died."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from autograder.engine.judges import JudgeEnded, Judges
from autograder.engine.launch import EngineError
from autograder.engine.options import Options
from autograder.engine.outcomes import not_judged
from autograder.engine.submission import Outcome

Lent = dict[str, list[str]]  # code cells by lesson


class Here:
    """Grades several notebooks at once: one for each of `count` judges, by default one for each processor."""

    def __init__(self, options: Options, secret: bytes, count: int | None = None) -> None:
        self.options, self.secret = options, secret
        self.slots = count or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
        self._judges: Judges | None = None
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=4 * self.slots)  # so that judges find one with their inputs

    def start(self) -> Future[Judges]:
        """Start the judges; the result waits until they are ready. Raises EngineError."""
        with self._lock:
            self._begin()
        return self._pool.submit(self.judges)

    def submit(self, notebook: dict[str, Any], lesson: str, lent: Lent) -> Future[Outcome]:
        """The outcome of a notebook, in time; see `grading.grade`."""
        return self._pool.submit(self.grade, notebook, lesson, lent)

    def grade(self, notebook: dict[str, Any], lesson: str, lent: Lent) -> Outcome:
        """The outcome of a notebook. Raises EngineError."""
        options = self.options
        settings = {"lent": lent, "run_all": options.run_all, "private": options.private}
        settings |= {"cell_seconds": options.cell_seconds, "notebook_seconds": options.notebook_seconds}
        for last in (False, True):
            try:
                return self.judges().grade(notebook, lesson, self.secret, **settings)
            except EngineError:
                if last:
                    raise
            except JudgeEnded as error:
                if last:
                    return not_judged(lesson, str(error))
        raise AssertionError("the second attempt returns or raises")

    def judges(self) -> Judges:
        """The judges when they are ready, started at the first call, and again when they or their server have died."""
        with self._lock:
            judges = self._begin()
            judges.wait()
            return judges

    def _begin(self) -> Judges:
        if self._judges is not None and not self._judges.alive:
            self._judges.close()
            self._judges = None
        if self._judges is None:
            self._judges = Judges(self.options.sandbox, count=self.slots)
        return self._judges

    def close(self) -> None:
        """End the judges."""
        self._pool.shutdown(cancel_futures=True)
        with self._lock:
            if self._judges is not None:
                self._judges.close()
                self._judges = None
