"""Instructor's notebooks, executed: each once for a scale, and kept until what it computes changes."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from genlab.course import Course, Lesson

Notebook = Any  # nbformat has no types

SMOKE_SECONDS = 300  # a cell of a quick run that takes longer hangs


def executed(course: Course, lesson: Lesson, root: Path, scale: str) -> Notebook:
    """The instructor's notebook of a lesson with its outputs, taken from `build/executed` where it was run before.

    Only what is computed counts: prose, tags and alt texts may change without a new run. At the scale "smoke" a change of the
    kit's own code runs everything again, so that tests judge what is there; at the larger scales, where a run takes minutes to
    hours, it does not: remove the folder to have new pictures. Raises nbclient's CellExecutionError where a cell fails.
    """
    import filelock
    import nbformat

    notebook = nbformat.read(root / "solutions" / f"{lesson.path}.ipynb", as_version=4)
    kept = root / "build" / "executed" / f"{lesson.id}-{scale}-{_key(course, lesson, root, scale)}.ipynb"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(kept.with_suffix(".lock")):  # two builds, or two processes of tests, share one run
        if not kept.exists():
            _run(notebook, lesson, root, scale)
            unfinished = kept.with_suffix(".part")
            nbformat.write(notebook, unfinished)
            unfinished.replace(kept)
    outputs = {cell.id: cell.get("outputs", []) for cell in nbformat.read(kept, as_version=4).cells}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = outputs[cell.id]
    return notebook


def _run(notebook: Notebook, lesson: Lesson, root: Path, scale: str) -> None:
    import nbclient

    with tempfile.TemporaryDirectory() as folder:
        for beside in (root / "solutions" / lesson.chapter).glob("*.ipynb"):  # it may reuse what they solve
            shutil.copy(beside, folder)
        timeout = SMOKE_SECONDS if scale == "smoke" else None
        client = nbclient.NotebookClient(notebook, timeout=timeout, resources={"metadata": {"path": folder}})
        client.execute(env={**os.environ, "GENLAB_SCALE": scale})


def _key(course: Course, lesson: Lesson, root: Path, scale: str) -> str:
    """A hash of all that the outputs depend on, but for the machine and its data."""
    lessons = [*course.earlier(lesson), lesson]
    parts: list[Any] = [_code(root / "solutions" / f"{one.path}.ipynb") for one in lessons]
    parts += [importlib.metadata.version(package) for package in ("torch", "numpy", "matplotlib")]
    if scale == "smoke":
        parts.append(_kit(root))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _code(notebook: Path) -> list[tuple[str, str]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [(cell["id"], "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]


@functools.cache
def _kit(root: Path) -> str:
    """A hash of the code that notebooks call."""
    files = sorted(path for folder in ("genlab", "autograder") for path in (root / folder).rglob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
