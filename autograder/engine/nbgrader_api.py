"""nbgrader as a library: its configuration and its log, in this process instead of one per command."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.engine.options import Options


def config(folder: Path, options: Options) -> Any:
    """nbgrader's configuration of the course, with the options of this run."""
    _import_nbgrader()
    from traitlets.config.loader import PyFileConfigLoader

    from autograder.preprocessors import SANDBOXES

    # nbgrader runs `alembic` as a command, from this Python's folder.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    found = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    found.CourseDirectory.root = str(folder.resolve())
    found.Execute.sandbox = next(name for name, tier in SANDBOXES.items() if tier == options.sandbox)
    found.Execute.run_all = options.run_all
    found.Execute.cluster = options.cluster or ""
    found.Execute.timeout, found.Execute.notebook_timeout = options.cell_seconds, options.notebook_seconds
    return found


def _import_nbgrader() -> None:
    """Import what grading here needs, in half the time."""
    # jsonschema's optional check of web addresses builds 38 grammars as soon as it is imported; notebooks have no use for it.
    spared = sys.modules.setdefault("rfc3987_syntax", None) is None  # type: ignore[arg-type]
    gc.disable()  # nothing of this is garbage
    try:
        import nbgrader.converters  # noqa: F401

        import autograder.preprocessors  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()
        if spared:
            del sys.modules["rfc3987_syntax"]


def coursedir(config: Any) -> Any:
    """nbgrader's idea of where the course's folders and its gradebook are."""
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=config)


def students(url: str) -> list[str]:
    """Names of all students in a gradebook, whether they handed in anything or not."""
    from nbgrader.api import Gradebook, Student

    with Gradebook(url) as gradebook:
        return [name for (name,) in gradebook.db.query(Student.id).order_by(Student.id)]


@contextlib.contextmanager
def quiet() -> Iterator[list[str]]:
    """The errors in nbgrader's log, and nothing else of it: its every line about a normal submission is a warning."""
    log, errors = logging.getLogger("traitlets"), _Errors()
    before = log.handlers, log.propagate
    log.handlers, log.propagate = [errors], False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield errors.lines
    finally:
        log.handlers, log.propagate = before


class _Errors(logging.Handler):
    """The last line of each error that nbgrader logs: its exceptions only say that there was one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if "Traceback" in text:
            self.lines.append(text.strip().splitlines()[-1])
