"""Which submissions need no grading: what their marks depend on is as it was, and those marks are in the gradebook."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.engine import graded
from autograder.engine.job import Job
from autograder.handin.timestamps import NAME as TIMESTAMP


def finished(job: Job, student: str) -> bool:
    """Whether a student's graded notebooks are those that grading again would give.

    They lie in autograded/ only once their marks are in the gradebook.
    """
    submitted, autograded = job.submitted(student), job.autograded(student)
    if not autograded.is_dir() or _text(submitted / TIMESTAMP) != _text(autograded / TIMESTAMP):
        return False
    handed_in = {name for name in job.lessons if (submitted / f"{name}.ipynb").is_file()}
    if not handed_in or handed_in != {name for name in job.lessons if (autograded / f"{name}.ipynb").is_file()}:
        return False
    if notebooks(submitted) != {f"{name}.ipynb" for name in handed_in}:
        return False  # one under another name may count in place of these
    for name in handed_in:
        found = graded.read(autograded / f"{name}.ipynb")
        if found is None or not found.depends or found.depends != job.depends(student, job.lessons[name]):
            return False
    return True


def notebooks(folder: Path) -> set[str]:
    """All that may be a notebook, by its place in the folder."""
    names = [Path(place, name) for place, folders, files in os.walk(folder) for name in [*folders, *files]]
    return {str(name.relative_to(folder)) for name in names if ".ipynb" in name.name.lower()}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
