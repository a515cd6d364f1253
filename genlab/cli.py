"""`genlab`: the command line. Each command says in one line what went wrong and what to do next."""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from genlab import course_commands, export_commands, grading_commands, learning_commands
from genlab.data_commands import data_app
from genlab.terminal import stop, stop_on

app = typer.Typer(
    help="A teaching kit for generative deep learning in PyTorch.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.add_typer(data_app, name="data")
learning_commands.add_to(app)
grading_commands.add_to(app)
export_commands.add_to(app)
course_commands.add_to(app)

INSTRUCTORS = {"@jupyter/nbgrader": True}  # JupyterLab's extensions that are not for learners
MISSING_TEACH = "Building needs nbgrader and jupytext: pip install 'genlab[teach]'."


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
        print(f"every notebook is as built{'' if root.resolve() == Path.cwd() else f' in {root}'}")
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
    """Open the lessons in JupyterLab, without nbgrader's panels; further options go to it as they are."""
    from genlab.course import load_course

    root, options = _clone(), context.args
    if lesson.startswith("-"):  # one of JupyterLab's options, and no lesson
        lesson, options = "", [lesson, *options]
    with stop_on(LookupError):
        opened = f"lessons/{load_course().lesson(lesson).path}.ipynb" if lesson else "lessons"
    command = [sys.executable, "-m", "jupyterlab", "--port", str(port), str(root / opened), *options]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there is nobody else to be
    with tempfile.TemporaryDirectory() as config:
        (Path(config) / "labconfig").mkdir()
        (Path(config) / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": INSTRUCTORS}))
        paths = os.pathsep.join([config, *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])])
        done = subprocess.run(command, cwd=root, env=os.environ | {"JUPYTER_CONFIG_PATH": paths}, check=False)
    raise typer.Exit(done.returncode)


def _clone() -> Path:
    from genlab.paths import clone

    root = clone()
    if root is None:
        stop("This command needs a clone of the course's repository: clone it, then run `make lab` in it.")
    return root


def main() -> None:
    """The command `genlab`, which leaves without the interpreter's own end: with torch or nbgrader that takes half a second."""
    gc.set_threshold(100_000)  # a command makes much that stays, and little garbage
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
