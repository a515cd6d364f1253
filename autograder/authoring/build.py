"""`genlab build`: both notebooks of every lesson, from its solution script and course.yml."""

from __future__ import annotations

import ast
import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring import notebook as notebooks
from autograder.authoring.script import AuthorError, Script
from autograder.authoring.standalone import check_standalone
from genlab.course import Course, Lesson, load_course
from genlab.storing import write

FOLDERS = ("solutions", "lessons")
_NOT_OURS = {
    "__pycache__",
    "checkpoints",
}  # what Python and a training run leave behind
_DIFF_LINES = 24


@dataclass(frozen=True)
class Change:
    """One file that a build wrote or, when checking, found wrong."""

    path: str  # below the course's root, with /
    kind: str  # written, stale, missing, unnamed
    diff: str = ""

    def __str__(self) -> str:
        """One line that says what to do, and the diff."""
        said = {
            "written": "written",
            "stale": "is stale; run `genlab build`",
            "missing": "is missing; run `genlab build`",
            "unnamed": "is not named in course.yml; name it there or remove the file",
        }[self.kind]
        return f"{self.path}: {said}" + (f"\n{self.diff}" if self.diff else "")


def build(root: str | Path, check: bool = False, progress: Callable[[int, int], None] | None = None) -> list[Change]:
    """The files that were written below `root`, or with `check` those that are not as built.

    progress: called with (done, all) lessons. Nothing is written when anything is wrong. Files that course.yml does not name are reported
    either way and left alone. Raises CourseError for course.yml, and AuthorError with every
    problem (`file:line: what to do`) in the scripts, or when a build would overwrite a notebook
    that was edited by hand.
    """
    root = Path(root).resolve()
    course = load_course(root / "course.yml")
    planned = _plan(root, course, progress)
    changes = []
    for path, new in planned.items():
        old = path.read_bytes() if path.exists() else None
        if old != new:
            name = path.relative_to(root).as_posix()
            kind = "written" if not check else "missing" if old is None else "stale"
            diff = _diff(old, new, name) if check and old is not None else ""
            changes.append(Change(name, kind, diff))
    if not check:
        _refuse_edited(root, planned)
        for change in changes:
            write(root / change.path, planned[root / change.path])
    return changes + _unnamed(root, course)


def read_script(root: Path, course: Course, lesson: Lesson, text: str | None = None) -> Script:
    """The lesson's script, or `text` in its place, with all problems found in it."""
    path = root / "solutions" / f"{lesson.path}.py"
    earlier = [f"{before.id}/{exercise.id}" for before in course.earlier(lesson) for exercise in before.exercises]
    script = Script(path, root, lesson, earlier, text)
    check_standalone(script)
    return script


def render(script: Script, course: Course, root: Path) -> dict[str, bytes]:
    """The files `solutions` and `lessons` of a script; a stub that is not Python is a problem."""
    config = notebooks.load_nbgrader_config(root)
    rendered = notebooks.render(script, course, config)
    lines = {f"{cell.name}-solution": cell.line for cell in script.cells}
    for cell in json.loads(rendered["lessons"])["cells"]:
        if cell["cell_type"] == "code" and cell["id"] in lines:
            try:
                ast.parse("".join(cell["source"]))
            except SyntaxError as error:
                advice = f"without its solution this cell is not valid Python: {error.msg}."
                script.add_problem(lines[cell["id"]], advice)
    return rendered


def _plan(root: Path, course: Course, progress: Callable[[int, int], None] | None) -> dict[Path, bytes]:
    """Every generated file with its bytes. Raises AuthorError with the problems of all scripts."""
    planned: dict[Path, bytes] = {}
    problems: list[str] = []
    for number, lesson in enumerate(course.lessons):
        if progress:
            progress(number, len(course.lessons))
        if not (root / "solutions" / f"{lesson.path}.py").exists():
            advice = f"has no script solutions/{lesson.path}.py. Write it, or remove the lesson."
            problems.append(f"course.yml:{lesson.line}: lesson {lesson.id} {advice}")
            continue
        script = read_script(root, course, lesson)
        if not script.problems:
            for folder, data in render(script, course, root).items():
                planned[root / folder / f"{lesson.path}.ipynb"] = data
        problems += script.problems
    named = {root / "solutions" / f"{lesson.path}.py" for lesson in course.lessons}
    for path in sorted((root / "solutions").rglob("*.py")):
        if path not in named and not _is_hidden(path.relative_to(root)):
            name = path.relative_to(root).as_posix()
            problems.append(f"{name}:1: course.yml does not name this script. Add it, or move it.")
    if problems:
        raise AuthorError(problems)
    return planned


def _unnamed(root: Path, course: Course) -> list[Change]:
    """Everything in the two folders that is no lesson: nbgrader would hand it to students."""
    suffixes = {"solutions": (".py", ".ipynb"), "lessons": (".ipynb",)}
    named = {
        f"{folder}/{lesson.path}{suffix}"
        for folder in FOLDERS
        for lesson in course.lessons
        for suffix in suffixes[folder]
    }
    found = [path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file()]
    names = [path.relative_to(root) for path in sorted(found)]
    return [
        Change(name.as_posix(), "unnamed") for name in names if name.as_posix() not in named and not _is_hidden(name)
    ]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in _NOT_OURS for part in path.parts)


def _refuse_edited(root: Path, planned: dict[Path, bytes]) -> None:
    """Raises AuthorError when a file that is about to change was edited since it was built."""
    problems = []
    for path, new in planned.items():
        if not path.exists() or path.read_bytes() == new:
            continue
        folder, name = (
            path.relative_to(root).parts[0],
            path.relative_to(root).as_posix(),
        )
        if _is_edited(path, folder, new):
            carry = f"carry the edit to the script with `genlab build --import {name}`, or "
            advice = (carry if folder == "solutions" else "") + "move or delete this file"
            problems.append(f"{name}:1: was edited by hand, and a build would lose that: {advice}.")
    if problems:
        raise AuthorError(problems)


def _is_edited(path: Path, folder: str, new: bytes) -> bool:
    """Whether a notebook holds cells that no build wrote and the `new` one does not have.

    Running a notebook changes nothing, and an edit that was imported is in the new one.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        was = found["metadata"]["genlab"]["sha256"][folder]
        untouched = was == notebooks.digest(found)
        return not untouched and notebooks.contents(found) != notebooks.contents(json.loads(new))
    except (ValueError, KeyError, TypeError):
        return True


def _diff(old: bytes, new: bytes, name: str) -> str:
    """A unified diff from the file to what the build makes, cut to a screenful."""
    before, after = (data.decode(errors="replace").splitlines() for data in (old, new))
    lines = list(difflib.unified_diff(before, after, name, f"{name} (as built)", lineterm="", n=1))
    more = len(lines) - _DIFF_LINES
    return "\n".join(lines[:_DIFF_LINES] + ([f"… {more} more lines"] if more > 0 else []))
