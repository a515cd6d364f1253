"""The map of the course: what is done in every chapter, what comes next, and how hard and long each exercise is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genlab import progress
from genlab.terminal import new_table

if TYPE_CHECKING:
    from rich.table import Table

    from genlab.course import Chapter, Course

STATUS = {
    "passed": "[green]✓ passed[/]",
    "failed": "[red]✗ not yet[/]",
    "not_attempted": "[dim]○ not attempted[/]",
    "grader_error": "[yellow]the check broke[/]",
}
MARK = {"passed": "[green]✓[/]", "failed": "[red]✗[/]", "not_attempted": "[dim]○[/]", "grader_error": "[yellow]?[/]"}


def table(course: Course, entries: dict[str, progress.Entry]) -> Table:
    """Every exercise under its chapter and lesson; 80 columns hold it."""
    from rich.text import Text

    found = new_table("exercise", "", "level", "min", "pts", "help")
    found.padding = (0, 0, 0, 0)  # a space stands between columns all the same
    found.columns[0].width = 39  # of 80; the longest id has 38
    for column in found.columns[1:5]:
        column.no_wrap, column.min_width = True, len(str(column.header))
    for chapter in course.chapters:
        found.add_row(f"[bold]{chapter.title}[/]", f"[bold]{_done(chapter, entries)}[/]")
        for lesson in chapter.lessons:
            if lesson.exercises:
                title = Text(lesson.title, style="italic", no_wrap=False)
                found.add_row(title, "", "", f"[dim]{lesson.minutes}[/]")
            for exercise in lesson.exercises:
                entry = entries.get(f"{lesson.id}/{exercise.id}", {})
                found.add_row(
                    f" {lesson.id}/{exercise.id}",
                    STATUS.get(progress.status(entry), progress.status(entry)),
                    stars(exercise.difficulty),
                    str(exercise.minutes),
                    str(exercise.points),
                    _help(entry),
                )
    return found


def overview(course: Course, entries: dict[str, progress.Entry]) -> Table:
    """A row for each lesson, with a mark for each of its exercises: it fits on a page."""
    found = new_table("lesson", "exercises", "passed", "min")
    for chapter in course.chapters:
        found.add_row(f"[bold]{chapter.title}[/]")
        for lesson in chapter.lessons:
            ids = [f"{lesson.id}/{exercise.id}" for exercise in lesson.exercises]
            marks = " ".join(MARK.get(progress.status(entries.get(i, {})), "?") for i in ids)
            found.add_row(f"  {lesson.id}", marks, _passed(ids, entries), str(lesson.minutes))
    return found


def summary(course: Course, entries: dict[str, progress.Entry]) -> str:
    """How much is done, and what comes next, in a line or two."""
    exercises = {f"{lesson.id}/{e.id}": e for lesson in course.lessons for e in lesson.exercises}
    status = {i: progress.status(entries.get(i, {})) for i in exercises}
    passed = [i for i, found in status.items() if found == "passed"]
    points = sum(exercises[i].points for i in passed)
    untouched = sum(found == "not_attempted" for found in status.values())
    said = f"{len(passed)} of {len(exercises)} exercises passed, {points} of {sum(e.points for e in exercises.values())} points; {untouched} not attempted."
    after = progress.following(exercises, entries)
    if after is None:
        return f"{said}\nAll done: congratulations."
    lesson = course.lesson(after.split("/")[0])
    about = f"{exercises[after].minutes} minutes, difficulty {stars(exercises[after].difficulty)}"
    return f"{said}\nNext: {after} ({about}), in {lesson.path}.ipynb."


def stars(difficulty: int) -> str:
    """One to three filled dots."""
    return "●" * difficulty + "○" * (3 - difficulty)


def _help(entry: progress.Entry) -> str:
    hints = entry.get("hints", 0)
    words = [f"{hints} hint{'s' * (hints > 1)}"] * bool(hints) + ["solution"] * bool(entry.get("solution_seen"))
    return ", ".join(words)


def _done(chapter: Chapter, entries: dict[str, progress.Entry]) -> str:
    return _passed([f"{lesson.id}/{e.id}" for lesson in chapter.lessons for e in lesson.exercises], entries)


def _passed(ids: list[str], entries: dict[str, progress.Entry]) -> str:
    passed = sum(progress.status(entries.get(i, {})) == "passed" for i in ids)
    return f"{passed} of {len(ids)}" if ids else "to read"
