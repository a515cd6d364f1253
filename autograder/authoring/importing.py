"""`genlab build --import`: an edit made in Jupyter to an instructor's notebook, put in the script.

Only sources of existing cells and new markdown cells are carried. Whatever else was changed would
be lost by the next build, so it is refused with the place to change it instead.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.authoring import notebook as notebooks
from autograder.authoring.build import read_script
from autograder.authoring.script import AuthorError, Script
from genlab.course import Course, load_course
from genlab.storing import write

_BUILT = {"setup": "It is the same in all lessons; autograder/authoring/notebook.py writes it."}
_CHECK = "Checks are built from course.yml and autograder/checks."


def import_notebook(notebook: str | Path, root: str | Path) -> list[str]:
    """The ids of the cells whose edits were carried from `notebook` to its script below `root`.

    The script is written whole or not at all; `genlab build` then refreshes the notebooks. Raises
    AuthorError with every reason (`file: cell: what to do`) when an edit would be lost.
    """
    root, notebook = Path(root).resolve(), Path(notebook)
    course = load_course(root / "course.yml")
    edited = _read(notebook, course)
    lesson = course.lesson(edited["metadata"]["genlab"]["lesson"])
    script = read_script(root, course, lesson)
    if script.problems:
        raise AuthorError(script.problems)
    built = notebooks.instructor_notebook(script, course)
    if edited["metadata"]["genlab"].get("sha256", {}).get("solutions") != notebooks.digest(built):
        advice = (
            f"{script.file} or course.yml was changed after this notebook was built, and importing "
            "would lose that. Copy the notebook, run `genlab build`, and repeat the edit."
        )
        raise AuthorError([f"{notebook.name}: {advice}"])
    problems = _losses(edited, built)
    if problems:
        raise AuthorError([f"{notebook.name}: {problem}" for problem in problems])
    text, changed = _carry(edited, built, script, notebooks.badge(course, lesson))
    _verify(edited, read_script(root, course, lesson, text), course, notebook.name)
    if changed:
        write(root / script.file, text.encode())
    return changed


def _read(path: Path, course: Course) -> dict[str, Any]:
    """The notebook as JSON. Raises AuthorError when it is not an instructor's notebook of ours."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        course.lesson(found["metadata"]["genlab"]["lesson"])
        sources = [notebooks.joined(cell["source"]) for cell in found["cells"]]
    except OSError as error:
        raise AuthorError([f"{path}: cannot be read ({error.strerror})."]) from None
    except (ValueError, KeyError, TypeError, LookupError):
        advice = "is not a notebook that `genlab build` wrote for a lesson of course.yml."
        raise AuthorError([f"{path.name}: {advice}"]) from None
    if not any("BEGIN SOLUTION" in source for source in sources):
        advice = "has no solutions: it is the students' notebook. Import the one in solutions/."
        raise AuthorError([f"{path.name}: {advice}"])
    return found


def _losses(edited: dict[str, Any], built: Any) -> list[str]:
    """Why carrying the edit would lose some of it."""
    known = {cell.id: cell for cell in built.cells}
    order = [cell.get("id", "") for cell in edited["cells"]]
    problems = [
        f"cell {missing} was deleted or lost its id. Delete it in the script."
        for missing in known
        if missing not in order
    ]
    if not problems and [i for i in order if i in known] != list(known):
        problems.append("cells were moved or copied. Do that in the script.")
    for cell in edited["cells"]:
        cell_id, source = cell.get("id", ""), notebooks.joined(cell["source"])
        place = f"cell {cell_id or repr(source[:20])}"
        if cell_id not in known and cell["cell_type"] != "markdown":
            problems.append(f"{place} is a new code cell. Write it in the script, with a role.")
        if cell.get("attachments"):
            problems.append(f"{place} has an attached picture. A script cannot hold one.")
        if cell_id not in known:
            continue
        old = known[cell_id]
        if cell["cell_type"] != old.cell_type:
            problems.append(f"{place} changed its type. Do that in the script.")
        if cell["metadata"].get("tags", []) != old.metadata.get("tags", []):
            problems.append(f"{place} has other tags. A script cannot hold them.")
        if source != old.source and _is_built(old):
            advice = _BUILT.get(cell_id, _CHECK)
            problems.append(f"{place} is written by the build, so the edit would be lost. {advice}")
    return problems


def _is_built(cell: Any) -> bool:
    return cell.id in _BUILT or bool(cell.metadata.get("nbgrader", {}).get("grade"))


def _carry(edited: dict[str, Any], built: Any, script: Script, badge: str) -> tuple[str, list[str]]:
    """The script's text with the edits in it, and the ids of the cells that changed."""
    lines = script.text.splitlines()
    known = {cell.id: cell.source for cell in built.cells}
    cells = dict(zip(notebooks.cell_ids(script.cells), script.cells, strict=True))
    first = script.cells[0]
    parts, changed = lines[: first.line - 1], []
    for cell in edited["cells"]:
        cell_id, source = cell.get("id", ""), notebooks.joined(cell["source"])
        if cell_id not in known:
            parts += [""] * bool(parts and parts[-1]) + [
                "# %% [markdown]",
                *_percent(source, "markdown"),
                "",
            ]
        elif cell_id in cells:
            old = cells[cell_id]
            span = lines[old.line - 1 : old.end]
            if source != known[cell_id]:
                source = source.replace(badge, "", 1) if old is first and badge else source
                span = [
                    span[0],
                    *_percent(source, cell["cell_type"]),
                    *_blank_end(span),
                ]
            parts += span
        if known.get(cell_id) != notebooks.joined(cell["source"]):
            changed.append(cell_id)
    return "\n".join(parts).rstrip("\n") + "\n", changed


def _percent(source: str, cell_type: str) -> list[str]:
    """The lines of a cell as jupytext writes them in a script, without its marker."""
    import jupytext
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    new = new_code_cell if cell_type == "code" else new_markdown_cell
    alone = new_notebook(cells=[new(source.strip("\n"))])
    alone.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
    lines: list[str] = jupytext.writes(alone, fmt="py:percent").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("# %%"))
    return lines[start + 1 :]


def _blank_end(span: list[str]) -> list[str]:
    """The blank lines at the end of a cell's lines."""
    end = len(span)
    while span[end - 1] == "":
        end -= 1
    return span[end:]


def _verify(edited: dict[str, Any], script: Script, course: Course, name: str) -> None:
    """Raises AuthorError unless the new script builds exactly the cells of the edited notebook."""
    if script.problems:
        advice = "the edited script would break the authoring rules:"
        raise AuthorError([f"{name}: {advice} {problem}" for problem in script.problems])
    built = notebooks.instructor_notebook(script, course)
    pairs = zip(notebooks.contents(edited), notebooks.contents(built), strict=True)
    advice = "would read differently after a build. Make this edit in the script."
    problems = [
        f"{name}: cell {cell.get('id')} {advice}"
        for cell, (was, now) in zip(edited["cells"], pairs, strict=True)
        if was != now
    ]
    if problems:
        raise AuthorError(problems)
