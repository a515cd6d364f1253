"""The learner's commands: answers judged, hints, solutions, what is done, a fresh start, and all of it on every save."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genlab.course_map import STATUS
from genlab.terminal import new_table, show, stop_on

if TYPE_CHECKING:
    from rich.table import Table

    from autograder.report import Report
    from genlab.course import Course, Lesson

_Exercise = Annotated[str, typer.Argument(help="For example vae_fashion/kl_loss.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(start)
    app.command()(check)
    app.command()(hint)
    app.command()(solution)
    app.command()(reset)
    app.command(name="progress")(show_progress)


def start(
    what: Annotated[
        str, typer.Argument(metavar="[LESSON|FOLDER|FILE]", help="A lesson's id, a folder, a notebook or a script.")
    ] = "",
    limit: Annotated[float, typer.Option(min=1, help="Seconds that one answer may run.")] = 10.0,
) -> None:
    """Watch your notebooks and scripts: on every save what changed is checked. Keys give hints, the map and solutions."""
    from autograder.selfstudy.checker import Checker
    from autograder.selfstudy.judge import CannotStart
    from autograder.selfstudy.released import NotHere
    from autograder.selfstudy.screen import Screen
    from autograder.selfstudy.session import Session
    from genlab.course import CourseError

    with stop_on(CourseError, LookupError, NotHere):
        course = _course()
        target = _target(what, course)
    with stop_on(CannotStart):
        Session(Checker(target, limit), course, Screen()).run()


def check(
    notebook: Annotated[
        Path,
        typer.Argument(
            help="A lesson's notebook, with or without its metadata, or a script; or a lesson's name, or an exercise's."
        ),
    ],
    hidden: Annotated[bool, typer.Option(help="Other numbers and sizes than the notebook's own checks.")] = False,
) -> None:
    """Judge every exercise of one notebook, or one of them, here and now; no training is run. Exit code 1 unless all pass."""
    from autograder import checks
    from autograder.card import as_text
    from autograder.lesson_file import NotALesson
    from autograder.selfcheck import check_notebook, limit_memory
    from genlab import progress

    limit_memory()
    name, only = notebook.as_posix(), ""
    lesson, _, exercise = name.partition("/")
    if not notebook.exists() and (name == notebook.stem or checks.ids(lesson)):
        only = _find(name) if exercise else ""
        with stop_on(LookupError):
            latest = _latest_here(_course().lesson(lesson))
            if latest is None:
                raise LookupError(f"There is no notebook of {name} in {Path.cwd()}. Name it: genlab check NOTEBOOK")
            notebook = latest
    with stop_on(NotALesson):
        reports = check_notebook(notebook, only=only, hidden=hidden)
    for report in reports:
        with stop_on(OSError):
            progress.update(report.exercise, status=report.status)
        if report.status in ("failed", "grader_error"):
            print(as_text(report), end="\n\n")
    show(_table(reports))
    points, most = sum(r.points for r in reports), sum(r.max_points for r in reports)
    print(f"{points:g} of {most:g} points, {sum(r.passed for r in reports)} of {len(reports)} exercises")
    if not any(r.passed for r in reports):
        print(
            f"Judged as it was saved {_ago(notebook)}. Is your work saved? Jupyter shows a dot on the tab until it is."
        )
    raise typer.Exit(0 if all(r.passed for r in reports) else 1)


def hint(
    exercise: _Exercise,
    all: Annotated[bool, typer.Option("--all", help="All hints at once.")] = False,
) -> None:
    """Show the next hint of an exercise; each call goes one further."""
    from autograder import checks
    from genlab import progress

    exercise = _find(exercise)
    hints = checks.hints(exercise)
    with stop_on(OSError):
        seen = progress.load().get(exercise, {}).get("hints", 0)
        shown = len(hints) if all else min(seen + 1, len(hints))
        progress.update(exercise, hints=max(seen, shown))
    for number in range(1 if all else shown, shown + 1):
        print(f"{exercise}, hint {number} of {len(hints)}: {hints[number - 1]}")
    if shown < len(hints):
        print("(run the command again for the next)")
    else:
        print(f"(that was the last; `genlab solution {exercise}` shows the solution)")


def solution(
    exercise: _Exercise,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Show the solution of an exercise. Asks first, unless you have passed it, and remembers that it was seen."""
    from autograder.selfstudy import released
    from genlab import progress

    exercise = _find(exercise)
    with stop_on(OSError):
        passed = progress.status(progress.load().get(exercise, {})) == "passed"
    if not (passed or yes) and not typer.confirm(
        f"You have not passed {exercise} yet. Show the solution all the same?"
    ):
        raise typer.Exit(1)
    with stop_on(OSError, released.NotHere):
        source = released.solution(exercise)
        progress.update(exercise, solution_seen=True)
    print(source)


def reset(
    exercise: _Exercise,
    file: Annotated[Path | None, typer.Argument(help="Your notebook or script; looked for here by default.")] = None,
) -> None:
    """Put an exercise back as it was at first, in your own notebook or script. The text that was there is kept beside it."""
    from autograder.lesson_file import NotALesson
    from autograder.selfstudy import reset as resetting
    from autograder.selfstudy.released import NotHere

    exercise = _find(exercise)
    with stop_on(resetting.CannotReset, NotALesson, NotHere, OSError):
        path = file or resetting.file_of(exercise, _lessons_here())
        kept = resetting.reset(exercise, path)
    print(f"{exercise} is as it was at first in {path}.{f' Your text is kept in {kept}.' if kept else ''}")
    print("Is the notebook open in Jupyter? Then choose File → Reload Notebook from Disk before you go on.")


def show_progress() -> None:
    """Show what is done in every chapter, how hard and long each exercise is, and which comes next."""
    from genlab import course_map, progress
    from genlab.course import CourseError

    with stop_on(OSError, CourseError):
        entries, course = progress.load(), _course()
    show(course_map.table(course, entries))
    print(course_map.summary(course, entries))
    print(f"kept in {progress.path()}")


def _course() -> Course:
    from genlab.course import load_course

    return load_course()


def _find(exercise: str) -> str:
    """The id of an exercise, for which its short name will do where no other has it."""
    from autograder import checks

    named = [i for i in checks.ids() if i.split("/")[1] == exercise]
    with stop_on(LookupError):
        if len(named) > 1:
            raise LookupError(f"There are several: {', '.join(named)}.")
        found = named[0] if named else exercise
        _course().exercise(found)
    return found


def _lessons_here() -> Path:
    """The lessons of the clone that the learner is in the root of, else the current folder."""
    from genlab.paths import clone

    root = clone()
    return Path("lessons") if root is not None and Path.cwd() == root else Path()


def _latest_here(lesson: Lesson) -> Path | None:
    """The learner's notebook of a lesson, the latest where there are several."""
    from autograder.selfstudy.watching import files

    here = [path for path in files(_lessons_here()) if lesson.file in path.name and "solutions" not in path.parts]
    return max(here, key=lambda path: path.stat().st_mtime, default=None)


def _target(what: str, course: Course) -> Path:
    """What to watch. Raises LookupError for what is neither a lesson nor a file."""
    from autograder.selfstudy import released

    if not what:
        return _lessons_here()
    if Path(what).exists():
        return Path(what)
    if "/" in what or "." in what or "\\" in what:
        raise LookupError(f"{what} does not exist. Name a lesson, a folder, a notebook or a script.")
    lesson = course.lesson(what)
    if latest := _latest_here(lesson):
        return latest
    path = Path(f"{lesson.file}.ipynb")
    if not typer.confirm(f"There is no notebook of {what} here. Put it into this folder?", default=True):
        raise typer.Exit(1)
    from genlab.storing import write

    write(path, released.as_json(released.untouched(lesson)).encode())
    return path


def _ago(path: Path) -> str:
    seconds = time.time() - path.stat().st_mtime
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return "a moment ago"


def _table(reports: list[Report]) -> Table:
    table = new_table("exercise", "", "points", "mistake")
    for report in reports:
        named = (report.misconception or "").replace("_", " ") or (
            f"follows from {report.follows_from}" if report.follows_from else ""
        )
        points = f"{report.points:g} of {report.max_points:g}"
        table.add_row(report.exercise, STATUS.get(report.status, "the check broke"), points, named)
    return table
