"""One notebook or script judged here, without nbgrader: the exercises are found by name, whatever metadata the file kept or lost."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from autograder import checks
from autograder.claims import show
from autograder.definitions import Definitions, run
from autograder.examination import examine
from autograder.lesson_file import cells_of, lesson_of
from autograder.probes.recording import line_of_cell
from autograder.report import Report, endless
from autograder.reusing import beside, found_by

SECONDS = 30.0  # for one exercise


def check_notebook(path: str | Path, *, only: str = "", hidden: bool = False, seed: int = 0) -> list[Report]:
    """Reports of the exercises of the lesson in a notebook or script, in the course's order; of one, where `only` is its id.

    Only imports, definitions and UPPER_CASE constants are run, so no training starts. Raises NotALesson, with what to do.
    """
    path = Path(path)
    cells = cells_of(path)
    with found_by(beside(path.absolute().parent)):
        return check_cells(cells, lesson_of(cells, path), only=only, hidden=hidden, seed=seed)


def check_cells(cells: list[str], lesson: str, *, only: str = "", hidden: bool = False, seed: int = 0) -> list[Report]:
    """Reports of a lesson's exercises, judged from the sources of a notebook's code cells."""
    ids = checks.ids(lesson)
    found = run(cells, [i.split("/")[1] for i in ids])
    reports = []
    for exercise in [only] if only else ids:
        try:
            with _time_limit():
                reports.append(judged(found, exercise, hidden=hidden, seed=seed))
        except TimeoutError as error:
            reports.append(Report(exercise, "failed", checks.points(exercise), note=str(error)))
    return reports


def judged(found: Definitions, exercise: str, *, hidden: bool = False, seed: int = 0) -> Report:
    """The report on one exercise, from what a file defines."""
    name, points = exercise.split("/")[1], checks.points(exercise)
    if name in found.errors:
        raised = found.errors[name]
        return Report(
            exercise, "failed", points, note=f"could not be defined: {show.error(raised)}. {show.advice(raised)}"
        )
    if name not in found.names:
        return Report(
            exercise,
            "not_attempted",
            points,
            note=f"is not defined here: `genlab reset {exercise}` puts its stub back.",
        )
    return examine(exercise, found.names[name], hidden=hidden, seed=seed)


def limit_memory(share: float = 0.8) -> None:
    """Let this process have that share of the machine's memory: an answer that wants more gets an error, not the machine. On Linux alone."""
    if sys.platform == "linux":
        import resource

        most, (_, hard) = int(share * memory()), resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def memory() -> int:
    """Bytes that this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    """Raises TimeoutError in what runs longer than SECONDS, by the interrupt that Ctrl-C would give, on any system.

    Not by the signal itself: a process in the background ignores it.
    """
    lines, here = list[int](), threading.get_ident()

    def interrupt() -> None:
        lines.append(line_of_cell(sys._current_frames().get(here)))
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(here), ctypes.py_object(KeyboardInterrupt))

    timer = threading.Timer(SECONDS, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if lines:
            raise TimeoutError(endless(SECONDS, lines[0])) from None
        raise
    finally:
        timer.cancel()
