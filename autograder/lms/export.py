"""Marks for a learning platform, as plugins of `nbgrader export` – `--exporter=autograder.lms.export.CanvasExport` – and of `genlab export`.

With the platform's own class list (`roster`) its rows are filled in; without one they are made from the gradebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from autograder.handin.absence import refused
from autograder.lms import roster as lists
from autograder.lms.roster import Person, Roster, folded, index, read_roster
from autograder.lms.table import TableError, write_table
from genlab.course import load_course

LISTED = 8  # names in one message


@dataclass(frozen=True)
class Mark:
    """Points of one student for an assignment, and when it was handed in; None where there is nothing to report."""

    points: float | None = None
    time: Any = None
    open: bool = False  # a person must mark it first


@dataclass(frozen=True)
class Column:
    """An assignment's marks by student's id."""

    assignment: str
    most: float
    marks: dict[str, Mark]

    def shown(self, person: Person, most: float | None = None) -> str:
        """The points as text, scaled to another maximum; empty where there are none."""
        points = self.marks.get(person.id, Mark()).points
        if points is None:
            return ""
        return number(points * most / self.most if most and self.most else points)


class PlatformExport(ExportPlugin):
    """What the exports of all platforms share; `said` is what their caller should tell after `export`."""

    platform = ""

    roster = Unicode("", help="the platform's own class list, a CSV file").tag(config=True)
    column = Unicode("", help="the heading of the platform's column, if not the assignment's name").tag(config=True)
    zeros = Bool(False, help="0 points for who has handed in nothing, in place of an empty cell").tag(config=True)
    force = Bool(False, help="replace a file that is there").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the marks to the file `to`. Raises TableError."""
        self.said: list[str] = []
        assignments = [a for a in gradebook.assignments if not self.assignment or a.name in self.assignment]
        absent = set(map(str, self.assignment)) - {a.name for a in assignments}
        if absent or not assignments:
            raise TableError(
                f"The gradebook has no assignment {', '.join(sorted(absent))}. Release and grade it first."
            )
        found = read_roster(Path(self.roster)) if self.roster else None
        if found is not None and found.platform != self.platform:
            raise TableError(f"{self.roster} is a list of {found.platform}, not of {self.platform}.")
        chosen = {str(student) for student in self.student}
        students = [s for s in gradebook.students if not chosen or s.id in chosen]
        people = found.people if found else [_person(student) for student in students]
        if not people:
            raise TableError(
                "The gradebook knows no student yet. Collect and grade first, or give the class list as roster."
            )
        here = self._matched(people, students)
        columns = [self._column(gradebook, a, people, here) for a in assignments]
        path = Path(self.to or f"{'-'.join(c.assignment for c in columns)}-{self.platform}.csv")
        if found is not None and path.resolve() == Path(self.roster).resolve():
            raise TableError(f"{path} is the platform's own file, which stays as it came: name another one to write.")
        write_table(path, self.rows(people, columns, found), self.force)
        self.said.insert(0, f"{path}: {len(people)} students.")
        for line in self.said:
            self.log.info(line)

    def rows(self, people: list[Person], columns: list[Column], found: Roster | None) -> Iterator[list[str]]:
        """The rows of the file, the heading first."""
        raise NotImplementedError

    def _matched(self, people: list[Person], students: list[Any]) -> dict[str, str]:
        """Students' ids in the gradebook by their ids on the list; who is on no list is said."""
        listed = index(people)
        here: dict[str, str] = {}
        lost = []
        for student in students:
            own = _person(student)
            person = next((p for n in (own.id, *own.names, own.name) if (p := listed.get(folded(n)))), None)
            if person is None:
                lost.append(student.id)
            elif person.id in here:
                raise TableError(
                    f"{here[person.id]} and {student.id} in the gradebook are both {person.id} on the list. Take the one that was "
                    f'collected without the list out of it: nbgrader db student remove "{here[person.id]}" --force'
                )
            else:
                here[person.id] = student.id
        if lost:
            self._say(lost, "not on the list, and left out")
        return here

    def _column(self, gradebook: Gradebook, assignment: Any, people: list[Person], here: dict[str, str]) -> Column:
        marks = {p.id: self._mark(gradebook, assignment.name, here.get(p.id)) for p in people}
        waiting = [student for student, mark in marks.items() if mark.open]
        absent = [student for student, mark in marks.items() if mark.time is None and not mark.open and not mark.points]
        if waiting:
            self._say(waiting, f"needs manual grading in {assignment.name}: left empty")
        if absent and not self.zeros:
            self._say(absent, f"no notebook handed in for {assignment.name}: left empty; --zeros writes 0")
        unread = {student for student, _ in refused(Path(CourseDirectory(parent=self).root), assignment.name)}
        if zero := [p.id for p in people if here.get(p.id) in unread and marks[p.id].points is not None]:
            self._say(zero, f"a file for {assignment.name} was refused, and counts 0; look at it")
        return Column(assignment.name, assignment.max_score, marks)

    def _mark(self, gradebook: Gradebook, assignment: str, student: str | None) -> Mark:
        nothing = Mark(0.0 if self.zeros else None)
        if student is None:
            return nothing
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return nothing
        if submission.needs_manual_grade:
            return Mark(open=True)
        points = max(0.0, submission.score - submission.late_submission_penalty)
        return Mark(points, submission.timestamp or "")

    def _say(self, names: list[str], what: str) -> None:
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        self.said.append(f"{', '.join(names[:LISTED])}{more}: {what}.")

    def _scaled(self, column: Column, most: str, where: str) -> float | None:
        """The platform's maximum, if it is another than ours; that marks are scaled to it is said."""
        try:
            there = float(most)
        except ValueError:
            return None
        if there <= 0 or there == column.most:
            return None
        self.said.append(f"{where} counts {number(there)} points, {column.assignment} {number(column.most)}: scaled.")
        return there


class CanvasExport(PlatformExport):
    """Canvas's gradebook with one column for each assignment, to be imported there: other columns are left as they are in Canvas."""

    platform = lists.CANVAS
    PEOPLE = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")

    def rows(self, people: list[Person], columns: list[Column], found: Roster | None) -> Iterator[list[str]]:
        """The heading, the points possible, and a row for each student."""
        about = [name for name in self.PEOPLE if name in found.header] if found else [*self.PEOPLE[:4], "Section"]
        headings = [self._heading(column, found) for column in columns]
        possible = [found.above.get(heading, "") if found else "" for heading in headings]
        scales = [self._scaled(c, p, h) for c, p, h in zip(columns, possible, headings, strict=True)]
        yield [*about, *headings]
        yield [
            "    Points Possible",
            *[""] * (len(about) - 1),
            *(p or number(c.most) for p, c in zip(possible, columns, strict=True)),
        ]
        for person in people:
            cells = person.row or self._made(person)
            marks = [column.shown(person, scale) for column, scale in zip(columns, scales, strict=True)]
            yield [*(cells.get(name, "") for name in about), *marks]

    def _heading(self, column: Column, found: Roster | None) -> str:
        """The heading of Canvas's own column, which ends in a number, or a new one."""
        wanted = {folded(name) for name in ([self.column] if self.column else [column.assignment, self._title(column)])}
        for heading in found.header if found else []:
            if folded(heading) in wanted or folded(re.sub(r" \(\d+\)$", "", heading)) in wanted:
                return heading
        self.said.append(
            f"Canvas will ask what {self.column or column.assignment} is: choose a new assignment, or --column NAME."
        )
        return self.column or column.assignment

    def _title(self, column: Column) -> str:
        """The chapter's title in the course's table of contents."""
        file = Path(CourseDirectory(parent=self).root) / "course.yml"
        chapters = load_course(file).chapters if file.exists() else []
        return next((chapter.title for chapter in chapters if chapter.id == column.assignment), column.assignment)

    @staticmethod
    def _made(person: Person) -> dict[str, str]:
        number = person.number or (person.id if person.id.isdigit() else "")
        name = f"{person.last}, {person.first}" if person.last and person.first else person.name or person.id
        return {"Student": name, "ID": number, "SIS Login ID": "" if person.id == number else person.id}


class MoodleExport(PlatformExport):
    """Moodle's grading worksheet with its grades filled in; without one, a table for Moodle's grade import."""

    platform = lists.MOODLE

    def rows(self, people: list[Person], columns: list[Column], found: Roster | None) -> Iterator[list[str]]:
        """The heading and a row for each student."""
        if found is not None and "Grade" in found.header:
            yield from self._worksheet(people, columns, found)
            return
        yield ["Full name", "Email address", "ID number", *(self.column or column.assignment for column in columns)]
        for person in people:
            own = person.names[1] if found else person.id
            yield [person.name, person.email, own, *(column.shown(person) for column in columns)]

    def _worksheet(self, people: list[Person], columns: list[Column], found: Roster) -> Iterator[list[str]]:
        if len(columns) != 1:
            raise TableError("A grading worksheet of Moodle is for one assignment. Name it with --assignment.")
        [column] = columns
        most = next((name for name in found.header if folded(name) == "maximum grade"), "")
        possible = {person.row.get(most, "") for person in people}
        scale = self._scaled(column, possible.pop(), "Moodle") if len(possible) == 1 else None
        yield found.header
        for person in people:
            points = column.shown(person, scale)
            yield [points if name == "Grade" and points else person.row[name] for name in found.header]


class GradescopeExport(PlatformExport):
    """Marks in the columns of Gradescope's own gradebook export, for what reads those."""

    platform = lists.GRADESCOPE

    def rows(self, people: list[Person], columns: list[Column], found: Roster | None) -> Iterator[list[str]]:
        """The heading and a row for each student."""
        parts = ("", " - Max Points", " - Submission Time", " - Lateness (H:M:S)")
        headings = [f"{self.column or column.assignment}{part}" for column in columns for part in parts]
        yield ["First Name", "Last Name", "SID", "Email", "Sections", *headings]
        for person in people:
            row = [person.first, person.last, person.names[0] if found else person.id, person.email]
            row.append(next((person.row[name] for name in ("Sections", "Section") if name in person.row), ""))
            for column in columns:
                time = column.marks.get(person.id, Mark()).time
                row += [column.shown(person), number(column.most), f"{time} +0000" if time else "", ""]
            yield row


EXPORTS: dict[str, type[PlatformExport]] = {
    export.platform: export for export in (CanvasExport, MoodleExport, GradescopeExport)
}


def number(value: float) -> str:
    """A number with at most two digits after the point."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _person(student: Any) -> Person:
    """A student of nbgrader's gradebook."""
    known = student.lms_user_id or ""
    email = student.email or ""
    return Person(student.id, student.first_name or "", student.last_name or "", email, known, (known, email))
