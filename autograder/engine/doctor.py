"""What this machine needs for grading, looked at for real: each finding says what is there, what lacks, and the one command that helps."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.engine import tiers
from autograder.sandbox import landlock
from autograder.sandbox.policy import LANDLOCK, NAMESPACES, NONE


@dataclass(frozen=True)
class Finding:
    """One thing that grading needs. good: None where it could be better but works."""

    what: str
    good: bool | None
    said: str
    remedy: str = ""


def examine_machine() -> Iterator[Finding]:
    """Findings in the order of need."""
    yield Finding(
        "Python", sys.version_info >= (3, 11), ".".join(map(str, sys.version_info[:3])), "install Python 3.11 or newer"
    )
    if sys.platform != "linux":
        yield Finding(
            "Linux", False, sys.platform, "grade on Linux, in WSL or in a container; learners' commands work here"
        )
        return
    missing = [name for name in ("nbgrader", "nbconvert", "jupytext") if importlib.util.find_spec(name) is None]
    said = f"missing: {', '.join(missing)}" if missing else "installed"
    yield Finding("nbgrader", not missing, said, "pip install 'genlab[teach]'")
    trials = {tier: tiers.try_out(tier) for tier in (NAMESPACES, LANDLOCK)}
    best = next((tier for tier, trial in trials.items() if trial.works), NONE)
    for tier, trial in trials.items():
        state = True if trial.works else None if best != NONE else False
        yield Finding(tiers.NAMES[tier], state, "works" if trial.works else trial.reason, trial.remedy)
    if best == LANDLOCK:
        yield Finding("what tier 2 lacks", None, _lacks(), trials[NAMESPACES].remedy)
    version = landlock.abi()
    if version < landlock.SCOPE_ABI:
        yield Finding(
            "Landlock",
            None,
            f"version {version}; from 6 on it keeps signals inside by itself",
            "a kernel of 6.12 or newer",
        )
    yield _room()


def _lacks() -> str:
    return (
        "a child can tell which other files exist (not read them), its disk space is watched rather than bounded, "
        "and for an ordinary user its process limit counts all of the user's processes"
    )


def _room() -> Finding:
    text = Path("/proc/meminfo").read_text(encoding="ascii")
    available = int(text.partition("MemAvailable:")[2].split()[0]) / 2**20
    disk = shutil.disk_usage("/tmp").free / 2**30
    good = True if available > 6 and disk > 2 else None
    said = f"{available:.0f} GiB of memory and {disk:.0f} GiB of disk free; a child may take 4 GiB"
    return Finding("room", good, said, "grade fewer at once, or on a larger machine")
