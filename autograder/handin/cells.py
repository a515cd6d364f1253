"""A handed-in cell in safe types, and what its source says about the lesson."""

from __future__ import annotations

import ast
import functools
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from autograder.handin.notes import Notes
from autograder.handin.soundness import is_strings, joined, sound_attachments, well_formed

ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CHECK = re.compile(r"\bcheck\s*\(\s*(['\"])(\w{1,100})/(\w{1,100})\1")
_DEFINED = re.compile(
    r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w{1,100})|^(\w{1,100})[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE
)
CHARACTERS = "Line ends and characters that Python cannot read were mended."
_LONGEST = 200_000  # characters of source that are parsed
_USUAL = 10_000  # characters of source that are remembered


class _Facts(NamedTuple):
    source: str
    text: str
    defined: frozenset[str]
    checks: frozenset[tuple[str, str]]


@dataclass(eq=False)
class Cell:
    """One cell. `name` is the id of the release's cell that it turned out to be, empty for the learner's own cells."""

    kind: str  # code, markdown or raw
    source: str
    metadata: dict[str, Any] = field(default_factory=dict)
    id: Any = None
    attachments: dict[str, Any] | None = None
    name: str = ""
    made: bool = False  # by the repair, so that nothing about it can have been lost
    _facts: _Facts | None = field(default=None, repr=False)

    @property
    def claims(self) -> set[str]:
        """The ids that the cell carries: nbgrader's, its own, and the one that Colab moves to the metadata."""
        nbgrader = self.metadata.get("nbgrader")
        ids = [self.id, self.metadata.get("id"), nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None]
        return {i for i in ids if isinstance(i, str)}

    @property
    def text(self) -> str:
        """The source without what editors change on their own: blanks at line ends, blank lines around."""
        return self._known().text

    def defines(self, names: Iterable[str]) -> frozenset[str]:
        """Those of `names` that the source defines at top level; code that is no valid Python counts, too."""
        return self._known().defined.intersection(names)

    @property
    def checks(self) -> frozenset[tuple[str, str]]:
        """(lesson, exercise) of the checks that the source calls."""
        return self._known().checks

    @property
    def statements(self) -> list[ast.stmt] | None:
        """The top-level statements, with magics as `pass`; None when the source is no valid Python."""
        return parse(self.source)

    def rest(self, exercises: set[str]) -> str:
        """The source without its top-level checks of these exercises; empty when nothing of substance is left."""
        statements = self.statements
        if statements is None:
            lines = [line for line in self.source.splitlines() if not _CHECK.match(line.strip())]
            # A check that somebody's edit broke is still only a check.
            return "\n".join(lines) if re.search(r"^\s*(def|class)\s", self.source, re.MULTILINE) else ""
        rest = [node for node in statements if not _is_check(node, exercises)]
        if all(isinstance(node, ast.Pass) or _is_text(node) or _imports_check(node) for node in rest):
            return ""
        lines = self.source.splitlines()
        dropped: set[int] = set()
        for node in statements:
            if node not in rest:
                dropped |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if any(dropped & set(range(first_line(node), (node.end_lineno or 0) + 1)) for node in rest):
            return "\n".join(ast.unparse(node) for node in rest)  # statements that share a line
        return "\n".join(line for number, line in enumerate(lines, 1) if number not in dropped).strip("\n")

    def _known(self) -> _Facts:
        """What the source says, found out once for each source."""
        if self._facts is None or self._facts.source is not self.source:
            find = _facts_of if len(self.source) <= _USUAL else _facts_of.__wrapped__
            self._facts = find(self.source)
        return self._facts


@functools.lru_cache(maxsize=2048)  # the cells of a class are much alike, and each is looked at in every step of repair
def _facts_of(source: str) -> _Facts:
    return _Facts(
        source,
        "\n".join(line.rstrip() for line in source.splitlines()).strip("\n"),
        frozenset(match[1] or match[2] for match in _DEFINED.finditer(source)),
        frozenset((match[2], match[3]) for match in _CHECK.finditer(source)),
    )


@dataclass(frozen=True)
class Release:
    """A released lesson: its cells by role, in order."""

    notebook: dict[str, Any]

    @functools.cached_property
    def cells(self) -> list[Cell]:
        """Every cell, named by its id."""
        return [
            Cell(c["cell_type"], joined(c["source"]), c["metadata"], c["id"], name=c["id"])
            for c in self.notebook["cells"]
        ]

    @functools.cached_property
    def lesson(self) -> str:
        """The lesson's id."""
        return str(self.notebook["metadata"]["genlab"]["lesson"])

    @functools.cached_property
    def exercises(self) -> list[str]:
        """Names of the exercises, in order."""
        return [cell.name for cell in self.cells if role(cell) == "test"]

    def named(self, name: str) -> Cell:
        """The cell with this id."""
        return self._by_name[name]

    def place(self, name: str) -> int:
        """Where the cell with this id stands."""
        return self._places[name]

    def of(self, *roles: str) -> list[Cell]:
        """The cells of these roles, in order."""
        return [cell for kind, cell in self._roles if kind in roles]

    @functools.cached_property
    def _roles(self) -> list[tuple[str, Cell]]:
        return [(role(cell), cell) for cell in self.cells]

    @functools.cached_property
    def _by_name(self) -> dict[str, Cell]:
        return {cell.name: cell for cell in self.cells}

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {cell.name: place for place, cell in enumerate(self.cells)}


def role(cell: Cell) -> str:
    """What a released cell is for: test, solution, payoff, given (the set-up, too), reuse or text."""
    nbgrader = cell.metadata.get("nbgrader") or {}
    if nbgrader.get("grade"):
        return "test"
    if nbgrader.get("solution"):
        return "solution"
    if "payoff" in cell.metadata.get("tags", []):
        return "payoff"
    if nbgrader.get("locked"):
        return "given"
    return "reuse" if cell.kind == "code" else "text"


def read_cells(notebook: dict[str, Any], notes: Notes) -> list[Cell]:
    """The cells in safe types; what is malformed in them is noted."""
    cells = []
    for raw in notebook["cells"]:
        cell = _read(raw)
        if cell is None:
            notes.add("Something among the cells that was no cell was left out.")
            continue
        cells.append(cell)
        source = raw.get("source")
        if (isinstance(source, str) or is_strings(source)) and cell.source != "".join(source):
            notes.add(CHARACTERS)
        elif not well_formed(raw):
            notes.add("Malformed parts of cells were mended or left out.")
    return cells


def parse(source: str) -> list[ast.stmt] | None:
    """The top-level statements of a cell, with magics and shell lines as `pass`; None when it is no valid Python."""
    if len(source) > _LONGEST:
        return None
    first = source.lstrip()
    if first.startswith("%%"):
        source = "\n" * source[: len(source) - len(first)].count("\n") + "\n" + first.partition("\n")[2]
    text = re.sub(r"^([ \t]*)[%!?].*$", r"\1pass", source, flags=re.MULTILINE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def bound(node: ast.stmt) -> set[str]:
    """The names that an import, definition or assignment binds."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def first_line(node: ast.stmt) -> int:
    """The line that a statement begins on, decorators included."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


def _read(raw: Any) -> Cell | None:
    if not isinstance(raw, dict):
        return None
    source = joined(raw.get("source", raw.get("input")))
    kind = raw.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        kind = "code" if _CHECK.search(source) or (_DEFINED.search(source) and parse(source)) else "markdown"
    metadata = raw.get("metadata")
    attachments = raw.get("attachments") if kind != "code" else None
    return Cell(
        kind,
        source,
        metadata if isinstance(metadata, dict) else {},
        raw.get("id"),
        attachments if sound_attachments(attachments) else None,
    )


def _is_check(node: ast.stmt, exercises: set[str]) -> bool:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call) or not node.value.args:
        return False
    function, first = node.value.func, node.value.args[0]
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    text = first.value if isinstance(first, ast.Constant) else None
    return name == "check" and isinstance(text, str) and text.rpartition("/")[2] in exercises


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _imports_check(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "autograder" and bound(node) == {"check"}
