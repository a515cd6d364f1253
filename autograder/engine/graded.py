"""What grading a notebook gave, kept as data in the graded notebook itself.

`autograded/STUDENT/ASSIGNMENT/NOTEBOOK.ipynb` holds it in its metadata, under `genlab`, whoever graded: `genlab grade`, plain
`nbgrader autograde` or Formgrader. It is written with the notebook, so there is never one without the other, and nothing in it comes from
a student: what a hand-in has under that name is taken out before it is graded. It holds what the student may read on
the cards, never hidden inputs. The pictures of a failed claim are in the card, an output of the exercise's test cell.

    {"format": 1,
     "lesson": "vae_fashion",
     "kit": "0.1.0",              version of the kit that graded
     "release": "20d60674…",      digest of the released lesson that it was graded with (`genlab.sha256.lessons` of that notebook)
     "depends": "9a1b02c4…",      digest of all that the marks depend on; see `job.Job.depends`
     "mended": [sentence, …],     what was mended in the hand-in
     "notes": [sentence, …],      what was out of the ordinary while it ran
     "seconds": 0.41,             from its first cell to the last verdict
     "cpu_seconds": 0.35,         of the student's code
     "by_hand": {cell: [digest of what a person gave for it, digest of the answer that it was given for], …},
     "exercises": [               in the order of the course
       {"exercise": "vae_fashion/kl_loss",
        "status": "failed",       passed, failed, not_attempted or grader_error
        "points": 0.0, "max_points": 3.0,
        "headline": …,            one line that says how it went
        "misconception": …,       name of the known mistake, or null
        "sentence": …,            what helps against it
        "follows_from": …,        an earlier exercise that fails and explains this one, or null
        "grader_error": …,        what broke in the grader, or null: then there is no score
        "note": …,                why no claim was judged, where none was
        "results": [{"name", "passed", "reached", "says", "message", "misconception", "called", "seen", "expected", "advice"}, …]},
       …]}

A result's `says` is the claim, `message` what is wrong with it, `called`, `seen`, `expected` and `advice` are the rows of the card; one
that was not `reached` could not be judged, because an earlier one fails. The first that was reached and did not pass is `Report.failure`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from autograder.report import Report, Result

FORMAT = 1
NAME = "genlab"  # in the notebook's metadata


@dataclass(frozen=True)
class Graded:
    """A graded notebook's verdicts, and how it came to them; the fields are those of the format above."""

    lesson: str
    kit: str
    release: str
    depends: str
    reports: tuple[Report, ...]
    mended: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    by_hand: dict[str, list[str]] = field(default_factory=dict)  # see `by_hand`

    @property
    def points(self) -> float:
        """Points reached, before anything that people add or take away in the gradebook."""
        return sum(report.points for report in self.reports)

    def to_data(self) -> dict[str, Any]:
        """The data that `from_data` reads."""
        return {
            "format": FORMAT,
            "lesson": self.lesson,
            "kit": self.kit,
            "release": self.release,
            "depends": self.depends,
            "mended": list(self.mended),
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu_seconds, 3),
            "by_hand": self.by_hand,
            "exercises": [_exercise(report) for report in self.reports],
        }

    @classmethod
    def from_data(cls, data: Any) -> Graded | None:
        """What `to_data` gave; None for anything else, a later format included."""
        try:
            if data["format"] != FORMAT:
                return None
            return cls(
                data["lesson"],
                data["kit"],
                data["release"],
                data["depends"],
                tuple(_report(found) for found in data["exercises"]),
                tuple(data["mended"]),
                tuple(data["notes"]),
                data["seconds"],
                data["cpu_seconds"],
                data["by_hand"],
            )
        except (KeyError, TypeError):
            return None


def read(notebook: Path) -> Graded | None:
    """What grading gave, from a notebook in autograded/; None where there is none, or it has been graded by something else."""
    try:
        return Graded.from_data(json.loads(notebook.read_text(encoding="utf-8"))["metadata"].get(NAME))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _exercise(report: Report) -> dict[str, Any]:
    found = {f.name: getattr(report, f.name) for f in fields(Report) if f.name != "results"}
    results = [
        {f.name: getattr(result, f.name) for f in fields(Result) if f.name != "pictures"} for result in report.results
    ]
    return found | {"points": report.points, "headline": report.headline, "results": results}


def _report(found: dict[str, Any]) -> Report:
    told = {key: value for key, value in found.items() if key not in ("points", "headline", "results")}
    return Report(**told, results=[Result(**result) for result in found["results"]])
