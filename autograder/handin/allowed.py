"""What a page may hold of a student's HTML: tags, attributes, addresses and pictures that only show something."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

ACTIVE, LINK, PICTURE = "active HTML", "a link that is no web address", "a picture from elsewhere"
NAME = "a name that the grader's page uses"

VOID = {"br", "hr", "img", "input"}
MAY_STAY_OPEN = {"p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot"}
TEXT_TAGS = """a abbr b blockquote caption center cite code del details dfn div dl em figcaption figure font h1 h2 h3 h4 h5 h6 i ins kbd
mark ol pre q s samp small span strike strong sub summary sup table tt u ul var"""
TAGS = VOID | MAY_STAY_OPEN | set(TEXT_TAGS.split())

Rule = Callable[[str], Any]
ANYTHING = "title alt align valign lang dir start value open disabled checked rel scope"
SIZES = "width height border colspan rowspan cellpadding cellspacing size"
COLOURS_AND_WEIGHTS = re.compile(
    r"(\s*(color|background-color|background|text-align|vertical-align|font-weight|font-style|text-decoration)\s*:"
    r"\s*([\w#%.-]+|rgba?\([\d., %]+\))\s*(;|$))*\s*"
)
# Those that nbconvert and pygments give: others could be Bootstrap's, which lay things over the page or start its scripts.
CLASSES = re.compile(
    r"highlight|hl-\w+|anchor-link|language-[\w+#.-]+|task-list-item(-checkbox)?|jp-Mermaid|mermaid|err|esc|hll|[a-z]{1,2}\d?"
)
RULES: dict[str, Rule] = {
    **dict.fromkeys(ANYTHING.split(), lambda text: True),
    **dict.fromkeys(SIZES.split(), re.compile(r"\s*\d{0,4}(px|%)?\s*").fullmatch),
    **dict.fromkeys(["color", "bgcolor"], re.compile(r"#?\w+").fullmatch),
    "class": lambda text: all(CLASSES.fullmatch(word) for word in text.split()),
    "style": COLOURS_AND_WEIGHTS.fullmatch,
    "target": re.compile("_blank").fullmatch,
    "type": re.compile("checkbox|[1aAiI]").fullmatch,
}

# Browsers pass over blanks and invisible characters in addresses.
PASSED_OVER = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
KNOWN_PICTURES = {"https://colab.research.google.com/assets/colab-badge.svg"}  # at the top of every lesson
PICTURE_BESIDE = re.compile(r"(?:[\w() -]+/)*[\w() .-]*[\w()-]\.(?:png|jpe?g|gif)", flags=re.IGNORECASE)
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF"}
MOST_PIXELS = 50_000_000


def problem(tag: str, name: str, value: str, reserved: frozenset[str]) -> str:
    """What is wrong with an attribute of an allowed tag; empty when nothing is. reserved: names that the page itself uses."""
    if name == "id" or (tag, name) == ("a", "name"):
        return NAME if unquote(value) in reserved else ""
    if (tag, name) == ("a", "href"):
        return "" if is_link(value) else LINK
    if (tag, name) == ("img", "src"):
        return "" if is_own_picture(value) else PICTURE
    return "" if name in RULES and RULES[name](value) else ACTIVE


def is_link(address: str) -> bool:
    """Whether an address is on the web, on this page, or beside the notebook – and not elsewhere on Jupyter's server."""
    visible = PASSED_OVER.sub("", address)
    scheme = re.match(r"([^/?#]*?):", visible)
    if scheme:
        return scheme[1].lower() in ("http", "https", "mailto")
    return not re.match(r"[/\\]", visible) and ".." not in unquote(visible)


def is_own_picture(address: str) -> bool:
    """Whether a picture is in the notebook or beside it: another server would learn who grades when."""
    if address in KNOWN_PICTURES:
        return True
    embedded = re.fullmatch(r"data:(image/\w+);base64,([\w+/=\s]*)", address)
    if embedded:
        return is_picture(embedded[1], embedded[2])
    return bool(PICTURE_BESIDE.fullmatch(unquote(address)) or re.fullmatch(r"attachment:[\w() .-]+", unquote(address)))


def is_picture(kind: str, data: object) -> bool:
    """Whether base64 text holds a picture of this MIME type, PNG, JPEG or GIF, of a bearable size."""
    from PIL import Image

    if kind not in PICTURES or not isinstance(data, str):
        return False
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=[PICTURES[kind]]) as picture,
        ):
            return picture.width * picture.height <= MOST_PIXELS
    except (binascii.Error, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
