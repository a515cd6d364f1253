"""`genlab release`: an assignment built, and entered into the gradebook with the day when it is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.authoring.build import Change, build
from autograder.private import accepted, problems
from genlab.course import load_course


class NotReleasable(ValueError):
    """The assignment cannot be handed out as it is; the message says what to do."""


@dataclass(frozen=True)
class Released:
    """An assignment in the gradebook: the files that a build wrote, its points, when it is due, and which checks of the course's own are judged."""

    changes: list[Change]
    points: float
    due: datetime | None
    own: list[str]


def release(root: Path, assignment: str, progress: Callable[[int, int], None] | None = None) -> Released:
    """What was released. The assignment's lessons are then in the gradebook, whose marks stay. progress: called with (done, all) lessons.

    Raises LookupError for an assignment that the course does not have, CourseError, AuthorError, NotReleasable.
    """
    course = load_course(root / "course.yml")
    chapter = course.assignment(assignment)
    changes = build(root, progress=progress)
    stray = [change for change in changes if change.kind == "unnamed"]
    if stray:  # nbgrader hands out what lies beside a lesson, and empties the folder first
        raise NotReleasable("\n".join(map(str, stray)))
    if wrong := problems(root, [lesson.id for lesson in course.lessons]):
        raise NotReleasable("\n".join(wrong))
    _enter(root, assignment)
    if chapter.due:
        _date(root, assignment, chapter.due.isoformat())
    points = sum(lesson.points for lesson in chapter.lessons)
    return Released(changes, points, chapter.due, accepted(root, [lesson.id for lesson in chapter.lessons]))


def _enter(root: Path, assignment: str) -> None:
    from nbgrader.converters import GenerateAssignment

    from autograder.engine import nbgrader_api
    from autograder.engine.options import Options

    config = nbgrader_api.config(root, Options())
    coursedir = nbgrader_api.coursedir(config)
    coursedir.assignment_id = assignment
    converter = GenerateAssignment(coursedir=coursedir, config=config)
    converter.force = converter.create_assignment = True
    with nbgrader_api.quiet() as errors:
        try:
            converter.start()
        except Exception as error:
            why = "; ".join(errors) or f"{type(error).__name__}: {error}"
            raise NotReleasable(f"nbgrader could not enter {assignment} into the gradebook: {why}") from error


def _date(root: Path, assignment: str, due: str) -> None:
    from nbgrader.api import Gradebook

    from autograder.engine import nbgrader_api
    from autograder.engine.options import Options

    with Gradebook(nbgrader_api.coursedir(nbgrader_api.config(root, Options())).db_url) as gradebook:
        gradebook.update_or_create_assignment(assignment, duedate=due)
