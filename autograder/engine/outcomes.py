"""Outcomes as data that cross from one machine to another. What arrives is checked like anything else that does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

from autograder import card, checks
from autograder.engine.outputs import shown, valid_outputs
from autograder.engine.submission import Outcome, code_cells
from autograder.handin.allowed import is_picture
from autograder.report import Report, Result

MOST = 64_000_000  # characters
MOST_TEXT = 20_000  # of one text in a verdict
MOST_NOTES = 200


class BadOutcome(ValueError):
    """Data that are no outcome of the notebook; the message says how."""


def not_judged(lesson: str, why: str) -> Outcome:
    """No score for anything: the grader is at fault."""
    reports = {e: Report(e, "grader_error", checks.points(e), grader_error=why) for e in checks.ids(lesson)}
    return Outcome(reports, {}, {exercise: shown(report) for exercise, report in reports.items()}, [why])


def to_json(outcome: Outcome) -> str:
    """The outcome without its cards, which are made from the verdicts."""
    data = asdict(replace(outcome, cards={}))
    return json.dumps(data | {"reports": list(data["reports"].values())})


def from_json(text: object, notebook: dict[str, Any], lesson: str) -> Outcome:
    """The outcome of a notebook of the lesson. Raises BadOutcome.

    Points come from the course, cards from the verdicts; outputs are those that a notebook may hold, in its code cells.
    """
    if not isinstance(text, str) or len(text) > MOST:
        raise BadOutcome("it is no text, or too much of it")
    try:
        data = json.loads(text)
        reports = {found["exercise"]: _report(found) for found in data["reports"]}
        places = {str(cell.index) for cell in code_cells(notebook, lesson)}
        outputs = {int(place): valid_outputs(found) for place, found in data["outputs"].items() if place in places}
        notes = [_text(note) for note in data["notes"][:MOST_NOTES]]
        seconds, cpu_seconds = float(data["seconds"]), float(data["cpu_seconds"])
    except BadOutcome:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadOutcome(f"it is not in the form of one ({type(error).__name__})") from None
    if set(reports) != set(checks.ids(lesson)):
        raise BadOutcome("its verdicts are not on the lesson's exercises")
    reports = {exercise: reports[exercise] for exercise in checks.ids(lesson)}
    cards = {exercise: shown(report) for exercise, report in reports.items()}
    return Outcome(reports, outputs, cards, notes, seconds, cpu_seconds)


def _report(found: Any) -> Report:
    """A verdict, all of its parts of the right kind."""
    from pydantic import TypeAdapter, ValidationError

    try:
        report = TypeAdapter(Report).validate_python(found)
    except ValidationError as error:
        raise BadOutcome(f"a verdict is malformed ({error.errors()[0]['type']})") from None
    for result in report.results:
        pictures = result.pictures
        if pictures is not None and not (isinstance(pictures, dict) and _are_pictures(pictures)):
            raise BadOutcome("a verdict's pictures are none")
    if any(len(text) > MOST_TEXT for text in _texts(report)):
        raise BadOutcome("a verdict of endless text")
    if report.passed and not (report.results and all(result.passed for result in report.results)):
        raise BadOutcome("a verdict is better than its claims")
    return replace(report, max_points=checks.points(report.exercise))


def _are_pictures(pictures: dict[str, str]) -> bool:
    return tuple(pictures) == card.PICTURES and all(is_picture("image/png", picture) for picture in pictures.values())


def _texts(report: Report) -> Iterator[str]:
    parts: list[Report | Result] = [report, *report.results]
    for part in parts:
        yield from (value for field in fields(part) if isinstance(value := getattr(part, field.name), str))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadOutcome("a note is no text")
    return value[:MOST_TEXT]
