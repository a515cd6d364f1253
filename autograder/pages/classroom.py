"""A graded assignment as the pages see it: for each student and notebook the graded notebook, its verdicts and its marks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.engine.graded import NAME, Graded
from autograder.engine.options import Options
from autograder.pages.gradebook import Marks, read_marks
from genlab.course import Course, Lesson, load_course

BESIDE = ("timestamp.txt", "submission_secret.txt")  # nbgrader releases no feedback without them


class NothingGraded(ValueError):
    """There is nothing to write about; the message says what to do."""


@dataclass(frozen=True)
class Work:
    """One student's one graded notebook; graded is None where something else than the kit graded it."""

    student: str
    lesson: Lesson
    notebook: dict[str, Any]
    graded: Graded | None
    marks: Marks


@dataclass(frozen=True)
class Assignment:
    """An assignment of the course in a folder."""

    folder: Path
    course: Course
    id: str
    lessons: tuple[Lesson, ...]  # those with something to hand in
    marks: dict[tuple[str, str], Marks]  # by student and notebook, whether graded or not
    students: tuple[str, ...]  # all in the gradebook, whether they handed in anything or not

    def works(self, students: Iterable[str] = ()) -> Iterator[Work]:
        """What was graded, student by student. A notebook that cannot be read, or has no marks, is left out."""
        wanted = set(students)
        by_file = {lesson.file: lesson for lesson in self.lessons}
        for path in sorted((self.folder / "autograded").glob(f"*/{self.id}/*.ipynb")):
            student, lesson = path.parts[-3], by_file.get(path.stem)
            marks = self.marks.get((student, path.stem))
            if lesson is None or marks is None or (wanted and student not in wanted):
                continue
            try:
                notebook = json.loads(path.read_text(encoding="utf-8"))
                yield Work(student, lesson, notebook, Graded.from_data(notebook["metadata"].get(NAME)), marks)
            except (OSError, ValueError, KeyError, TypeError):
                continue


def open_assignment(folder: Path, assignment: str) -> Assignment:
    """The assignment with its marks. Raises CourseError, and NothingGraded where the gradebook does not have it."""
    from autograder.engine import nbgrader_api

    course = load_course(folder / "course.yml")
    lessons = tuple(lesson for lesson in course.lessons if lesson.chapter == assignment and lesson.exercises)
    if not lessons:
        known = ", ".join(chapter.id for chapter in course.chapters)
        raise NothingGraded(f"the course has no assignment {assignment} to hand in; its chapters are: {known}")
    grade = f"Run `genlab grade {assignment}` first."
    coursedir = nbgrader_api.coursedir(nbgrader_api.config(folder, Options()))
    if not (folder / "gradebook.db").exists() and "sqlite" in coursedir.db_url:
        raise NothingGraded(f"there is no gradebook in {folder} yet. {grade}")
    marks = read_marks(coursedir.db_url, assignment)
    if not marks:
        raise NothingGraded(f"nothing of {assignment} is graded yet. {grade}")
    from nbgrader.api import Gradebook

    with Gradebook(coursedir.db_url) as gradebook:
        students = tuple(nbgrader_api.students(gradebook))
    return Assignment(folder, course, assignment, lessons, marks, students)


def write_feedback(folder: Path, assignment: str, students: Iterable[str] = ()) -> list[Path]:
    """The pages that were written, one for each graded notebook, in feedback/STUDENT/ASSIGNMENT/.

    Raises CourseError, and NothingGraded for an assignment or a student of whom nothing is graded.
    """
    from autograder.pages.feedback import feedback_page
    from genlab.storing import write

    found, wanted = open_assignment(folder, assignment), set(students)
    written = []
    for work in found.works(wanted):
        target = folder / "feedback" / work.student / assignment / f"{work.lesson.file}.html"
        write(target, feedback_page(work.notebook, work.lesson, work.marks).encode())
        written.append(target)
        for name in BESIDE:
            source = folder / "autograded" / work.student / assignment / name
            if source.is_file():
                shutil.copyfile(source, target.parent / name)
    absent = wanted - {path.parts[-3] for path in written}
    if absent or not written:
        who = f" of {', '.join(sorted(absent))}" if absent else ""
        raise NothingGraded(f"nothing{who} in autograded/ for {assignment} yet. Run `genlab grade {assignment}` first.")
    return written
