"""The site from its sources: notebooks are executed, pages written, and Sphinx makes HTML of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from genlab.course import Course, Lesson, load_course
from website import overview, reference
from website.executed import executed
from website.lesson_page import MissingText, Page, lesson_page

HERE = Path(__file__).parent


def build(root: Path, scale: str, output: Path) -> Path:
    """The first page of the site, built in the folder `output` with pictures of that scale.

    Raises MissingText for pictures without an alternative text, LookupError and SphinxError for what is named and not there.
    """
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError

    course = load_course(root / "course.yml")
    source = root / "build" / f"site-source-{scale}"
    pages = lesson_pages(course, root, scale, source)
    write_sources(course, root, scale, source, pages)
    settings = {
        "project": course.title,
        "html_title": course.title,
        "html_static_path": [str(HERE / "static"), str(source / "_static")],
        "exclude_patterns": ["_static"],
    }
    app = Sphinx(
        source,
        HERE,
        output,
        source.with_name(f"site-doctrees-{scale}"),
        "html",
        confoverrides=settings,
        status=None,
        warningiserror=False,
        freshenv=True,
    )
    app.build()
    if app._warncount:
        raise SphinxError(f"{app._warncount} warnings, named above: the site must have none")
    return output / "index.html"


def lesson_pages(course: Course, root: Path, scale: str, source: Path) -> dict[str, Page]:
    """The page of every lesson by its id; notebooks that were not executed before run now, quick ones side by side."""

    def page(lesson: Lesson) -> Page:
        notebook = executed(course, lesson, root, scale)
        student = nbformat.read(root / "lessons" / f"{lesson.path}.ipynb", as_version=4)
        return lesson_page(course, lesson, notebook, student, source)

    workers = (os.cpu_count() or 1) if scale == "smoke" else 1  # training takes all cores
    missing, pages = [], {}
    with ThreadPoolExecutor(workers) as pool:
        for lesson, future in [(lesson, pool.submit(page, lesson)) for lesson in course.lessons]:
            try:
                pages[lesson.id] = future.result()
            except MissingText as error:
                missing.append(str(error))
    if missing:
        raise MissingText("\n".join(missing))
    return pages


def write_sources(course: Course, root: Path, scale: str, source: Path, pages: dict[str, Page]) -> None:
    """Write Sphinx's sources, and take away those of pages that are no more."""
    texts = {f"guides/{name}.md": text for name, text in reference.guides(course, root).items()}
    guides = [(Path(name).stem, _title(text)) for name, text in texts.items()]
    texts |= {f"lessons/{one.path}.ipynb": nbformat.writes(pages[one.id].notebook) for one in course.lessons}
    texts |= {
        "index.md": overview.home(course, pages, guides, scale),
        "map.md": overview.exercise_map(course),
        "gallery.md": overview.gallery(course, pages, scale),
        "data.md": reference.data(course, pages),
        "checks.md": reference.strength(root),
    }
    for name, text in texts.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    _remove_others(source, texts)


def _remove_others(source: Path, kept: Iterable[str]) -> None:
    names = set(kept)
    for path in [*source.rglob("*.md"), *source.rglob("*.ipynb")]:
        if path.relative_to(source).as_posix() not in names:
            path.unlink()


def _title(text: str) -> str:
    return next((line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")), "")
