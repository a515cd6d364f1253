"""The notebooks of a lesson: the instructor's from the script, the student's by nbgrader.

No date, random id or output enters a notebook, so that the same script gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from autograder.authoring.script import Cell, Script
from genlab.course import Course, Lesson

Notebook = Any  # nbformat has no types

_BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
_COLAB = "https://colab.research.google.com/github"
_SETUP = """\
# Run this cell first. It installs the kit where it is missing, as in Colab.
import importlib.util
import sys

if sys.version_info < (3, 11):
    raise RuntimeError("Python 3.11 or newer is needed: Kernel → Change Kernel.")
if importlib.util.find_spec("genlab") is None:
    print(f"Installing genlab into {sys.executable}. (If another has it, choose that kernel.)")
    %pip install -q "genlab @ git+https://github.com/{repository}@{release}"

from autograder import check
from genlab import notebook

notebook.begin()

# To keep data, training and progress when Colab disconnects, run in a cell of your own:
#     import genlab; genlab.use_drive()"""
_CHECK = """\
{check})
### BEGIN HIDDEN TESTS
{check}, hidden=True)
### END HIDDEN TESTS"""


def badge(course: Course, lesson: Lesson) -> str:
    """Markdown that opens the released student's notebook in Colab, on a line between empty ones; nothing in a private course."""
    if not course.badge:
        return ""
    target = f"{_COLAB}/{course.repository}/blob/{course.release}/lessons/{lesson.path}.ipynb"
    return f"\n[![Open in Colab]({_BADGE})]({target})\n"


def instructor_notebook(script: Script, course: Course) -> Notebook:
    """The notebook with solutions and hidden tests: nbgrader's source of the assignment."""
    from nbformat.v4 import new_code_cell, new_notebook

    lesson = script.lesson
    ids = cell_ids(script.cells)
    cells: list[Any] = []
    for cell, cell_id in zip(script.cells, ids, strict=True):
        if not cells:
            heading, _, rest = cell.source.partition("\n")
            cells.append(_markdown(f"{heading}\n{badge(course, lesson)}{rest}".rstrip(), cell_id))
            setup = _SETUP.replace("{repository}", course.repository).replace("{release}", course.release)
            cells.append(_code(setup, "setup", locked=True))
        elif cell.role in ("text", "question"):
            cells.append(_markdown(cell.source, cell_id))
        elif cell.role == "exercise":
            cells.append(_code(cell.source, cell_id, solution=True))
            cells.append(_check(lesson, cell.name))
        elif cell.role == "reuse":
            cells.append(new_code_cell(cell.source, id=cell_id, metadata={}))  # the learner's: they may paste here
        else:
            cells.append(_code(cell.source, cell_id, locked=True))
            if cell.role == "payoff":
                cells[-1].metadata["tags"] = ["payoff"]
                if cell.alt:
                    cells[-1].metadata["alt"] = list(cell.alt)
    metadata = {
        "accelerator": "GPU",  # Colab then opens the notebook on one
        "colab": {"gpuType": "T4"},
        "genlab": {"generated_from": script.file, "lesson": lesson.id},
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
    }
    return new_notebook(cells=cells, metadata=metadata)


def student_notebook(instructor: Notebook, config: Any) -> Notebook:
    """What `nbgrader generate_assignment` makes of an instructor's notebook, without a gradebook.

    `config` is the content of nbgrader_config.py.
    """
    from nbconvert.exporters import Exporter
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import SaveCells

    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    exporter = Exporter(config=converter.config)
    for step in converter.preprocessors:
        if step is not SaveCells:  # the one that writes to the gradebook
            exporter.register_preprocessor(step)
    return exporter.from_notebook_node(instructor)[0]


def load_nbgrader_config(root: Path) -> Any:
    """The settings in the course's nbgrader_config.py, so that build and nbgrader share them."""
    from traitlets.config.loader import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def render(script: Script, course: Course, config: Any) -> dict[str, bytes]:
    """The two notebook files of a lesson, under `solutions` and `lessons`.

    Each carries the digests of both, so that a later build can tell whether it was edited by hand.
    """
    import nbformat

    instructor = instructor_notebook(script, course)
    notebooks = {
        "solutions": instructor,
        "lessons": student_notebook(instructor, config),
    }
    digests = {folder: digest(notebook) for folder, notebook in notebooks.items()}
    for notebook in notebooks.values():
        notebook.metadata.genlab["sha256"] = digests
    return {
        folder: (nbformat.writes(notebook, version=4).rstrip("\n") + "\n").encode()
        for folder, notebook in notebooks.items()
    }


def cell_ids(cells: list[Cell]) -> list[str]:
    """One id per cell: its role and name, or for prose a slug of its first words."""
    named = {
        "exercise": "{}-solution",
        "given": "given-{}",
        "reuse": "{}-reuse",
        "payoff": "payoff-{}",
        "question": "question-{}",
    }
    ids = [named[cell.role].format(cell.name.rpartition("/")[2]) if cell.role in named else "" for cell in cells]
    used = {"setup", *ids} | {cell.name for cell in cells if cell.role == "exercise"}
    for place, cell in enumerate(cells):
        if not ids[place]:
            slug, count = _slug(cell.source), 1
            while (candidate := slug if count == 1 else f"{slug}-{count}") in used:
                count += 1
            ids[place] = candidate
            used.add(candidate)
    return ids


def digest(notebook: Notebook) -> str:
    """A hash of ids, types and sources: editing a cell changes it, running one does not."""
    parts = [[cell.get("id"), cell["cell_type"], joined(cell["source"])] for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def contents(notebook: Notebook) -> list[tuple[str, str]]:
    """Type and text of each cell, without blank lines at the ends."""
    return [(cell["cell_type"], joined(cell["source"]).strip("\n")) for cell in notebook["cells"]]


def joined(source: str | list[str]) -> str:
    """The text of a cell, which a notebook file may hold as a list of lines."""
    return source if isinstance(source, str) else "".join(source)


def _slug(source: str) -> str:
    """Up to 48 letters of the first heading, or else of the first words."""
    heading = re.search(r"^#+ +(.+)$", source, flags=re.MULTILINE)
    words = re.findall(r"[a-z0-9]+", (heading.group(1) if heading else source).lower())
    slug = ""
    for word in words[: None if heading else 6]:
        if len(slug) + len(word) >= 48:
            break
        slug += f"-{word}" if slug else word
    return slug or "text"


def _markdown(source: str, cell_id: str) -> Any:
    from nbformat.v4 import new_markdown_cell

    return new_markdown_cell(source, id=cell_id, metadata={})


def _code(source: str, cell_id: str, **roles: Any) -> Any:
    """A code cell with nbgrader's metadata; `roles` are solution, grade, locked and points."""
    from nbformat.v4 import new_code_cell

    flags = {"grade": False, "locked": False, "solution": False, "task": False} | roles
    nbgrader = {"grade_id": cell_id, "schema_version": 3} | flags
    return new_code_cell(source, id=cell_id, metadata={"nbgrader": nbgrader})


def _check(lesson: Lesson, name: str) -> Any:
    points = next(exercise.points for exercise in lesson.exercises if exercise.id == name)
    source = _CHECK.format(check=f'check("{lesson.id}/{name}", {name}')
    return _code(source, name, grade=True, locked=True, points=points)
