"""Templates of the pages: everything that is filled in is escaped, and a page holds all that it shows."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

WORDS = {"passed": "passed", "failed": "not yet", "not_attempted": "not attempted", "grader_error": "the check broke"}
MARKS = {"passed": "✓", "failed": "✗", "not_attempted": "○", "grader_error": "!", "follows": "↳"}


def render(template: str, **values: Any) -> str:
    """The page that a template gives for these values."""
    return _environment().get_template(template).render(**values)


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    from autograder.card import coded

    found = Environment(
        loader=PackageLoader("autograder.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["coded"] = lambda text: Markup(coded(text))  # escaped there
    found.filters["points"] = number
    found.filters["words"] = lambda name: name.replace("_", " ")
    found.globals |= {"WORDS": WORDS, "MARKS": MARKS}
    return found


def number(value: float) -> str:
    """Points as people write them: 3, 2.5, 0.33."""
    return f"{round(value, 2):g}"


def duration(seconds: float) -> str:
    """A length of time in the largest unit that fits: 40 minutes, 3 hours, 2 days."""
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
