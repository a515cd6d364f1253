"""What comes back from Colab is graded as what it is, in every lesson: right answers, a known mistake and a stub."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from autograder import checks
from autograder.definitions import solution_source
from autograder.engine.client import Engine
from autograder.engine.grading import grade
from autograder.engine.submission import lent_by
from autograder.handin.collect import collect
from genlab.course import load_course

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "submissions"))
import colab  # noqa: E402

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux"),
    pytest.mark.xdist_group("engine"),
]
COURSE = load_course(ROOT / "course.yml")
CHAPTERS = [
    pytest.param(chapter, id=chapter.id, marks=[pytest.mark.full] if chapter.id == "04_gan" else [])  # half of the time
    for chapter in COURSE.chapters
    if any(lesson.exercises for lesson in chapter.lessons)
]
CALLED = {earlier for exercise in checks.ids() for earlier in checks.find(exercise).depends}


@pytest.fixture(scope="module")
def engine():
    with Engine.start() as engine:
        yield engine


def released(lesson) -> dict:
    notebook = json.loads((ROOT / "lessons" / f"{lesson.path}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def hand_in(lesson, reused: str) -> tuple[dict, str, str]:
    """A notebook as Colab saves it, and the names of the exercises that are wrong and untouched in it: none that others need."""
    names = [exercise.id for exercise in lesson.exercises]
    free = [n for n in names if f"{lesson.id}/{n}" not in CALLED and f'reuse("{lesson.id}/{n}")' not in reused]
    wrong, blank = free[-1], free[-2]
    answers = {n: solution_source(f"{lesson.id}/{n}") for n in names if n not in (wrong, blank)}
    answers[wrong] = checks.find(f"{lesson.id}/{wrong}").misconceptions[0].source(wrong)
    plain = [n for n in answers if n != wrong and answers[n].startswith("def ")]
    return colab.saved(released(lesson), answers, split=plain[0], merged=plain[-1]), wrong, blank


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_saved_by_colab_gets_the_right_marks(engine, chapter, tmp_path):
    (tmp_path / "course.yml").write_bytes((ROOT / "course.yml").read_bytes())
    (tmp_path / "lessons").symlink_to(ROOT / "lessons")
    reused = "".join(cell["source"] for lesson in chapter.lessons for cell in released(lesson)["cells"])
    (tmp_path / "in" / "ada").mkdir(parents=True)
    made = {lesson.id: hand_in(lesson, reused) for lesson in chapter.lessons}
    for lesson in chapter.lessons:
        path = tmp_path / "in" / "ada" / colab.NAME.format(lesson.file)
        path.write_text(json.dumps(made[lesson.id][0]), encoding="utf-8")
    rows = collect(tmp_path, chapter.id, tmp_path / "in")
    assert {row.state for row in rows} == {"mended"} and len(rows) == len(chapter.lessons), rows
    folder = tmp_path / "submitted" / "ada" / chapter.id
    for lesson in chapter.lessons:
        notebook = json.loads((folder / f"{lesson.file}.ipynb").read_text(encoding="utf-8"))
        outcome = grade(engine, notebook, lesson.id, b"s" * 32, lent=lent_by(folder, COURSE, lesson))
        _, wrong, blank = made[lesson.id]
        expected = dict.fromkeys((exercise.id for exercise in lesson.exercises), "passed")
        expected |= {wrong: "failed", blank: "not_attempted"}
        found = {exercise.split("/")[1]: report for exercise, report in outcome.reports.items()}
        assert {name: report.status for name, report in found.items()} == expected, outcome.notes
        assert found[wrong].misconception == checks.find(f"{lesson.id}/{wrong}").misconceptions[0].name
