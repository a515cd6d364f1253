"""What a learner has done, in one readable file: `progress.json` in the kit's folder (`GENLAB_HOME`)."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from genlab.paths import home

Entry = dict[str, Any]  # status, hints (number seen), solution_seen


def path() -> Path:
    """The progress file."""
    return home() / "progress.json"


def load() -> dict[str, Entry]:
    """Entries by exercise id. Raises ValueError, with what to do, when the file is damaged."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ValueError(
            f"{path()} is damaged ({error}). Move it away to start a new one; your notebooks are untouched."
        ) from None
    return found if isinstance(found, dict) else {}


def note(exercise: str, status: str) -> None:
    """Note the outcome of a check, unless GENLAB_PROGRESS is "off". A file that cannot be written stops no lesson."""
    if os.environ.get("GENLAB_PROGRESS") != "off":
        with contextlib.suppress(OSError, ValueError):
            update(exercise, status=status)


def update(exercise: str, **facts: Any) -> None:
    """Note facts about an exercise; "passed" stays once it was reached. Written to a temporary file, then renamed."""
    entries = load()
    entry = entries.setdefault(exercise, {})
    if entry.get("status") == "passed":
        facts.pop("status", None)
    entry.update(facts)
    path().parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path().parent, prefix="progress-", suffix=".json")
    with open(handle, "w", encoding="utf-8") as file:
        json.dump(entries, file, indent=2, sort_keys=True)
    os.replace(temporary, path())
