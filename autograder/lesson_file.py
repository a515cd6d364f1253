"""A learner's file, notebook or script: its code cells, and the lesson that it belongs to. Reading imports no torch."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from autograder import checks
from autograder.cells import script_cells
from genlab.course_rules import did_you_mean

SOURCE_MARK = "### BEGIN SOLUTION"  # of an author's file, which is nobody's answer


class NotALesson(ValueError):
    """The file is no notebook or script, or no lesson of this course can be recognised in it."""


class Unfinished(NotALesson):
    """The file is there and cannot be read: damaged, or in the middle of being written."""


def cells_of(path: Path) -> list[str]:
    """Sources of the code cells of a notebook or Python script. Raises NotALesson, with what to do."""
    if path.suffix == ".py" and path.is_file():
        try:
            return script_cells(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise Unfinished(f"{path} cannot be read ({error}). Save it again as UTF-8 text.") from None
    return code_cells(read_notebook(path))


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook's JSON. Raises NotALesson when the file is missing, unreadable or no notebook."""
    if path.is_dir():
        inside = next(iter(sorted(path.glob("*.ipynb"))), None)
        example = (
            f"Name a notebook in it, for example {inside}." if inside else f"A lesson is, for example, {_example()}."
        )
        raise NotALesson(f"{path} is a folder. {example}")
    if path.suffix != ".ipynb" and path.exists():
        raise NotALesson(
            f"{path} is no notebook: its name does not end in .ipynb. A lesson is, for example, {_example()}."
        )
    try:
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        meant = did_you_mean(str(path), [str(other) for other in path.parent.glob("*.ipynb")])
        meant = meant or f"Lessons are in the folder lessons/, for example {_example()}."
        where = "" if path.is_absolute() else f" in {Path.cwd()}"
        raise NotALesson(f"{path} does not exist{where}. {meant}") from None
    except (OSError, ValueError) as error:
        raise Unfinished(
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
