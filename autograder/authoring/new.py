"""`genlab new`: a private course with some of this one's lessons, as files that its instructor goes on writing."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.authoring.build import build
from autograder.definitions import solution_source
from autograder.private import FOLDER
from genlab.course import Course, Lesson, load_course, pick
from genlab.storing import write

COPIED = ("nbgrader_config.py", ".gitignore")
_REUSE = re.compile(r'^# %% reuse="(?P<id>[\w/]+)"[^\n]*\n.*?(?=^# %%)', re.MULTILINE | re.DOTALL)
_CONTENTS = """\
# The table of contents. Points, titles and due dates are yours to change; after an edit: genlab build
title: {title}
repository: {repository} # where the set-up cell takes the kit from
release: {release}
badge: false # a private course is on no public page
"""
_PRIVATE = """\
Hidden checks of your own go here: `LESSON.py`, such as `vae_fashion.py`, with `CLAIMS` and `VARIANTS` by exercise. Students never
get them. The section "Hidden checks of your own" in the kit's docs/teaching.md shows one; `genlab release` tries them on the solution.
"""


class NotEmpty(ValueError):
    """The folder holds something already; the message says what to do."""


@dataclass(frozen=True)
class Assignment:
    """One assignment of the new course: its folder's name, title and lessons."""

    id: str
    title: str
    lessons: Sequence[Lesson]


def new_course(
    kit: Path,
    folder: Path,
    lessons: Iterable[str] = (),
    *,
    per_lesson: bool = False,
    title: str = "",
    due: Iterable[datetime] = (),
    progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """What there is to know about the course that was made in `folder`, which appears whole or not at all.

    kit: the clone that the lessons come from. lessons: ids of lessons or chapters, all by default. per_lesson: an assignment for each
    lesson, in place of each chapter. due: of the assignments in order. progress: called with (done, all) lessons. Raises NotEmpty, LookupError, AuthorError.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(f"{folder} is there and not empty. Name a new folder.")
    course = load_course(kit / "course.yml")
    assignments = _assignments(course, _chosen(course, list(lessons)), per_lesson)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as place:
        made = Path(place) / "course"
        notes = _write(kit, made, course, assignments, title or course.title, list(due))
        build(made, progress=progress)
        if folder.exists():  # somebody may be in it
            for part in made.iterdir():
                part.rename(folder / part.name)
        else:
            made.rename(folder)
    return notes


def _chosen(course: Course, names: list[str]) -> list[Lesson]:
    """Lessons in the course's order. Raises LookupError for a name that is neither a lesson's nor a chapter's."""
    known: dict[str, Any] = {chapter.id: chapter for chapter in course.chapters}
    known |= {lesson.id: lesson for lesson in course.lessons}
    for name in names:
        pick(name, known, "chapter or lesson")
    return [lesson for lesson in course.lessons if not names or lesson.id in names or lesson.chapter in names]


def _assignments(course: Course, lessons: list[Lesson], per_lesson: bool) -> list[Assignment]:
    if per_lesson:
        return [Assignment(f"{one.chapter.partition('_')[0]}_{one.file}", one.title, [one]) for one in lessons]
    found = [Assignment(c.id, c.title, [one for one in lessons if one.chapter == c.id]) for c in course.chapters]
    return [assignment for assignment in found if assignment.lessons]


def _write(
    kit: Path, made: Path, course: Course, assignments: list[Assignment], title: str, due: list[datetime]
) -> list[str]:
    """Write what is not built; what the instructor should know."""
    notes, contents = [], _CONTENTS.format(title=_quoted(title), repository=course.repository, release=course.release)
    contents += "\nchapters:\n"
    graded = [a for a in assignments if any(lesson.exercises for lesson in a.lessons)]
    days = dict(zip((a.id for a in graded), due, strict=False))
    for assignment in assignments:
        contents += _entry(assignment, days.get(assignment.id))
        here = {lesson.id for lesson in assignment.lessons}
        for lesson in assignment.lessons:
            text, given = _without_reuse((kit / "solutions" / f"{lesson.path}.py").read_text(encoding="utf-8"), here)
            write(made / "solutions" / assignment.id / f"{lesson.file}.py", text.encode())
            notes += [_about(f"{assignment.id}/{lesson.file}", piece, assignments) for piece in given]
    write(made / "course.yml", contents.encode())
    write(made / FOLDER / "README.md", _PRIVATE.encode())
    for name in COPIED:
        shutil.copy(kit / name, made / name)
    return notes


def _about(file: str, piece: str, assignments: list[Assignment]) -> str:
    """What to know about a piece that a lesson gives, though another lesson asks for it."""
    other = next((a.id for a in assignments if piece.split("/")[0] in {lesson.id for lesson in a.lessons}), None)
    return f"{file} gives {piece}" + (
        f", so hand it out when {other} is over." if other else ", whose lesson is not here."
    )


def _without_reuse(script: str, here: set[str]) -> tuple[str, list[str]]:
    """The script, in which pieces of lessons that are not in the same assignment are given; and which."""
    given: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        lesson, _, name = match["id"].partition("/")
        if lesson in here:
            return match[0]
        given.append(match["id"])
        return f'# %% given="{name}"\n{solution_source(match["id"]).rstrip()}\n\n\n'

    return _REUSE.sub(replaced, script), given


def _entry(assignment: Assignment, due: datetime | None) -> str:
    lines = [f"  - id: {assignment.id}", f"    title: {_quoted(assignment.title)}"]
    if due:
        zone = getattr(due.tzinfo, "key", "")
        lines.append(f"    due: {due:%Y-%m-%d %H:%M} {zone}" if zone else f"    due: {due.isoformat(' ', 'minutes')}")
    lines.append("    lessons:")
    for lesson in assignment.lessons:
        lines += [
            f"      - id: {lesson.id}",
            f"        file: {lesson.file}",
            f"        title: {_quoted(lesson.title)}",
            f"        data: [{', '.join(lesson.data)}]",
            f"        minutes: {lesson.minutes}",
            f"        exercises:{'' if lesson.exercises else ' []'}",
        ]
        for e in lesson.exercises:
            mends = f"mends: {e.mends}, " if e.mends else ""
            lines.append(
                f"          - {{id: {e.id}, {mends}points: {e.points}, minutes: {e.minutes}, difficulty: {e.difficulty}}}"
            )
    return "\n".join(lines) + "\n\n"


def _quoted(text: str) -> str:
    """A text as YAML reads it back."""
    plain = re.fullmatch(r"[A-Za-z][\w ,.()'’-]*", text) and text.lower() not in ("true", "false", "yes", "no", "null")
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
