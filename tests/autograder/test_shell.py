"""The shell of the sandbox takes a cell for what IPython takes it for."""

import json
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.sandbox.shell import NOT_PYTHON, GradingShell

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
ODD = [
    "%pip install x",
    "if 1:\n    %time x = 1\n",
    "a = 1\n!ls",
    "x = 1\nx?",
    "x = 1\nx? ",
    "x = 1\n?x",
    "files = !ls\nprint(files)",
    "a = 1\nb = %timeit -o 1",
    "%%time\nx = 1\n",
    ">>> x = 1\n>>> x",
    "In [1]: x = 1\nIn [2]: x\n",
    "x = 1\n... \ny = 2",
    "\n\n%%time\nx = 1",
    "    x = 1\n    y = 2",
    "def f():\n    ...\n",
    "x = [\n1,\n%2\n]",
    'text = """\n%pip\n!ls\nwhy?\n"""\n',
    "x = 1  # why?\ny = 2",
    "/f 1\nx = 1",
    ",f a b\n;f a b\n",
    "ls",
    "x",
    "x = 1\r\n%pip install y\r\n",
    "",
    "x = (1,\n2)\n\n\n",
    "a = \\\n  %timeit -o 1\nb = 2",
    "x = 1\n\f%pip install y\n",
    "y = 1\nx?\r\nz = 2",
]


@pytest.fixture(scope="module")
def shell():
    InteractiveShell.clear_instance()
    yield GradingShell.instance()
    GradingShell.clear_instance()


def same(shell, cell):
    theirs = InteractiveShell.transform_cell(shell, cell)
    return GradingShell.transform_cell(shell, cell).rstrip("\n") == theirs.rstrip("\n")


@pytest.mark.parametrize("cell", ODD)
def test_odd_cells_are_read_as_ipython_reads_them(shell, cell):
    assert same(shell, cell)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_of_lessons_are_read_as_ipython_reads_them(shell, notebook):
    cells = ["".join(c["source"]) for c in json.loads(notebook.read_text())["cells"] if c["cell_type"] == "code"]
    assert all(same(shell, cell) for cell in cells)
    assert sum(not NOT_PYTHON.search(cell) for cell in cells) > len(cells) / 2  # the quick way is the usual one


@pytest.mark.parametrize(
    ("cell", "waits"), [("await f()", True), ("async with f():\n    pass", True), ("x = 1\n", False)]
)
def test_cells_that_await_are_known(shell, cell, waits):
    assert shell.should_run_async(cell, transformed_cell=cell) is waits
