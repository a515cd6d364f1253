"""The instructor's commands before a class: a course of one's own, and an assignment handed out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genlab.terminal import steps, stop, stop_on


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(new)
    app.command()(release)


def new(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    lessons: Annotated[
        str,
        typer.Option(
            help="Lessons or chapters of this course, with commas between: vae_fashion,04_gan. By default all."
        ),
    ] = "",
    per_lesson: Annotated[
        bool, typer.Option("--per-lesson", help="An assignment for each lesson, not each chapter.")
    ] = False,
    title: Annotated[str, typer.Option(help="The course's title.")] = "",
    due: Annotated[
        list[str] | None,
        typer.Option(help="When the first assignment is due, then the second …: '2026-12-01 18:00 Europe/Berlin'."),
    ] = None,
) -> None:
    """Make a private course from this one: your lessons, points, due dates and hidden checks."""
    from autograder.authoring.new import NotEmpty, new_course
    from autograder.authoring.script import AuthorError
    from autograder.private import FOLDER
    from genlab.course import CourseError, load_course, moment
    from genlab.paths import clone

    kit = clone()
    if kit is None:
        stop(
            "Lessons and solutions come with a clone of the course's repository: clone it, install it, and run this there."
        )
    names = [name.strip() for name in lessons.split(",") if name.strip()]
    with stop_on(NotEmpty, CourseError, AuthorError, LookupError, OSError):
        days = []
        for text in due or []:
            with stop_on(
                ValueError, say=f"--due {text!r} is no date. Write one like '2026-12-01 18:00 Europe/Berlin'."
            ):
                days.append(moment(text))
        with steps(f"making {folder}") as progress:
            notes = new_course(kit, folder, names, per_lesson=per_lesson, title=title, due=days, progress=progress)
        course = load_course(folder / "course.yml")
    for chapter in course.chapters:
        lessons_here = ", ".join(lesson.id for lesson in chapter.lessons)
        due_then = f", due {chapter.due}" if chapter.due else ""
        print(f"{chapter.id}: {lessons_here}; {sum(lesson.points for lesson in chapter.lessons)} points{due_then}")
    for note in notes:
        print(note)
    first = next((c.id for c in course.chapters if any(one.exercises for one in c.lessons)), course.chapters[0].id)
    print(
        f"Next: cd {folder}, edit course.yml (points, due dates) and {FOLDER}/ (hidden checks of your own), then\n"
        f"    genlab build\n    genlab release {first}"
    )


def release(
    assignment: Annotated[str, typer.Argument(help="A chapter of course.yml, for example 03_vae.")],
    course: Annotated[Path, typer.Option(help="The course's folder, with course.yml and solutions/.")] = Path("."),
) -> None:
    """Build an assignment and enter it into the gradebook, with the day when it is due. Marks that are there stay."""
    from autograder.authoring.release import NotReleasable
    from autograder.authoring.release import release as release_all
    from autograder.authoring.script import AuthorError
    from genlab.course import CourseError

    errors = CourseError, AuthorError, NotReleasable, LookupError, FileNotFoundError
    with stop_on(*errors), steps(f"releasing {assignment}") as progress:
        released = release_all(course, assignment, progress)
    for change in released.changes:
        print(change)
    due = f"due {released.due:%A, %d %B %Y, %H:%M %Z}" if released.due else "without a due date (`due:` in course.yml)"
    print(f"{assignment} is in the gradebook: {released.points:g} points, {due}.")
    for line in released.own:
        print(f"Own check accepted: {line}")
    print(f"Hand out lessons/{assignment}/, and nothing of solutions/.")
