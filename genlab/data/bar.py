"""The progress bar of long preparations: on stdout, and only where somebody watches."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

from genlab.notebook import in_notebook


def progress_bar(total: int | None, title: str, **settings: Any) -> Any:
    """A tqdm bar: a widget in notebooks that have widgets, text in a terminal, nothing in a log file.

    It never writes to stderr, which notebooks paint red and nbgrader counts as a failure.
    """
    if in_notebook() and importlib.util.find_spec("ipywidgets"):
        from tqdm.auto import tqdm
    else:
        from tqdm import tqdm
    quiet = not (in_notebook() or sys.stdout.isatty())
    return tqdm(total=total, desc=title, leave=False, file=sys.stdout, disable=quiet, **settings)
