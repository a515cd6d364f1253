"""The lessons of this project: built, free of answers, and unsolved until a learner solves them."""

import ast
import json
import re
from collections.abc import Collection
from pathlib import Path

import pytest

from autograder.authoring.build import build
from genlab.course import load_course

ROOT = Path(__file__).parents[2]
LESSONS = load_course(ROOT / "course.yml").lessons
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)


def text_of(path: Path) -> str:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return "\n".join("".join(cell["source"]) for cell in notebook["cells"])


def leaked(script: str, lesson: str, mended: Collection[str] = ()) -> list[str]:
    """The solution blocks of a script that have most of their lines over 25 characters in a lesson.

    mended: exercises that give code with a bug: most lines of their solutions are given, so only a whole block counts.
    """
    parts = re.split(r'^# %% exercise="(\w+)"$|^# %%.*$', script, flags=re.MULTILINE)
    blocks = [
        (name, block)
        for name, part in zip(parts[1::2], parts[2::2], strict=True)
        for block in re.findall(r"### BEGIN SOLUTION\n(.*?)\n[^\n]*### END SOLUTION", part, re.DOTALL)
    ]
    found = []
    for name, block in blocks:
        if name in mended:
            found += [block] * (block in lesson)
            continue
        lines = [line.strip("# ") for line in block.splitlines()]
        long_lines = [line for line in lines if len(line) > 25]
        if sum(line in lesson for line in long_lines) > len(long_lines) / 2:
            found.append(block)
    return found


def test_the_notebooks_are_as_built_from_the_scripts():
    assert [str(change) for change in build(ROOT, check=True)] == []


@each_lesson
def test_no_answer_reaches_the_lesson(lesson):
    script = (ROOT / "solutions" / f"{lesson.path}.py").read_text(encoding="utf-8")
    mended = {exercise.id for exercise in lesson.exercises if exercise.mends}
    assert leaked(script, text_of(ROOT / "lessons" / f"{lesson.path}.ipynb"), mended) == []


@each_lesson
def test_an_answer_in_the_lesson_would_be_noticed(lesson):
    script = (ROOT / "solutions" / f"{lesson.path}.py").read_text(encoding="utf-8")
    answers = text_of(ROOT / "solutions" / f"{lesson.path}.ipynb")
    assert len(leaked(script, answers)) >= len(lesson.exercises) / 2


def names_of(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell reads anywhere, and those that it assigns."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names} - made, made


def test_students_folders_hold_notebooks_only():
    files = [path for path in (ROOT / "lessons").rglob("*") if path.is_file()]
    assert {path.suffix for path in files if ".ipynb_checkpoints" not in path.parts} == {".ipynb"}


@pytest.mark.notebooks
@each_lesson
def test_an_untouched_lesson_stops_only_where_the_learner_has_to_write(lesson, monkeypatch):
    from IPython.core.inputtransformer2 import TransformerManager

    monkeypatch.setenv("GENLAB_SCALE", "smoke")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir((ROOT / "lessons" / lesson.path).parent)
    notebook = json.loads((ROOT / "lessons" / f"{lesson.path}.ipynb").read_text(encoding="utf-8"))
    scope: dict[str, object] = {"__name__": "__main__"}
    unmade: set[str] = set()  # what the cells that stopped would have made
    stopped = {}
    for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
        source = TransformerManager().transform_cell("".join(cell["source"]))
        used, made = names_of(source)
        try:
            exec(compile(source, cell["id"], "exec"), scope)
        except NotImplementedError:
            stopped[cell["id"]] = "unsolved"
            unmade |= made
        except Exception as error:
            assert used & unmade, f"{cell['id']} does not wait for any exercise, and fails: {error!r}"
            stopped[cell["id"]] = "after an unsolved cell"
            unmade |= made
    checks = {exercise.id for exercise in lesson.exercises}
    assert checks <= {cell for cell, why in stopped.items() if why == "unsolved"}
    assert all(cell in checks or cell.startswith("payoff-") or cell.endswith("-reuse") for cell in stopped)
