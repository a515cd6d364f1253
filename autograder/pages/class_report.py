"""One page about a class: how it went, which mistakes were made, what needs a look. For the instructor: it names students."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.handin.absence import refused
from autograder.pages import attention, scores
from autograder.pages.classroom import Assignment, NothingGraded, Work, open_assignment
from autograder.pages.feedback import answer
from autograder.pages.similar import Pair, similar_pairs
from autograder.pages.templating import render
from autograder.report import Report
from genlab.course import Lesson

MOST_PAIRS = 25
MOST_CODE = 1500  # characters of an answer beside another
JUDGED = {
    "passed": "passed",
    "failed": "failed",
    "follows": "follows from another",
    "not_attempted": "not attempted",
    "grader_error": "the check broke",
}
STATES = JUDGED | {"refused": "refused"}


@dataclass
class Tally:
    """How the class did in one exercise."""

    exercise: str
    counts: Counter[str] = field(default_factory=Counter)  # by state

    @property
    def share(self) -> float:
        """Percent of the answers that could be read that passed."""
        return 100 * self.counts["passed"] / max(sum(self.counts[state] for state in JUDGED), 1)


@dataclass
class Mistake:
    """A known mistake, or the cause of failures that follow from it, and who made it."""

    exercise: str
    name: str
    sentence: str = ""
    students: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Alike:
    """A pair, and its most telling exercise side by side."""

    pair: Pair
    exercise: str
    codes: tuple[str, str]


def write_report(folder: Path, assignment: str, names: bool = True) -> Path:
    """The page that was written, `build/report/ASSIGNMENT.html`. Raises CourseError and classroom.NothingGraded."""
    from genlab.storing import write

    found = open_assignment(folder, assignment)
    target = folder / "build" / "report" / f"{assignment}{'' if names else '-without-names'}.html"
    write(target, class_report(found, names).encode())
    return target


def class_report(assignment: Assignment, names: bool = True) -> str:
    """HTML of the report; without names it has no list of students, and can be shown to the class. Raises NothingGraded."""
    answers: dict[str, dict[str, str]] = defaultdict(dict)
    works, unread = [], refused(assignment.folder, assignment.id)
    for work in assignment.works():
        for exercise in work.lesson.exercises if (work.student, work.lesson.file) not in unread else ():
            answers[f"{work.lesson.id}/{exercise.id}"][work.student] = answer(work.notebook, exercise.id)
        works.append(Work(work.student, work.lesson, {}, work.graded, work.marks))  # notebooks are large, classes too
    if not works:
        raise NothingGraded(f"autograded/ holds nothing of {assignment.id}. Run `genlab grade {assignment.id}` first.")
    totals, most = scores.totals(assignment), sum(lesson.points for lesson in assignment.lessons)
    mistakes, follows, unnamed = _mistakes(works)
    looks = attention.looks(assignment, works, unread)
    return render(
        "class_report.html.j2",
        assignment=assignment,
        chapter=next(c for c in assignment.course.chapters if c.id == assignment.id),
        names=names,
        students=len(totals),
        notebooks=sum((w.student, w.lesson.file) not in unread for w in works),
        most=most,
        mean=statistics.fmean(totals.values()),
        median=statistics.median(totals.values()),
        histogram=scores.histogram(list(totals.values()), most),
        states=STATES,
        tallies=sorted(_tallies(assignment, works, unread), key=lambda tally: tally.share),
        mistakes=mistakes,
        follows=follows,
        unnamed=unnamed,
        late=attention.late(assignment),
        slow=attention.slow(works, looks),
        looks=looks,
        missing=attention.missing(assignment),
        alike=_alike(assignment, answers) if names else [],
    )


def _tallies(assignment: Assignment, works: Iterable[Work], unread: Container[tuple[str, str]]) -> list[Tally]:
    found = {
        f"{lesson.id}/{e.id}": Tally(f"{lesson.id}/{e.id}") for lesson in assignment.lessons for e in lesson.exercises
    }
    for work in works:
        for report in work.graded.reports if work.graded else ():
            if report.exercise in found:
                state = "refused" if (work.student, work.lesson.file) in unread else _state(report)
                found[report.exercise].counts[state] += 1
    return list(found.values())


def _state(report: Report) -> str:
    return "follows" if report.follows_from else report.status


def _mistakes(works: Iterable[Work]) -> tuple[list[Mistake], list[Mistake], list[Mistake]]:
    """Named mistakes, what follows from another exercise, and claims that failed without a name; each the most frequent first."""
    named: dict[tuple[str, str], Mistake] = {}
    follows: dict[tuple[str, str], Mistake] = {}
    unnamed: dict[tuple[str, str], Mistake] = {}
    for work in works:
        for report in work.graded.reports if work.graded else ():
            if report.status != "failed":
                continue
            if report.follows_from:
                kind, key, sentence = follows, report.follows_from, ""
            elif report.misconception:
                kind, key, sentence = named, report.misconception, report.sentence
            else:
                kind, key, sentence = unnamed, report.failure.says if report.failure else "could not be examined", ""
            kind.setdefault((report.exercise, key), Mistake(report.exercise, key, sentence)).students.append(
                work.student
            )
    return tuple(  # type: ignore[return-value]
        sorted(kind.values(), key=lambda m: (-len(m.students), m.exercise, m.name))
        for kind in (named, follows, unnamed)
    )


def _alike(assignment: Assignment, answers: dict[str, dict[str, str]]) -> list[Alike]:
    stubs = {id: source for lesson in assignment.lessons for id, source in _stubs(assignment.folder, lesson).items()}
    found = []
    for pair in similar_pairs(answers, stubs)[:MOST_PAIRS]:
        exercise = pair.exercises[0]
        a, b = (answers[exercise].get(student, "")[:MOST_CODE] for student in pair.students)
        found.append(Alike(pair, exercise, (a, b)))
    return found


def _stubs(folder: Path, lesson: Lesson) -> dict[str, str]:
    """What was handed out in the place of each answer."""
    try:
        released = json.loads((folder / "lessons" / f"{lesson.path}.ipynb").read_text(encoding="utf-8"))
    except OSError:
        return {}
    return {f"{lesson.id}/{e.id}": answer(released, e.id) for e in lesson.exercises}
