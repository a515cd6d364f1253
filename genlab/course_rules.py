"""What a broken rule of `course.yml` is told as: a line number and what to do.

Plumbing of `genlab.course`. A problem is a pair (line, text); a location is a tuple of keys and
indices from the top of the file, as pydantic writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

Problem = tuple[int, str]
Location = tuple[str | int, ...]

_KINDS = (
    "course",
    "chapter",
    "lesson",
    "exercise",
)  # by the number of lists around an entry
_MEANT = {
    "int_type": "should be a whole number",
    "string_type": "should be a text; put it in quotes",
    "list_type": "should be a list; start each entry with -",
    "model_type": "should hold `key: value` lines",
    "string_too_short": "should not be empty",
    "too_short": "should have at least one entry",
    "greater_than": "should be greater than 0",
    "greater_than_equal": "should be 1 (easy), 2 or 3 (hard)",
    "less_than_equal": "should be 1 (easy), 2 or 3 (hard)",
}


@dataclass(frozen=True)
class Place:
    """One value of the file: the line where it (or its key) stands, and a single value's text."""

    line: int
    text: str | None


def did_you_mean(word: str, known: list[str]) -> str:
    """A question that names the nearest known word, or nothing when none is near."""
    near = get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}?" if near else ""


def syntax(error: yaml.YAMLError) -> str:
    """Line and advice for a file that YAML cannot read."""
    mark = getattr(error, "problem_mark", None)
    why = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = mark.line + 1 if mark else 1
    return f"{line}: is not valid YAML: {why}. Look at this line and the one above."


def places(node: yaml.Node | None, at: Location = (), key: yaml.Node | None = None) -> dict[Location, Place]:
    """Every value at or below `node`, by its location."""
    if node is None:
        return {}
    text = node.value if isinstance(node, yaml.ScalarNode) else None
    found = {at: Place((key or node).start_mark.line + 1, text)}
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            found |= places(value, (*at, str(name.value)), name)
    if isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found |= places(value, (*at, index))
    return found


def repeated_keys(node: yaml.Node | None) -> list[Problem]:
    """Keys that stand twice in one entry; YAML itself takes the last without a word."""
    problems: list[Problem] = []
    if isinstance(node, yaml.SequenceNode):
        for value in node.value:
            problems += repeated_keys(value)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                advice = f"{key.value} stands twice in this entry. Remove one."
                problems.append((key.start_mark.line + 1, advice))
            seen.add(str(key.value))
            problems += repeated_keys(value)
    return problems


def repeated_names(found: dict[Location, Place]) -> list[Problem]:
    """Ids and files that are used twice: in the course, in a chapter, or exercises in a lesson."""
    problems: list[Problem] = []
    first: dict[tuple[Location, str], int] = {}
    for at, place in found.items():
        scope: Location
        match at:
            case ("chapters", _, "id"):
                scope = ("chapter",)
            case ("chapters", _, "lessons", _, "id"):
                scope = ("lesson",)
            case ("chapters", chapter, "lessons", _, "file"):
                scope = ("file", chapter)
            case ("chapters", chapter, "lessons", lesson, "exercises", _, "id"):
                scope = ("exercise", chapter, lesson)
            case _:
                continue
        if place.text is None:
            continue
        key = (scope, place.text)
        if key in first:
            advice = f"{scope[0]} {place.text} is already named in line {first[key]}. Rename one."
            problems.append((place.line, advice))
        first.setdefault(key, place.line)
    return problems


def mended_too_early(found: dict[Location, Place]) -> list[Problem]:
    """Exercises that mend one that does not come before them in their lesson."""
    problems = []
    for at, place in found.items():
        match at:
            case ("chapters", _, "lessons", _, "exercises", int(number), "mends"):
                ids = [found.get((*at[:-2], n, "id")) for n in range(number)]
                earlier = [before.text for before in ids if before and before.text]
                if place.text not in earlier:
                    near = did_you_mean(place.text or "", earlier) or "Name an exercise above it in its lesson."
                    problems.append((place.line, f"mends: {place.text} does not come before this exercise. {near}"))
    return problems


def missing_cards(found: dict[Location, Place], folder: Path) -> list[Problem]:
    """Data sets of lessons that have no card in `folder`."""
    known = sorted(card.stem for card in folder.glob("*.yml"))
    problems = []
    for at, place in found.items():
        match at:
            case ("chapters", _, "lessons", _, "data", _) if place.text and place.text not in known:
                card = f"{folder.name}/{place.text}.yml"
                advice = did_you_mean(place.text, known) or "Write it, or remove the name."
                problems.append((place.line, f"data: there is no card {card}. {advice}"))
    return problems


def advice(error: Mapping[str, Any], found: dict[Location, Place], keys: list[list[str]]) -> Problem:
    """The line of a pydantic error and, in our words, what is wrong and what to do.

    `keys` lists the allowed keys of a course, a chapter, a lesson and an exercise.
    """
    at, kind = error["loc"], error["type"]
    place = at
    while place and place not in found:
        place = place[:-1]
    line = found[place].line if place in found else 1
    depth = min(sum(isinstance(part, int) for part in at), len(_KINDS) - 1)
    key = next((part for part in reversed(at) if isinstance(part, str)), "this file")
    if kind == "missing":
        return line, f"{key} is missing in this {_KINDS[depth]}. Add a line `{key}: …`."
    if kind == "extra_forbidden":
        near = did_you_mean(key, keys[depth]) or f"There are {', '.join(keys[depth])}."
        return line, f"{key} is not a key of the {_KINDS[depth]}. {near}"
    if kind == "form":
        return line, f"{key}: {error['input']!r} {error['msg']}."
    return (
        line,
        f"{key} {_MEANT.get(kind, error['msg'])}, not {_shown(error['input'])}.",
    )


def _shown(value: object) -> str:
    """A value of the file in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "an entry with keys"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return repr(value)
