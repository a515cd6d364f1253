"""Markdown that the grader's browser may show, judged by what nbconvert makes of it.

Formgrader and nbgrader's feedback pages put a student's HTML on the page as it is. So a cell is rendered here just as they do it, and the
result is read with bleach, whose parser follows the HTML standard as browsers do. What holds more than text, tables, pictures and web
links is mended where that is simple, rendered again and judged again; whatever still fails is shown as source.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

from autograder.handin.allowed import ACTIVE, MAY_STAY_OPEN, TAGS, VOID, is_link, is_own_picture, problem

FORMULA, TANGLED = "a formula that does more than show", "HTML tags without a counterpart"
TOO_MUCH, BROKEN = "more than can be checked", "what cannot be shown"
MOST_TEXT = 100_000  # characters of a cell
END = "end-of-this-cell"
DOT = "R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="  # the smallest picture, stands for attachments while a cell is judged
# MathJax: addresses, styles, classes and further extensions from within a formula.
TEX = re.compile(r"\\(href|style|class|cssId|mmlToken|require|bbox(?=\s*\[[^\]]*[:(\\]))(?![a-zA-Z])")
IN_A_FORMULA = re.compile(r"\$|\\[(\[]|\\begin")
CODE_OR_FORMULA = re.compile(
    r"(^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\2[`~]*[ \t]*$|\Z)|(?<!`)(`+)(?!`)[^`].*?(?<!`)\3(?!`)|\$\$.*?\$\$|\$[^$\n]+\$)",
    flags=re.MULTILINE | re.DOTALL,
)
TAG = re.compile(r"<(?!https?://[^\s<>]*>)(?=[a-zA-Z/!?])[^<>]*>?")
ADDRESS = r"([^()\s<>]*(?:\([^()\s<>]*\)[^()\s<>]*)*)"


@functools.lru_cache(maxsize=4096)  # most cells of a class are the lesson's own
def harmless(
    source: str, attached: frozenset[str] = frozenset(), reserved: frozenset[str] = frozenset()
) -> tuple[str, tuple[str, ...]]:
    """The Markdown to show, unchanged where nothing in it is active, and in a few words what was wrong with it.

    attached: names of the cell's pictures, looked at before; reserved: names of elements that the page itself has.
    """
    if source == as_text("\n".join(source.split("\n")[1:-1])):
        return source, ()
    problems = _judge().problems(source, attached, reserved)
    if not problems:
        return source, ()
    if TOO_MUCH not in problems:
        for careful in (True, False):
            mended = _mended(source, attached, reserved, careful)
            if not _judge().problems(mended, attached, reserved):
                return mended, problems
    return as_text(source), problems


def as_text(source: str) -> str:
    """Markdown that shows any text as it is, but for the end of a very long one and for line breaks in endless lines."""
    if len(source) > MOST_TEXT:
        source = f"{source[: MOST_TEXT - 1000]}\n… and more"
    source = "\n".join(line[k : k + 1000] for line in source.split("\n") for k in range(0, len(line) or 1, 1000))
    longest = max((len(run) for run in re.findall(r"`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{source}\n{fence}"


class _Judge:
    """What nbconvert renders, and what of it is not allowed."""

    def __init__(self) -> None:
        from bleach.sanitizer import Cleaner
        from nbconvert.exporters import HTMLExporter
        from nbconvert.filters.strings import strip_files_prefix

        self._exporter, self._strip_files_prefix = HTMLExporter(), strip_files_prefix
        # bleach asks _allowed about every attribute of a tag that it knows, addresses among them, and gives other tags out as text.
        protocols = {"http", "https", "mailto", "data", "attachment"}
        self._cleaner = Cleaner(TAGS, self._allowed, protocols, strip_comments=False, filters=[self._no_tags_in_text])
        self._found: dict[str, None] = {}
        self._ended = False
        self._reserved: frozenset[str] = frozenset()

    def problems(self, source: str, attached: frozenset[str], reserved: frozenset[str]) -> tuple[str, ...]:
        """What is wrong with a cell, in a few words each."""
        # What renderers need grows with the square of these.
        brackets = sum(line.count("[") * len(line) for line in source.split("\n"))
        formulas = source.count("\\\\[") + source.count("\\begin")
        if len(source) > MOST_TEXT or brackets > 10_000_000 or source.count("<") > 400 or formulas > 300:
            return (TOO_MUCH,)
        cell = {"attachments": {name: {"image/gif": DOT} for name in attached}}
        try:
            page = self._strip_files_prefix(self._exporter.markdown2html({"cell": cell}, source))
            return self.inspect(page, reserved)
        except Exception:  # where a renderer breaks, so would the page
            return (BROKEN,)

    def inspect(self, page: str, reserved: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """What of a piece of HTML is not allowed, as it is and as nbconvert writes it in the end."""
        from bs4 import BeautifulSoup

        self._found, self._reserved = {}, reserved
        soup = BeautifulSoup(page, "html.parser")  # nbconvert reads and writes the whole page so
        for text in (page, str(soup)):
            self._ended = False
            self._cleaner.clean(f'{text}<span lang="{END}"></span>')
            if END in text or not self._ended:  # something swallows what follows
                self._found[ACTIVE] = None
        if not self._found and not _balanced(page):
            self._found[TANGLED] = None
        for code in soup.find_all(["code", "pre"]):
            code.decompose()
        text = soup.get_text()
        if TEX.search(text) and IN_A_FORMULA.search(text):
            self._found[FORMULA] = None
        return tuple(self._found)

    def _allowed(self, tag: str, name: str, value: str) -> bool:
        """bleach's question about one attribute; a refusal is noted."""
        self._ended |= value == END
        found = problem(tag, name, html.unescape(value), self._reserved)
        if found:
            self._found[found] = None
        return not found

    def _no_tags_in_text(self, source: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """bleach's tokens as they are; one that is text and holds a tag is noted."""
        for token in source:
            if token["type"] == "Doctype" or (token["type"] == "Characters" and "<" in token["data"]):
                self._found[ACTIVE] = None
            yield token


@functools.cache
def _judge() -> _Judge:
    return _Judge()


class _Tags(HTMLParser):
    """Keeps the open tags; `tangled` when one closes that is not the last opened, or too many are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tangled = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID | MAY_STAY_OPEN:
            self.open.append(tag)
            self.tangled |= len(self.open) > 60

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.handle_starttag(tag, attrs)  # to a browser the slash says nothing

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID | MAY_STAY_OPEN:
            self.tangled |= not self.open or self.open.pop() != tag


def _balanced(page: str) -> bool:
    """Whether every tag that is opened is closed in turn, so that a cell cannot reach around others."""
    tags = _Tags()
    tags.feed(page)
    tags.close()
    return not tags.tangled and not tags.open


def _mended(source: str, attached: frozenset[str], reserved: frozenset[str], careful: bool) -> str:
    """The source without what can be active in it; `careful` leaves code, formulas and harmless tags alone."""
    if not careful:
        return _plain(source, attached, reserved, lambda tag: False)
    parts = CODE_OR_FORMULA.split(source)  # text, then a piece of code and its two fences, and so on
    for k in range(0, len(parts), 4):
        parts[k] = _plain(parts[k], attached, reserved, _stays)
        if k + 1 < len(parts):
            unmarked = re.sub(r"\A( {0,3}(?:`{3,}|~{3,}))[ \t]*mermaid", r"\1text", parts[k + 1])
            parts[k + 1] = TEX.sub(r"\1", unmarked) if unmarked.startswith("$") else unmarked
            parts[k + 2] = parts[k + 3] = ""
    return "".join(parts)


def _plain(text: str, attached: frozenset[str], reserved: frozenset[str], stays: Callable[[str], bool]) -> str:
    """Text without foreign pictures, other links than to the web, active formulas, and tags that do not stay."""

    def shown(address: str) -> bool:
        name = address.removeprefix("attachment:")
        return name in attached if name != address else is_own_picture(address)

    # A picture in a link, a picture, a link, the address of a reference, a picture by reference.
    text = re.sub(r"\[!\[([^\]]*)\]\(([^()\s]*)[^()]*\)\](?=\()", lambda m: m[0] if shown(m[2]) else f"[{m[1]}]", text)
    text = re.sub(rf"!(\[[^\]]*\]\(\s*<?{ADDRESS})", lambda m: m[0] if shown(m[2]) else m[1], text)
    text = re.sub(rf"(?<=\]\()\s*<?{ADDRESS}", lambda m: m[0] if is_link(m[1]) or shown(m[1]) else "#", text)
    text = re.sub(r"(?m)(^ {0,3}\[[^\]\n]+\]:\s*)<?(\S+)", lambda m: m[0] if is_link(m[2]) else f"{m[1]}#", text)
    text = re.sub(r"!(?=\[[^\]]*\](?!\())", "", text)
    text = TAG.sub(lambda m: m[0] if stays(m[0]) else f"&lt;{m[0][1:]}", text)
    text = TEX.sub(lambda m: m[1], text)
    # An entity that XML does not know keeps nbconvert from giving a heading an id.
    return re.sub(r"(?m)^ {0,3}#{1,6}[ \t]+(\S+)[ \t]*$", lambda m: f"{m[0]}&nbsp;" if m[1] in reserved else m[0], text)


def _stays(tag: str) -> bool:
    """Whether a single tag is harmless, together with the one that it needs."""
    closing = re.fullmatch(r"</(\w+)\s*>", tag)
    if closing:
        return closing[1].lower() in TAGS
    name = re.match(r"<(\w+)", tag)
    if not name:
        return False
    return not _judge().inspect(tag if name[1].lower() in VOID else f"{tag}</{name[1]}>")
