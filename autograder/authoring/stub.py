"""What is left of a solution in the students' notebook: nbgrader's stub, the keys of a dict's entries, or code with a bug to mend."""

from __future__ import annotations

import ast
import importlib.util
import re
import textwrap
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import ClearSolutions

_REGION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n(.*?)^[ \t]*### END SOLUTION(\n|\Z)", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"^([ \t]*(['\"])\w+\2: )[^\n]*,([ \t]*#[^\n]*)?$")


class ClearAnswers(ClearSolutions):
    """Clears solutions as nbgrader does, with two exceptions.

    A solution of `"key": value,` lines keeps keys and comments, and `...` for each value. Where `autograder.bugs` has
    code to mend for the exercise, that takes the solution's place.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook as a student gets it."""
        self.lesson = nb.metadata.get("genlab", {}).get("lesson", "")
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """The cell as a student gets it."""
        name, _, kind = cell.metadata.get("nbgrader", {}).get("grade_id", "").rpartition("-")
        to_mend = code_to_mend(self.lesson, name) if kind == "solution" else None
        blank = blank_entries(cell.source) if cell.cell_type == "code" else None
        if to_mend is not None:
            cell.source = _REGION.sub(lambda region: textwrap.indent(to_mend.body, region[1]) + region[3], cell.source)
        elif blank is not None:
            cell.source = blank
        else:
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
        return cell, resources


def blank_entries(source: str) -> str | None:
    """The source with `...` for every value between solution markers; None when there is anything but entries of a dict."""
    regions = [match[2].splitlines() for match in _REGION.finditer(source)]
    if not regions or not all(_ENTRY.match(line) for region in regions for line in region):
        return None

    def blank(match: re.Match[str]) -> str:
        return "".join(_ENTRY.sub(r"\1...,\3", line) + "\n" for line in match[2].splitlines())

    return _REGION.sub(blank, source)


class CodeToMend:
    """A function of `autograder.bugs`: the names of its arguments, and its body without docstring and indentation."""

    def __init__(self, text: str, node: ast.FunctionDef) -> None:
        self.arguments = [argument.arg for argument in node.args.args]
        after = node.body[0].end_lineno or 0  # the docstring's last line
        self.body = textwrap.dedent("\n".join(text.splitlines()[after : node.end_lineno]))


def code_to_mend(lesson: str, name: str) -> CodeToMend | None:
    """The code with a bug for an exercise, read without running it; None when there is none."""
    module = importlib.util.find_spec(f"autograder.bugs.{lesson}") if lesson.isidentifier() else None
    if module is None or module.origin is None:
        return None
    text = Path(module.origin).read_text(encoding="utf-8")
    found = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name]
    return CodeToMend(text, found[0]) if found else None
