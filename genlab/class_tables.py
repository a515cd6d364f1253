"""What the instructor's commands print about a class: a row for everyone, and below it what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from genlab.terminal import new_table, show

if TYPE_CHECKING:
    from autograder.engine.assignment import Row as Marked
    from autograder.handin.collect import Row

AnyRow = TypeVar("AnyRow", "Row", "Marked")

STATES = {
    "ok": "[green]✓ as it was[/]",
    "mended": "[yellow]✓ mended[/]",
    "refused": "[red]✗ refused[/]",
    "other": "[red]✗ no notebook[/]",
    "missing": "[dim]○ not handed in[/]",
    "absent": "[dim]○ not handed in[/]",
}
COUNTED = {
    "ok": "as handed in",
    "mended": "mended",
    "refused": "refused",
    "missing": "missing",
    "other": "without a notebook",
    "absent": "with nothing handed in",
    "earlier": "collected earlier",
}
OF_STUDENTS = ("other", "absent", "earlier")  # counted by student, the others by notebook
MOST_ABSENT = 8  # with a row of their own
MOST_LOOKS = 25
NO_DUE = (
    "{count} came late, but {assignment} has no `due:` in course.yml, so that nbgrader will call nobody late.\n"
    "Write `due: 2026-12-08 18:00 Europe/Berlin`, your day, below its title there, run `genlab release {assignment}`, and collect again."
)


def show_collected(rows: Sequence[Row]) -> None:
    """Print what became of each hand-in, and how many of each kind there are."""
    from rich.markup import escape

    from autograder.lms.names import LATE

    table = new_table("student", "notebook", "", "notes")
    last = [row for row in rows if row.state == "absent"]
    shown = [row for row in rows if row.state not in ("absent", "earlier", "stray")]
    for row, notebooks in _folded(shown, lambda row: row.state in ("missing", "other")):
        table.add_row(escape(row.student), escape(notebooks), STATES[row.state], escape("\n".join(row.notes)))
    for names, note in _absent([row.student for row in last]):
        table.add_row(escape(names), "", STATES["absent"], escape(note))
    show(table)
    late = len({row.student for row in rows if LATE in row.notes})
    print(", ".join(_counts(rows) + [f"{late} late, says the learning platform"] * bool(late)))
    if stray := [row.student for row in rows if row.state == "stray"]:
        print(f"Left out, for they are no notebooks and no student's by their names: {_some(stray)}")
    if any(row.state in ("mended", "refused") for row in rows):
        print("Files whose text was changed are kept as they came in originals/.")


def lost_lateness(rows: Sequence[Row], assignment: str, due: datetime | None) -> str:
    """What to do where a learning platform calls some late and the course has no day by which nbgrader could; else nothing."""
    from autograder.lms.names import LATE

    late = {row.student for row in rows if LATE in row.notes}
    return NO_DUE.format(count=len(late), assignment=assignment) if late and due is None else ""


def show_marks(rows: Sequence[Marked], assignment: str) -> None:
    """Print everyone's points, and who needs a person's look and why."""
    from rich.markup import escape

    table = new_table("student", "notebook", "points", "notes")
    folded = list(_folded([row for row in rows if not row.absent], lambda row: not row.handed_in))
    for row, notebooks in folded:
        points = "[yellow]–[/]" if row.points is None else f"{row.points:g}"
        of = f" of {row.most:g}" if row.handed_in else ""
        table.add_row(escape(row.student), escape(notebooks), f"{points}{of}", escape("\n".join(row.notes)))
    for names, note in _absent([row.student for row in rows if row.absent]):
        table.add_row(escape(names), "", "[dim]–[/]", f"[dim]○ not handed in[/] {escape(note)}".rstrip())
    show(table)
    looks = [f"  {row.student}, {notebooks}: {'; '.join(row.look)}" for row, notebooks in folded if row.look]
    if looks:
        print(f"{len(looks)} to look at:", *looks[:MOST_LOOKS], sep="\n")
    if len(looks) > MOST_LOOKS:
        print(f"  and {len(looks) - MOST_LOOKS} more; `genlab report {assignment}` lists all.")


def _folded(rows: Sequence[AnyRow], alike: Callable[[AnyRow], bool]) -> Iterator[tuple[AnyRow, str]]:
    """Rows with the names of their notebooks: one for all of a student's that are alike and say the same, behind the others."""
    for _, mine in groupby(rows, key=lambda row: row.student):
        ordered = sorted(mine, key=alike)
        for _, group in groupby(ordered, key=lambda row: row.notes if alike(row) else row.notebook):
            first, *more = group
            yield first, ", ".join(row.notebook for row in (first, *more))


def _absent(students: Sequence[str]) -> list[tuple[str, str]]:
    """Names and a note for each row of those who handed in nothing: one for each of a few, one for many together."""
    names = list(dict.fromkeys(students))
    return (
        [(name, "") for name in names] if len(names) <= MOST_ABSENT else [(f"{len(names)} students", ", ".join(names))]
    )


def _counts(rows: Sequence[Row]) -> list[str]:
    notebooks = Counter(row.state for row in rows)
    students = Counter(state for state, _ in {(row.state, row.student) for row in rows})
    counts = {state: (students if state in OF_STUDENTS else notebooks)[state] for state in COUNTED}  # type: ignore[index]
    return [f"{counts[state]} {words}" for state, words in COUNTED.items() if counts[state]]


def _some(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
