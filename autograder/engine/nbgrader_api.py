"""nbgrader as a library: its configuration and its log, in this process instead of one per command."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import sys
import types
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
    """Import what grading here needs, and little more."""
    with _left_out(), _uncollected():
        import nbgrader.converters  # noqa: F401

        import autograder.preprocessors  # noqa: F401


# What comes along with nbgrader, and grading does without: parts of Jupyter's servers, a reader and a writer of HTML, an unpacker,
# the web client for JupyterHub
LEFT_OUT = """
nbgrader.server_extensions.assignment_list nbgrader.server_extensions.course_list
nbgrader.server_extensions.validate_assignment nbgrader.server_extensions.formgrader
nbconvert.postprocessors.serve bs4 nbconvert.filters.markdown_mistune setuptools.archive_util requests
"""
# jsonschema's optional checks of web addresses and durations; the one for addresses builds 38 grammars as soon as it is imported
FORMATS = "rfc3987_syntax rfc3986_validator isoduration"


class _CalledLater(types.ModuleType):
    """In place of a module, for those who take functions and classes from it to call them later: then it is imported."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*arguments: Any, **settings: Any) -> Any:
            return getattr(importlib.import_module(self.__name__), name)(*arguments, **settings)

        return call


@contextlib.contextmanager
def _left_out() -> Iterator[None]:
    """In the block, modules that are not imported yet are not imported."""
    absent = [name for name in LEFT_OUT.split() if name not in sys.modules]
    sys.modules.update({name: _CalledLater(name) for name in absent})
    formats = [name for name in FORMATS.split() if name not in sys.modules]
    sys.modules.update(dict.fromkeys(formats))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent + formats:
            del sys.modules[name]


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """What the block makes is no garbage, and never looked through for it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def coursedir(config: Any) -> Any:
    """nbgrader's idea of where the course's folders and its gradebook are."""
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=config)


def students(gradebook: Any) -> list[str]:
    """Names of all students in a gradebook, whether they handed in anything or not."""
    from nbgrader.api import Student

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
