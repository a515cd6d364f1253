"""The instructor's command that hands marks back to a learning platform."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from genlab.terminal import stop_on


class Platform(StrEnum):
    """Where marks go."""

    canvas = "canvas"
    moodle = "moodle"
    gradescope = "gradescope"


def add_to(app: typer.Typer) -> None:
    """Add the command of this module to the command line."""
    app.command()(export)


def export(
    assignment: Annotated[str, typer.Argument(help="A chapter of course.yml, for example 03_vae.")],
    to: Annotated[Platform, typer.Option(help="The learning platform.")],
    roster: Annotated[
        Path | None,
        typer.Option(help="The platform's own CSV, whose rows are filled in: gradebook, worksheet, roster."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; by default ASSIGNMENT-PLATFORM.csv.")] = None,
    column: Annotated[str, typer.Option(help="The platform's name of the assignment, if it has another.")] = "",
    zeros: Annotated[bool, typer.Option(help="0 points for who handed in nothing, in place of an empty cell.")] = False,
    force: Annotated[bool, typer.Option(help="Replace a file that is there.")] = False,
    course: Annotated[Path, typer.Option(help="The course's folder.")] = Path("."),
) -> None:
    """Write an assignment's marks as CSV for Canvas, Moodle or Gradescope."""
    from autograder.engine.assignment import NotReleased
    from autograder.lms.table import TableError
    from genlab.course import CourseError

    with stop_on(CourseError, NotReleased, TableError):
        from autograder.lms.marks import export_marks

        options = {"roster": str(roster or ""), "column": column, "zeros": zeros, "force": force}
        said = export_marks(course, assignment, to.value, out, **options)
    for line in said:
        print(line)
