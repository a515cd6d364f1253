"""One notebook judged here, without nbgrader: the exercises are found by name, whatever metadata the file kept or lost."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder import checks
from autograder.claims import show
from autograder.definitions import run
from autograder.examination import examine
from autograder.report import Report
from autograder.reusing import beside, found_by

SECONDS = 30.0  # for one exercise


class NotALesson(ValueError):
    """The file is no notebook, or no lesson of this course can be recognised in it."""


def check_notebook(path: str | Path, *, hidden: bool = False, seed: int = 0) -> list[Report]:
    """Reports of the exercises of the notebook's lesson, in the course's order.

    Only imports, definitions and UPPER_CASE constants are run, so no training starts. Raises NotALesson, with what to do.
    """
    path = Path(path)
    cells = code_cells(read_notebook(path))
    with found_by(beside(path.absolute().parent)):
        return check_cells(cells, lesson_of(cells, path), hidden=hidden, seed=seed)


def check_cells(cells: list[str], lesson: str, *, hidden: bool = False, seed: int = 0) -> list[Report]:
    """Reports of a lesson's exercises, judged from the sources of a notebook's code cells."""
    ids = checks.ids(lesson)
    found = run(cells, [i.split("/")[1] for i in ids])
    reports = []
    for exercise in ids:
        name = exercise.split("/")[1]
        points = checks.points(exercise)
        if name in found.errors:
            note = f"could not be defined: {show.error(found.errors[name])}."
            reports.append(Report(exercise, "failed", points, note=note))
        elif name not in found.names:
            reports.append(Report(exercise, "not_attempted", points, note="is not defined in this notebook"))
        else:
            try:
                with _time_limit():
                    reports.append(examine(exercise, found.names[name], hidden=hidden, seed=seed))
            except TimeoutError:
                note = f"ran for more than {SECONDS:g} seconds: is there a loop that never ends?"
                reports.append(Report(exercise, "failed", points, note=note))
    return reports


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
    over, here = threading.Event(), ctypes.c_ulong(threading.get_ident())

    def interrupt() -> None:
        over.set()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(here, ctypes.py_object(KeyboardInterrupt))

    timer = threading.Timer(SECONDS, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if over.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook's JSON. Raises NotALesson when the file is missing, unreadable or no notebook."""
    if path.is_dir():
        raise NotALesson(f"{path} is a folder. Name a notebook in it, for example {_example()}.")
    if path.suffix != ".ipynb" and path.exists():
        raise NotALesson(
            f"{path} is no notebook: its name does not end in .ipynb. A lesson is, for example, {_example()}."
        )
    try:
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise NotALesson(
            f"{path} does not exist. Lessons are in the folder lessons/, for example {_example()}."
        ) from None
    except (OSError, ValueError) as error:
        raise NotALesson(
            f"{path} cannot be read as a notebook: it is empty or damaged ({error}). Save it again in Jupyter or Colab."
        ) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise NotALesson(f"{path} is no Jupyter notebook of format 4. Open it in JupyterLab and save it again.")
    return notebook


def code_cells(notebook: dict[str, Any]) -> list[str]:
    """Sources of the code cells."""
    sources = [c.get("source", "") for c in notebook["cells"] if c.get("cell_type") == "code"]
    return ["".join(source) for source in sources]


def lesson_of(cells: list[str], path: Path) -> str:
    """The lesson that the cells belong to: by the checks they call, else by the exercises they define.

    Raises NotALesson when neither tells.
    """
    text = "\n".join(cells)
    lessons = dict.fromkeys(i.split("/")[0] for i in checks.ids())
    called = re.findall(r"check\(\s*['\"](\w+)/\w+['\"]", text)
    votes = {lesson: called.count(lesson) for lesson in lessons}
    if not any(votes.values()):
        defined = set(re.findall(r"^(?:def|class)\s+(\w+)", text, re.MULTILINE))
        votes = {lesson: len(defined & {i.split("/")[1] for i in checks.ids(lesson)}) for lesson in lessons}
    best = max(votes, key=lambda lesson: votes[lesson])
    if votes[best] == 0:
        raise NotALesson(f"{path} holds no exercise of this course. Its lessons: {', '.join(lessons)}.")
    return best


def _example() -> str:
    from genlab.course import load_course

    first = next(lesson for lesson in load_course().lessons if lesson.exercises)
    return f"lessons/{first.path}.ipynb"
