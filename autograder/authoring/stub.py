"""What is left of a solution in the students' notebook: nbgrader's stub, or for entries of a dict their keys."""

from __future__ import annotations

import re
from typing import Any

from nbgrader.preprocessors import ClearSolutions

_REGION = re.compile(r"^[ \t]*### BEGIN SOLUTION\n(.*?)^[ \t]*### END SOLUTION\n", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"^([ \t]*(['\"])\w+\2: )[^\n]*,([ \t]*#[^\n]*)?$")


class ClearAnswers(ClearSolutions):
    """Clears solutions as nbgrader does; a solution of `"key": value,` lines keeps keys and comments, and `...` for each value."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """The cell as a student gets it."""
        blank = blank_entries(cell.source) if cell.cell_type == "code" else None
        if blank is None:
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
        else:
            cell.source = blank
        return cell, resources


def blank_entries(source: str) -> str | None:
    """The source with `...` for every value between solution markers; None when there is anything but entries of a dict."""
    regions = [match[1].splitlines() for match in _REGION.finditer(source)]
    if not regions or not all(_ENTRY.match(line) for region in regions for line in region):
        return None

    def blank(match: re.Match[str]) -> str:
        return "".join(_ENTRY.sub(r"\1...,\3", line) + "\n" for line in match[1].splitlines())

    return _REGION.sub(blank, source)
