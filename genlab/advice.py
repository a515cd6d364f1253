"""The sentence that helps against an exception: under errors in notebooks, on cards, in training and on the command line.

The table is `genlab.troubles`; docs/troubleshooting.md is written from it by `python -m genlab.advice`.
"""

from __future__ import annotations

import sys
from typing import Any

from genlab.notebook import in_notebook
from genlab.troubles import TROUBLES

MARK = "What helps: "
OTHERWISE = (
    "Call it by itself in a new cell, with `torch.rand(…)` of these shapes, and read the last line of the traceback."
)


def on(error: BaseException | str) -> str:
    """The sentence that helps against an exception, or against "Type: message".

    "" when it is not a known kind, and for the kit's own exceptions, which say what to do themselves.
    """
    if isinstance(error, BaseException) and type(error).__module__.split(".")[0] in ("genlab", "autograder"):
        return ""
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return next((trouble.advice for trouble in TROUBLES if trouble.explains(text)), "")


def of(title: str) -> str:
    """The advice under a title of the table."""
    return next(trouble.advice for trouble in TROUBLES if trouble.title == title)


def attach(error: BaseException) -> None:
    """Add the advice to an exception as a note, which tracebacks show; not where `under_errors` prints it."""
    said = on(error)
    if said and not _watched() and not getattr(error, "__notes__", None):
        error.add_note(MARK + said)


def under_errors() -> None:
    """Have the advice printed below the traceback of a cell, in a notebook; anywhere else this does nothing."""
    if in_notebook() and not _watched():
        _shell().events.register("post_run_cell", _below)


def page() -> str:
    """docs/troubleshooting.md: the table for readers."""
    lines = ["# When something goes wrong", "", INTRODUCTION]
    for topic in dict.fromkeys(trouble.topic for trouble in TROUBLES):
        lines += ["", f"## {topic}", ""]
        for trouble in TROUBLES:
            if trouble.topic == topic:
                lines.append(f"- **{trouble.title}.** {trouble.advice}")
    return "\n".join(lines) + "\n"


INTRODUCTION = """\
What goes wrong most often, and what to do. You need not look here first: below an error in a notebook, on the card of a check, in
training and on the command line the kit says the sentence that fits. (This page is written from the table in `genlab/troubles.py`
by `python -m genlab.advice`.)"""


def _below(result: Any) -> None:
    """IPython's hook after a cell."""
    error = result.error_before_exec or result.error_in_exec
    said = "" if error is None else on(error)
    if said:
        print(MARK + said)


def _watched() -> bool:
    return in_notebook() and _below in _shell().events.callbacks["post_run_cell"]


def _shell() -> Any:
    return sys.modules["IPython"].get_ipython()


if __name__ == "__main__":
    from genlab.paths import clone
    from genlab.storing import write

    root = clone()
    if root is None:
        sys.exit("The page is in the course's repository: run this in a clone.")
    write(root / "docs" / "troubleshooting.md", page().encode())
