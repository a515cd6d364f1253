"""An assignment as released, and which of a student's files is the hand-in for which of its notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.handin.cells import Release, read_cells
from autograder.handin.found import Found
from autograder.handin.notes import Notes, quote
from autograder.handin.reading import Refused, read_notebook
from autograder.handin.recognise import answered, lesson_of
from autograder.handin.students import unsafe

OTHERS = "{} was handed in as well; the newest file with answers counts."
RENAMED = "It was handed in as {}."


@dataclass
class Choice:
    """The file that counts for a notebook, and those that do not. `data` is None when it cannot even be read."""

    found: Found
    data: bytes | None
    problem: str
    others: list[Found] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what is no damage
    renamed: str = ""

    def note_name(self) -> None:
        """Say what the file was called."""
        self.renamed = RENAMED.format(quote(self.found.name))


@dataclass(frozen=True)
class _Candidate:
    found: Found
    data: bytes | None = None
    problem: str = ""  # why it cannot be graded
    lesson: str | None = None
    notebook: dict[str, Any] | None = None  # where it can be graded


def _worth(candidate: _Candidate, file: str, answers: int) -> tuple[Any, ...]:
    """The greatest counts. Of files with one date that is the one which a browser called (2), then (1): it was there when they came."""
    found = candidate.found
    copy = re.search(r"\((\d{1,3})\)", found.name)
    named = int(copy[1]) if copy else 0, found.name == file
    return not candidate.problem, answers > 0, found.order, found.time, *named


class Assignment:
    """A chapter of the course: its lessons and their released notebooks."""

    def __init__(self, root: Path, assignment: str) -> None:
        from genlab.course import load_course

        self.root, self.id = root, assignment
        course = load_course(root / "course.yml")
        chapter = course.assignment(assignment)
        self.chapters = [each.id for each in course.chapters]
        self.due = chapter.due
        self.files = {lesson.id: f"{lesson.file}.ipynb" for lesson in chapter.lessons}
        self.stems = {lesson.id: lesson.file for lesson in course.lessons}
        self.exercises = {lesson.id: [exercise.id for exercise in lesson.exercises] for lesson in course.lessons}

    @cached_property
    def released(self) -> dict[str, Release]:
        """The lessons as released. Raises FileNotFoundError before a build."""
        found = {}
        for lesson, file in self.files.items():
            path = self.root / "lessons" / self.id / file
            if not path.exists():
                raise FileNotFoundError(f"{path} is missing. Run `genlab build`.")
            found[lesson] = Release(json.loads(path.read_text(encoding="utf-8")))
        return found

    def student_of(self, name: str) -> str:
        """The student whose file lies at the top of a source, or nothing where the name does not tell.

        It tells in ada.ipynb, ada_02_vae_fashion.ipynb and ada_anything.ipynb.
        """
        stem = re.split(r"\.ipynb", name, flags=re.IGNORECASE)[0]
        for file in self.files.values():
            lesson = Path(file).stem
            if lesson in stem.lower():
                return stem.partition(f"_{lesson}")[0] if f"_{lesson}" in stem else ""
        known = not unsafe(stem) and (self.root / "submitted" / stem).is_dir()
        return stem if known else stem.partition("_")[0]

    def choose(self, files: Iterable[Found]) -> tuple[dict[str, Choice], list[str]]:
        """By notebook's name the file that counts: readable before damaged, answered before blank, then the newest.

        Also sentences about notebooks that belong to another assignment.
        """
        candidates = [self._look(found) for found in files]
        if len(self.files) == 1 and not any(c.lesson in self.files for c in candidates):
            # Damaged and under some other name: there is only one notebook that it can have been.
            only = next(iter(self.files))
            candidates = [
                _Candidate(c.found, c.data, c.problem, only) if c.problem and not c.lesson else c for c in candidates
            ]
        choices = {}
        for lesson, file in self.files.items():
            mine = [c for c in candidates if c.lesson == lesson]
            if len(mine) > 1:
                mine.sort(key=lambda c: _worth(c, file, self._answers(c)))
            if mine:
                best, others = mine[-1], [c.found for c in mine[:-1]]
                notes = [*best.found.said, *(OTHERS.format(quote(found.name)) for found in others)]
                choices[file] = Choice(best.found, best.data, best.problem, others, notes)
                if best.found.name.rpartition("/")[2] != file and not best.found.top:
                    choices[file].note_name()
        foreign = [c for c in candidates if c.lesson and c.lesson not in self.files]
        return choices, [f"{quote(c.found.name)} is of another assignment (lesson {c.lesson})." for c in foreign]

    def _look(self, found: Found) -> _Candidate:
        named = [lesson for lesson, stem in self.stems.items() if stem in found.name.lower()]
        by_name = next((lesson for lesson in named if lesson in self.files), None)
        data = None
        try:
            data = found.read()
            notebook, _ = read_notebook(data)
        except Refused as error:
            return _Candidate(found, data, str(error), by_name or next(iter(named), None))
        lesson = lesson_of(notebook, self.exercises)
        if lesson not in self.files:
            # A stranger under this lesson's name: mending it will say so.
            problem = "It is no notebook of this lesson." if by_name else ""
            return _Candidate(found, data, problem, by_name or lesson)
        return _Candidate(found, data, "", lesson, notebook)

    def _answers(self, candidate: _Candidate) -> int:
        if candidate.notebook is None or candidate.lesson is None:
            return 0
        return len(answered(read_cells(candidate.notebook, Notes()), self.released[candidate.lesson]))
