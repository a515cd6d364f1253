"""What a learner has done, in one readable file: `progress.json` in the kit's folder (`GENLAB_HOME`)."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from genlab.lock import locked
from genlab.paths import home
from genlab.storing import free, replace, write

Entry = dict[str, Any]  # status, hints (number seen), solution_seen


def path() -> Path:
    """The progress file."""
    return home() / "progress.json"


def load() -> dict[str, Entry]:
    """Entries by exercise id. A damaged file is set aside, and one printed line says where; then there are none."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"))
        if isinstance(found, dict) and all(isinstance(entry, dict) for entry in found.values()):
            return found
    except FileNotFoundError:
        return {}
    except ValueError:
        pass
    kept = free(path().parent, "progress.damaged", ".json")
    with contextlib.suppress(FileNotFoundError):  # another process was faster
        replace(path(), kept)
        print(f"{path()} was damaged. It is kept as {kept.name}, and a new one begins; your notebooks are untouched.")
    return {}


def note(exercise: str, status: str) -> None:
    """Note the outcome of a check, unless GENLAB_PROGRESS is "off". A file that cannot be written stops no lesson."""
    if os.environ.get("GENLAB_PROGRESS") != "off":
        with contextlib.suppress(OSError):
            update(exercise, status=status)


def update(exercise: str, **facts: Any) -> None:
    """Note facts about an exercise; "passed" stays once it was reached. Several processes may do so at the same time."""
    with locked(path().with_suffix(".lock")):
        entries = load()
        entry = entries.setdefault(exercise, {})
        if entry.get("status") == "passed":
            facts.pop("status", None)
        entry.update(facts)
        write(path(), json.dumps(entries, indent=2, sort_keys=True).encode())


def status(entry: Entry) -> str:
    """Where an exercise stands: "passed", "failed", "grader_error" or, without an entry of a check, "not_attempted"."""
    return str(entry.get("status", "not_attempted"))


def following(ids: Iterable[str], entries: dict[str, Entry]) -> str | None:
    """The exercise to do next: the first not passed of a lesson that was begun, else of the course; None when all is done."""
    todo = [i for i in ids if status(entries.get(i, {})) != "passed"]
    begun = {i.split("/")[0] for i, entry in entries.items() if status(entry) in ("passed", "failed")}
    return next((i for i in todo if i.split("/")[0] in begun), todo[0] if todo else None)
