"""A class as a learning platform lists it: Canvas's gradebook, Moodle's grading worksheet or participants, Gradescope's roster."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.handin.students import as_id
from autograder.lms.table import TableError, read_table

CANVAS, MOODLE, GRADESCOPE, BLACKBOARD = "canvas", "moodle", "gradescope", "blackboard"


@dataclass(frozen=True)
class Person:
    """One student. `id` is what nbgrader calls them, `number` what the platform calls them in the names of hand-ins."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    number: str = ""
    names: tuple[str, ...] = ()  # all that identifies them: numbers, log-in, e-mail address
    row: dict[str, str] = field(default_factory=dict, hash=False)  # their row of the list

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}".strip()


class Roster:
    """The people on a list, found by what identifies them, or by a full name that only one of them has."""

    def __init__(self, platform: str, header: list[str], people: list[Person], above: dict[str, str]) -> None:
        self.platform, self.header, self.people = platform, header, people
        self.above = above  # Canvas's row of points possible
        self._by_name = index(people)

    def find(self, *names: str) -> Person | None:
        """The person whom the first known of these names identifies, or None."""
        return next((found for name in names if (found := self._by_name.get(folded(name)))), None)


def index(people: Iterable[Person]) -> dict[str, Person]:
    """People by each name that identifies one of them alone."""
    people = list(people)
    found: dict[str, Person] = {}
    for names_of in (lambda p: (p.id,), lambda p: p.names, lambda p: (p.name, f"{p.last} {p.first}")):
        every = [
            (folded(name), person) for person in people for name in dict.fromkeys(names_of(person)) if name.strip()
        ]
        often = Counter(name for name, _ in {(name, person.id) for name, person in every})
        found = {name: person for name, person in every if often[name] == 1} | found
    return found


def folded(name: str) -> str:
    """A name without case, accents' encodings, commas and doubled blanks, for comparing."""
    return " ".join(unicodedata.normalize("NFC", name).replace(",", " ").split()).casefold()


def read_roster(path: Path) -> Roster:
    """The class list in a CSV file of Canvas, Moodle or Gradescope. Raises TableError for any other file."""
    rows = read_table(path)
    header = [cell.strip() for cell in rows[0]] if rows else []
    if len(set(header)) < len(header):
        header = [name if header.index(name) == place else f"{name} [{place}]" for place, name in enumerate(header)]
    known = {name.casefold() for name in header}
    entries = [dict(zip(header, (*row, *[""] * len(header)), strict=False)) for row in rows[1:]]
    if {"student", "id"} <= known:
        people, above = _canvas(entries)
        return Roster(CANVAS, header, people, above)
    if "sid" in known and "email" in known:
        return Roster(GRADESCOPE, header, [_gradescope(entry) for entry in entries], {})
    if "email address" in known and known & {"identifier", "first name", "full name", "firstname"}:
        return Roster(MOODLE, header, [_moodle(entry) for entry in entries], {})
    raise TableError(
        f"{path} is no class list that is known here. Take the gradebook from Canvas (Export), the grading worksheet or the participants "
        "from Moodle (with Moodle in English), or the roster from Gradescope, as CSV."
    )


def _canvas(entries: list[dict[str, str]]) -> tuple[list[Person], dict[str, str]]:
    people: list[Person] = []
    above: dict[str, str] = {}
    for entry in entries:
        name, number = _of(entry, "student"), _of(entry, "id")
        if name == "Points Possible":
            above = entry
        elif number and name not in ("Student, Test", "Test Student"):  # Canvas's own pretended student
            last, _, first = name.partition(",")
            login, sis = _of(entry, "sis login id"), _of(entry, "sis user id")
            names = (number, login, sis)
            email = login if "@" in login else ""
            people.append(
                Person(as_id(login or sis or number), first.strip(), last.strip(), email, number, names, entry)
            )
    return people, above


def _moodle(entry: dict[str, str]) -> Person:
    number = re.sub(r"^\D+", "", _of(entry, "identifier"))
    email, own = _of(entry, "email address"), _of(entry, "id number")
    first, last = _of(entry, "first name", "firstname"), _of(entry, "last name", "surname")
    if full := _of(entry, "full name"):
        first, _, last = full.rpartition(" ")
    names = (email, own, _of(entry, "username"), f"participant {number}" if number else "")
    return Person(as_id(email or own or full), first, last, email, number, names, entry)


def _gradescope(entry: dict[str, str]) -> Person:
    first, last = _of(entry, "first name"), _of(entry, "last name")
    if not first and (full := _of(entry, "full name", "name")):
        first, _, last = full.rpartition(" ")
    sid, email = _of(entry, "sid"), _of(entry, "email")
    return Person(as_id(sid or email), first, last, email, sid or email, (sid, email), entry)


def _of(entry: dict[str, str], *names: str) -> str:
    """The cell under the first of these headings that is there, whatever their case."""
    return next((cell.strip() for name, cell in entry.items() if name.casefold() in names and cell.strip()), "")
