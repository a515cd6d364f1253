"""The instructor's commands: hand-ins collected and mended, a class graded, the machine looked over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from genlab.class_tables import lost_lateness, show_collected, show_marks
from genlab.terminal import steps, stop_on

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
    """Copy hand-ins to submitted/ under the names that nbgrader knows, and mend them. Exit code 1 if any is refused or no notebook."""
    from autograder.handin.collect import collect as collect_all
    from autograder.handin.reading import Refused
    from autograder.lms.enrol import enrol, enrolled, twice
    from autograder.lms.roster import read_roster
    from autograder.lms.table import TableError
    from genlab.course import CourseError, load_course

    with stop_on(CourseError, Refused, TableError, LookupError, FileNotFoundError):
        chapters = load_course(course / "course.yml").chapters
        people = read_roster(roster) if roster else None
        rows = collect_all(course, assignment, source, people, enrolled(course))
        if people:
            print(
                f"The list has {len(people.people)} students; new or changed in the gradebook: {enrol(course, people)}."
            )
    if all(row.state in ("absent", "earlier", "stray") for row in rows):
        print("There is no notebook in it. A folder or .zip holds STUDENT/…/x.ipynb or STUDENT.ipynb.")
        raise typer.Exit(1)
    show_collected(rows)
    without_list = twice(course, assignment, people)
    for other, name in without_list:
        print(f"submitted/ holds {name} of the list also as “{other}”, collected without it.")
    if without_list:
        print(
            "Or the class is counted twice: remove those folders in submitted/ and, if they were graded, in autograded/ and feedback/; then "
            f'take each name out of the gradebook: nbgrader db student remove "{without_list[0][0]}" --force'
        )
    if lost := lost_lateness(rows, assignment, next(c.due for c in chapters if c.id == assignment)):
        print(lost)
    raise typer.Exit(1 if any(row.state in ("refused", "other") for row in rows) else 0)


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
    if not rows:
        print("Nobody has handed in anything yet: submitted/ is empty. `genlab collect` fills it.")
        return
    show_collected(rows)
    raise typer.Exit(1 if any(row.state in ("refused", "other") for row in rows) else 0)


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
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look for them among all that is installed
    from autograder.engine.alone import NotAlone
    from autograder.engine.assignment import NotReleased, grade_assignment
    from autograder.engine.launch import EngineError
    from autograder.engine.options import Options
    from autograder.engine.secret import DamagedSecret
    from autograder.engine.tiers import NoSandbox
    from genlab.course import CourseError

    options = Options(sandbox=0 if no_sandbox else sandbox, run_all=run_all, cluster=cluster)
    errors = CourseError, NotReleased, NotAlone, EngineError, NoSandbox, DamagedSecret, FileNotFoundError
    with stop_on(*errors), steps(f"grading {assignment}") as progress:
        rows, phases = grade_assignment(
            course, assignment, students or (), options=options, force=force, progress=progress
        )
    show_marks(rows, assignment)
    if phases.graded < phases.handed_in:
        print(
            f"Graded now: {phases.graded} of {phases.handed_in}. What the others' marks depend on is as it was; --force grades them again."
        )
    if phases.outdated:
        what = " and ".join(phases.outdated)
        print(f"The gradebook does not know {what} in course.yml yet: run `genlab release {assignment}`, then grade.")
    print(
        f"students: {len({row.student for row in rows})}, hand-ins: {phases.handed_in}; {phases.start:.1f} s to start, "
        f"{phases.grade:.1f} s to grade. Marks are in the gradebook, graded notebooks in autograded/."
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
