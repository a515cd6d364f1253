"""`genlab grade` over a class of damaged hand-ins: a row for everyone, the marks of the answers, and those of plain nbgrader."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

import genlab
from autograder import checks
from autograder.definitions import solution_source
from autograder.engine.assignment import NotReleased, grade_assignment
from autograder.engine.graded import Graded
from autograder.engine.graded import read as read_graded
from autograder.engine.options import Options
from tests.one_lesson import keep_one_lesson

pytestmark = [
    pytest.mark.nbgrader,
    pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
    pytest.mark.xdist_group("class"),
]

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "submissions"))
import damaged  # noqa: E402

CHAPTER, NOTEBOOK, LESSON = "03_vae", "02_vae_fashion", "vae_fashion"
POINTS = {e.split("/")[1]: checks.points(e) for e in checks.ids(LESSON)}
QUICK = Options(cell_seconds=10, notebook_seconds=60)
each_case = pytest.mark.parametrize("case", damaged.CASES, ids=lambda case: case.name)


def run(app: str, *arguments: str) -> None:
    """Run one of nbgrader's commands in the current folder, without a new process."""
    from nbgrader import apps

    command = getattr(apps, app)()
    command.initialize([*arguments, "--log-level=CRITICAL"])
    command.start()


def make_course(folder: Path) -> Path:
    folder.mkdir()
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    for name in ("solutions", "lessons"):
        shutil.copytree(ROOT / name, folder / name)
    keep_one_lesson(folder, LESSON)
    return folder


def marks(course: Path) -> dict[str, dict[str, float | None]]:
    """Automatic scores by student and exercise."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            s.student.id: {g.name: g.auto_score for notebook in s.notebooks for g in notebook.grades}
            for s in gradebook.assignment_submissions(CHAPTER)
        }


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """(course, rows, marks by genlab grade, marks when graded again, marks by plain nbgrader autograde) of one student for each case."""
    folder = tmp_path_factory.mktemp("class")
    course = make_course(folder / "course")
    released = json.loads((course / "lessons" / CHAPTER / f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8"))
    answers = {name: solution_source(f"{LESSON}/{name}") for name in POINTS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.chdir(course)
        run("GenerateAssignmentApp", CHAPTER, "--force")
        for case in damaged.CASES:
            damaged.place(case, course / "submitted" / case.name / CHAPTER, released, answers)
        rows, _ = grade_assignment(course, CHAPTER, options=QUICK)
        first = marks(course)
        grade_assignment(course, CHAPTER, [c.name for c in damaged.CASES[::6]], options=QUICK, force=True)
        again = marks(course)
        plain = make_course(folder / "plain")
        shutil.copy(course / ".grading-secret", plain)
        for case in damaged.CASES[::4]:
            shutil.copytree(course / "submitted" / case.name, plain / "submitted" / case.name)
        patch.chdir(plain)
        run("GenerateAssignmentApp", CHAPTER, "--force")
        run("AutogradeApp", CHAPTER)
    return course, {row.student: row for row in rows}, first, again, marks(plain)


def test_there_is_a_row_for_every_submission(graded):
    _, rows, *_ = graded
    assert set(rows) >= {case.name for case in damaged.CASES}


@each_case
def test_a_damaged_hand_in_gets_the_points_of_its_answers(graded, case):
    _, rows, first, *_ = graded
    row = rows[case.name]
    expected = {name: 0.0 if name in case.lost else points for name, points in POINTS.items()}
    assert first.get(case.name, dict.fromkeys(POINTS, 0.0)) == expected, row.notes
    assert row.points == (None if case.state == "other" else sum(expected.values())), (
        "no mark in place of a silent zero"
    )
    assert bool(row.look) == (case.state in ("other", "refused")), row.look
    assert "needs manual grading" not in row.notes
    text = " ".join(row.notes)
    assert all(words in text for words in case.says), text


def test_grading_again_gives_the_same_marks(graded):
    _, _, first, again, _ = graded
    assert again == first


def test_plain_nbgrader_gives_the_same_marks(graded):
    _, _, first, _, plain = graded
    assert plain == {student: first[student] for student in plain} and len(plain) > 20


def test_a_graded_notebook_says_what_was_mended_and_what_each_check_found(graded):
    course, *_ = graded
    case = next(c for c in damaged.CASES if c.state == "mended" and not c.lost)
    text = (course / "autograded" / case.name / CHAPTER / f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8")
    cells = {c["id"]: c for c in json.loads(text)["cells"]}
    assert "mended" in cells
    assert "passed" in "".join(cells["kl_loss"]["outputs"][0]["data"]["text/plain"])


def test_an_assignment_that_is_not_released_says_what_to_do(tmp_path):
    course = make_course(tmp_path / "course")
    with pytest.raises(NotReleased, match="genlab collect 03_vae"):
        grade_assignment(course, CHAPTER)
    (course / "submitted" / "ada" / CHAPTER).mkdir(parents=True)
    with pytest.raises(NotReleased, match="genlab release 03_vae"):
        grade_assignment(course, CHAPTER)
    with pytest.raises(NotReleased, match="03_vae"):
        grade_assignment(course, "99_nothing")


def test_a_student_who_handed_in_nothing_is_named(graded):
    course, *_ = graded
    with pytest.raises(NotReleased, match="nobody_at_all"):
        grade_assignment(course, CHAPTER, ["nobody_at_all"], options=QUICK)


def test_a_graded_notebook_keeps_its_verdicts_as_data_whoever_graded(graded):
    course, rows, first, *_ = graded
    for place in (course, course.parent / "plain"):
        for path in place.glob(f"autograded/*/{CHAPTER}/{NOTEBOOK}.ipynb"):
            student = path.parts[-3]
            found = read_graded(path)
            assert {r.exercise.split("/")[1]: r.points for r in found.reports} == first[student]
            assert found.lesson == LESSON and found.points == rows[student].points and found.kit == genlab.__version__
            assert set(found.mended) <= set(rows[student].notes) and found.seconds > 0
            assert Graded.from_data(json.loads(json.dumps(found.to_data()))) == found


def test_verdicts_that_a_hand_in_brings_are_not_taken_for_ours(graded):
    course, *_ = graded
    case = next(c for c in damaged.CASES if c.name == "forged_verdicts")
    found = read_graded(course / "autograded" / case.name / CHAPTER / f"{NOTEBOOK}.ipynb")
    assert found.kit == genlab.__version__ and not found.mended
