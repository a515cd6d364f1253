"""A lesson's solution script: its cells, and the rules that an author must keep.

A script is a jupytext percent script in which every code cell names its role. Everything wrong
with it is told as `file:line: what, and what to do`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from genlab.course import Lesson
from genlab.course_rules import did_you_mean

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
CODE_ROLES = ("given", "reuse", "exercise", "payoff")
_MARKER = re.compile(r"^# *%%(?!%)")
_NOISE = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}  # jupytext's own notes
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_ROLES_ADVICE = 'given="name", reuse="lesson/exercise", exercise="name" or payoff="name"'


class AuthorError(ValueError):
    """What an author has to mend, one problem per line with its file and line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Cell:
    """One cell of a script: role is given, reuse, exercise, payoff, question or text."""

    role: str
    name: str
    source: str  # as in a notebook: magics live, markdown without "# "
    line: int  # of its `# %%` marker, from 1
    end: int  # its last line
    nodes: list[ast.stmt] = field(default_factory=list, repr=False)
    alt: tuple[str, ...] = ()  # what is to be seen in each of a payoff's pictures, for who cannot see them

    @property
    def is_code(self) -> bool:
        """Whether this is code, not prose."""
        return self.role in CODE_ROLES


class Script:
    """The cells of one lesson's script, and the problems found in it so far."""

    def __init__(self, path: Path, root: Path, lesson: Lesson, earlier: list[str], text: str | None = None) -> None:
        """Read `path`, or `text` in its place. Problems are collected, not raised.

        earlier: the exercises `lesson/name` that this lesson may reuse.
        """
        self.file = path.relative_to(root).as_posix()
        self.lesson = lesson
        self.earlier = earlier
        self.problems: list[str] = []
        self.text = path.read_text(encoding="utf-8") if text is None else text
        self.cells = self._read()
        if self.cells:
            self._check_cells()
            self._check_exercises()

    def add_problem(self, line: int, advice: str) -> None:
        """Note what is wrong at a line of the script, once."""
        problem = f"{self.file}:{line}: {advice}"
        if problem not in self.problems:
            self.problems.append(problem)

    def _read(self) -> list[Cell]:
        import jupytext

        lines = self.text.splitlines()
        starts = [n for n, line in enumerate(lines, 1) if _MARKER.match(line)]
        before = lines[: starts[0] - 1] if starts else lines
        if not starts or (any(line.strip() for line in before) and before[0] != "# ---"):
            self.add_problem(1, "the script must start with a cell: `# %% [markdown]` and a title.")
            return []
        try:
            tree = ast.parse(self.text)
        except SyntaxError as error:
            self.add_problem(error.lineno or 1, f"is not valid Python: {error.msg}.")
            return []
        notebook = jupytext.reads(self.text, fmt="py:percent")
        if len(notebook.cells) != len(starts):
            self.add_problem(1, "a line inside a string starts like a cell, `# %%`. Indent it.")
            return []
        ends = [*(start - 1 for start in starts[1:]), len(lines)]
        return [
            self._cell(cell, line, end, [n for n in tree.body if line < n.lineno <= end])
            for cell, line, end in zip(notebook.cells, starts, ends, strict=True)
        ]

    def _cell(self, cell: Any, line: int, end: int, nodes: list[ast.stmt]) -> Cell:
        """The cell with its role; without a proper one it counts as text, with a problem."""
        is_code = cell.cell_type == "code"
        allowed = CODE_ROLES if is_code else ("question",)
        keys = {key: value for key, value in cell.metadata.items() if key not in _NOISE}
        alt = self._alt(keys, line) if "payoff" in keys else ()
        for key in keys:
            if key not in allowed:
                near = did_you_mean(key, list(allowed))
                advice = near or (f"Write {_ROLES_ADVICE}." if is_code else 'Only question="name".')
                self.add_problem(line, f"{key} is not a role of this cell. {advice}")
        roles = [key for key in keys if key in allowed]
        if cell.cell_type == "raw":
            self.add_problem(line, "raw cells are not supported. Use a markdown cell.")
        if is_code and not roles:
            self.add_problem(line, f"this code cell has no role. Write # %% {_ROLES_ADVICE}.")
        if len(roles) > 1:
            self.add_problem(line, f"this cell has two roles, {' and '.join(roles)}. Keep one.")
        role = roles[0] if roles else "given" if is_code else "text"
        name = str(keys.get(role, ""))
        if role == "reuse":
            self._check_reuse(name, line, nodes)
        elif roles and not _NAME.fullmatch(name):
            advice = "Write a letter, then letters, digits and _, 40 at most."
            self.add_problem(line, f"{role}={name!r} is not a name. {advice}")
        return Cell(role, name, cell.source, line, end, nodes, alt)

    def _alt(self, keys: dict[str, Any], line: int) -> tuple[str, ...]:
        """The alternative texts of a payoff's pictures, taken out of the cell's keys."""
        alt = keys.pop("alt", [])
        texts = [alt] if isinstance(alt, str) else alt
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            self.add_problem(line, 'alt is no text. Write alt="…" for one picture, alt=["…", "…"] for several.')
            return ()
        return tuple(texts)

    def _check_reuse(self, exercise: str, line: int, nodes: list[ast.stmt]) -> None:
        """Whether a cell of the role reuse takes the exercise that it names, of an earlier lesson of the chapter."""
        name = exercise.rpartition("/")[2]
        if [ast.unparse(node) for node in nodes] != [f"{name} = reuse('{exercise}')"]:
            self.add_problem(line, f'the cell reuse="{exercise}" must be one line: {name} = reuse("{exercise}")')
        if exercise not in self.earlier:
            near = did_you_mean(exercise, self.earlier)
            advice = near or "Name lesson/exercise of a lesson that comes before this one in its chapter."
            self.add_problem(line, f"{exercise} cannot be reused here. {advice}")

    def _check_cells(self) -> None:
        if self.cells[0].is_code or not re.match(r"# \S", self.cells[0].source):
            advice = "the first cell must be `# %% [markdown]` with the title, `# # The title`."
            self.add_problem(self.cells[0].line, advice)
        first: dict[tuple[str, str], int] = {}
        for cell in self.cells:
            key = (cell.role, cell.name)
            if cell.name and key in first:
                advice = f"{cell.role}={cell.name!r} is already the cell of line {first[key]}."
                self.add_problem(cell.line, f"{advice} Rename one.")
            first.setdefault(key, cell.line)
            self._check_solution(cell)
            self._check_no_check(cell)
            if not cell.source.strip():
                self.add_problem(cell.line, "this cell is empty. Remove it.")

    def _check_solution(self, cell: Cell) -> None:
        """Solution markers stand in pairs around something, in exercises and questions only."""
        wanted = cell.role in ("exercise", "question")
        marks = [
            (self._line(cell, n), "BEGIN SOLUTION" in text)
            for n, text in enumerate(self._source_lines(cell))
            if "BEGIN SOLUTION" in text or "END SOLUTION" in text
        ]
        if not wanted and marks:
            advice = "a solution stands in a cell that is no exercise. Give it exercise=… or "
            self.add_problem(marks[0][0], advice + "question=…, or remove the marker.")
        if wanted and not marks:
            advice = f"there is no solution to take out. Put it between {BEGIN} and {END}."
            self.add_problem(cell.line, f"{cell.role} {cell.name}: {advice}")
        if wanted and [begins for _, begins in marks] != [True, False] * (len(marks) // 2):
            advice = f"every {BEGIN} needs one {END} after it."
            self.add_problem(marks[0][0], f"{cell.role} {cell.name}: {advice}")
        for (begin, opens), (end, _) in pairwise(marks):
            if wanted and opens and end == begin + 1:
                self.add_problem(begin, f"{cell.role} {cell.name}: the solution is empty.")

    def _check_no_check(self, cell: Cell) -> None:
        advice = "checks are built from course.yml: remove this one, and genlab build adds it."
        for n, text in enumerate(self._source_lines(cell)):
            if "HIDDEN TESTS" in text:
                self.add_problem(self._line(cell, n), advice)
        for node in (inner for top in cell.nodes for inner in ast.walk(top)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
                self.add_problem(node.lineno, advice)

    def _check_exercises(self) -> None:
        """The exercises of the script are those of course.yml, each once and in that order."""
        cells = {cell.name: cell for cell in self.cells if cell.role == "exercise"}
        wanted = [exercise.id for exercise in self.lesson.exercises]
        for name, cell in cells.items():
            if name not in wanted:
                near = did_you_mean(name, [w for w in wanted if w not in cells])
                advice = near or f"Add it to the exercises of lesson {self.lesson.id}."
                self.add_problem(cell.line, f"exercise {name} is not in course.yml. {advice}")
            elif name not in _defined(cell.nodes):
                advice = "A function, class or variable of this name must be defined in it."
                self.add_problem(cell.line, f"exercise {name} does not define {name}. {advice}")
        for exercise in self.lesson.exercises:
            if exercise.id not in cells:
                advice = f'has no cell `# %% exercise="{exercise.id}"` in {self.file}. Write it.'
                self.problems.append(f"course.yml:{exercise.line}: exercise {exercise.id} {advice}")
            elif exercise.mends:
                self._check_code_to_mend(cells[exercise.id])
        found = [name for name in cells if name in wanted]
        for name, expected in zip(found, [w for w in wanted if w in cells], strict=True):
            if name != expected:
                advice = f"course.yml has {expected} here. Let the two agree."
                self.add_problem(cells[name].line, f"exercise {name} is out of order: {advice}")
                break

    def _check_code_to_mend(self, cell: Cell) -> None:
        """The learner's code with a bug exists, for the arguments of the solution, which is one block behind its docstring."""
        from autograder.authoring.stub import code_to_mend

        file = f"autograder/bugs/{self.lesson.id}.py"
        to_mend = code_to_mend(self.lesson.id, cell.name)
        solution = next((n for n in cell.nodes if isinstance(n, ast.FunctionDef) and n.name == cell.name), None)
        if to_mend is None:
            self.add_problem(
                cell.line, f"{file} has no function {cell.name}, the code with a bug. Write it, with a docstring."
            )
        elif solution is None or cell.source.count(BEGIN) != 1 or not ast.get_docstring(solution):
            advice = "The solution of code to mend is a function: its docstring, then all the rest in one block."
            self.add_problem(cell.line, f"exercise {cell.name}: {advice}")
        elif to_mend.arguments != (names := [argument.arg for argument in solution.args.args]):
            advice = f"has the arguments {', '.join(to_mend.arguments)} in {file} and {', '.join(names)} here."
            self.add_problem(solution.lineno, f"{cell.name} {advice} Let the two agree.")

    def _source_lines(self, cell: Cell) -> list[str]:
        return self.text.splitlines()[cell.line : cell.end]

    def _line(self, cell: Cell, n: int) -> int:
        """The line of the script that holds the n-th line after the cell's marker."""
        return cell.line + 1 + n


def _defined(nodes: list[ast.stmt]) -> set[str]:
    """The names that statements define at the top level."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names
