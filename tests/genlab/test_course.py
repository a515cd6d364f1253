"""course.yml: what it says, and what a broken rule is told as."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder import checks
from genlab.course import CourseError, load_course

COURSE = """\
title: A course
repository: owner/name
release: v1.0.0
chapters:
  - id: 01_first
    title: First
    lessons:
      - id: one
        file: 01_one
        title: One
        data: [cats]
        minutes: 60
        exercises:
          - {id: f, points: 2, minutes: 5, difficulty: 1}
          - {id: g, points: 3, minutes: 5, difficulty: 3}
      - id: two
        file: 02_two
        title: Two
        data: []
        minutes: 60
        exercises:
          - {id: f, points: 1, minutes: 5, difficulty: 2}
"""


@pytest.fixture
def course_file(tmp_path):
    """A function that writes course.yml beside one data card and returns its path."""
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "cats.yml").touch()

    def write(text: str) -> Path:
        path = tmp_path / "course.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems_of(path: Path) -> list[str]:
    with pytest.raises(CourseError) as caught:
        load_course(path)
    return caught.value.problems


def test_the_course_of_this_project_is_valid_and_found_without_a_path():
    course = load_course()
    assert [e.id for e in course.lesson("vae_fashion").exercises] == [
        "Sampling",
        "kl_loss",
        "Encoder",
        "vae_loss",
        "train_step",
        "mended_vae_loss",
        "sample_prior",
        "latent_grid",
    ]
    assert course.lesson("vae_fashion").points == 22


def test_a_lesson_may_be_for_reading_only(course_file):
    reading = COURSE + "      - {id: three, file: 03_three, title: Three, data: [], minutes: 5, exercises: []}\n"
    course = load_course(course_file(reading))
    assert (course.lesson("three").exercises, course.lesson("three").points) == ([], 0)
    left_out = reading.replace(", exercises: []", "")
    assert any("exercises is missing" in problem for problem in problems_of(course_file(left_out)))


def test_lessons_and_exercises_are_found_by_id_and_file(course_file):
    course = load_course(course_file(COURSE))
    assert course.lesson("two").path == "01_first/02_two"
    assert course.exercise("one/g").points == 3
    assert course.exercise("two/f").points == 1
    for name in ("01_one.py", "lessons/01_first/01_one.ipynb", Path("elsewhere/01_one.ipynb")):
        assert course.lesson_of_file(name).id == "one"


def test_an_unknown_id_names_the_nearest(course_file):
    course = load_course(course_file(COURSE))
    with pytest.raises(LookupError, match=r"There are: density/…, mlp/…, .*, cgan/…\.$"):
        load_course().exercise("foo/bar")
    with pytest.raises(LookupError, match=r"There are: cgan/label_planes, [^…]*, cgan/generate_with_label\.$"):
        load_course().exercise("cgan/xyzzy")
    with pytest.raises(KeyError, match="There are: cgan/label_planes, "):
        checks.find("cgan/xyzzy")
    with pytest.raises(LookupError, match=r"no exercise 'one/h'.*Did you mean one/g\?"):
        course.exercise("one/h")
    with pytest.raises(LookupError, match=r"no lesson 'three'.*There are: one, two\."):
        course.lesson("three")
    with pytest.raises(LookupError, match=r"03_x\.py is not a lesson.*01_first/02_two"):
        course.lesson_of_file("01_first/03_x.py")


def test_entries_know_their_line(course_file):
    course = load_course(course_file(COURSE))
    assert course.lesson("two").line == 16
    assert course.exercise("one/g").line == 15


BROKEN = {
    "unknown key": (
        "points: 3",
        "points: 3, point: 3",
        "15: point is not a key of the exercise. Did",
    ),
    "missing key": ("points: 3, ", "", "15: points is missing in this exercise. Add a line"),
    "repeated key": ("title: One", "title: One\n        minutes: 5", "13: minutes stands twice"),
    "text for a number": ("points: 3", "points: three", "15: points should be a whole number"),
    "number for a text": ("v1.0.0", "1.0", "3: release should be a text; put it in quotes"),
    "fraction": ("points: 3", "points: 2.5", "15: points should be a whole number, not 2.5"),
    "boolean": ("points: 3", "points: true", "15: points should be a whole number, not True"),
    "no points": ("points: 3", "points: 0", "15: points should be greater than 0"),
    "no minutes": ("minutes: 60", "minutes: 0", "12: minutes should be greater than 0"),
    "too hard": ("difficulty: 3", "difficulty: 4", "15: difficulty should be 1 (easy), 2 or 3"),
    "too easy": ("difficulty: 1", "difficulty: 0", "14: difficulty should be 1 (easy), 2 or 3"),
    "empty title": ("title: One", 'title: ""', "10: title should not be empty"),
    "no list": ("[cats]", "cats", "11: data should be a list"),
    "no entry": ("  - {id: f, points: 1", "  - f # {", "22: exercises should hold `key: value`"),
    "lesson twice": ("id: two", "id: one", "16: lesson one is already named in line 8"),
    "file twice": ("file: 02_two", "file: 01_one", "17: file 01_one is already named in line 9"),
    "exercise twice": ("{id: g", "{id: f", "15: exercise f is already named in line 14"),
    "exercise id": ("{id: g", "{id: 2g", "15: id: '2g' is not a Python name"),
    "keyword": ("{id: g", "{id: class", "15: id: 'class' is not a Python name"),
    "lesson id": ("id: two", "id: Two", "16: id: 'Two' is not a lesson id"),
    "suffix": ("file: 02_two", "file: 02_two.py", "17: file: '02_two.py' is not a name"),
    "repository": ("owner/name", "name", "2: repository: 'name' is not a GitHub repository"),
    "release": ("v1.0.0", "main", "3: release: 'main' is not a release tag"),
    "data card": ("[cats]", "[cat]", "11: data: there is no card datasets/cat.yml. Did you mean"),
    "YAML": ("data: [cats]", "data: [cats", "12: is not valid YAML"),
}


@pytest.mark.parametrize(("old", "new", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_names_the_line_and_what_to_do(course_file, old, new, told):
    assert old in COURSE
    problems = problems_of(course_file(COURSE.replace(old, new, 1)))
    assert len(problems) == 1
    assert problems[0].startswith(f"course.yml:{told}")


def test_a_misspelt_key_is_both_unknown_and_missing(course_file):
    unknown, missing = problems_of(course_file(COURSE.replace("minutes: 60", "minuts: 60", 1)))[::-1]
    assert "minuts is not a key of the lesson. Did you mean minutes?" in unknown
    assert "minutes is missing in this lesson" in missing


def test_all_broken_rules_are_told_at_once_in_the_order_of_the_file(course_file):
    text = COURSE.replace("owner/name", "x").replace("points: 3", "points: 0")
    problems = problems_of(course_file(text.replace("[cats]", "[dogs]")))
    assert [problem.split(":")[1] for problem in problems] == ["2", "11", "15"]


def test_an_empty_file_and_no_file_say_so(course_file, tmp_path):
    assert "course.yml:1: title is missing in this course" in "\n".join(problems_of(course_file("")))
    assert "cannot be read" in problems_of(tmp_path / "nowhere.yml")[0]


def test_importing_genlab_does_not_import_pydantic():
    code = "import genlab, sys; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
