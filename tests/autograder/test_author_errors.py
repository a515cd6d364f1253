"""What an author is told: every broken rule with its line, and nothing is written."""

import shutil

import pytest
from tiny_course import LESSON, SCRIPT, SOURCE, edit

from autograder.authoring.build import build
from autograder.authoring.script import AuthorError

BAD_SCRIPTS = {
    "no role": ('# %% given="imports"', "# %%", "6: this code cell has no role"),
    "alt is no text": ('payoff="show"', 'payoff="show" alt=3', '39: alt is no text. Write alt="…" for one picture'),
    "alt of no payoff": ('given="imports"', 'given="imports" alt="A map."', "6: alt is not a role of this cell"),
    "wrong role": ("# %% given=", "# %% givn=", "6: givn is not a role of this cell. Did you mean"),
    "two roles": ('given="imports"', 'given="imports" payoff="a"', "6: this cell has two roles"),
    "bad name": ('given="imports"', 'given="my imports"', "6: given='my imports' is not a name"),
    "name twice": ('payoff="show"', 'exercise="double"', "39: exercise='double' is already the"),
    "no title": ("# # One", "# One", "1: the first cell must be"),
    "code first": (SOURCE[: SOURCE.index("# %% given")], "", "1: the first cell must be"),
    "text first": (
        "# %% [markdown]\n# # One",
        "import os\n# # One",
        "1: the script must start with",
    ),
    "syntax": ("SCALE = 2", "SCALE = ", "9: is not valid Python"),
    "empty cell": ("print(double(torch.ones(2)))", "", "39: this cell is empty"),
    "no solution": ("    ### BEGIN SOLUTION\n    result", "    result", "20: exercise double"),
    "open solution": (
        "    ### END SOLUTION\n",
        "",
        "18: exercise double: every ### BEGIN SOLUTION",
    ),
    "empty solution": (
        "    result_of_doubling = SCALE * x\n    return result_of_doubling\n",
        "",
        "18: exercise double: the solution is empty",
    ),
    "no markers": (
        SOURCE[SOURCE.index("    ### BEGIN") : SOURCE.index("# %% [markdown]\n# ## Twice: $2x$\n# The s")],
        "    return 2 * x\n\n\n",
        "15: exercise double: there is no solution to take out",
    ),
    "unanswered question": (
        "# Because once is not enough.\n",
        "",
        "45: question why: the solution is",
    ),
    "stray solution": (
        "SCALE = 2",
        "### BEGIN SOLUTION\nSCALE = 2",
        "9: a solution stands in a cell",
    ),
    "check by hand": ("print(double", 'check("one/double", double', "40: checks are built from"),
    "hidden test": ("print(double", "### BEGIN HIDDEN TESTS\nprint(double", "40: checks are built"),
    "unknown exercise": ('exercise="double"', 'exercise="doubel"', "15: exercise doubel is not in"),
    "other definition": ("def double(", "def twice(", "15: exercise double does not define double"),
    "marker in a string": (
        "SCALE = 2",
        'SCALE = """\n# %% a\n"""',
        "1: a line inside a string starts",
    ),
    "free name": ("SCALE * x", "factor * x", "19: double uses factor, which is none of its own"),
    "later definition": (
        "SCALE * x",
        "Shift()(x)",
        "19: double uses Shift, which is none of its own",
    ),
    "lower-case global": (
        "SCALE = 2",
        "SCALE = two",
        "9: SCALE uses two, which is none of its own",
    ),
    "payoff's name": ("SCALE * x", "os.path * x", "19: double uses os, which is none of its own"),
    "star import": ("import torch", "from torch import *", "7: imports with a star hide names"),
}


@pytest.mark.parametrize(("old", "new", "told"), BAD_SCRIPTS.values(), ids=BAD_SCRIPTS)
def test_a_broken_rule_names_the_line_and_nothing_is_written(root, old, new, told):
    edit(root / SCRIPT, old, new)
    with pytest.raises(AuthorError) as caught:
        build(root)
    assert any(problem.startswith(f"{SCRIPT}:{told}") for problem in caught.value.problems)
    assert not (root / LESSON).exists()


def test_a_stub_that_is_not_valid_python_is_refused(root):
    edit(
        root / SCRIPT,
        "    ### BEGIN SOLUTION\n    result",
        "        ### BEGIN SOLUTION\n    result",
    )
    with pytest.raises(AuthorError, match=f"{SCRIPT}:15: without its solution this cell is not"):
        build(root)


def test_an_exercise_of_course_yml_must_be_in_the_script(root):
    edit(root / SCRIPT, '# %% exercise="Shift"', '# %% given="Shift"')
    with pytest.raises(AuthorError, match=r"course.yml:15: exercise Shift has no cell"):
        build(root)


def test_the_order_of_course_yml_holds(root):
    edit(root / "course.yml", "id: double, points: 2", "id: Shift, points: 9")
    edit(root / "course.yml", "id: Shift, points: 3", "id: double, points: 3")
    with pytest.raises(AuthorError, match=f"{SCRIPT}:15: exercise double is out of order"):
        build(root)


def test_a_lesson_needs_a_script(root):
    (root / SCRIPT).unlink()
    with pytest.raises(AuthorError, match=r"course.yml:8: lesson one has no script"):
        build(root)


def test_a_script_needs_a_lesson(root):
    shutil.copy(root / SCRIPT, root / "solutions" / "01_first" / "02_two.py")
    with pytest.raises(AuthorError, match=r"01_first/02_two.py:1: course.yml does not name this"):
        build(root)


def test_all_problems_are_told_at_once(root):
    edit(root / SCRIPT, '# %% given="imports"', "# %%")
    edit(root / SCRIPT, "SCALE * x", "factor * x")
    with pytest.raises(AuthorError) as caught:
        build(root)
    assert len(caught.value.problems) == 2


def test_what_a_definition_may_use(root):
    body = (
        "    import math\n    total = sum(i * SCALE for i in range(3)) + math.pi + len(x)\n"
        "    inner = lambda y: double(y) + total\n    return inner(x)\n"
    )
    edit(
        root / SCRIPT,
        "    result_of_doubling = SCALE * x\n    return result_of_doubling\n",
        body,
    )
    build(root)
