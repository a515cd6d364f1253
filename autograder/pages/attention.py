"""What a person should look at in a class: what was refused, ended badly or took long, who was late, and who handed in nothing."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from autograder.handin.absence import without_notebook
from autograder.pages.classroom import Assignment, Work
from autograder.pages.templating import duration, number

SLOW = 3.0  # times the median …
SLOW_SECONDS = 10.0  # … and no less than this


@dataclass(frozen=True)
class Look:
    """Something that a person should look at."""

    student: str
    notebook: str
    what: str


@dataclass(frozen=True)
class Missing:
    """Who handed in nothing, and by notebook who handed in others, but not this one."""

    nothing: list[str]
    parts: dict[str, list[str]]


def missing(assignment: Assignment) -> Missing:
    """Who of the class handed in nothing, or not all."""
    handed_in = _handed_in(assignment)
    some = {student for student, _ in handed_in}
    parts = {
        lesson.file: sorted(student for student in some if (student, lesson.file) not in handed_in)
        for lesson in assignment.lessons
    }
    there = {path.parent.name for path in (assignment.folder / "submitted").glob(f"*/{assignment.id}")}
    nothing = [student for student in assignment.students if student not in some | there]
    return Missing(nothing, {file: students for file, students in parts.items() if students})


def looks(assignment: Assignment, works: list[Work], why_refused: dict[tuple[str, str], str]) -> list[Look]:
    """What ended badly or has no score, and hand-ins that were refused, hold no notebook, or were never graded."""
    found = [Look(student, notebook, f"refused: {why}") for (student, notebook), why in why_refused.items()]
    graded = {work.student for work in works}
    for folder in sorted((assignment.folder / "submitted").glob(f"*/{assignment.id}")):
        if (student := folder.parent.name) not in graded:
            notebooks = any(folder.glob("*.ipynb"))
            found.append(Look(student, "", "handed in and not graded" if notebooks else without_notebook(folder)[1]))
    for work in works:
        reasons = [] if work.graded is None else list(work.graded.notes)
        broke = [r.exercise.split("/")[1] for r in (work.graded.reports if work.graded else ()) if r.grader_error]
        reasons += [f"the check broke: {', '.join(broke)}; no score"] if broke else []
        if work.graded is None:
            reasons.append("graded by something that leaves no verdicts: `genlab grade --force` does")
        elif work.marks.waiting and not broke:
            reasons.append("needs manual grading")
        found += [Look(work.student, work.lesson.file, reason) for reason in reasons]
    return found


def slow(works: list[Work], known: list[Look]) -> list[Look]:
    """What took far longer than most, the slowest first; without what is known to need a look."""
    times = [(work.graded.seconds, work.student, work.lesson.file) for work in works if work.graded]
    limit = max(SLOW_SECONDS, SLOW * statistics.median(seconds for seconds, *_ in times)) if times else 0.0
    named = {(look.student, look.notebook) for look in known}
    found = sorted((each for each in times if each[0] > limit and each[1:] not in named), reverse=True)
    return [Look(student, notebook, f"{seconds:.0f} seconds") for seconds, student, notebook in found]


def late(assignment: Assignment) -> list[Look]:
    """What came after the due date; for nbgrader, who was late with one notebook was late with those never handed in, too."""
    said = "{} after it was due; points taken off: {}"
    handed_in = _handed_in(assignment)
    found = [m for m in assignment.marks.values() if m.late and (m.student, m.notebook) in handed_in]
    return [
        Look(m.student, m.notebook, said.format(duration(m.late), number(m.penalty)))
        for m in sorted(found, key=lambda m: (m.student, m.notebook))
    ]


def _handed_in(assignment: Assignment) -> set[tuple[str, str]]:
    """Students and notebooks of which there is a file."""
    places = (assignment.folder / kind for kind in ("submitted", "autograded"))
    return {(p.parts[-3], p.stem) for place in places for p in place.glob(f"*/{assignment.id}/*.ipynb")}
