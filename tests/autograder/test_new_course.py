"""`genlab new` makes a course that builds as it is, or leaves nothing behind."""

import json
from pathlib import Path

import pytest

from autograder.authoring.build import build
from autograder.authoring.new import NotEmpty, new_course
from autograder.engine.submission import given_names
from autograder.private import read
from genlab.course import load_course, moment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """(folder, notes) of a course with an assignment for each of two lessons, of which the second reuses a piece of the first."""
    folder = tmp_path_factory.mktemp("new") / "mine"
    due = [moment("2026-12-01 18:00 Europe/Berlin"), moment("2026-12-08 18:00:00-05:00")]
    return folder, new_course(
        ROOT, folder, ["vae_fashion", "autoencoder"], per_lesson=True, title="Mine: a class", due=due
    )


def test_each_lesson_is_an_assignment_with_its_day(course):
    folder, _ = course
    made, kit = load_course(folder / "course.yml"), load_course()
    assert made.title == "Mine: a class"
    assert [chapter.id for chapter in made.chapters] == ["03_01_autoencoder", "03_02_vae_fashion"]
    assert [lesson.model_dump() for lesson in made.lessons] == [kit.lesson(one.id).model_dump() for one in made.lessons]
    assert [chapter.due.isoformat() for chapter in made.chapters] == [
        "2026-12-01T18:00:00+01:00",
        "2026-12-08T18:00:00-05:00",
    ]


def test_what_was_made_is_as_built(course):
    folder, _ = course
    assert build(folder, check=True) == []
    assert sorted(path.name for path in folder.iterdir()) == [
        ".gitignore",
        "course.yml",
        "lessons",
        "nbgrader_config.py",
        "private",
        "solutions",
    ]


def test_the_folder_for_hidden_checks_says_what_it_is_for(course):
    folder, _ = course
    assert "CLAIMS" in (folder / "private" / "README.md").read_text(encoding="utf-8") and read(folder) == ""


def test_a_piece_of_another_assignment_is_given(course):
    folder, notes = course
    lesson = json.loads((folder / "lessons/03_02_vae_fashion/02_vae_fashion.ipynb").read_text(encoding="utf-8"))
    text = "".join("".join(cell["source"]) for cell in lesson["cells"])
    assert "class Decoder" in text and "reuse(" not in text and "colab-badge" not in text
    assert "Decoder" in given_names(lesson) and "kl_loss" not in given_names(lesson)
    assert notes == [
        "03_02_vae_fashion/02_vae_fashion gives autoencoder/Decoder, so hand it out when 03_01_autoencoder is over."
    ]


def test_a_course_is_made_in_the_empty_folder_that_one_is_in(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    new_course(ROOT, Path("."), ["mlp"])
    assert {"course.yml", "lessons"} <= {path.name for path in Path.cwd().iterdir()}
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_nothing_is_overwritten_and_nothing_left_half_made(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(NotEmpty, match="not empty"):
        new_course(ROOT, tmp_path / "mine", ["mlp"])
    with pytest.raises(LookupError, match="vae_fashion"):
        new_course(ROOT, tmp_path / "other", ["vae_fashio"])
    with pytest.raises(LookupError, match=r"There are: .*03_vae.* dcgan"):
        new_course(ROOT, tmp_path / "other", ["zzz"])
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "2026-12-01 25:00", "2026-12-01 18:00 Mars/Olympus", "", "12"])
def test_what_is_no_date_is_told_so(text):
    with pytest.raises(ValueError, match="is no date"):
        moment(text)
