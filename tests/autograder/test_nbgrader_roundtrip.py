"""nbgrader's own commands with our nbgrader_config.py, from the release to the exported marks."""

import csv
import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from genlab.course import load_course

pytestmark = [
    pytest.mark.nbgrader,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
]

ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT / "course.yml")
LESSON = COURSE.lesson("vae_fashion")
NOTEBOOK = f"{LESSON.path}.ipynb"
POINTS = {exercise.id: exercise.points for exercise in LESSON.exercises}

NOISY = """\
import sys
import warnings

def noisy(function):
    def wrapped(*args):
        print("a progress bar", file=sys.stderr)
        warnings.warn("a warning")
        return function(*args)
    return wrapped

"""
WRONG_PRIOR = """\
def sample_prior(decoder, n, latent_dim):
    return torch.rand(n, 1, 32, 32)
"""
WRONG_GRID = """\
def latent_grid(n):
    return torch.zeros(n * n, 2)
"""


def solutions() -> dict[str, str]:
    """The answer to each exercise, as the instructor's notebook has it."""
    notebook = json.loads((ROOT / "solutions" / NOTEBOOK).read_text(encoding="utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    marker = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", flags=re.MULTILINE)
    return {name: marker.sub("", sources[f"{name}-solution"]) for name in POINTS}


def class_of_students() -> dict[str, dict[str, str]]:
    """What each student wrote, by exercise; what is not there is left untouched."""
    right = solutions()
    decorated = f"{NOISY}@noisy\n{right['kl_loss']}"
    return {
        "right": right,
        "wrong": right | {"sample_prior": WRONG_PRIOR, "latent_grid": WRONG_GRID},
        "blank": {},
        "noisy": right | {"kl_loss": decorated},
        "syntax": right | {"latent_grid": "def latent_grid(n:\n    return"},
    }


LOST = {
    "right": [],
    "wrong": ["sample_prior", "latent_grid"],
    "noisy": [],
    "syntax": ["latent_grid"],
}
LOST["blank"] = list(POINTS)


def marks_expected(student: str) -> dict[str, float]:
    return {name: 0 if name in LOST[student] else points for name, points in POINTS.items()}


def run(app: str, *arguments: str) -> None:
    """Run one of nbgrader's commands in the current folder, without a new process."""
    from nbgrader import apps

    command = getattr(apps, app)()
    command.initialize([*arguments, "--log-level=ERROR"])
    command.start()


def submit(course: Path, student: str, answers: dict[str, str]) -> None:
    """Place a notebook with these answers; only one student keeps the payoff cells, to save minutes."""
    notebook = json.loads((course / "lessons" / NOTEBOOK).read_text(encoding="utf-8"))
    if student != "right":
        notebook["cells"] = [cell for cell in notebook["cells"] if "payoff" not in cell["metadata"].get("tags", [])]
    for cell in notebook["cells"]:
        name = cell["id"].removesuffix("-solution")
        if cell["id"] != name and name in answers:
            cell["source"] = answers[name]
    path = course / "submitted" / student / NOTEBOOK
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of this course in which nbgrader released, graded, gave feedback and exported."""
    course = tmp_path_factory.mktemp("nbgrader") / "course"
    course.mkdir()
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, course)
    for name in ("solutions", "lessons"):
        shutil.copytree(ROOT / name, course / name)
        shutil.copytree(ROOT / name, course / "built" / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course)
        # nbgrader runs alembic as a command.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.delenv("GENLAB_SCALE", raising=False)
        for chapter in COURSE.chapters:
            run("GenerateAssignmentApp", chapter.id, "--force")
        for student, answers in class_of_students().items():
            submit(course, student, answers)
        run("AutogradeApp", LESSON.chapter)
        run("GenerateFeedbackApp", LESSON.chapter)
        run("ExportApp", "--to=grades.csv")
    return course


def test_generate_assignment_makes_the_bytes_of_the_build(course):
    for name in (f"{folder}/{lesson.path}.ipynb" for folder in ("lessons", "solutions") for lesson in COURSE.lessons):
        assert (course / name).read_bytes() == (course / "built" / name).read_bytes()


@pytest.mark.parametrize("student", LOST)
def test_the_gradebook_holds_the_right_marks(course, student):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(LESSON.chapter, student)
        [notebook] = [n for n in submission.notebooks if n.name == Path(NOTEBOOK).stem]
        grades = notebook.grades
        assert {grade.name: grade.score for grade in grades} == marks_expected(student)
        assert {grade.name: grade.max_score for grade in grades} == POINTS
        assert not submission.needs_manual_grade


def test_the_export_holds_the_sums(course):
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == LESSON.chapter]
    scores = {row["student_id"]: float(row["score"]) for row in rows}
    assert scores == {student: sum(marks_expected(student).values()) for student in LOST}


@pytest.mark.parametrize("student", LOST)
def test_each_student_gets_feedback_about_the_own_notebook(course, student):
    page = (course / "feedback" / student / NOTEBOOK).with_suffix(".html").read_text("utf-8")
    total = sum(marks_expected(student).values())
    assert f"{total:g} of {sum(POINTS.values())} points" in page and f"Feedback for {student}" in page


def test_no_script_reaches_students(course):
    """nbgrader copies what lies beside a notebook; the ignore list must hold answers back."""
    assert list((course / "solutions").rglob("*.py"))
    for folder in ("lessons", "autograded", "feedback"):
        assert not list((course / folder).rglob("*.py"))


def test_grading_runs_at_the_scale_of_seconds(course):
    graded = (course / "autograded" / "right" / NOTEBOOK).read_text(encoding="utf-8")
    assert "scale smoke" in graded
