"""An instructor's own hidden checks: `private/LESSON.py` in a course's folder. They run in the judges, outside the sandbox, and only in grading.

Such a file names, by exercise, claims in addition to those of the kit, and functions `(draw, plan) → plan` that change or add inputs:

    CLAIMS = {"kl_loss": [Claim("prior", "is 0 for the prior itself", judge)]}
    VARIANTS = {"kl_loss": [with_a_wide_batch]}

A file that is broken, and a claim or function that raises, leaves the exercise without a score, for a person to look at.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import checks

if TYPE_CHECKING:  # reading them needs no torch
    from autograder.earlier import Verdicts
    from autograder.exercise import Claim, Draw, Exercise
    from autograder.probes import Plan, Record
    from autograder.report import Report

FOLDER = "private"


class BadPrivate(ValueError):
    """A private check that cannot be used; the message says which and why."""


def read(course: Path) -> str:
    """The texts of a course's private checks by lesson, as JSON; empty where there are none."""
    files = sorted((course / FOLDER).glob("*.py"))
    return json.dumps({path.stem: path.read_text(encoding="utf-8") for path in files}) if files else ""


@functools.lru_cache(maxsize=128)  # so that plans are shared, see `Exercise.plan`
def extended(exercise: str, texts: str) -> tuple[Exercise, tuple[Claim, ...]]:
    """The exercise with the inputs that a course adds to it, and the course's own claims. Raises BadPrivate."""
    spec = checks.find(exercise)
    source = _texts(texts).get(spec.lesson)
    if source is None:
        return spec, ()
    found = _run(spec.lesson, source)
    if isinstance(found, str):
        raise BadPrivate(found)
    claims, variants = found
    mine = variants.get(spec.name, [])

    def make_plan(draw: Draw) -> Plan:
        plan = spec.make_plan(draw)
        for variant in mine:
            plan = variant(draw, plan)
            if not isinstance(plan, dict) or not plan.get("cases"):
                raise BadPrivate(f"{FOLDER}/{spec.lesson}.py: {variant.__name__} returned no plan with cases")
        return plan

    return replace(spec, make_plan=make_plan), tuple(claims.get(spec.name, []))


def judge_with(spec: Exercise, own: tuple[Claim, ...], plan: Plan, record: Record, verdict: Verdicts) -> Report:
    """The verdict on a record, see `judge.judge`; a course's own claims are judged where all of the kit's hold."""
    from autograder.judge import judge

    report = judge(spec, plan, record, verdict)
    if not (report.passed and own):
        return report
    more = judge(replace(spec, claims=own, misconceptions=()), plan, record, verdict)
    return replace(more, results=[*report.results, *more.results])


@functools.lru_cache(maxsize=4)
def _texts(texts: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(texts) if texts else {}
    return found


@functools.lru_cache(maxsize=64)
def _run(
    lesson: str, source: str
) -> tuple[dict[str, list[Claim]], dict[str, list[Callable[[Draw, Plan], Plan]]]] | str:
    """What the file of a lesson adds, or what is wrong with it."""
    from autograder.exercise import Claim

    file = f"{FOLDER}/{lesson}.py"
    names: dict[str, Any] = {"__name__": f"private_{lesson}"}
    try:
        exec(compile(source, file, "exec"), names)
    except Exception as error:
        return f"{file}: {type(error).__name__}: {error}"
    claims, variants = names.get("CLAIMS", {}), names.get("VARIANTS", {})
    known = {exercise.split("/")[1] for exercise in checks.ids(lesson)}
    for table, kind in ((claims, lambda one: isinstance(one, Claim)), (variants, callable)):
        if not isinstance(table, dict) or not all(isinstance(some, list | tuple) for some in table.values()):
            return f"{file}: CLAIMS and VARIANTS are dicts from an exercise to a list"
        if strange := set(table) - known:
            return f"{file}: the lesson has no exercise {', '.join(sorted(map(str, strange)))}"
        if not all(kind(one) for some in table.values() for one in some):
            return f"{file}: CLAIMS lists Claim objects, VARIANTS functions"
    return claims, variants


def accepted(course: Path, lessons: list[str]) -> list[str]:
    """A line for each exercise of these lessons that a course adds to: which claims, and which functions that change its inputs."""
    texts = _texts(read(course))
    found = []
    for lesson, table in ((lesson, _run(lesson, texts[lesson])) for lesson in lessons if lesson in texts):
        claims, variants = ({}, {}) if isinstance(table, str) else table
        for name in (exercise.split("/")[1] for exercise in checks.ids(lesson)):
            adds = [f"“{claim.says}”" for claim in claims.get(name, [])]
            adds += [f"inputs of {variant.__name__}" for variant in variants.get(name, [])]
            found += [f"{FOLDER}/{lesson}.py, {name}: {', '.join(adds)}"] if adds else []
    return found


def problems(course: Path, lessons: list[str], seeds: range = range(3)) -> list[str]:
    """What is wrong with a course's private checks: names of no lesson, broken files, and right answers that fail them."""
    from autograder.definitions import load_reference
    from autograder.probes import run_probe

    texts = read(course)
    found = [f"{FOLDER}/{name}.py: the course has no lesson {name}" for name in _texts(texts) if name not in lessons]
    for exercise in (e for lesson in lessons if lesson in _texts(texts) for e in checks.ids(lesson)):
        lesson, name = exercise.split("/")
        try:
            spec, own = extended(exercise, texts)
            for seed in seeds:
                plan = spec.plan(seed, True)
                report = judge_with(spec, own, plan, run_probe(plan, load_reference(lesson)[name]), lambda _: None)
                if not report.passed:
                    raise BadPrivate(f"{FOLDER}/{lesson}.py: the solution of {name} fails it ({report.headline})")
        except BadPrivate as error:
            found.append(str(error))
        except Exception as error:
            found.append(f"{FOLDER}/{lesson}.py: {name}: {type(error).__name__}: {error}")
    return list(dict.fromkeys(found))
