"""The instructor's commands: hand-ins collected and mended, a class graded, the machine looked over."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genlab.terminal import new_table, show, stop_on

if TYPE_CHECKING:
    from autograder.engine.assignment import Row as Marked
    from autograder.handin.collect import Row

STATES = {"ok": "[green]✓ as it was[/]", "mended": "[yellow]✓ mended[/]", "refused": "[red]✗ refused[/]"}

_Assignment = Annotated[str, typer.Argument(help="A chapter of course.yml, for example 03_vae.")]
_Course = Annotated[Path, typer.Option(help="The course's folder, with course.yml and lessons/.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(collect)
    app.command()(repair)
    app.command()(grade)
    app.command()(feedback)
    app.command()(report)
    app.command()(doctor)


def collect(
    assignment: _Assignment,
    source: Annotated[
        Path,
        typer.Argument(
            help="A folder or .zip: STUDENT/…/x.ipynb, STUDENT.ipynb, or as Canvas, Moodle, Gradescope give it."
        ),
    ],
    course: _Course = Path("."),
    roster: Annotated[
        Path | None,
        typer.Option(
            help="The class list as CSV: Canvas's gradebook, Moodle's worksheet, Gradescope's roster. For names."
        ),
    ] = None,
) -> None:
    """Copy hand-ins to submitted/ under the names that nbgrader knows, and mend them. Exit code 1 if any is refused."""
    from autograder.handin.collect import collect as collect_all
    from autograder.handin.reading import Refused
    from autograder.lms.roster import read_roster
    from autograder.lms.table import TableError
    from genlab.course import CourseError

    with stop_on(CourseError, Refused, TableError, LookupError, FileNotFoundError):
        people = read_roster(roster) if roster else None
        rows = collect_all(course, assignment, source, people)
        if people:
            from autograder.lms.enrol import enrol

            print(f"{enrol(course, people)} of {len(people.people)} students on the list entered into the gradebook.")
    _report(rows, "There is no notebook in it. A folder or .zip holds STUDENT/…/x.ipynb or STUDENT.ipynb.")


def repair(
    assignment: _Assignment,
    students: Annotated[list[str] | None, typer.Argument(help="Only these; by default everybody.")] = None,
    course: _Course = Path("."),
) -> None:
    """Mend what is in submitted/, so that nbgrader can grade it. Exit code 1 if anything is refused."""
    from autograder.handin.collect import repair_submitted
    from genlab.course import CourseError

    with stop_on(CourseError, LookupError, FileNotFoundError):
        rows = repair_submitted(course, assignment, students or ())
    _report(rows, "Nobody has handed in anything yet: submitted/ is empty. `genlab collect` fills it.")


def grade(
    assignment: _Assignment,
    students: Annotated[list[str] | None, typer.Argument(help="Only these; by default everybody.")] = None,
    course: _Course = Path("."),
    force: Annotated[bool, typer.Option(help="Grade again what has marks already.")] = False,
    run_all: Annotated[bool, typer.Option(help="Run the lesson's training and picture cells too.")] = False,
    sandbox: Annotated[
        int | None, typer.Option(min=1, max=2, help="This tier of isolation, not the best there is.")
    ] = None,
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="No isolation: only for code that you trust.")
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler, tcp://…: its workers run and judge, this process writes."),
    ] = None,
) -> None:
    """Repair and grade what is in submitted/, in the sandbox, into nbgrader's gradebook. Exit code 1 if a person must look at any."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from autograder.engine.alone import NotAlone
    from autograder.engine.assignment import NotReleased, grade_assignment
    from autograder.engine.launch import EngineError
    from autograder.engine.options import Options
    from autograder.engine.secret import DamagedSecret
    from autograder.engine.tiers import NoSandbox
    from genlab.course import CourseError

    options = Options(sandbox=0 if no_sandbox else sandbox, run_all=run_all, cluster=cluster)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    errors = CourseError, NotReleased, NotAlone, EngineError, NoSandbox, DamagedSecret, FileNotFoundError
    with stop_on(*errors), Progress(*columns) as bar:
        task = bar.add_task("starting", total=None)

        def progress(done: int, every: int) -> None:
            bar.update(task, description=f"grading {assignment}", completed=done, total=every)

        rows, phases = grade_assignment(
            course, assignment, students or (), options=options, force=force, progress=progress
        )
    _print_marks(rows)
    count = len({row.student for row in rows})
    if phases.graded < count:
        print(
            f"Graded now: {phases.graded} of {count}. What the others' marks depend on is as it was; --force grades them again."
        )
    print(
        f"students: {count}; {phases.start:.1f} s to start, {phases.grade:.1f} s to grade. "
        f"Marks are in the gradebook, graded notebooks in autograded/."
    )
    raise typer.Exit(1 if any(row.look for row in rows) else 0)


def feedback(
    assignment: _Assignment,
    students: Annotated[list[str] | None, typer.Argument(help="Only these; by default everybody.")] = None,
    course: _Course = Path("."),
) -> None:
    """Write the pages that students get, into feedback/: what failed, why, what to try, and what people wrote about it."""
    from autograder.pages.classroom import NothingGraded, write_feedback
    from genlab.course import CourseError

    with stop_on(CourseError, NothingGraded, FileNotFoundError):
        written = write_feedback(course, assignment, students or ())
    count = len({path.parts[-3] for path in written})
    print(f"Written: {len(written)} pages for {count} {'student' if count == 1 else 'students'}, in feedback/.")
    print(f"`nbgrader release_feedback {assignment}` hands them out where students fetch their work with nbgrader.")


def report(
    assignment: _Assignment,
    course: _Course = Path("."),
    without_names: Annotated[
        bool, typer.Option("--without-names", help="A page to show to the class: no student named.")
    ] = False,
) -> None:
    """Write one page about the class: scores, exercises, misconceptions, what needs a look, answers unusually alike."""
    from autograder.pages.class_report import write_report
    from autograder.pages.classroom import NothingGraded
    from genlab.course import CourseError

    with stop_on(CourseError, NothingGraded, FileNotFoundError):
        page = write_report(course, assignment, names=not without_names)
    print(f"Written: {page}" + ("" if without_names else " (it names students: for you alone)"))


def doctor() -> None:
    """Look at what this machine has for grading: which isolation works, what lacks, and what helps. Exit code 1 without isolation."""
    from autograder.engine.doctor import examine_machine

    bad = False
    for finding in examine_machine():
        bad = bad or finding.good is False
        mark = {True: "✓", None: "·", False: "✗"}[finding.good]
        print(f"{mark} {finding.what}: {finding.said}")
        if finding.good is not True and finding.remedy:
            print(f"    {finding.remedy}")
    if bad:
        print("Without isolation strangers' code is run only by `genlab grade --no-sandbox`.")
    raise typer.Exit(1 if bad else 0)


def _print_marks(rows: list[Marked]) -> None:
    from rich.markup import escape

    table = new_table("student", "notebook", "points", "notes")
    for row in rows:
        points = "[yellow]–[/]" if row.points is None else f"{row.points:g}"
        table.add_row(
            escape(row.student), escape(row.notebook), f"{points} of {row.most:g}", escape("\n".join(row.notes))
        )
    show(table)


def _report(rows: list[Row], nothing: str) -> None:
    from rich.markup import escape

    if not rows:
        print(nothing)
        return
    table = new_table("student", "notebook", "", "notes")
    for row in rows:
        state = STATES.get(row.state, "[dim]○ not handed in[/]")
        table.add_row(escape(row.student), escape(row.notebook), state, escape("\n".join(row.notes)))
    show(table)
    counts: Counter[str] = Counter(row.state for row in rows)
    said = {"ok": "as handed in", "mended": "mended", "refused": "refused", "missing": "missing"}
    print(", ".join(f"{counts[state]} {words}" for state, words in said.items() if counts[state]))
    if any(row.state in ("mended", "refused") for row in rows):
        print("Files whose text was changed are kept as they came in originals/.")
    raise typer.Exit(1 if counts["refused"] else 0)
