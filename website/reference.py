"""The pages one looks things up in: data cards, the strength of the checks, and the guides of docs/."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from genlab.course import Course
from genlab.data import cards
from genlab.data.cards import Card
from website.lesson_page import Page

ORDER = ("colab", "cloud", "teaching", "authoring")  # of the guides; others follow by name
_STRENGTH = re.compile(r"<!-- strength:[^\n]*-->\n(.*?)<!-- end of strength -->", re.DOTALL)
_LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")


def data(course: Course, pages: dict[str, Page]) -> str:
    """The page of all data cards in Markdown, each with the picture of it that the first lesson shows."""
    parts = [
        "# Data",
        "Every data set has a card that says where it comes from and under what conditions. On a machine without network or "
        "account the kit draws a stand-in of the same shape, and one line always says which of the two is in use.",
    ]
    for name in cards.available():
        parts += _card(cards.read(name), course, pages)
    return "\n\n".join(parts) + "\n"


def _card(card: Card, course: Course, pages: dict[str, Page]) -> list[str]:
    lessons = [lesson for lesson in course.lessons if card.name in lesson.data]
    rows = {
        "what it is": card.about,
        "origin": f"<{card.origin}>",
        "to cite": card.citation,
        "licence": card.licence,
        "Kaggle": f"[{card.kaggle}](https://www.kaggle.com/datasets/{card.kaggle})" if card.kaggle else "–",
        "images": f"{', '.join(f'{n:,} {split}' for split, n in card.splits.items())}, "
        f"{'colour' if card.channels == 3 else 'gray'}, {' or '.join(f'{n}×{n}' for n in card.sizes)} pixels",
        "the stand-in": card.artist_about or "drawn by the kit, with the same shapes and labels",
        "used in": ", ".join(f"[{lesson.title}](lessons/{lesson.path}.ipynb)" for lesson in lessons) or "–",
    }
    table = ["| | |", "|---|---|", *(f"| {key} | {' '.join(value.split())} |" for key, value in rows.items())]
    parts = [f"({card.name.replace('_', '-')})=\n## {card.title}", f'`genlab.data.load("{card.name}")`']
    page = next((pages[lesson.id] for lesson in lessons if "data" in pages[lesson.id].pictures), None)
    if page is not None:
        source = page.printed.get("data", "").strip().partition("\n")[0].partition(", because")[0]
        parts.append(page.pictures["data"][0].figure("", escape(source)))
    return [*parts, "\n".join(table)]


def strength(root: Path) -> str:
    """The page on the checks' strength in Markdown: the table that `make strength` writes into README."""
    found = _STRENGTH.search((root / "README.md").read_text(encoding="utf-8"))
    if found is None:
        raise LookupError(
            "README.md has no table between the marks `strength` and `end of strength`: run make strength."
        )
    return (
        "# How strong are the checks?\n\n"
        "Each known mistake exists in two spellings, the second written anew from its one line. A wrong answer counts only if it "
        "is rejected (or named) at every seed, a right one if it is accepted at every seed.\n\n" + found.group(1)
    )


def guides(course: Course, root: Path) -> dict[str, str]:
    """The guides of docs/ in Markdown by name; links to files of the repository lead to GitHub."""
    names = {path.stem: path for path in (root / "docs").glob("*.md")}
    ordered = sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))

    def mended(link: re.Match[str]) -> str:
        before, target, after = link.groups()
        if ":" in target or target.startswith("#") or target.removesuffix(".md") in names:
            return link.group(0)
        path = (root / "docs" / target).resolve()
        if not path.is_relative_to(root) or not path.exists():
            raise LookupError(f"docs/ has a link to {target}, which is not there.")
        kind = "tree" if path.is_dir() else "blob"
        place = f"https://github.com/{course.repository}/{kind}/{course.release}/{path.relative_to(root).as_posix()}"
        return f"{before}{place}{after}"

    return {name: _LINK.sub(mended, names[name].read_text(encoding="utf-8")) for name in ordered}
