"""Feedback and the report of a class from nbgrader's gradebook and graded notebooks: `genlab feedback`, `genlab report`, nbgrader's own command."""

import json
import os
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from graded_work import LESSON, ROOT, graded_notebook, passed, verdict
from test_feedback_page import CANARY, Page
from typer.testing import CliRunner

from autograder import checks
from autograder.handin import storage
from autograder.handin.absence import refused
from autograder.pages.attention import late
from autograder.pages.class_report import class_report
from autograder.pages.classroom import open_assignment
from autograder.pages.scores import histogram
from autograder.report import Report
from genlab.cli import app
from tests.one_lesson import keep_one_lesson

pytestmark = [
    pytest.mark.nbgrader,
    pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
]
CHAPTER = "03_vae"
COPIED = """
def latent_grid(n):
    places = []
    for i in range(n):
        places.append((i + 0.5) / n)
    ticks = [torch.distributions.Normal(0.0, 1.0).icdf(torch.tensor(p)).item() for p in places]
    rows = []
    for y in reversed(ticks):
        for x in ticks:
            rows.append(torch.tensor([x, y]))
    stacked = torch.stack(rows)
    assert stacked.shape == (n * n, 2) and stacked.isfinite().all()
    return stacked
"""


def reports_of(number: int) -> list[Report]:
    """What student number so and so got: every third has the sign wrong, and then a loss that follows from it."""
    given = {r.exercise: r for r in passed()}
    if number % 3 == 0:
        wrong = verdict("vae_fashion/kl_loss", "wrong_sign")
        given[wrong.exercise] = wrong
        note = "calls your kl_loss, which does not pass its own check."
        later = Report("vae_fashion/vae_loss", "failed", 3.0, wrong.results, follows_from=wrong.exercise, note=note)
        given[later.exercise] = later
    if number == 1:
        given["vae_fashion/Encoder"] = Report("vae_fashion/Encoder", "grader_error", 2.0, grader_error="it broke")
    return [given[exercise] for exercise in checks.ids("vae_fashion")]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one lesson whose 30 students' marks are in the gradebook, as grading leaves them."""
    from nbgrader.api import Gradebook

    course = tmp_path_factory.mktemp("pages") / "course"
    course.mkdir()
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, course)
    shutil.copytree(ROOT / "lessons" / CHAPTER, course / "lessons" / CHAPTER)
    keep_one_lesson(course, LESSON.id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
            gradebook.add_assignment(CHAPTER, duedate="2026-11-20 12:00:00 UTC")
            gradebook.add_notebook(LESSON.file, CHAPTER)
            for e in LESSON.exercises:
                more = {"notebook": LESSON.file, "assignment": CHAPTER, "cell_type": "code"}
                gradebook.add_grade_cell(e.id, max_score=e.points, **more)
                gradebook.add_solution_cell(f"{e.id}-solution", LESSON.file, CHAPTER)
            for number in range(30):
                place(course, gradebook, number)
        yield course


def place(course: Path, gradebook, number: int) -> None:
    student, reports = f"s{number:02}", reports_of(number)
    notebook = graded_notebook(reports, notes=(f"the code ended {CANARY}",) if number == 2 else (), seconds=1.0)
    for cell in notebook["cells"]:
        if cell["id"] == "latent_grid-solution" and number in (4, 5):
            cell["source"] = COPIED if number == 4 else COPIED.replace("ticks", "marks") + "# mine\n"
    if number == 7:
        notebook["metadata"]["genlab"]["seconds"] = 60.0
    path = course / "autograded" / student / CHAPTER / f"{LESSON.file}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (path.parent / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC")
    gradebook.add_student(student)
    late = number == 6
    gradebook.add_submission(CHAPTER, student, timestamp=f"2026-11-20 {15 if late else 10}:00:00 UTC")
    part = gradebook.find_submission_notebook(LESSON.file, CHAPTER, student)
    part.late_submission_penalty = 2.0 if late else None
    for report in reports:
        grade = gradebook.find_grade(report.exercise.split("/")[1], LESSON.file, CHAPTER, student)
        grade.auto_score = None if report.grader_error else report.points
    if number == 0:
        gradebook.find_grade("kl_loss", LESSON.file, CHAPTER, student).manual_score = 1.5
        comment = gradebook.find_comment("kl_loss-solution", LESSON.file, CHAPTER, student)
        comment.manual_comment = f"Nearly! {CANARY}"
    gradebook.db.commit()


def genlab(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def test_genlab_feedback_writes_the_page_that_nbgrader_would(course, monkeypatch):
    from nbgrader.apps import GenerateFeedbackApp

    assert "30 pages for 30 students" in genlab("feedback", CHAPTER, "--course", str(course))
    path = course / "feedback" / "s00" / CHAPTER / f"{LESSON.file}.html"
    ours = path.read_text(encoding="utf-8")
    assert "17.5 of 22 points" in ours and "Nearly!" in ours and not Page(ours).active
    assert (path.parent / "timestamp.txt").is_file(), "nbgrader releases no feedback without it"
    late = (course / "feedback" / "s06" / CHAPTER / path.name).read_text(encoding="utf-8")
    assert "3 hours after the due date: 2 points were taken off the 16" in late
    monkeypatch.chdir(course)
    command = GenerateFeedbackApp()
    command.initialize([CHAPTER, "--student=s00", "--force", "--log-level=ERROR"])
    command.start()
    assert path.read_text(encoding="utf-8") == ours


def test_feedback_for_a_student_without_graded_work_says_what_to_do(course):
    done = CliRunner().invoke(app, ["feedback", CHAPTER, "nobody", "--course", str(course)])
    assert done.exit_code == 2 and "nobody" in done.output and "genlab grade 03_vae" in done.output
    done = CliRunner().invoke(app, ["report", "99_none", "--course", str(course)])
    assert done.exit_code == 2 and "99_none" in done.output


def test_the_report_counts_what_there_is(course):
    genlab("report", CHAPTER, "--course", str(course))
    html = (course / "build" / "report" / f"{CHAPTER}.html").read_text(encoding="utf-8")
    page = Page(html)
    text = " ".join(page.text.split())
    assert [what for what in page.active if what != "svg"] == []
    assert "30 students" in text and "10 wrong sign in vae_fashion/kl_loss" in text
    assert "20 (67 %) 10 0 0 0 0" in text, "kl_loss: passed, failed, follows, blank, broke, refused"
    assert "20 (67 %) 0 10 0 0 0" in text, "vae_loss only follows"
    assert "s04 and s05" in text and text.count("They share") == 1
    assert "s07 02_vae_fashion 60 seconds" in text
    assert "s06 02_vae_fashion 3 hours after it was due; points taken off: 2" in text
    assert "the check broke: Encoder" in text and "the code ended <script>" in text
    assert "20 to 22 20" in text, "the histogram as a table, with round bounds"


def test_a_notebook_that_was_never_handed_in_is_not_late(course):
    assignment = open_assignment(course, CHAPTER)
    marks = assignment.marks["s06", LESSON.file]
    both = {("s06", name): replace(marks, notebook=name) for name in (LESSON.file, "03_vae_faces")}
    assert [(look.student, look.notebook) for look in late(replace(assignment, marks=both))] == [("s06", LESSON.file)]


@pytest.fixture
def uneven(course, tmp_path):
    """The class, of whom one handed in nothing, one a PDF, and one a file that was refused; and the report about it."""
    from nbgrader.api import Gradebook

    folder = tmp_path / "course"
    shutil.copytree(course, folder)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        gradebook.add_student("never_came")
    handed_in = folder / "submitted"
    (handed_in / "pia" / CHAPTER).mkdir(parents=True)
    (handed_in / "pia" / CHAPTER / "report.pdf").write_bytes(b"%PDF")
    place = handed_in / "s09" / CHAPTER / f"{LESSON.file}.ipynb"
    storage.replace(place, b"{}", folder / "originals" / "s09" / CHAPTER, ("It is empty.",), refused=True)
    path = folder / "autograded" / "s09" / CHAPTER / place.name
    blank = [Report(r.exercise, "not_attempted", r.max_points) for r in passed()]
    path.write_text(json.dumps(graded_notebook(blank)), encoding="utf-8")
    return folder


def test_refused_is_not_blank_and_those_without_a_notebook_are_counted_apart(uneven, browser):
    genlab("report", CHAPTER, "--course", str(uneven))
    path = uneven / "build" / "report" / f"{CHAPTER}.html"
    text = " ".join(Page(path.read_text(encoding="utf-8")).text.split())
    assert "20 (69 %) 9 0 0 0 1" in text, "kl_loss: one of 30 was refused; percent of the 29 that could be read"
    assert "30 students" in text and "29 graded notebooks" in text and "1 handed in nothing" in text
    assert "s09 02_vae_fashion refused: It is empty." in text and "pia Handed in no notebook, but “report.pdf”" in text
    assert "1 handed in nothing, and count nowhere above never_came" in text
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(path.as_uri())
    assert page.locator(".stack").count() == len(LESSON.exercises)
    assert all(bar.is_visible() and bar.bounding_box()["width"] > 200 for bar in page.locator(".stack").all())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is cut off or scrolls sideways"
    page.get_by_role("link", name="to look at").click()
    assert page.evaluate("document.querySelector(':target').textContent") == "To look at"
    page.close()


def test_a_file_that_came_after_a_refused_one_is_counted(uneven):
    storage.write(uneven / "submitted" / "s09" / CHAPTER / f"{LESSON.file}.ipynb", b"another")
    assert refused(uneven, CHAPTER) == {}


@pytest.mark.parametrize(
    ("most", "bounds"),
    [(22, [0, 2, 4, 20]), (100, [0, 10, 20, 90]), (57, [0, 5, 10, 55]), (3, [0, 0.5, 1, 2.5]), (7, [0, 1, 2, 6])],
)
def test_bars_begin_at_round_numbers(most, bounds):
    bins = histogram([0, most / 3, most, most + 1], most)
    assert [bins[0].low, bins[1].low, bins[2].low, bins[-1].low] == pytest.approx(bounds)
    assert bins[-1].high == most and bins[-1].count == 2 and sum(b.count for b in bins) == 4


def test_a_report_about_a_thousand_stays_a_page(course, monkeypatch):
    """Made-up rows: every student a mistake, many late, refused or slow, and a hundred who handed in nothing."""
    found, many = open_assignment(course, CHAPTER), 1000
    works = list(found.works())
    names = [f"Student Number {number:04}" for number in range(many)]
    made = [
        replace(works[n % 30], student=name, marks=replace(works[n % 30].marks, student=name))
        for n, name in enumerate(names)
    ]
    more = replace(
        found,
        marks={(w.student, w.lesson.file): w.marks for w in made},
        students=(*names, *[f"gone {n}" for n in range(100)]),
    )
    monkeypatch.setattr(type(found), "works", lambda self: iter(made))
    page = class_report(more)
    assert len(page.encode()) < 400_000, len(page.encode())
    shown = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert len(re.findall("Student Number", shown)) < 200 and "gone" not in shown and "1000" in shown


def test_a_report_to_show_to_the_class_names_nobody(course):
    genlab("report", CHAPTER, "--without-names", "--course", str(course))
    html = (course / "build" / "report" / f"{CHAPTER}-without-names.html").read_text(encoding="utf-8")
    assert "wrong sign" in html and not any(f"s{number:02}" in html for number in range(30))
