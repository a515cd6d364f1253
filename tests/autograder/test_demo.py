"""The demo's class and its page."""

from __future__ import annotations

import re
from pathlib import Path

from autograder import checks
from autograder.demo import CLASS, LESSON, SHOWN, SOURCES, Graded, grade, write_page

ROOT = Path(__file__).parents[2]


def test_each_student_fails_where_made_to_and_nowhere_else() -> None:
    for wrong in (CLASS["ada"], CLASS["chandra"], CLASS["ivan"]):
        for report in grade(ROOT, wrong):
            name = report.exercise.split("/")[1]
            if name in wrong:
                assert report.misconception == wrong[name]
            else:
                assert report.passed or report.follows_from


def test_the_class_has_twelve_students_and_every_mistake_exists() -> None:
    assert len(CLASS) == 12
    for wrong in CLASS.values():
        for name, mistake in wrong.items():
            known = {m.name for m in checks.find(f"{LESSON}/{name}").misconceptions}
            assert mistake in known | {""}


def test_the_page_is_one_file_that_asks_nothing_of_the_network(tmp_path: Path) -> None:
    graded = [Graded(student, grade(ROOT, wrong)) for student, wrong in CLASS.items() if student in ("ada", SHOWN)]
    page = tmp_path / "demo" / "index.html"
    write_page(page, {"a picture": b"png"}, {"kl": 5.0}, SOURCES["drawn"], graded)
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|href)=\"(?!data:)", text)
    assert list(page.parent.iterdir()) == [page], "no temporary file is left"
    assert "drawn stand-in" in text and "22 of 22" in text and "exp log var as std" in text
