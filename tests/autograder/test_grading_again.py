"""Grading a class again: what changed, and nothing else; after a kill, after people gave marks, after due dates moved."""

import contextlib
import json
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.engine import job as jobs
from autograder.engine.alone import NotAlone, alone
from autograder.engine.assignment import NotReleased, grade_assignment
from autograder.engine.finished import finished
from autograder.engine.gradebook import Writer
from autograder.engine.grader import grader_of
from autograder.engine.job import WORK, Job
from autograder.engine.launch import EngineError
from autograder.engine.options import Options
from autograder.engine.secret import of_course
from autograder.engine.writing import Conversion, ready
from genlab.cli import app
from genlab.course import load_course
from tests.small_class import CHAPTER, ENTRIES, EXERCISES, FILE, ROOT, hand_in, make_course, mistakes, points, written

pytestmark = [
    pytest.mark.nbgrader,
    pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
    pytest.mark.xdist_group("class"),
]
STUDENTS = ["ada", "bo", "cy", "di"]
ORIGINAL = {name: mistakes(number) for number, name in enumerate(STUDENTS)}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """(course, points that each student should get): four hand-ins, and one each that must be mended and refused."""
    course = make_course(tmp_path_factory.mktemp("class") / "course")
    expected = {student: hand_in(course, student, wrong) for student, wrong in ORIGINAL.items()}
    expected["mended"] = hand_in(course, "mended", {})
    path = course / "submitted" / "mended" / CHAPTER / f"{FILE}.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    path.write_text(json.dumps(notebook))
    expected["refused"] = dict.fromkeys(hand_in(course, "refused", {}), 0.0)
    (course / "submitted" / "refused" / CHAPTER / f"{FILE}.ipynb").write_text('{"cells": [')
    of_course(course)
    return course, expected


@pytest.fixture(scope="module")
def graded(handed_in, tmp_path_factory):
    """(course, rows, what grading it wrote), not to be changed."""
    course = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(handed_in[0], course)
    rows, _ = grade_assignment(course, CHAPTER)
    return course, rows, written(course)


@pytest.fixture
def course(graded, tmp_path):
    """A graded course of one's own."""
    return copied(graded[0], tmp_path / "course", graded[0])


def copied(course, place, warm):
    """A copy of a course, graded in this process by the judges of the `warm` one: starting them takes seconds."""
    shutil.copytree(course, place)
    grader_of(place, Options()).source = grader_of(warm, Options()).source
    return place


def job_of(course, **options):
    return Job(course, load_course(course / "course.yml"), CHAPTER, Options(**options), of_course(course))


def gradebook_of(course):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{course / 'gradebook.db'}")


def test_the_class_gets_its_marks(handed_in, graded):
    _, rows, found = graded
    assert points(found) == handed_in[1]
    assert {row.student: row.points for row in rows} == {s: sum(p.values()) for s, p in handed_in[1].items()}


def test_submissions_are_entered_and_marked_as_nbgrader_does_it(tmp_path):
    from nbgrader.api import Gradebook, MissingEntry

    from autograder.engine.entries import Entries, Marks, Release

    late, in_time, refused = "2026-01-02 03:04:05 UTC", "2026-01-01 00:00:00 UTC", []

    def enter(gradebook):
        """As nbgrader's autograde does it: ada in time, then late; bo without a time; without one notebook each."""
        seconds = []
        for student, when in (("ada", {"timestamp": in_time}), ("ada", {"timestamp": late}), ("ada", {}), ("bo", {})):
            gradebook.update_or_create_student(student)
            gradebook.find_student(student)
            seconds.append(gradebook.update_or_create_submission("a", student, **when).total_seconds_late)
            names = sorted(notebook.name for notebook in gradebook.find_assignment("a").notebooks)
            gradebook.find_notebook(names[0], "a")
            for grade in gradebook.find_submission_notebook("second", "a", student).grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.commit()
        for call in (lambda: gradebook.find_student("cy"), lambda: gradebook.find_notebook("third", "a")):
            with pytest.raises(MissingEntry) as error:
                call()
            refused.append(str(error.value))
        return seconds, names

    def entered(place, ours):
        url = f"sqlite:///{place}"
        with Gradebook(url) as gradebook:
            gradebook.add_student("bo")
            gradebook.add_assignment("a", duedate="2026-01-01 12:00:00 UTC")
            for notebook in ("first", "second", "empty"):
                gradebook.add_notebook(notebook, "a")
            for notebook in ("first", "second"):
                gradebook.add_grade_cell("graded", notebook, "a", max_score=2, cell_type="code")
                gradebook.add_solution_cell("solved", notebook, "a")
                gradebook.add_task_cell("task", notebook, "a", max_score=1, cell_type="markdown")
                gradebook.add_source_cell("read", notebook, "a", cell_type="code")
        with contextlib.closing(Writer(url)) as writer, Gradebook(url) as gradebook:
            if ours:
                with writer.batch() as connection:
                    entries = Entries(connection, Release.read(connection, "a"))
                    found = (*enter(entries), entries.late)
            else:
                found = (*enter(gradebook), False)
            for student, by_hand in (("ada", 1.5), ("bo", None)):
                grade = gradebook.find_grade("task", "first", "a", student)
                grade.manual_score = by_hand
                gradebook.db.commit()
            marks = {"graded": 2.0, "task": 0.5}, {"solved": "No response.", "task": None}
            for student in ("ada", "bo", "ada"):
                if ours:
                    with writer.batch() as connection:
                        mine = Marks(connection, "a", student, "first")
                        for give, what in zip((mine.score, mine.comment), marks, strict=True):
                            for name, value in what.items():
                                give(name, value)
                        mine.write()
                else:
                    for name, points in marks[0].items():
                        grade = gradebook.find_grade(name, "first", "a", student)
                        grade.auto_score, grade.needs_manual_grade = points, grade.manual_score is not None
                    for name, sentence in marks[1].items():
                        gradebook.find_comment(name, "first", "a", student).auto_comment = sentence
                    gradebook.db.commit()
        with contextlib.closing(sqlite3.connect(place)) as database:
            return found, {name: database.execute(query).fetchall() for name, query in ENTRIES.items()}

    theirs, ours = entered(tmp_path / "theirs.db", ours=False), entered(tmp_path / "ours.db", ours=True)
    assert ours == theirs and all(ours[1].values())
    assert ours[0] == ([0, 54245.0, 54245.0, 0], ["empty", "first", "second"], False)
    assert refused[:2] == refused[2:]
    with contextlib.closing(Writer(f"sqlite:///{tmp_path / 'ours.db'}")) as writer, writer.batch() as connection:
        for missing in (lambda: Release.read(connection, "b"), lambda: Marks(connection, "a", "cy", "first")):
            with pytest.raises(MissingEntry, match="No such"):
                missing()
        entries = Entries(connection, Release.read(connection, "a"))
        entries.update_or_create_submission("a", "ada")
        assert entries.late


def test_what_is_up_to_date_is_not_graded_again(graded, course):
    _, rows, found = graded
    again, phases = grade_assignment(course, CHAPTER)
    assert (again, phases.graded, written(course)) == (rows, 0, found)


def test_everybody_has_a_row_and_who_needs_a_look_is_named_with_the_reason(graded, course):
    with gradebook_of(course) as gradebook:
        gradebook.add_student("zoe")
    folder = course / "submitted" / "pia" / CHAPTER
    folder.mkdir(parents=True)
    (folder / "report.pdf").write_bytes(b"%PDF")
    rows, phases = grade_assignment(course, CHAPTER)
    assert (phases.graded, phases.handed_in) == (0, len(graded[1]))
    found = {row.student: row for row in rows}
    assert [found[s].points for s in ("pia", "zoe")] == [None, None] and rows[-1] == found["zoe"]
    assert found["zoe"].absent and not found["zoe"].look and not found["pia"].absent
    done = CliRunner().invoke(app, ["grade", CHAPTER, "--course", str(course)], env={"COLUMNS": "200"})
    assert done.exit_code == 1
    listed = done.output.partition("2 to look at:\n")[2].splitlines()
    assert listed[0].startswith(f"  pia, {FILE}: Handed in no notebook, but “report.pdf”")
    assert listed[1].startswith(f"  refused, {FILE}: refused: It is damaged and cannot be read")
    assert "zoe" in done.output.partition("2 to look at:")[0] and "starting" not in done.output
    with gradebook_of(course) as gradebook:
        assert {s.id for s in gradebook.students} >= {"pia", "zoe"}
        assert not {s.student.id for s in gradebook.assignment_submissions(CHAPTER)} & {"pia", "zoe"}
    assert [row.student for row in grade_assignment(course, CHAPTER, ["ada"])[0]] == ["ada"]
    for typed in ("AD", "adda"):
        with pytest.raises(NotReleased, match=r"Did you mean ada\?"):
            grade_assignment(course, CHAPTER, [typed])


def test_what_marks_depend_on_decides(course, monkeypatch):
    path = course / "submitted" / "bo" / CHAPTER / f"{FILE}.ipynb"

    def up_to_date(**options):
        return finished(job_of(course, **options), "bo")

    assert up_to_date() and up_to_date(sandbox=2)
    assert not up_to_date(run_all=True) and not up_to_date(cell_seconds=5.0)
    (path.parent / f"Copy of {FILE}.ipynb").write_bytes(path.read_bytes())
    assert not up_to_date(), "another file that may count"
    (path.parent / f"Copy of {FILE}.ipynb").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "kit", lambda lesson: "another")
        assert not up_to_date()
    (path.parent / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC")
    assert not up_to_date()
    (path.parent / "timestamp.txt").write_text("2026-11-02 10:00:00 UTC")
    released = course / "lessons" / CHAPTER / f"{FILE}.ipynb"
    text = released.read_text()
    released.write_text(re.sub(r'"lessons": "[0-9a-f]{8}', '"lessons": "3f3f3f3f', text))
    assert not up_to_date()
    released.write_text(text)
    assert up_to_date()
    secret = course / ".grading-secret"
    secret.write_bytes(bytes(reversed(secret.read_bytes())))
    assert not up_to_date()


def test_what_people_gave_stays_and_what_is_for_an_earlier_answer_is_listed(course):
    changed, same = EXERCISES[1], EXERCISES[2]
    with gradebook_of(course) as gradebook:
        for student in ("ada", "bo"):
            for name in (changed, same):
                grade = gradebook.find_grade(name, FILE, CHAPTER, student)
                grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
        gradebook.find_comment(f"{changed}-solution", FILE, CHAPTER, "ada").manual_comment = "Well said."
        gradebook.db.commit()
    hand_in(course, "ada", {changed: ""}, "2026-11-04 10:00:00 UTC")
    rows, phases = grade_assignment(course, CHAPTER)
    assert phases.graded == 1
    outdated = {row.student: [note for note in row.notes if "earlier answer" in note] for row in rows}
    assert outdated.pop("ada") == [
        f"{changed}: what was given by hand (score, extra credit) was for an earlier answer; look at it again.",
        f"{changed}-solution: what was given by hand (comment) was for an earlier answer; look at it again.",
    ]
    assert not any(outdated.values())
    again, phases = grade_assignment(course, CHAPTER)
    assert (again, phases.graded) == (rows, 0), "listed until a person has looked"
    with gradebook_of(course) as gradebook:
        grade = gradebook.find_grade(changed, FILE, CHAPTER, "ada")
        comment = gradebook.find_comment(f"{changed}-solution", FILE, CHAPTER, "ada")
        assert (grade.auto_score, grade.manual_score, grade.extra_credit) == (0.0, 1.5, 0.5)
        assert comment.manual_comment == "Well said." and grade.needs_manual_grade
        assert not gradebook.find_grade(same, FILE, CHAPTER, "ada").needs_manual_grade, "the answer is the same"
        grade.needs_manual_grade = False  # as Formgrader does when a person saves a score
        comment.manual_comment = "Less well said."
        gradebook.db.commit()
    rows, _ = grade_assignment(course, CHAPTER)
    assert not any("earlier answer" in note for row in rows for note in row.notes)


def test_late_penalties_follow_due_dates_and_extensions_without_grading(course):
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with gradebook_of(course) as gradebook:
        gradebook.update_or_create_assignment(CHAPTER, duedate=datetime(2026, 11, 2, 9))
        gradebook.grant_extension(CHAPTER, "bo", days=1)

    def scores():
        rows, phases = grade_assignment(course, CHAPTER)
        assert phases.graded == 0
        with gradebook_of(course) as gradebook:
            found = {s: gradebook.find_submission(CHAPTER, s) for s in ("ada", "bo")}
            return {
                s: (v.score - sum(n.late_submission_penalty or 0 for n in v.notebooks)) for s, v in found.items()
            }, rows

    late, rows = scores()
    assert late["ada"] == 0 and late["bo"] > 0
    assert "late: the gradebook takes off" in " ".join(rows[0].notes)
    with gradebook_of(course) as gradebook:
        gradebook.update_or_create_assignment(CHAPTER, duedate=datetime(2026, 11, 2, 11))
    in_time, rows = scores()
    assert "late: the gradebook takes off 0" not in " ".join(rows[0].notes)
    assert in_time["ada"] > 0 and in_time["bo"] == late["bo"] and not rows[0].notes
    file = course / "course.yml"
    text = file.read_text(encoding="utf-8")
    for hour, told in (("12:30", True), ("12:00", False)):
        due = f"due: 2026-11-02 {hour} Europe/Berlin"
        file.write_text(re.sub(rf"( +)- id: {CHAPTER}\n", rf"\g<0>\g<1>  {due}\n", text), encoding="utf-8")
        said = CliRunner().invoke(app, ["grade", CHAPTER, "--course", str(course)], env={"COLUMNS": "200"}).output
        assert (f"run `genlab release {CHAPTER}`" in said) is told, said


def test_points_that_only_course_yml_has_are_said(course):
    file, name = course / "course.yml", EXERCISES[0]
    file.write_text(re.sub(rf"(id: {name}, points: )\d+", r"\g<1>17", file.read_text(encoding="utf-8")))
    said = CliRunner().invoke(app, ["grade", CHAPTER, "--course", str(course)], env={"COLUMNS": "200"}).output
    assert f"does not know the points of {name} in course.yml yet: run `genlab release {CHAPTER}`" in said


def test_an_end_between_gradebook_and_folder_costs_nothing_but_that_batch(course, graded, monkeypatch):
    hand_in(course, "ada", {EXERCISES[0]: ""}, "2026-11-04 10:00:00 UTC")
    hand_in(course, "bo", {}, "2026-11-04 10:00:00 UTC")
    whole = copied(course, course.with_name("whole"), graded[0])
    grade_assignment(whole, CHAPTER)
    with monkeypatch.context() as patch:
        patch.setattr(Conversion, "_put_in_place", lambda self, student: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            grade_assignment(course, CHAPTER)
    assert (
        written(course)[f"autograded/ada/{CHAPTER}/{FILE}.ipynb"] == graded[2][f"autograded/ada/{CHAPTER}/{FILE}.ipynb"]
    )
    grade_assignment(course, CHAPTER)
    assert written(course) == written(whole)


@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.full)])
def test_a_grader_that_is_killed_goes_on_where_it_was(handed_in, graded, tmp_path, kills):
    course, draw = copied(handed_in[0], tmp_path / "course", graded[0]), random.Random(kills)
    command = [Path(sys.executable).with_name("genlab"), "grade", CHAPTER, "--course", course]
    for kill in range(kills):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = kill * len(handed_in[1]) // kills  # so many are finished first, however fast this machine is
        while len(list(course.glob("autograded/*/*"))) < wanted and process.poll() is None:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.05 if kill else 1.5))  # the last of the class may be under way
        process.kill()
        assert process.wait() == -signal.SIGKILL
    rows, phases = grade_assignment(course, CHAPTER)
    assert (written(course), rows) == (graded[2], graded[1])
    assert phases.graded < len(handed_in[1])
    assert sorted(p.name for p in (course / WORK).iterdir()) == ["lock"]


def test_two_graders_do_not_write_at_once(course):
    with alone(course / WORK), pytest.raises(NotAlone, match="another `genlab grade`"):
        grade_assignment(course, CHAPTER)


def test_the_engine_runs_only_so_far_ahead_and_nobody_waits_for_the_slow():
    futures = {number: Future() for number in range(40)}
    given = []

    def asked():
        for number in range(40):
            given.append(number)
            if number != 3:
                futures[number].set_result(None)
            yield str(number), [futures[number]]

    order = []
    for batch in ready(asked(), lambda: 5):
        order += batch
        assert len(given) - len(order) <= 5
        if len(order) == 39:
            futures[3].set_result(None)
    assert order[-1] == "3" and sorted(order, key=int) == [str(n) for n in range(40)]


def test_an_engine_that_does_not_work_ends_the_run():
    future = Future()
    future.set_exception(EngineError("no"))
    with pytest.raises(EngineError):
        list(ready(iter([("ada", [future])]), lambda: 5))
