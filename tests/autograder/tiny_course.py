"""A course of one small lesson for the tests of the authoring pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.authoring.build import Change

ROOT = Path(__file__).parents[2]
SCRIPT = "solutions/01_first/01_one.py"
INSTRUCTOR = "solutions/01_first/01_one.ipynb"
LESSON = "lessons/01_first/01_one.ipynb"

COURSE = """\
title: A course
repository: owner/name
release: v1.0.0
chapters:
  - id: 01_first
    title: First
    lessons:
      - id: one
        file: 01_one
        title: One
        data: []
        minutes: 60
        exercises:
          - {id: double, points: 2, minutes: 5, difficulty: 1}
          - {id: Shift, points: 3, minutes: 5, difficulty: 1}
"""

SOURCE = '''\
# %% [markdown]
# # One lesson
#
# What it teaches.

# %% given="imports"
import torch

SCALE = 2

# %% [markdown]
# ## Twice: $2x$
# The idea.

# %% exercise="double"
def double(x: torch.Tensor) -> torch.Tensor:
    """Twice x."""
    ### BEGIN SOLUTION
    result_of_doubling = SCALE * x
    return result_of_doubling
    ### END SOLUTION


# %% [markdown]
# ## Twice: $2x$
# The same heading again.

# %% exercise="Shift"
class Shift(torch.nn.Module):
    """Adds one."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x + 1."""
        ### BEGIN SOLUTION
        return double(x) - x + torch.ones_like(x)
        ### END SOLUTION


# %% payoff="show"
print(double(torch.ones(2)))

# %% [markdown] question="why"
# Why twice?
#
# ### BEGIN SOLUTION
# Because once is not enough.
# ### END SOLUTION
'''


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def cells_of(path: Path) -> dict[str, dict[str, Any]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in notebook["cells"]}


def source_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def edit_cell(path: Path, cell_id: str, **changes: object) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    next(cell for cell in notebook["cells"] if cell["id"] == cell_id).update(changes)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def insert_cell(path: Path, cell: dict[str, Any]) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"].append({"metadata": {}, "id": "new-cell"} | cell)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def found(changes: list[Change]) -> dict[str, str]:
    return {change.path: change.kind for change in changes}
