"""Every instructor's notebook runs from top to bottom at smoke scale, in a kernel, without an error or a word on stderr."""

from pathlib import Path

import pytest

from genlab.course import load_course
from website.executed import executed as executed_notebook

ROOT = Path(__file__).parents[1]
COURSE = load_course(ROOT / "course.yml")

pytestmark = pytest.mark.notebooks


@pytest.fixture(scope="module", params=COURSE.lessons, ids=lambda lesson: lesson.id)
def executed(request: pytest.FixtureRequest):
    return request.param, executed_notebook(COURSE, request.param, ROOT, "smoke")


def outputs(notebook, kind: str) -> list:
    return [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs if o.output_type == kind]


def test_nothing_is_written_to_stderr(executed) -> None:
    _, notebook = executed
    assert [o.text for o in outputs(notebook, "stream") if o.name == "stderr"] == []


def test_every_check_passes_and_shows_a_card_that_is_no_result(executed) -> None:
    lesson, notebook = executed
    for exercise in lesson.exercises:
        cell = next(c for c in notebook.cells if c.id == exercise.id)
        cards = [o for o in cell.outputs if o.output_type == "display_data"]
        assert len(cards) == 2, "the visible and the hidden check"
        assert all("passed" in card.data["text/plain"] for card in cards)
        assert all(o.output_type == "display_data" for o in cell.outputs), "an execute_result would be partial credit"


def test_the_lesson_shows_its_pictures(executed) -> None:
    lesson, notebook = executed
    shown = outputs(notebook, "display_data") + outputs(notebook, "execute_result")
    assert sum("image/png" in o.data for o in shown) >= (10 if lesson.exercises else 3)
