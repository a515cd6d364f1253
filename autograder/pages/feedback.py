"""The page that a student reads about a graded notebook: what failed, what it means, what to try. Never hidden inputs, never anything active."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder import checks
from autograder.engine.graded import NAME, Graded
from autograder.handin.allowed import is_picture
from autograder.pages.gradebook import Mark, Marks
from autograder.pages.templating import duration, render
from autograder.report import Report, Result
from genlab.course import Lesson

MOST_BYTES = 40_000  # of a page, pictures left out
MOST_NOTES = 20
MASK = "·"  # what `engine.inputs` leaves of a hidden number
# Characters of an exercise's code, and of a sentence, which may quote it: the first that leave the page small enough.
LENGTHS = ((6000, 700), (3000, 700), (1500, 700), (600, 400), (200, 200), (0, 100))
_PICTURE = re.compile(r'<img alt="([a-z]+) image" src="data:image/png;base64,([A-Za-z0-9+/=]+)"')


@dataclass(frozen=True)
class Picture:
    """A PNG in base64, and what it shows."""

    label: str
    data: str


@dataclass(frozen=True)
class Section:
    """What the page says about one exercise."""

    name: str
    report: Report
    mark: Mark
    hint: str
    code: str
    cut: int  # lines of the code that are not shown
    pictures: tuple[Picture, ...]
    root: str | None  # the exercise that this one follows from, when it is on the same page

    @property
    def state(self) -> str:
        """Its status, or "follows"."""
        return "follows" if self.report.follows_from else self.report.status

    @property
    def shown(self) -> Result | None:
        """The failed claim that the page shows."""
        return self.report.failure if self.state == "failed" else None

    @property
    def untouched(self) -> bool:
        """Whether there is no answer, and nobody has said anything about that."""
        return self.state == "not_attempted" and not (self.mark.comment or self.mark.by_hand or self.mark.extra)

    @property
    def others(self) -> int:
        """Claims that do not hold or were not reached, but for the first."""
        return sum(not result.passed for result in self.report.results) - 1


def feedback_page(notebook: dict[str, Any], lesson: Lesson, marks: Marks) -> str:
    """HTML about a notebook of autograded/, at most 40 kB plus pictures; what the student wrote is shown as text."""
    graded = Graded.from_data(notebook.get("metadata", {}).get(NAME))
    page = ""
    for most_code, most_text in LENGTHS:
        sections = list(_sections(notebook, lesson, marks, graded, most_code))
        page = render("feedback.html.j2", **_values(lesson, marks, graded, sections, most_text))
        pictures = sum(len(picture.data) for section in sections for picture in section.pictures)
        if len(page.encode()) - pictures <= MOST_BYTES:
            break
    return page


def _values(lesson: Lesson, marks: Marks, graded: Graded | None, sections: list[Section], limit: int) -> dict[str, Any]:
    todo = [s for s in sections if s.state in ("failed", "not_attempted")]
    return {
        "lesson": lesson,
        "marks": marks,
        "graded": graded,
        "sections": sections,
        "passed": sum(s.state == "passed" for s in sections),
        "start": todo[0] if todo else None,
        "nothing": bool(graded and graded.mended) and all(s.untouched for s in sections),
        "late": duration(marks.late) if marks.late else "",
        "mended": _few(graded.mended if graded else (), limit),
        "notes": _few(graded.notes if graded else (), limit),
        "limit": limit,
        "masked": any(MASK in f"{f.called}{f.seen}{f.expected}" for s in sections if (f := s.shown)),
    }


def _sections(
    notebook: dict[str, Any], lesson: Lesson, marks: Marks, graded: Graded | None, most: int
) -> Iterator[Section]:
    reports = {report.exercise.split("/")[1]: report for report in graded.reports} if graded else {}
    for exercise in lesson.exercises:
        id = f"{lesson.id}/{exercise.id}"
        mark = marks.exercises.get(exercise.id, Mark(None, float(exercise.points)))
        report = reports.get(exercise.id) or _from_mark(id, mark)
        code, cut = _cut(answer(notebook, exercise.id), most)
        root_lesson, _, root = (report.follows_from or "").partition("/")
        yield Section(
            name=exercise.id,
            report=report,
            mark=mark,
            hint=_hint(id) if report.status in ("failed", "not_attempted") and not report.follows_from else "",
            code=code,
            cut=cut,
            pictures=_pictures(notebook, exercise.id) if report.failure and not report.follows_from else (),
            root=root if root_lesson == lesson.id else None,
        )


def answer(notebook: dict[str, Any], exercise: str) -> str:
    """The student's code of an exercise; nothing where its cell is gone."""
    return _source(_cell(notebook, f"{exercise}-solution"))


def _from_mark(exercise: str, mark: Mark) -> Report:
    """What the gradebook alone tells: the notebook was graded by something that leaves no verdicts."""
    if mark.checked is None:
        return Report(exercise, "grader_error", mark.max_points, grader_error="it has not been graded yet.")
    passed = mark.checked >= mark.max_points
    return Report(exercise, "passed" if passed else "failed", mark.max_points)


def _hint(exercise: str) -> str:
    try:
        return checks.find(exercise).hints[0]
    except (KeyError, IndexError):
        return ""


def _pictures(notebook: dict[str, Any], exercise: str) -> tuple[Picture, ...]:
    """The pictures in the card below an exercise's test cell, which grading put there."""
    found = []
    for output in _cell(notebook, exercise).get("outputs", []):
        html = output.get("data", {}).get("text/html", "")
        for label, data in _PICTURE.findall(html if isinstance(html, str) else "".join(html)):
            if is_picture("image/png", data):
                found.append(Picture(label, data))
    return tuple(found[:3])


def _cell(notebook: dict[str, Any], grade_id: str) -> dict[str, Any]:
    for cell in notebook["cells"]:
        if cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") == grade_id:
            found: dict[str, Any] = cell
            return found
    return {}


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return (source if isinstance(source, str) else "".join(source)).strip("\n")


def _cut(code: str, most: int) -> tuple[str, int]:
    """The first lines of the code, at most so many characters; and how many lines are left."""
    if len(code) <= most:
        return code, 0
    head = code[:most].rpartition("\n")[0]
    return head, code.count("\n") - head.count("\n") + (0 if head else 1)


def _few(notes: tuple[str, ...], limit: int) -> list[str]:
    shown = [note[:limit] for note in notes[:MOST_NOTES]]
    more = len(notes) - len(shown)
    return shown + ([f"… and {more} more."] if more else [])
