"""The course's own files, from the clone or, for an installed kit, from the release on GitHub."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.authoring.notebook import digest
from autograder.cells import cell_source
from genlab.course import Lesson, load_course
from genlab.paths import clone

PATIENCE = 10.0  # seconds


class NotHere(RuntimeError):
    """A file of the course could not be had; the message says what to do."""


def solution(exercise: str) -> str:
    """The solution's cell of an exercise, as text. Raises NotHere."""
    lesson, _, name = exercise.partition("/")
    path, root = f"solutions/{load_course().lesson(lesson).path}.py", clone()
    script = (root / path).read_text(encoding="utf-8") if root else _fetched(path).decode()
    return cell_source(script, name)


def untouched(lesson: Lesson) -> dict[str, Any]:
    """The student's notebook of a lesson, as it was before anybody worked in it. Raises NotHere.

    In a clone learners work in that very file, so it is looked for in the clone's history, too.
    """
    path = f"lessons/{lesson.path}.ipynb"
    for data in _versions(path):
        try:
            notebook: dict[str, Any] = json.loads(data)
            if notebook["metadata"]["genlab"]["sha256"]["lessons"] == digest(notebook):
                return notebook
        except (ValueError, KeyError, TypeError):
            continue
    raise NotHere(f"The lesson {lesson.id} as it was released is not here. Get the course's repository again.")


def as_json(notebook: dict[str, Any]) -> str:
    """The notebook as Jupyter writes it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _versions(path: str) -> Iterator[bytes]:
    root = clone()
    if root is None:
        yield _fetched(path)
        return
    if (root / path).is_file():
        yield (root / path).read_bytes()
    for commit in _git(root, "log", "--format=%H", "-n", "50", "--", path).decode().split():
        yield _git(root, "show", f"{commit}:{path}")
    yield _fetched(path)


def _git(root: Path, *words: str) -> bytes:
    """What git says, or nothing where there is no git or no history."""
    try:
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""


def _fetched(path: str) -> bytes:
    course = load_course()
    address = f"https://raw.githubusercontent.com/{course.repository}/{course.release}/{path}"
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            data: bytes = answer.read()
            return data
    except OSError as error:
        message = f"Could not get {address} ({error}). Is there a network? A clone of the repository has it too."
        raise NotHere(message) from None
