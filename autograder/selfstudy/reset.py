"""An exercise put back as it was released, in the learner's own file; the text that was there is kept beside it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from autograder.cells import bound, defines, percent_cells, without_magics
from autograder.lesson_file import SOURCE_MARK, NotALesson, cells_of, lesson_of, read_notebook
from autograder.selfstudy.released import as_json, untouched
from autograder.selfstudy.watching import files
from genlab.course import load_course
from genlab.storing import free, write


class CannotReset(RuntimeError):
    """The exercise stays as it is; the message says what to do."""


def reset(exercise: str, path: Path) -> Path | None:
    """The file with the text that was replaced, after the exercise's stub was restored in a notebook or script; None if there was none.

    Everything else in the file stays, outputs too. Raises CannotReset, NotALesson and NotHere; then nothing was changed.
    """
    lesson, _, name = exercise.partition("/")
    cells = cells_of(path)
    if lesson_of(cells, path) != lesson:
        raise CannotReset(f"{path} is not a file of the lesson {lesson}. Name one that is.")
    released = untouched(load_course().lesson(lesson))
    stub = next(c for c in released["cells"] if c["cell_type"] == "code" and defines(_text(c), name))
    others = [e.id for e in load_course().lesson(lesson).exercises if e.id != name]
    if path.suffix == ".py":
        was, content = _in_script(path, name, _text(stub), others)
    else:
        was, content = _in_notebook(path, name, stub, others)
    if was.strip() == _text(stub).strip():
        raise CannotReset(f"{exercise} is as it was at first in {path.name}: there is nothing to put back.")
    kept = free(path.parent, f"{path.stem}.{name}.kept", ".txt") if was else None
    if kept:
        write(kept, f"{was.strip()}\n".encode())
    real = path.resolve()
    write(real, content.encode(), real.stat().st_mode & 0o777)
    return kept


def file_of(exercise: str, folder: Path) -> Path:
    """The learner's file of an exercise's lesson in a folder or below, the latest if there are several. Raises CannotReset."""
    lesson = exercise.split("/")[0]
    found = []
    for path in files(folder):
        try:
            cells = cells_of(path)
            if lesson_of(cells, path) == lesson and not any(SOURCE_MARK in cell for cell in cells):
                found.append(path)
        except NotALesson:
            continue
    if not found:
        raise CannotReset(
            f"There is no notebook of {lesson} in {folder.resolve()}. Name it: genlab reset {exercise} NOTEBOOK"
        )
    return max(found, key=lambda path: path.stat().st_mtime)


def _in_notebook(path: Path, name: str, stub: dict[str, Any], others: list[str]) -> tuple[str, str]:
    notebook = read_notebook(path)
    cells = notebook["cells"]
    places = [i for i, c in enumerate(cells) if c.get("cell_type") == "code" and defines(_text(c), name)]
    if not places:  # deleted: back to where its check is
        checked = [i for i, c in enumerate(cells) if f'/{name}"' in _text(c) and "check(" in _text(c)]
        cells.insert(checked[0] if checked else len(cells), stub)
        return "", as_json(notebook)
    if len(places) > 1:
        numbers = " and ".join(str(place + 1) for place in places)
        raise CannotReset(f"Cells {numbers} of {path.name} define {name}, and the last one counts. Delete all but one.")
    cell = cells[places[0]]
    was = _text(cell)
    new = _replaced(was, name, _text(stub), others, alone=False)
    cell["source"] = new.splitlines(keepends=True) if isinstance(cell["source"], list) else new
    return was, as_json(notebook)


def _in_script(path: Path, name: str, stub: str, others: list[str]) -> tuple[str, str]:
    text = path.read_text(encoding="utf-8-sig")
    cells = percent_cells(text)
    places = [i for i, (_, source) in enumerate(cells) if defines(source, name)]
    if len(places) != 1:
        raise CannotReset(f"{path.name} defines {name} in {len(places)} cells. Leave one of them, and ask again.")
    header, was = cells[places[0]]
    start = text.index(was)
    # the header's line ends where its cell begins, and the cell ends in the blank lines before the next
    new = _replaced(was, name, stub, others, alone=not header)
    if header and not new.startswith("\n"):
        new = f"\n{new.strip()}\n\n\n"
    return was, text[:start] + new + text[start + len(was) :]


def _replaced(source: str, name: str, stub: str, others: list[str], alone: bool) -> str:
    """A cell's text with the stub: in place of all of it, or of one definition where the cell holds more (`alone`: a whole script)."""
    if not alone and not any(defines(source, other) for other in others):
        return stub
    try:
        body = ast.parse(without_magics(source)).body
    except SyntaxError as error:
        advice = "it cannot be told where it ends. Mend that line, or replace the definition by hand."
        raise CannotReset(
            f"{name} shares its cell with more, and line {error.lineno} is not valid Python: {advice}"
        ) from None
    node = [node for node in body if name in bound(node)][-1]
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    lines = source.splitlines(keepends=True)
    return "".join([*lines[: first - 1], stub.rstrip() + "\n", *lines[node.end_lineno :]])


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell.get("source", ""))
