"""One page about a class: how it went, which mistakes were made, what needs a look. For the instructor: it names students."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.pages.classroom import Assignment, NothingGraded, Work, open_assignment
from autograder.pages.feedback import answer
from autograder.pages.similar import Pair, similar_pairs
from autograder.pages.templating import duration, render
from autograder.report import Report
from genlab.course import Lesson

BINS = 10
SLOW = 3.0  # times the median …
SLOW_SECONDS = 10.0  # … and no less than this
MOST_PAIRS = 25
MOST_CODE = 1500  # characters of an answer beside another
STATES = ("passed", "failed", "follows", "not_attempted", "grader_error")


@dataclass
class Tally:
    """How the class did in one exercise."""

    exercise: str
    counts: Counter[str] = field(default_factory=Counter)  # by state

    @property
    def share(self) -> float:
        """Percent of those who handed it in that passed."""
        return 100 * self.counts["passed"] / max(sum(self.counts[state] for state in STATES), 1)


@dataclass
class Mistake:
    """A known mistake, or the cause of failures that follow from it, and who made it."""

    exercise: str
    name: str
    sentence: str = ""
    students: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """Something that a person should look at."""

    student: str
    notebook: str
    what: str


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
    works = []
    for work in assignment.works():
        for exercise in work.lesson.exercises:
            answers[f"{work.lesson.id}/{exercise.id}"][work.student] = answer(work.notebook, exercise.id)
        works.append(Work(work.student, work.lesson, {}, work.graded, work.marks))  # notebooks are large, classes too
    if not works:
        raise NothingGraded(f"autograded/ holds nothing of {assignment.id}. Run `genlab grade {assignment.id}` first.")
    totals = _totals(assignment)
    mistakes, follows, unnamed = _mistakes(works)
    return render(
        "class_report.html.j2",
        assignment=assignment,
        chapter=next(c for c in assignment.course.chapters if c.id == assignment.id),
        names=names,
        students=len(totals),
        notebooks=len(works),
        most=sum(lesson.points for lesson in assignment.lessons),
        mean=statistics.fmean(totals.values()),
        median=statistics.median(totals.values()),
        histogram=_histogram(list(totals.values()), sum(lesson.points for lesson in assignment.lessons)),
        tallies=sorted(_tallies(assignment, works), key=lambda tally: tally.share),
        mistakes=mistakes,
        follows=follows,
        unnamed=unnamed,
        late=sorted(
            ((m.student, m.notebook, duration(m.late), m.penalty) for m in assignment.marks.values() if m.late),
        ),
        slow=_slow(works),
        broken=_broken(assignment, works),
        alike=_alike(assignment, answers) if names else [],
    )


def _totals(assignment: Assignment) -> dict[str, float]:
    """Points by student, over all notebooks; what was not handed in counts nothing."""
    totals: dict[str, float] = defaultdict(float)
    for marks in assignment.marks.values():
        totals[marks.student] += marks.points
    return totals


@dataclass(frozen=True)
class Bin:
    """A bar of the histogram: from, to and how many."""

    low: float
    high: float
    count: int


def _histogram(points: list[float], most: float) -> list[Bin]:
    """Ten bins of equal width from 0 to the most there is; the last one holds extra credit, too."""
    width = most / BINS
    counts = Counter(min(int(value / width + 1e-9), BINS - 1) for value in points)
    return [Bin(i * width, (i + 1) * width, counts[i]) for i in range(BINS)]


def _tallies(assignment: Assignment, works: Iterable[Work]) -> list[Tally]:
    found = {
        f"{lesson.id}/{e.id}": Tally(f"{lesson.id}/{e.id}") for lesson in assignment.lessons for e in lesson.exercises
    }
    for work in works:
        for report in work.graded.reports if work.graded else ():
            if report.exercise in found:
                found[report.exercise].counts[_state(report)] += 1
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


def _slow(works: list[Work]) -> list[tuple[str, str, float]]:
    """(student, notebook, seconds) of those that took far longer than most, the slowest first."""
    times = [(work.graded.seconds, work) for work in works if work.graded]
    if not times:
        return []
    limit = max(SLOW_SECONDS, SLOW * statistics.median(seconds for seconds, _ in times))
    slow = sorted(((s, w.student, w.lesson.file) for s, w in times if s > limit), reverse=True)
    return [(student, notebook, seconds) for seconds, student, notebook in slow]


def _broken(assignment: Assignment, works: list[Work]) -> list[Look]:
    """What ended badly, was refused or has no score, and hand-ins that were never graded."""
    found = []
    for work in works:
        reasons = [] if work.graded is None else list(work.graded.notes)
        broke = [r.exercise.split("/")[1] for r in (work.graded.reports if work.graded else ()) if r.grader_error]
        reasons += [f"the check broke: {', '.join(broke)}; no score"] if broke else []
        if work.graded is None:
            reasons.append("graded by something that leaves no verdicts: `genlab grade --force` does")
        elif work.marks.waiting and not broke:
            reasons.append("needs manual grading")
        found += [Look(work.student, work.lesson.file, reason) for reason in reasons]
    return found + _refused(assignment) + _ungraded(assignment)


def _refused(assignment: Assignment) -> list[Look]:
    """Hand-ins that could not be read, as the record beside the originals has it."""
    from autograder.handin.storage import RECORD

    found = []
    for record in sorted((assignment.folder / "originals").glob(f"*/{assignment.id}/{RECORD}")):
        try:
            entries = json.loads(record.read_text(encoding="utf-8")).items()
            refused = [(name, entry["notes"][0]) for name, entry in entries if entry["refused"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            continue
        found += [Look(record.parts[-3], Path(name).stem, f"refused: {why}") for name, why in refused]
    return found


def _ungraded(assignment: Assignment) -> list[Look]:
    handed_in = {p.parts[-3] for p in (assignment.folder / "submitted").glob(f"*/{assignment.id}/*.ipynb")}
    graded = {p.parts[-3] for p in (assignment.folder / "autograded").glob(f"*/{assignment.id}/*.ipynb")}
    return [Look(student, "", "handed in and not graded") for student in sorted(handed_in - graded)]


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
