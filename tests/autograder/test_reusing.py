"""A lesson takes what an earlier one taught from the learner's own notebook, once it passes its check there."""

import json
import sys
from pathlib import Path

import pytest
import torch
from tiny_course import COURSE, LESSON, SOURCE, edit, source_of

from autograder import reuse
from autograder.authoring.build import AuthorError, build
from autograder.definitions import load_reference
from autograder.engine.client import Engine
from autograder.engine.grading import grade
from autograder.engine.submission import lent_by
from autograder.handin.cells import Release
from autograder.handin.repair import Refused, repair, repair_file
from autograder.report import NotSolvedYet
from autograder.selfcheck import check_notebook
from genlab import progress
from genlab.course import load_course

ROOT = Path(__file__).parents[2]
EXERCISE, FILE = "mlp/one_hot", "01_mlp.ipynb"
SOLVED = (ROOT / "solutions/02_deeplearning/01_mlp.ipynb").read_text(encoding="utf-8")
UNSOLVED = (ROOT / "lessons/02_deeplearning/01_mlp.ipynb").read_text(encoding="utf-8")
WRONG = SOLVED.replace(
    "def one_hot(", 'def one_hot(labels, num_classes):\\n",\n "    return labels\\n",\n "\\n",\n "def other('
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "home"))
    return tmp_path


def works(one_hot) -> bool:
    return bool(torch.equal(one_hot(torch.tensor([1]), 2), torch.tensor([[0.0, 1.0]])))


def test_the_learners_own_function_is_returned_and_said_where_it_is_from(here, capsys):
    (here / FILE).write_text(SOLVED, encoding="utf-8")
    assert works(reuse(EXERCISE))
    assert capsys.readouterr().out == "one_hot: yours, from 01_mlp.ipynb\n"


def test_a_copy_counts_where_the_notebook_itself_is_not_solved(here):
    (here / FILE).write_text(UNSOLVED, encoding="utf-8")
    (here / "Copy of 01_mlp.ipynb").write_text(SOLVED, encoding="utf-8")
    assert works(reuse(EXERCISE))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "01_mlp.ipynb is not in this notebook's folder"),
        (UNSOLVED, "the one in 01_mlp.ipynb is not written yet"),
        (WRONG, "the one in 01_mlp.ipynb does not pass its check"),
        ('{"cells": []}', "01_mlp.ipynb has none"),
        ("{", "01_mlp.ipynb has none"),
    ],
    ids=["missing", "stub", "wrong", "empty", "damaged"],
)
def test_what_is_missing_or_wrong_says_what_to_do(here, content, reason):
    if content is not None:
        (here / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(NotSolvedYet) as raised:
        reuse(EXERCISE)
    assert reason in str(raised.value)
    assert "save that notebook in this folder and run this cell again" in str(raised.value)


def test_the_solutions_piece_comes_on_request_and_is_noted(here):
    assert works(reuse(EXERCISE, reference=True))
    assert progress.load()[EXERCISE]["solution_seen"] is True


def test_an_exercise_that_does_not_exist_is_a_key_error():
    with pytest.raises(KeyError, match="mlp/one_cold"):
        reuse("mlp/one_cold")


def test_notebooks_that_reuse_from_each_other_end(here):
    (here / FILE).write_text(
        SOLVED.replace("def one_hot(", 'one_hot = reuse(\\"mlp/one_hot\\")\\n",\n "def other('), encoding="utf-8"
    )
    with pytest.raises(NotSolvedYet):
        reuse(EXERCISE)


SECOND = '''\
# %% [markdown]
# # Another lesson

# %% given="imports"
from autograder import reuse

# %% reuse="one/double"
double = reuse("one/double")

# %% exercise="quadruple"
def quadruple(x):
    """Four times x."""
    ### BEGIN SOLUTION
    return double(double(x))
    ### END SOLUTION
'''


@pytest.fixture
def course(tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "solutions/01_first").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text(
        (ROOT / "nbgrader_config.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    more = COURSE.split("lessons:\n")[1].split("          - {id: double")[0]
    more = more.replace("one", "two").replace("01_", "02_").replace("One", "Two")
    more += "          - {id: quadruple, points: 1, minutes: 5, difficulty: 1}\n"
    (tmp_path / "course.yml").write_text(COURSE + more, encoding="utf-8")
    (tmp_path / "solutions/01_first/01_one.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "solutions/01_first/02_two.py").write_text(SECOND, encoding="utf-8")
    return tmp_path


def test_the_cell_is_the_learners_in_the_lesson(course):
    build(course)
    lesson = json.loads((course / LESSON.replace("01_one", "02_two")).read_text(encoding="utf-8"))
    cell = next(cell for cell in lesson["cells"] if cell["id"] == "double-reuse")
    assert source_of(cell) == 'double = reuse("one/double")'
    assert cell["metadata"] == {}, "not locked: nbgrader would overwrite what is pasted there"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('double = reuse("one/double")', 'twice = reuse("one/double")', "must be one line: double = reuse"),
        ('reuse="one/double"', 'reuse="one/Double"', "Did you mean one/double?"),
        ('reuse="one/double"', 'reuse="two/quadruple"', "comes before this one in its chapter"),
    ],
)
def test_a_cell_that_reuses_something_else_is_refused(course, old, new, problem):
    edit(course / "solutions/01_first/02_two.py", old, new)
    with pytest.raises(AuthorError, match=problem):
        build(course)


def test_a_solution_takes_the_pieces_from_the_earlier_solution():
    assert "cross_entropy" in load_reference("mlp")


def cnn_that_reuses() -> dict:
    """The solved CNN lesson, whose parameter count of a convolution calls that of a dense layer."""
    lesson = json.loads((ROOT / "solutions/02_deeplearning/02_cnn.ipynb").read_text(encoding="utf-8"))
    cell = next(cell for cell in lesson["cells"] if cell["id"] == "conv_parameters-solution")
    cell["source"] = (
        'from autograder import reuse\nlinear_parameters = reuse("mlp/linear_parameters")\n\n'
        "def conv_parameters(c_in, c_out, kernel):\n    return linear_parameters(c_in * kernel**2, c_out)\n"
    )
    return lesson


def test_a_notebook_is_judged_with_the_notebooks_beside_it(here):
    lesson = cnn_that_reuses()
    folder = here / "lessons"
    folder.mkdir()
    (folder / "02_cnn.ipynb").write_text(json.dumps(lesson), encoding="utf-8")

    def report():
        return next(r for r in check_notebook(folder / "02_cnn.ipynb") if r.exercise == "cnn/conv_parameters")

    assert not report().passed
    (folder / FILE).write_text(SOLVED, encoding="utf-8")
    assert report().passed


def test_a_pasted_piece_is_code_of_the_learner_whatever_a_file_lost():
    released = json.loads((ROOT / "lessons/03_vae/02_vae_fashion.ipynb").read_text(encoding="utf-8"))
    for pasted in ('Decoder = reuse("autoencoder/Decoder")', "class Decoder:\n    pass"):
        handed_in = json.loads(json.dumps(released))
        at = [cell["id"] for cell in handed_in["cells"]].index("Decoder-reuse")
        handed_in["cells"][at]["source"] = pasted
        for cell in handed_in["cells"]:
            cell["metadata"] = {}
            del cell["id"]
        mended = repair(handed_in, released).notebook["cells"]
        assert [cell["cell_type"] for cell in mended if "".join(cell["source"]) == pasted] == ["code"]


@pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux")
@pytest.mark.xdist_group("engine")
def test_grading_lends_a_student_their_own_earlier_notebooks_only(here):
    lesson = cnn_that_reuses()
    course = load_course(ROOT / "course.yml")
    cnn = course.lesson("cnn")
    (here / "elsewhere.ipynb").write_text(SOLVED, encoding="utf-8")
    (here / FILE).symlink_to(here / "elsewhere.ipynb")
    assert lent_by(here, course, cnn) == {}, "a link may point at the solutions"
    (here / FILE).unlink()
    (here / FILE).write_text('{"cells": [', encoding="utf-8")
    with pytest.raises(Refused):
        repair_file(here / FILE, Release(json.loads(UNSOLVED)), here / "originals")
    assert lent_by(here, course, cnn) == {}, "the empty lesson is not what the student wrote"
    (here / FILE).write_text(SOLVED, encoding="utf-8")
    lent = lent_by(here, course, cnn)
    with Engine.start() as engine:
        without = grade(engine, lesson, "cnn", b"s" * 32)
        with_mlp = grade(engine, lesson, "cnn", b"s" * 32, lent=lent)
    assert not without.reports["cnn/conv_parameters"].passed
    at = [cell["id"] for cell in lesson["cells"]].index("conv_parameters-solution")
    assert (
        "the notebook of lesson mlp, which has linear_parameters, was not handed in, or could not be read"
        in without.outputs[at][0]["evalue"]
    )
    assert all(report.passed for report in with_mlp.reports.values())
