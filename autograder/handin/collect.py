"""Hand-ins brought to the place where nbgrader looks for them, under the name that it knows, and mended there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.handin import storage, timestamps
from autograder.handin.absence import MISSING, without_notebook
from autograder.handin.assignment import Assignment, Choice
from autograder.handin.found import Found
from autograder.handin.notes import quote
from autograder.handin.reading import Refused
from autograder.handin.repair import refuse_file, repair_file
from autograder.handin.sources import Reader, is_notebook_name, opened, walk
from autograder.handin.students import unsafe
from autograder.lms.roster import Roster

OWN_FOLDERS = ("submitted", "autograded", "originals", "feedback", "release", "source", "lessons", "solutions")
SET_ASIDE = "{} was no ordinary file and was taken out of the folder."
MISPLACED = "It lies in submitted/ itself. Take it out, and bring it in with `genlab collect`."
EARLIER = "Nothing new; what was collected earlier stays."
SUPERSEDED = (
    "It is older than the one that was collected after it, which stays. To go back to it, delete {} and collect again."
)
STRAY = "It is no notebook, and its name is that of no student: left out."

# missing: this notebook, but not all; other: no notebook, but something; absent: nothing at all; earlier: nothing new; stray: nobody's
State = Literal["ok", "mended", "refused", "missing", "other", "absent", "earlier", "stray"]


@dataclass(frozen=True)
class Row:
    """What became of one notebook of one student."""

    student: str
    notebook: str  # the lesson's name as nbgrader has it, such as 02_vae_fashion
    state: State
    notes: tuple[str, ...]


def collect(
    course: Path, assignment: str, source: Path, roster: Roster | None = None, enrolled: Iterable[str] = ()
) -> list[Row]:
    """Rows of a folder or .zip of hand-ins, which are copied to `submitted/` and mended there, and of those who handed in nothing.

    In it lie STUDENT/…/x.ipynb, STUDENT.ipynb or STUDENT_x.ipynb, or what Canvas, Moodle, Gradescope or Blackboard gave, whose
    students are called as in `roster`. The lesson is found by content, whatever the file is called. What was in `submitted/` before
    goes to `originals/`. The class are those in `roster` and the students `enrolled`. Raises LookupError for an assignment that
    the course does not have, FileNotFoundError before a build, and Refused for a source that cannot be read.
    """
    work = Assignment(course, assignment)
    _refuse_own_folder(course.resolve(), source)
    everyone = {*enrolled, *(person.id for person in (roster.people if roster else []))}
    listed = {student for student in everyone if not unsafe(student)}
    with opened(source, Reader(work.student_of, work.chapters, roster, listed)) as found:
        rows = [Row(quote(name), "", "refused", (why,)) for name, why in found.refused]
        rows += [Row(quote(name), "", "stray", (STRAY,)) for name in found.nobodys]
        for student in dict.fromkeys([*found.notebooks, *sorted(listed)]):
            files, stamps, others = (
                place.get(student, []) for place in (found.notebooks, found.timestamps, found.others)
            )
            rows += _Student(work, student).take(files, stamps, others, there=student in found.notebooks)
    return sorted(rows, key=lambda row: (row.student, row.notebook))


def _refuse_own_folder(course: Path, source: Path) -> None:
    """Raise Refused where the source is what the course itself keeps: to copy that over itself would lose some of it."""
    place = source.resolve()
    inside = place.relative_to(course).parts[:1] if place.is_relative_to(course) else ()
    if course.is_relative_to(place) or (inside and inside[0] in OWN_FOLDERS):
        raise Refused(
            f"{source} is where this course keeps what was collected. Name the folder or .zip that came from the students or the "
            "learning platform; `genlab repair` mends what is in submitted/."
        )


def repair_submitted(course: Path, assignment: str, students: Iterable[str] = ()) -> list[Row]:
    """Rows of everything in `submitted/`, or of these students only, mended in its place.

    Raises LookupError for an assignment that the course does not have, FileNotFoundError before a build.
    """
    work = Assignment(course, assignment)
    submitted = course / "submitted"
    everyone = sorted(entry.name for entry in os.scandir(submitted)) if submitted.is_dir() else []
    wanted = list(students) or [name for name in everyone if not name.startswith(".")]
    return [row for student in wanted for row in repair_student(work, student)]


def repair_student(work: Assignment, student: str) -> list[Row]:
    """Rows of what one student has in `submitted/`, mended in its place. Raises FileNotFoundError before a build."""
    place = work.root / "submitted" / student
    if place.is_file() and not place.is_symlink():
        return [Row(quote(student), "", "refused", (MISPLACED,))] if is_notebook_name(student) else []
    if why := unsafe(student):
        return [Row(quote(student), "", "refused", (why,))]
    return _Student(work, student).mend()


class _Student:
    """One student's hand-ins for an assignment."""

    def __init__(self, work: Assignment, student: str) -> None:
        self.work, self.student = work, student
        self.folder = work.root / "submitted" / student / work.id
        self.originals = work.root / "originals" / student / work.id

    def take(self, files: list[Found], stamps: list[Found], others: list[Found], there: bool) -> list[Row]:
        """Rows of files from a source, copied to the student's folder. there: whether the source has this student."""
        choices, foreign = self.work.choose(files)
        notes = self._real_folders() if there else []
        if there and not choices:
            self.folder.mkdir(parents=True, exist_ok=True)  # where grading sees who handed in something
            foreign += self._keep(others)
        changed, chosen = False, []
        for file, choice in choices.items():
            if self._is_superseded(file, choice):
                choice.notes.append(
                    SUPERSEDED.format(quote((self.folder / file).relative_to(self.work.root).as_posix()))
                )
                continue
            chosen.append(choice.found)
            if self._is_new(file, choice):
                self._set_aside(self.folder / file)
                self._place(file, choice)
                changed = True
        if chosen:
            if changed:
                self._set_aside(self.folder / timestamps.NAME)
            timestamps.ensure(self.folder, self.originals, chosen, stamps, self.work.due)
        return self._rows(choices, notes, foreign)

    def mend(self) -> list[Row]:
        """Rows of what is in the student's folder, mended in its place."""
        notes = self._real_folders() if os.path.lexists(self.folder.parent) else []
        files = [found for _, found in walk(self.folder)] if self.folder.is_dir() else []
        choices, foreign = self.work.choose([found for found in files if is_notebook_name(found.name)])
        for file, choice in choices.items():
            if choice.found.path != self.folder / file:
                choice.note_name()
                self._set_aside(self.folder / file)
                self._place(file, choice)
            for found in [choice.found, *choice.others]:
                if found.path is not None and found.path != self.folder / file:
                    self._set_aside(found.path)
        for _, found in list(walk(self.folder)) if self.folder.is_dir() else []:
            mine = found.path in [self.folder / file for file in choices]
            if found.path is not None and not mine and (found.path.is_symlink() or not found.path.is_file()):
                self._set_aside(found.path)
                notes.append(SET_ASIDE.format(quote(found.name)))
        if choices:
            timestamps.ensure(self.folder, self.originals, [choice.found for choice in choices.values()], [])
        return self._rows(choices, notes, foreign)

    def _rows(self, choices: dict[str, Choice], mended: list[str], foreign: list[str]) -> list[Row]:
        """A row for each of the assignment's notebooks, those that were chosen mended in their places."""
        here = [file for file in self.work.files.values() if file in choices or (self.folder / file).exists()]
        state: State
        state, said = ("missing", MISSING) if here else without_notebook(self.folder)
        rows = []
        for file in self.work.files.values():
            if file in choices:
                rows.append(self._row(file, choices[file], mended))
            elif file in here:
                rows.append(Row(self.student, Path(file).stem, "earlier", (EARLIER, *mended, *foreign)))
            else:
                rows.append(Row(self.student, Path(file).stem, state, (said, *mended, *foreign)))
        return rows

    def _keep(self, files: list[Found]) -> list[str]:
        """Put what is no notebook into the student's folder, for people to look at; sentences about what cannot be read."""
        problems = []
        for found in files:
            try:
                storage.add(self.folder, found.name.rpartition("/")[2], found.read(), found.time)
            except Refused as error:
                problems.append(f"{quote(found.name)}: {error}")
        return problems

    def _row(self, file: str, choice: Choice, mended: list[str]) -> Row:
        lesson = next(lesson for lesson, name in self.work.files.items() if name == file)
        mended = [choice.renamed, *mended] if choice.renamed else mended
        try:
            mended = [*mended, *repair_file(self.folder / file, self.work.released[lesson], self.originals)]
        except Refused as error:
            return Row(self.student, Path(file).stem, "refused", (str(error), *mended, *choice.notes))
        return Row(self.student, Path(file).stem, "mended" if mended else "ok", (*mended, *choice.notes))

    def _is_new(self, file: str, choice: Choice) -> bool:
        path = self.folder / file
        known = storage.result_for(path, self.originals)
        if known is not None and choice.data is not None:
            return known.original != storage.digest(choice.data)
        return path.is_symlink() or not path.is_file() or path.read_bytes() != choice.data

    def _is_superseded(self, file: str, choice: Choice) -> bool:
        """Whether a file was collected before, and gave way to what is there now, which is no older."""
        path = self.folder / file
        if choice.data is None or not path.is_file() or path.is_symlink() or not self._is_new(file, choice):
            return False
        return choice.found.time <= path.stat().st_mtime and storage.holds(self.originals, file, choice.data)

    def _place(self, file: str, choice: Choice) -> None:
        path = self.folder / file
        if choice.data is not None:
            storage.write(path, choice.data, choice.found.time)
        else:
            lesson = next(lesson for lesson, name in self.work.files.items() if name == file)
            refuse_file(path, self.work.released[lesson], self.originals, choice.problem)

    def _set_aside(self, path: Path) -> None:
        """Move what is there to the originals; what a repair wrote needs no keeping, as its original is there."""
        if storage.result_for(path, self.originals) is not None:
            storage.remove(path)
        elif os.path.lexists(path):
            storage.set_aside(path, self.originals)

    def _real_folders(self) -> list[str]:
        """Make the student's folders real ones; what was a link or file in their place, in sentences."""
        notes = []
        for folder in (self.folder.parent, self.folder):
            if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
                storage.set_aside(folder, self.originals)
                notes.append(SET_ASIDE.format(quote(folder.name)))
        return notes
