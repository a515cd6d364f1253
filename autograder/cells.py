"""The text of code cells: a script cut into them, magics taken out, what they define and which statements count as definitions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_CELL = re.compile(r"^# ?%%(.*)$", re.MULTILINE)


def percent_cells(script: str) -> list[tuple[str, str]]:
    """(header, source) of every cell of a percent script; what stands before the first has an empty header."""
    first, *parts = _CELL.split(script)
    cells = list(zip(parts[::2], parts[1::2], strict=True))
    return [("", first), *cells] if first.strip() else cells


def script_cells(script: str) -> list[str]:
    """Sources of a script's code cells; a script without `# %%` lines is one cell."""
    return [source for header, source in percent_cells(script) if "[markdown]" not in header]


def cell_source(script: str, name: str) -> str:
    """The exercise cell `name` of a solution script's text, without its markers."""
    for header, source in percent_cells(script):
        if f'exercise="{name}"' in header:
            return "\n".join(line for line in source.strip().splitlines() if "### " not in line)
    raise KeyError(f"the script has no exercise cell {name!r}")


def without_magics(source: str) -> str:
    """The source with IPython's magics and shell lines emptied, so that line numbers stay."""
    return "\n".join(
        re.sub(r"^(\s*)[%!?].*$", r"\1pass", line) if not source.lstrip().startswith("%%") else ""
        for line in source.splitlines()
    )


def defines(source: str, name: str) -> bool:
    """Whether a cell's text looks like the definition of a name."""
    return bool(re.search(rf"^\s*((async\s+)?def|class)\s+{name}\b|^{name}\s*(:[^=\n]*)?=(?!=)", source, re.MULTILINE))


def definitions(body: Iterable[ast.stmt], assignments: bool) -> list[ast.stmt]:
    """The statements of a cell that are run when its notebook is judged; with `assignments` those of every kind."""
    kinds = (ast.Assign, ast.AnnAssign, ast.AugAssign)
    return [node for node in body if _is_definition(node) or (assignments and isinstance(node, kinds))]


def reused(node: ast.stmt) -> str | None:
    """The exercise `lesson/name` of a statement `name = reuse("lesson/name")`, else None."""
    match node:
        case ast.Assign(
            targets=[ast.Name()], value=ast.Call(func=ast.Name("reuse"), args=[ast.Constant(str(exercise)), *_])
        ):
            return exercise
    return None


def bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds; of an import, those that it brings in."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def _is_definition(node: ast.stmt) -> bool:
    """Whether a statement is an import, a function, a class, an UPPER_CASE constant or a piece that is reused."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return True
    names = bound(node)
    return bool(reused(node)) or (bool(names) and all(name.isupper() for name in names))
