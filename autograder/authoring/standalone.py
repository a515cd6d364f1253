"""The rule that a lesson's definitions stand alone.

A definition in a given or exercise cell uses its arguments, imports, UPPER_CASE constants and
earlier definitions of the same lesson or what it reuses only, so that a solution loads without running the notebook.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

from autograder.authoring.script import Script

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__doc__"}


def check_standalone(script: Script) -> None:
    """Note in `script` every name that one of its definitions may not use."""
    known: set[str] = set()
    for cell in script.cells:
        if cell.role == "reuse":
            known.add(cell.name.rpartition("/")[2])
        if cell.role not in ("given", "exercise"):
            continue
        for node in cell.nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                known |= _imported(node, script)
            elif names := definitions(node):
                for line, name in _foreign(node, known | names):
                    advice = "Make it an argument, an import, an UPPER_CASE constant or define it"
                    place = f"{next(iter(sorted(names)))} uses {name}, which is none of its own."
                    script.add_problem(line, f"{place} {advice} before.")
                known |= names


def definitions(node: ast.stmt) -> set[str]:
    """The names that a top-level statement defines for the lesson: def, class, UPPER_CASE."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        targets = [name for target in node.targets for name in ast.walk(target)]
    else:
        targets = [node.target] if isinstance(node, ast.AnnAssign) else []
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return names if names and all(name.isupper() for name in names) else set()


def _imported(node: ast.Import | ast.ImportFrom, script: Script) -> set[str]:
    names = set()
    for alias in node.names:
        if alias.name == "*":
            script.add_problem(node.lineno, "imports with a star hide names. Name what you use.")
        names.add(alias.asname or alias.name.partition(".")[0])
    return names


def _foreign(node: ast.stmt, known: set[str]) -> Iterator[tuple[int, str]]:
    """Line and name of each use, in any scope of `node`, of a name that is not known."""
    module = ast.unparse(node)
    for name in sorted(_globals(symtable.symtable(module, "lesson", "exec"))):
        if name not in known and name not in _BUILTINS:
            yield _first_line(node, name), name


def _globals(table: symtable.SymbolTable) -> set[str]:
    """The names that a scope and the scopes in it look up outside of the statement."""
    top = table.get_type() == "module"
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or (top and not symbol.is_assigned()))
    }
    for child in table.get_children():
        names |= _globals(child)
    return names


def _first_line(node: ast.stmt, name: str) -> int:
    lines = [n.lineno for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]
    return min(lines, default=node.lineno)
