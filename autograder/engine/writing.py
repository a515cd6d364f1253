"""From the engine's outcomes to marks in the gradebook and notebooks in autograded/, by nbgrader's own autograde.

Submissions that the engine is done with are written in one batch. Their notebooks are made in a folder aside and take their places in
autograded/ when the batch is in the gradebook: what lies there has its marks, whenever the grader may be killed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any

from autograder.engine import nbgrader_api
from autograder.engine.gradebook import Writer
from autograder.engine.job import WORK, Job
from autograder.engine.launch import EngineError
from autograder.engine.submission import Outcome

MOST_AT_ONCE = 16  # submissions in a batch: a transaction of a few seconds, which Formgrader waits for

Asked = Iterator[tuple[str, list[Future[Outcome]]]]


def ready(asked: Asked, room: Callable[[], int]) -> Iterator[list[str]]:
    """Students in batches, as soon as every outcome of theirs is there.

    asked: students, each with futures of outcomes, which begin when it gives them out; there are never more than `room()` students
    under way or waiting to be written, however many there are in all. Raises EngineError when an outcome is one.
    """
    waiting: dict[str, list[Future[Outcome]]] = {}
    more = True
    while more or waiting:
        while more and len(waiting) < room():
            following = next(asked, None)
            more = following is not None
            if following:
                waiting[following[0]] = following[1]
        done = [student for student, futures in waiting.items() if all(future.done() for future in futures)]
        if done:
            for student in done[:MOST_AT_ONCE]:
                for future in waiting.pop(student):
                    if isinstance(error := future.exception(), EngineError):
                        raise error
            yield done[:MOST_AT_ONCE]
        elif waiting:
            wait([f for futures in waiting.values() for f in futures if not f.done()], return_when=FIRST_COMPLETED)


class Conversion:
    """Writes a job's submissions. `config` is nbgrader's for the course; `failures` says by student what went wrong."""

    def __init__(self, job: Job, config: Any) -> None:
        from autograder.engine.converter import ClassConverter

        self.job, self.failures = job, dict[str, str]()
        self._aside, self._old = job.folder.resolve() / WORK / "autograded", job.folder.resolve() / WORK / "replaced"
        for left in (self._aside, self._old):  # by a grader that was killed
            remove(left)
        self._url = nbgrader_api.coursedir(config).db_url
        self._config = config.copy()
        self._config.CourseDirectory.autograded_directory = str(self._aside.relative_to(job.folder.resolve()))
        self._converter = ClassConverter(self._config, job.assignment)
        self._writer = Writer(self._url)

    def __enter__(self) -> Conversion:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
        for left in (self._aside, self._old):
            remove(left)

    def write(self, students: list[str]) -> None:
        """Write a batch."""
        with self._writer.batch() as batch:
            good = [student for student in students if self._convert(batch, student)]
        for student in good:
            self._put_in_place(student)

    def _convert(self, batch: Any, student: str) -> bool:
        """Whether nbgrader could convert a submission; if not, the gradebook stays as it was."""
        with nbgrader_api.quiet() as errors:
            try:
                with batch.begin_nested():
                    self._converter.convert(student, batch)
            except Exception as error:
                self.failures[student] = "; ".join(errors) or f"{type(error).__name__}: {error}"
                return False
        return (
            self._aside / student / self.job.assignment
        ).exists()  # not where the course's settings leave a student out

    def _put_in_place(self, student: str) -> None:
        new, place = self._aside / student / self.job.assignment, self.job.autograded(student)
        old = self._old / student / self.job.assignment
        _make(place.parent, new.parent)
        if place.exists():
            old.parent.mkdir(parents=True, exist_ok=True)
            os.rename(place, old)
        os.rename(new, place)
        remove(old)


def remove(folder: Path) -> None:
    """Remove a folder, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)


def _make(folder: Path, like: Path) -> None:
    """Make a folder and those above it, with the permissions that nbgrader gave another."""
    for place in (folder.parent, folder):
        if not place.exists():
            place.mkdir(mode=0o777)
            os.chmod(place, like.stat().st_mode)
