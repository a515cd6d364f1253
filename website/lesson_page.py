"""A lesson as a page: the executed notebook with its answers folded away, each exercise with its hints, each picture with its text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import checks
from genlab.course import Course, Exercise, Lesson
from website import pictures
from website.pictures import Picture

Notebook = Any  # nbformat has no types

UP = "../../"  # from a lesson's page to the root of the site
_MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
_BADGE = re.compile(r"\n\n\[!\[Open in Colab\].*\n?")


class MissingText(ValueError):
    """Pictures without an alternative text, one line each, with what to do."""


@dataclass
class Page:
    """A lesson's page as a notebook for Sphinx; by the name of each cell its pictures, and what it printed."""

    notebook: Notebook
    pictures: dict[str, list[Picture]] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)


def lesson_page(course: Course, lesson: Lesson, executed: Notebook, student: Notebook, site: Path) -> Page:
    """The page of an executed instructor's notebook; its pictures are written below `site`.

    student: the notebook that learners get, with the stubs. Raises MissingText for a picture without an alternative text.
    """
    from nbformat.v4 import new_notebook

    stubs = {cell.id: cell.source for cell in student.cells}
    exercises = {exercise.id: exercise for exercise in lesson.exercises}
    page = Page(new_notebook(metadata={"kernelspec": executed.metadata.kernelspec}))
    add = page.notebook.cells.append
    missing: list[str] = []
    for number, cell in enumerate(executed.cells):
        if number == 0:
            title, _, rest = _BADGE.sub("\n", cell.source, count=1).partition("\n")
            add(_markdown(f"{title}\n\n{_bar(course, lesson)}\n\n{rest}"))
        elif cell.cell_type == "markdown":
            add(_markdown(_folded_answer(cell.source)))
        elif cell.id.endswith("-solution"):
            exercise = exercises[cell.id.removesuffix("-solution")]
            page.notebook.cells += _exercise(lesson, exercise, stubs[cell.id], cell.source)
        elif cell.id not in exercises and cell.id != "setup":
            page.notebook.cells += _outputs(lesson, cell, page, site, missing)
    if missing:
        raise MissingText("\n".join(missing))
    return page


def _bar(course: Course, lesson: Lesson) -> str:
    """What a reader wants to know before beginning, and the way in."""
    notebook = f"{course.repository}/blob/{course.release}/lessons/{lesson.path}.ipynb"
    facts = [f"{lesson.minutes} minutes"]
    if lesson.exercises:
        facts += [f"{len(lesson.exercises)} exercises", f"{lesson.points} points"]
    facts += [f'<a href="{UP}data.html#{name.replace("_", "-")}">{name}</a>' for name in lesson.data]
    return (
        '<div class="lesson-bar"><span>' + " · ".join(facts) + "</span>"
        f'<a class="open" href="https://colab.research.google.com/github/{notebook}">Open in Colab</a>'
        f'<a href="https://github.com/{notebook}">The notebook</a></div>'
    )


def dots(difficulty: int) -> str:
    """HTML of a difficulty from 1 to 3."""
    name = ("easy", "middling", "hard")[difficulty - 1]
    filled = "●" * difficulty + "○" * (3 - difficulty)
    return (
        f'<span class="difficulty" title="{name}"><span class="dots" aria-hidden="true">{filled}</span>'
        f' <span class="name">{name}</span></span>'
    )


def _exercise(lesson: Lesson, exercise: Exercise, stub: str, solution: str) -> list[Any]:
    """The cells of an exercise: what it is worth, the stub or code with a bug that learners get, hints one by one, the solution."""
    points = f"{exercise.points} point{'s' * (exercise.points != 1)}"
    mends = f"<span>find the bug in a <code>{exercise.mends}</code></span>" if exercise.mends else ""
    bar = (
        f'<div class="exercise-bar" id="exercise-{exercise.id}"><code>{lesson.id}/{exercise.id}</code>{mends}'
        f"<span>{points}</span><span>{exercise.minutes} minutes</span>{dots(exercise.difficulty)}</div>"
    )
    hints = checks.find(f"{lesson.id}/{exercise.id}").hints
    folded = [_fold(f"Hint {number}", hint) for number, hint in enumerate(hints, start=1)]
    return [
        _markdown(bar),
        _code(stub),
        _markdown('<div class="hints">\n\n' + "\n\n".join(folded) + "\n\n</div>"),
        _code(_MARKER.sub("", solution), fold="Show the solution"),
    ]


def _outputs(lesson: Lesson, cell: Any, page: Page, site: Path, missing: list[str]) -> list[Any]:
    """A given or payoff cell, its outputs in their order: text as Jupyter shows it, pictures as figures."""
    fold = "Show the code" if cell.id.startswith("payoff-") else ""
    name = cell.id.removeprefix("payoff-")
    texts = list(cell.metadata.get("alt", []))
    cells = [_code(cell.source, fold=fold)]
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" not in data:
            if not cells[-1].get("outputs") and cells[-1].cell_type == "markdown":
                cells.append(_code("", outputs_only=True))
            cells[-1].outputs.append(output)
            page.printed[name] = page.printed.get(name, "") + output.get("text", "")
            continue
        alt = _known_text(data.get("text/plain", "")) or (texts.pop(0) if texts else "")
        if not alt:
            missing.append(_advice(lesson, cell.id))
        shown = page.pictures.setdefault(name, [])
        picture = pictures.save(data["image/png"], alt, f"{lesson.id}/{name}-{len(shown) + 1}", site)
        shown.append(picture)
        cells.append(_markdown(picture.figure(UP)))
    if texts:
        missing.append(f"solutions/{lesson.path}.py: {cell.id} has {len(texts)} more alt texts than pictures.")
    return cells


def _known_text(plain: str) -> str:
    """What the kit itself says about a picture, where it does."""
    return f"{plain}." if plain.startswith(("The loss curves", "The latent plane", "Faces with one attribute")) else ""


def _advice(lesson: Lesson, cell_id: str) -> str:
    return (
        f"solutions/{lesson.path}.py: {cell_id} shows a picture without an alternative text. "
        'Say in its header what is to be seen: # %% payoff="…" alt="…", one text for each picture.'
    )


def _folded_answer(source: str) -> str:
    opened = source.replace("### BEGIN SOLUTION", '<details class="answer"><summary>Show the answer</summary>\n')
    return opened.replace("### END SOLUTION", "\n</details>")


def _fold(summary: str, text: str) -> str:
    return f"<details><summary>{html.escape(summary)}</summary>\n\n{text}\n\n</details>"


def _markdown(source: str) -> Any:
    from nbformat.v4 import new_markdown_cell

    return new_markdown_cell(source)


def _code(source: str, fold: str = "", outputs_only: bool = False) -> Any:
    from nbformat.v4 import new_code_cell

    metadata: dict[str, Any] = {}
    if fold:
        metadata = {"tags": ["hide-input"], "mystnb": {"code_prompt_show": fold, "code_prompt_hide": "Hide it"}}
    if outputs_only:
        metadata = {"tags": ["remove-input"]}
    return new_code_cell(source, metadata=metadata)
