"""Who has no notebook in `submitted/` that can be graded, and why: nothing, something else, or a file that was refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from autograder.handin import storage, timestamps
from autograder.handin.notes import quote
from autograder.handin.sources import walk

MISSING = "Not handed in; nbgrader counts it as zero."  # beside another notebook
ABSENT = "Not handed in; there will be no mark."
EMPTY = "Handed in, but nothing for this assignment; there will be no mark."
NO_NOTEBOOK = "Handed in no notebook, but {}; there will be no mark. Needed: the .ipynb."
MOST_NAMES = 4


def without_notebook(folder: Path) -> tuple[Literal["other", "absent"], str]:
    """Whether there is something else in a student's folder for an assignment, and a sentence about it."""
    if not folder.is_dir():
        return "absent", ABSENT
    names = [quote(found.name) for _, found in walk(folder) if found.name != timestamps.NAME]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return "other", NO_NOTEBOOK.format(", ".join(names[:MOST_NAMES]) + more) if names else EMPTY


def refused(course: Path, assignment: str) -> dict[tuple[str, str], str]:
    """Why hand-ins could not be read, by student and notebook, as the records beside the originals have it."""
    found = {}
    for record in sorted((course / "originals").glob(f"*/{assignment}/{storage.RECORD}")):
        student = record.parts[-3]
        try:
            files = [Path(name) for name in json.loads(record.read_text(encoding="utf-8"))]
        except (OSError, ValueError, TypeError):
            continue
        for file in files:
            result = storage.result_for(course / "submitted" / student / assignment / file.name, record.parent)
            if result and result.refused:
                found[student, file.stem] = result.notes[0]
    return found
