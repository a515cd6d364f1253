"""`genlab`: the command line. Each command says in one line what went wrong and what to do next."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genlab import course_commands, export_commands, grading_commands
from genlab.data_commands import data_app
from genlab.terminal import new_table, show, stop, stop_on

if TYPE_CHECKING:
    from rich.table import Table

    from autograder.exercise import Exercise
    from autograder.report import Report

app = typer.Typer(
    help="A teaching kit for generative deep learning in PyTorch.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.add_typer(data_app, name="data")
grading_commands.add_to(app)
export_commands.add_to(app)
course_commands.add_to(app)

MISSING_TEACH = "Building needs nbgrader and jupytext: pip install 'genlab[teach]'."
STATUS = {"passed": "[green]✓ passed[/]", "failed": "[red]✗ not yet[/]", "not_attempted": "[dim]○ not attempted[/]"}


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="A lesson's notebook, with or without its metadata.")],
    hidden: Annotated[bool, typer.Option(help="Other numbers and sizes than the notebook's own checks.")] = False,
) -> None:
    """Judge every exercise of one notebook, here and now; no training is run. Exit code 1 unless all pass."""
    from autograder.card import as_text
    from autograder.selfcheck import NotALesson, check_notebook, limit_memory
    from genlab import progress

    limit_memory()
    with stop_on(NotALesson):
        reports = check_notebook(notebook, hidden=hidden)
    for report in reports:
        with stop_on(ValueError, OSError):
            progress.update(report.exercise, status=report.status)
        if report.status in ("failed", "grader_error"):
            print(as_text(report), end="\n\n")
    show(_table(reports))
    points, most = sum(r.points for r in reports), sum(r.max_points for r in reports)
    print(f"{points:g} of {most:g} points, {sum(r.passed for r in reports)} of {len(reports)} exercises")
    raise typer.Exit(0 if all(r.passed for r in reports) else 1)


@app.command()
def hint(
    exercise: Annotated[str, typer.Argument(help="For example vae_fashion/kl_loss.")],
    all: Annotated[bool, typer.Option("--all", help="All hints at once.")] = False,
) -> None:
    """Show the next hint of an exercise; each call goes one further."""
    from genlab import progress

    found = _find(exercise)
    exercise, hints = found.id, found.hints
    with stop_on(ValueError, OSError):
        seen = progress.load().get(exercise, {}).get("hints", 0)
        shown = len(hints) if all else min(seen + 1, len(hints))
        progress.update(exercise, hints=max(seen, shown))
    for number in range(1 if all else shown, shown + 1):
        print(f"{number}. {hints[number - 1]}")
    if shown < len(hints):
        print(f"({len(hints) - shown} more: run the command again)")
    else:
        print(f"(that was the last; `genlab solution {exercise}` shows the solution)")


@app.command()
def solution(
    exercise: Annotated[str, typer.Argument(help="For example vae_fashion/kl_loss.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Show the solution of an exercise. Asks first, unless you have passed it, and remembers that it was seen."""
    from genlab import progress

    exercise = _find(exercise).id
    with stop_on(ValueError, OSError):
        passed = progress.load().get(exercise, {}).get("status") == "passed"
    if not (passed or yes) and not typer.confirm(
        f"You have not passed {exercise} yet. Show the solution all the same?"
    ):
        raise typer.Exit(1)
    source = _solution(exercise)
    with stop_on(ValueError, OSError):
        progress.update(exercise, solution_seen=True)
    print(source)


@app.command(name="progress")
def show_progress() -> None:
    """Show what is done in every chapter, from your checks on this machine."""
    from genlab import progress
    from genlab.course import CourseError, load_course

    with stop_on(ValueError, CourseError):
        entries, course = progress.load(), load_course()
    table = new_table("exercise", "", "points", "hints", "solution")
    for lesson in course.lessons:
        if lesson.exercises:
            table.add_row(f"[bold]{lesson.title}[/]")
        for exercise in lesson.exercises:
            entry = entries.get(f"{lesson.id}/{exercise.id}", {})
            status = STATUS.get(entry.get("status", "not_attempted"), entry.get("status", ""))
            seen = "seen" if entry.get("solution_seen") else ""
            table.add_row(
                f"  {lesson.id}/{exercise.id}", status, f"{exercise.points:g}", str(entry.get("hints", "")), seen
            )
    show(table)
    print(f"kept in {progress.path()}")


@app.command()
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a notebook is not as built.")
    ] = False,
    import_from: Annotated[
        Path | None, typer.Option("--import", help="Carry an edit from an instructor's notebook back to its script.")
    ] = None,
    course: Annotated[
        Path | None, typer.Option(help="The course's folder; by default the one you are in, or the clone.")
    ] = None,
) -> None:
    """Build the lessons and the instructor's notebooks from the solution scripts."""
    with stop_on(ImportError, say=MISSING_TEACH):
        from autograder.authoring.build import build as build_all
        from autograder.authoring.importing import import_notebook
        from autograder.authoring.script import AuthorError
    from genlab.course import CourseError
    from genlab.paths import here

    root = course or here() or _clone()
    with stop_on(AuthorError, CourseError), stop_on(ImportError, say=MISSING_TEACH):
        if import_from:
            print(f"carried to the script: {', '.join(import_notebook(import_from, root)) or 'nothing had changed'}")
        changes = build_all(root, check=check)
    for change in changes:
        print(change)
    wrong = [c for c in changes if c.kind != "written"]
    if not changes:
        print("every notebook is as built")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def demo(
    page: Annotated[
        Path | None, typer.Option(help="Where to write the page; build/demo/index.html by default.")
    ] = None,
) -> None:
    """Train the lesson's model, grade a class of twelve simulated students, and write one page about both."""
    from autograder.demo import run_demo

    run_demo(_clone(), page)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    lesson: Annotated[str, typer.Argument(help="A lesson to open, for example vae_fashion.")] = "",
    port: Annotated[int, typer.Option(help="Port of the server.")] = 8888,
) -> None:
    """Open the lessons in JupyterLab; further options go to it as they are."""
    from genlab.course import load_course

    root, options = _clone(), context.args
    if lesson.startswith("-"):  # one of JupyterLab's options, and no lesson
        lesson, options = "", [lesson, *options]
    with stop_on(LookupError):
        opened = f"lessons/{load_course().lesson(lesson).path}.ipynb" if lesson else "lessons"
    command = [sys.executable, "-m", "jupyterlab", "--port", str(port), str(root / opened), *options]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there is nobody else to be
    raise typer.Exit(subprocess.run(command, cwd=root, check=False).returncode)


def _clone() -> Path:
    from genlab.paths import clone

    root = clone()
    if root is None:
        stop("This command needs a clone of the course's repository: clone it, then run `make lab` in it.")
    return root


def main() -> None:
    """The command `genlab`, which leaves without the interpreter's own end: with torch or nbgrader that takes half a second."""
    code: object = 0
    try:
        app()
    except SystemExit as end:
        code = end.code
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # nobody reads it any more
            stream.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


def _find(exercise: str) -> Exercise:
    from autograder import checks
    from genlab.course import load_course

    named = [i for i in checks.ids() if i.split("/")[1] == exercise]
    if len(named) == 1:  # the short name will do
        exercise = named[0]
    with stop_on(LookupError):
        load_course().exercise(exercise)
    return checks.find(exercise)


def _solution(exercise: str) -> str:
    """The solution's text, from the clone or from the release's file."""
    import urllib.request

    from autograder.definitions import cell_source, solution_source
    from genlab.course import load_course
    from genlab.paths import clone

    if clone() is not None:
        return solution_source(exercise)
    course = load_course()
    lesson, _, name = exercise.partition("/")
    path = f"solutions/{course.lesson(lesson).path}.py"
    address = f"https://raw.githubusercontent.com/{course.repository}/{course.release}/{path}"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return cell_source(answer.read().decode("utf-8"), name)
    except OSError as error:
        stop(f"Could not get {address} ({error}). Is there a network? A clone of the repository has it too.")


def _table(reports: list[Report]) -> Table:
    table = new_table("exercise", "", "points", "mistake")
    for report in reports:
        named = report.misconception or (f"follows from {report.follows_from}" if report.follows_from else "")
        points = f"{report.points:g} of {report.max_points:g}"
        table.add_row(report.exercise, STATUS.get(report.status, "the check broke"), points, named)
    return table
