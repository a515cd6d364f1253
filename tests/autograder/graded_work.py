"""Graded notebooks for the tests of the pages, without the minutes that grading takes: real verdicts on hidden inputs, no sandbox."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import genlab
from autograder import checks
from autograder.definitions import load_reference
from autograder.demo import hand_in
from autograder.engine.graded import NAME, Graded
from autograder.engine.inputs import without_inputs
from autograder.engine.outputs import shown
from autograder.judge import judge
from autograder.pages.gradebook import Mark, Marks
from autograder.probes import run_probe
from autograder.report import Report
from genlab.course import load_course

ROOT = Path(__file__).parents[2]
LESSON = load_course().lesson("vae_fashion")
SEED = 11


@functools.cache
def verdict(exercise: str, wrong: str | None) -> Report:
    """The report on the reference solution or on a named mistake, as the engine's examiner gives it."""
    spec = checks.find(exercise)
    plan = spec.plan(SEED, True)
    known = {m.name: m for m in spec.misconceptions}
    target = known[wrong].wrong if wrong else load_reference(spec.lesson)[spec.name]
    return without_inputs(judge(spec, plan, run_probe(plan, target)), plan)


@functools.cache
def handed_in(wrong: tuple[tuple[str, str], ...]) -> str:
    """JSON of a hand-in: making one reads the course and its solutions."""
    return json.dumps(hand_in(ROOT, dict(wrong)))


def graded_notebook(reports: list[Report], wrong: dict[str, str] | None = None, **about: Any) -> dict[str, Any]:
    """A hand-in as grading leaves it in autograded/: cards below the test cells, verdicts in the metadata."""
    notebook: dict[str, Any] = json.loads(handed_in(tuple((wrong or {}).items())))
    graded = Graded("vae_fashion", genlab.__version__, "0" * 64, "0" * 64, tuple(reports), **about)
    notebook["metadata"][NAME] = json.loads(json.dumps(graded.to_data()))
    for report in reports:
        cell = next(c for c in notebook["cells"] if c["id"] == report.exercise.split("/")[1])
        cell["outputs"] = shown(report)
    return notebook


def marks(reports: list[Report], student: str = "ada", **more: Any) -> Marks:
    """The marks that nbgrader keeps of these reports."""
    given = {
        r.exercise.split("/")[1]: Mark(None if r.grader_error else r.points, r.max_points, r.points) for r in reports
    }
    return Marks(student, LESSON.file, given, **more)


def passed(*but: str) -> list[Report]:
    """Passing reports on all exercises of the lesson except some."""
    return [Report(f"vae_fashion/{e.id}", "passed", float(e.points)) for e in LESSON.exercises if e.id not in but]
