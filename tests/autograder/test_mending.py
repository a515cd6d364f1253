"""Exercises that give code with a bug: untouched it is "not attempted", and edits of it are judged as the piece that it should be."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from tiny_course import COURSE as TINY
from tiny_course import edit

from autograder import checks, examine
from autograder.authoring.build import AuthorError, build
from autograder.authoring.stub import code_to_mend
from autograder.card import as_text
from autograder.definitions import load_reference, run, solution_source
from autograder.examination import check
from autograder.lesson_file import code_cells
from autograder.report import NotAttempted
from genlab.course import CourseError, load_course
from tests.answers.mended import EDITS

ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT / "course.yml")
MENDED = [exercise for exercise in checks.ids() if checks.mended(exercise)]
each_mended = pytest.mark.parametrize("exercise", MENDED)


def given(exercise: str) -> tuple[list[str], str]:
    """The code cells before the exercise's in the released lesson, and its own."""
    lesson, name = exercise.split("/")
    path = ROOT / "lessons" / f"{COURSE.lesson(lesson).path}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    at = next(n for n, cell in enumerate(notebook["cells"]) if cell["id"] == f"{name}-solution")
    return code_cells({"cells": notebook["cells"][:at]}), "".join(notebook["cells"][at]["source"])


def called(exercise: str, source: str) -> list[str]:
    """Earlier exercises whose answers this source calls."""
    return [e for e in checks.find(exercise).depends if re.search(rf"\b{e.split('/')[1]}\(", source)]


def report_on(exercise: str, source: str, **settings):
    name = exercise.split("/")[1]
    cells = [*given(exercise)[0], *map(solution_source, called(exercise, source)), source]
    return examine(exercise, run(cells, [name]).names[name], **settings)


def test_every_lesson_of_chapters_2_to_4_has_one():
    lessons = {lesson.id for lesson in COURSE.lessons if lesson.chapter[:2] in ("02", "03", "04")}
    assert {exercise.split("/")[0] for exercise in MENDED} == lessons
    assert set(EDITS) == set(MENDED)


@pytest.mark.parametrize("exercise", sorted(set(checks.ids()) - set(MENDED)))
def test_no_other_stub_holds_code_with_a_bug(exercise):
    assert code_to_mend(*exercise.split("/")) is None


@each_mended
def test_it_is_judged_by_what_it_mends(exercise):
    spec, base = checks.find(exercise), checks.find(checks.mended(exercise))
    assert spec.mends == base.id and spec.claims is base.claims and spec.misconceptions is base.misconceptions
    assert (
        len(spec.hints) == 3 and all(len(hint) > 40 for hint in spec.hints) and set(spec.hints).isdisjoint(base.hints)
    )


@each_mended
def test_the_given_code_is_wrong_and_not_attempted_whatever_its_layout(exercise, monkeypatch):
    _, source = given(exercise)
    wrong = checks.find(exercise).given
    for earlier in called(exercise, source):
        lesson, name = earlier.split("/")
        monkeypatch.setattr(sys.modules[wrong.__module__], name, load_reference(lesson)[name], raising=False)
    report = examine(checks.mended(exercise), wrong)
    assert report.status == "failed" and report.failure.name != "runs"
    without_comments = re.sub(r"  #.*", "", source)
    without_docstring = re.sub(r'    """.*?"""\n', "", source, flags=re.DOTALL)
    spaced = source.replace("\n    ", "\n\n    # a thought\n    ", 3)
    for text in (source, without_comments, without_docstring, spaced):
        report = report_on(exercise, text)
        assert (report.status, report.points, report.results) == ("not_attempted", 0.0, [])
    assert checks.find(exercise).symptom in as_text(report) and checks.find(exercise).symptom in report.headline


@each_mended
def test_the_solution_is_right(exercise):
    lesson, name = exercise.split("/")
    for hidden in (False, True):
        assert examine(exercise, load_reference(lesson)[name], hidden=hidden).passed


@pytest.mark.parametrize(
    ("exercise", "old", "new", "verdict"),
    [pytest.param(e, *edit[1:], id=f"{e}, {edit[0]}") for e, edits in EDITS.items() for edit in edits],
)
def test_an_edit_gets_what_it_deserves(exercise, old, new, verdict):
    _, source = given(exercise)
    assert old in source
    for hidden in (False, True):
        report = report_on(exercise, source.replace(old, new), hidden=hidden)
        assert (report.status, report.misconception or "") == (
            ("passed", "") if verdict == "right" else ("failed", verdict)
        )
    if report.failure:
        assert not re.search(rf"\b{checks.mended(exercise).split('/')[1]}\(", report.failure.called)


def test_check_in_a_notebook_says_what_to_look_at(monkeypatch, capsys):
    monkeypatch.setenv("GENLAB_PROGRESS", "off")
    names = run([*given("mlp/mended_train_step")[0], given("mlp/mended_train_step")[1]], ["mended_train_step"]).names
    with pytest.raises(NotAttempted, match="The loss stays where it was"):
        check("mlp/mended_train_step", names["mended_train_step"])
    assert "not attempted yet" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux")
@pytest.mark.xdist_group("engine")
def test_the_engine_tells_untouched_from_tried():
    from autograder.engine.client import Engine
    from autograder.engine.grading import grade

    exercise = "cgan/mended_label_planes"
    notebook = json.loads((ROOT / "lessons/04_gan/03_cgan.ipynb").read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "mended_label_planes-solution")
    released = "".join(cell["source"])
    with Engine.start() as engine:
        for source, status in [
            (released + "\n# a thought", "not_attempted"),
            (released.replace("pixels", "wide"), "failed"),
            (released.replace("repeat(1, size * size)", "repeat_interleave(size * size, 1)"), "passed"),
        ]:
            cell["source"] = source
            assert grade(engine, notebook, "cgan", b"s" * 32).reports[exercise].status == status


@pytest.mark.parametrize(
    ("mends", "advice"), [("double", None), ("doubel", "Did you mean double?"), ("mended", "above")]
)
def test_what_is_mended_comes_before(tmp_path, mends, advice):
    (tmp_path / "datasets").mkdir()
    entry = f"          - {{id: mended, mends: {mends}, points: 1, minutes: 5, difficulty: 1}}\n"
    (tmp_path / "course.yml").write_text(TINY + entry, encoding="utf-8")
    if advice is None:
        assert load_course(tmp_path / "course.yml").lessons[0].exercises[-1].mends == "double"
    else:
        with pytest.raises(CourseError, match=f"does not come before this exercise.*{re.escape(advice)}"):
            load_course(tmp_path / "course.yml")


def test_an_author_is_told_where_the_code_with_a_bug_is_missing(root):
    edit(root / "course.yml", "{id: Shift, points", "{id: Shift, mends: double, points")
    with pytest.raises(AuthorError, match=r"autograder/bugs/one\.py has no function Shift"):
        build(root)
