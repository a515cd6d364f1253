"""The definitions of a notebook or solution script, run without its training: imports, functions, classes, constants.

A lesson's definitions use only their arguments, imports, UPPER_CASE constants and earlier definitions, so they can be had without
running the rest. The same rule loads the reference solution and judges a learner's notebook, whatever metadata it lost.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.cells import bound, cell_source, defines, definitions, percent_cells, without_magics
from autograder.probes.recording import describe_error, quiet


@dataclass
class Definitions:
    """What was defined, and what went wrong: an exception (as a probe records it) for the name that its cell defines."""

    names: dict[str, Any]
    errors: dict[str, dict[str, Any]] = field(default_factory=dict)


def run(cells: Iterable[str], wanted: Iterable[str], label: str = "cell") -> Definitions:
    """Definitions of code cells in order. A cell with an error costs only what that cell defines.

    wanted: names of exercises. In a cell that defines one, assignments of every kind run too, so that a helper such as `f = lambda …` counts.
    label: what a cell is called in tracebacks, before its number.
    """
    found = Definitions({"__name__": "__main__"})
    names = list(wanted)
    for number, source in enumerate(cells, start=1):
        define(found, number, source, names, label)
    return found


def define(found: Definitions, number: int, source: str, wanted: list[str], label: str = "cell") -> None:
    """Add the definitions of one more cell to those found so far."""
    text = without_magics(source)
    mentioned = [name for name in wanted if defines(text, name)]
    file = f"<{label} {number}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        _note(found, mentioned, error, getattr(error, "lineno", 0) or 0)
        return
    for node in definitions(statements, assignments=bool(mentioned)):
        code = compile(ast.Module([node], []), file, "exec")
        try:
            with quiet():
                exec(code, found.names)
        except (Exception, SystemExit) as error:
            _note(found, [n for n in mentioned if n in bound(node)], error, node.lineno)


def load_reference(lesson: str) -> dict[str, Any]:
    """Names that the solution script of a lesson defines, its training and pictures left out.

    Raises FileNotFoundError outside a clone: an installed kit carries no solutions.
    """
    from autograder.reusing import found_by

    cells = [(header, source) for header, source in _script_cells(lesson) if not header.startswith("payoff")]
    exercises = [header.split('"')[1] for header, _ in cells if header.startswith("exercise")]

    def reference(exercise: str) -> Any:
        earlier, _, name = exercise.partition("/")
        return load_reference(earlier)[name]

    with found_by(reference):
        return run([source for _, source in cells], exercises).names


def solution_source(exercise: str) -> str:
    """The solution's cell of an exercise, as text. Raises FileNotFoundError outside a clone."""
    lesson, _, name = exercise.partition("/")
    return cell_source(_script_path(lesson).read_text(encoding="utf-8"), name)


def _script_cells(lesson: str) -> list[tuple[str, str]]:
    """(role="name", source) of the code cells of a lesson's script."""
    cells = percent_cells(_script_path(lesson).read_text(encoding="utf-8"))
    return [(header.strip(), source) for header, source in cells if "[markdown]" not in header]


def _script_path(lesson: str) -> Path:
    from genlab.course import load_course
    from genlab.paths import clone

    root = clone()
    if root is None:
        raise FileNotFoundError("solutions come with a clone of the course's repository, not with the installed kit")
    return root / "solutions" / f"{load_course().lesson(lesson).path}.py"


def _note(found: Definitions, names: list[str], error: BaseException, line: int) -> None:
    described = describe_error(error) | {"line": line}
    if isinstance(error, SyntaxError):
        described["message"] = error.msg or "invalid syntax"
    for name in names:
        found.errors[name] = described
