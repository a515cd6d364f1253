"""What was mended in a hand-in, in sentences for the instructor and the student."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable


class Notes:
    """Sentences in the order in which they first came up; {names} and {count} in one sum up everything noted with it."""

    def __init__(self, sentences: Iterable[str] = ()) -> None:
        self._found: dict[str, list[str]] = {sentence: [] for sentence in sentences}

    def add(self, sentence: str, name: str = "") -> None:
        """Note a sentence; `name` is what it is about."""
        names = self._found.setdefault(sentence, [])
        if not name or name not in names:
            names.append(name)

    def lines(self) -> tuple[str, ...]:
        """The sentences, each once."""
        return tuple(_filled(sentence, names) for sentence, names in self._found.items())


def quote(text: str) -> str:
    """A student's text, such as a file name, in quotation marks: one line, short, and visible."""
    shown = "".join(c if c.isprintable() else "�" for c in text)
    return f"“{shown if len(shown) <= 80 else shown[:79] + '…'}”"


def as_markdown(title: str, lines: Iterable[str]) -> str:
    """The source of a markdown cell with this title and list; nothing in the lines acts as markdown or HTML."""
    return "\n".join([f"**{_escaped(title)}**", "", *(f"- {_escaped(line)}" for line in lines)])


def _filled(sentence: str, names: list[str]) -> str:
    counted = "1 cell" if len(names) == 1 else f"{len(names)} cells"
    listed = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return sentence.replace("{names}", listed).replace("{count}", counted)


def _escaped(text: str) -> str:
    """Text without line breaks in which no character starts a tag, a link, an emphasis or a formula."""
    return re.sub(r"([\\`*_\[\]#|~$!])", r"\\\1", html.escape(" ".join(text.split()), quote=False))
