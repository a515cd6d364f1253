"""The definitions of a notebook or solution script, run without its training: imports, functions, classes, constants.

A lesson's definitions use only their arguments, imports, UPPER_CASE constants and earlier definitions, so they can be had without
running the rest. The same rule loads the reference solution and judges a learner's notebook, whatever metadata it lost.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.probes.recording import describe_error, quiet

_CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


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
    text = _without_magics(source)
    mentioned = [name for name in wanted if defines(text, name)]
    file = f"<{label} {number}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        _note(found, mentioned, error, getattr(error, "lineno", 0) or 0)
        return
    for node in statements:
        if _is_definition(node) or (mentioned and isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))):
            code = compile(ast.Module([node], []), file, "exec")
            try:
                with quiet():
                    exec(code, found.names)
            except (Exception, SystemExit) as error:
                _note(found, [n for n in mentioned if n in _bound(node)], error, node.lineno)


def defines(source: str, name: str) -> bool:
    """Whether a cell's text looks like the definition of a name."""
    return bool(re.search(rf"^\s*((async\s+)?def|class)\s+{name}\b|^{name}\s*(:[^=\n]*)?=(?!=)", source, re.MULTILINE))


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


def cell_source(script: str, name: str) -> str:
    """The exercise cell `name` of a solution script's text, without its markers."""
    for header, source in _cells(script):
        if f'exercise="{name}"' in header:
            return "\n".join(line for line in source.strip().splitlines() if "### " not in line)
    raise KeyError(f"the script has no exercise cell {name!r}")


def _script_cells(lesson: str) -> list[tuple[str, str]]:
    """(role="name", source) of the code cells of a lesson's script."""
    cells = _cells(_script_path(lesson).read_text(encoding="utf-8"))
    return [(header.strip(), source) for header, source in cells if "[markdown]" not in header]


def _cells(script: str) -> list[tuple[str, str]]:
    """(header, source) of every cell of a percent script."""
    parts = _CELL.split(script)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def _script_path(lesson: str) -> Path:
    from genlab.course import load_course
    from genlab.paths import clone

    root = clone()
    if root is None:
        raise FileNotFoundError("solutions come with a clone of the course's repository, not with the installed kit")
    return root / "solutions" / f"{load_course().lesson(lesson).path}.py"


def _is_definition(node: ast.stmt) -> bool:
    """Whether a statement is an import, a function, a class, an UPPER_CASE constant or a piece that is reused."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or reused(
        node
    ):
        return True
    names = _bound(node)
    return bool(names) and all(name.isupper() for name in names)


def reused(node: ast.stmt) -> str | None:
    """The exercise `lesson/name` of a statement `name = reuse("lesson/name")`, else None."""
    match node:
        case ast.Assign(
            targets=[ast.Name()], value=ast.Call(func=ast.Name("reuse"), args=[ast.Constant(str(exercise)), *_])
        ):
            return exercise
    return None


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def _note(found: Definitions, names: list[str], error: BaseException, line: int) -> None:
    described = describe_error(error) | {"line": line}
    if isinstance(error, SyntaxError):
        described["message"] = error.msg or "invalid syntax"
    for name in names:
        found.errors[name] = described


def _without_magics(source: str) -> str:
    """The source with IPython's magics and shell lines emptied, so that line numbers stay."""
    return "\n".join(
        re.sub(r"^(\s*)[%!?].*$", r"\1pass", line) if not source.lstrip().startswith("%%") else ""
        for line in source.splitlines()
    )
