"""One assignment of a course, to be graded with certain options: where its things lie, and what its marks depend on."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autograder
import genlab
from autograder.engine.options import Options
from autograder.handin.rebuild import release_of
from genlab.course import Course, Lesson

WORK = Path(".genlab", "grading")  # in the course's folder: the lock, and what is not finished
JUDGE_NOTHING = ("authoring", "handin", "lms")  # packages of the kit; the others may change marks or messages


@dataclass(frozen=True)
class Job:
    """An assignment of the course in a folder."""

    folder: Path
    course: Course
    assignment: str
    options: Options
    secret: bytes

    @property
    def lessons(self) -> dict[str, Lesson]:
        """The assignment's lessons by notebook name."""
        return {lesson.file: lesson for lesson in self.course.lessons if lesson.chapter == self.assignment}

    def submitted(self, student: str) -> Path:
        """The folder of a student's hand-in."""
        return self.folder / "submitted" / student / self.assignment

    def originals(self, student: str) -> Path:
        """The folder of what the student handed in before it was mended."""
        return self.folder / "originals" / student / self.assignment

    def autograded(self, student: str) -> Path:
        """The folder of a student's graded notebooks."""
        return self.folder / "autograded" / student / self.assignment

    def released(self, lesson: Lesson) -> dict[str, Any]:
        """The notebook that students got."""
        return released(self.folder, lesson)

    def depends(self, student: str, lesson: Lesson) -> str:
        """A digest of all that a notebook's marks and messages depend on; nothing where it was not handed in.

        These are the notebook and those that it reuses, the release, the kit with the lesson's checks and the course's own,
        the course's secret, and options.
        """
        folder = self.submitted(student)
        names = [lesson.file, *(earlier.file for earlier in self.course.earlier(lesson))]
        files = [_bytes(folder / f"{name}.ipynb") for name in names]
        if not files[0]:
            return ""
        options, points = self.options, [exercise.points for exercise in lesson.exercises]
        how = [options.run_all, options.cell_seconds, options.notebook_seconds, os.environ.get("GENLAB_SCALE"), points]
        about = [release_of(self.released(lesson)), kit(lesson.id), options.private, json.dumps(how)]
        whole = hashlib.sha256(self.secret)
        for part in [*(text.encode() for text in about), *files]:
            whole.update(hashlib.sha256(part).digest())
        return whole.hexdigest()


@functools.cache
def kit(lesson: str) -> str:
    """A digest of the kit that judges a lesson's answers: its version and code, but for other lessons' checks, and PyTorch's version."""
    root = Path(autograder.__file__).parent
    whole = hashlib.sha256(f"{genlab.__version__} {importlib.metadata.version('torch')}".encode())
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root).parts
        others = place[0] == "checks" and len(place) > 2 and place[1] != lesson
        if not others and place[0] not in JUDGE_NOTHING:
            whole.update(f"{place}".encode() + path.read_bytes())
    return whole.hexdigest()


def released(folder: Path, lesson: Lesson) -> dict[str, Any]:
    """The notebook of a lesson that students of the course in a folder got; nobody changes it."""
    path = folder / "lessons" / f"{lesson.path}.ipynb"
    return _released(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _released(path: Path, changed: int) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def _bytes(path: Path) -> bytes:
    """A file's bytes; none where there is no regular file that can be read."""
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except OSError:
        return b""
