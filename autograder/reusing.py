"""A piece that the learner wrote in an earlier lesson of the chapter, taken from their own notebook.

Given code would be the answer of that lesson, so a lesson says `Decoder = reuse("autoencoder/Decoder")` instead.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from autograder import checks
from autograder.report import NotSolvedYet, Report

COLAB_NOTEBOOKS = Path("/content/drive/MyDrive/Colab Notebooks")  # where Colab saves copies, once Drive is mounted

refused: dict[str, Report] = {}  # by exercise, why its piece was not taken the last time, in this process
_finder: ContextVar[Callable[[str], Any] | None] = ContextVar("finder", default=None)


def reuse(exercise: str, *, reference: bool = False) -> Any:
    """The learner's own function or class of an earlier exercise, `lesson/name`, after its check has passed.

    It is defined from the learner's notebook of that lesson, which lies beside this one (or with Colab's notebooks in a mounted
    Drive); copies count, and nothing but definitions is run. reference: the solution's instead, noted in the learner's progress
    as seen. Raises NotSolvedYet (a NotImplementedError), KeyError for an exercise that no lesson has, FileNotFoundError for
    the solution's outside a clone.
    """
    checks.find(exercise)
    find = _finder.get()
    if find is not None:
        return find(exercise)
    if reference:
        return _solution(exercise)
    return beside(Path.cwd(), COLAB_NOTEBOOKS)(exercise)


@contextlib.contextmanager
def found_by(find: Callable[[str], Any]) -> Iterator[None]:
    """In the block `reuse` asks `find` for an exercise."""
    token = _finder.set(find)
    try:
        yield
    finally:
        _finder.reset(token)


def beside(*folders: Path) -> Callable[[str], Any]:
    """A finder that takes what passes its check from the notebooks of these folders. Raises NotSolvedYet."""

    def find(exercise: str) -> Any:
        from autograder.examination import examine

        name, problem = exercise.split("/")[1], ""
        for path in notebooks_of(exercise, folders):
            with found_by(_unchecked(folders, exercise)):
                value = _defined(path, name)
                if value is None:
                    problem = problem or f"{path.name} has none"
                    continue
                report = examine(exercise, value)
            if report.passed:
                refused.pop(exercise, None)
                print(f"{name}: yours, from {path.name}")
                return value
            refused[exercise] = report
            state = "is not written yet" if report.status == "not_attempted" else "does not pass its check"
            problem = problem or f"the one in {path.name} {state}"
        raise NotSolvedYet(_advice(exercise, problem))

    return find


def _unchecked(folders: tuple[Path, ...], *within: str) -> Callable[[str], Any]:
    """A finder for what the notebooks themselves reuse; the check of the piece that needs it says whether it is right."""

    def find(exercise: str) -> Any:
        if exercise not in within:
            for path in notebooks_of(exercise, folders):
                with found_by(_unchecked(folders, exercise, *within)):
                    value = _defined(path, exercise.split("/")[1])
                if value is not None:
                    return value
        raise NotSolvedYet(_advice(exercise, ""))

    return find


def notebooks_of(exercise: str, folders: tuple[Path, ...]) -> list[Path]:
    """The learner's notebooks of an exercise's lesson: by its own name first, then copies, the newest first."""
    file = _file(exercise)
    found = [path for folder in folders if folder.is_dir() for path in folder.glob("*.ipynb") if file in path.name]
    return sorted(found, key=lambda path: (path.stem != file, -path.stat().st_mtime))


def _defined(path: Path, name: str) -> Any:
    """What a notebook defines under a name, or None."""
    from autograder.definitions import run
    from autograder.lesson_file import NotALesson, code_cells, read_notebook

    try:
        return run(code_cells(read_notebook(path)), [name], f"{path.stem}, cell").names.get(name)
    except NotALesson:
        return None


def _solution(exercise: str) -> Any:
    from autograder.definitions import load_reference
    from genlab import progress

    lesson, _, name = exercise.partition("/")
    value = load_reference(lesson)[name]
    with contextlib.suppress(OSError, ValueError):  # as with checks: a file that cannot be written stops no lesson
        progress.update(exercise, solution_seen=True)
    print(f"{name}: the solution's, noted as seen")
    return value


def _advice(exercise: str, problem: str) -> str:
    name, notebook = exercise.split("/")[1], f"{_file(exercise)}.ipynb"
    if not problem:
        problem = f"{notebook} is not in this notebook's folder"
    return (
        f"your {name} of an earlier lesson is needed here, and {problem}. Solve it in {notebook}, save that notebook in this "
        f"folder and run this cell again; or put your {name} in place of this line. "
        f'`reuse("{exercise}", reference=True)` takes the solution\'s, and notes that you have seen it.'
    )


def _file(exercise: str) -> str:
    from genlab.course import load_course

    return load_course().lesson(exercise.split("/")[0]).file
