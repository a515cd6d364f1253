"""From a record to a verdict: is it a stub, which claims hold, which known mistake is it."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autograder import checks
from autograder.earlier import Verdicts, explained_by_earlier
from autograder.exercise import Exercise, Failure, Misconception, once_a_plan, one_verdict
from autograder.probes import Plan, Record, run_probe
from autograder.probes.recording import code_of, encode
from autograder.report import Report, Result


def judge(exercise: Exercise, plan: Plan, record: Record, verdict: Verdicts = lambda _: None) -> Report:
    """Verdict on a record that `run_probe` made from `plan`. Learner code is never run here.

    verdict: on earlier exercises. What follows from them needs no name of its own.
    """
    points = checks.points(exercise.id)
    if is_stub(exercise, record):
        return Report(exercise.id, "not_attempted", points)
    if exercise.given is not None and record["code"] == code_of(as_in_a_cell(exercise.given)):
        return Report(exercise.id, "not_attempted", points, note=f"is still as it was given to you. {exercise.symptom}")
    with one_verdict(plan):
        results = judge_claims(exercise, plan, record)
        if all(r.passed for r in results):
            return Report(exercise.id, "passed", points, results)
        report = explained_by_earlier(Report(exercise.id, "failed", points, results), plan, record, verdict)
        if report.follows_from:
            return report
        found = diagnose(exercise, plan, record)
        if found:
            results = [_with_name(result, found) for result in results]
        elif found := beside_another(exercise, plan, results):
            first = next(place for place, result in enumerate(results) if not result.passed)
            results[first] = _with_name(results[first], found)
    if found:
        return replace(report, results=results, misconception=found.name, sentence=found.sentence)
    return report


def judge_claims(exercise: Exercise, plan: Plan, record: Record, upto: int | None = None) -> list[Result]:
    """One result per claim, or for the first `upto`; after a failed gate the rest are marked as not reached."""
    results: list[Result] = []
    closed = False
    for claim in exercise.claims[:upto]:
        if closed:
            results.append(Result(claim.name, False, "not judged yet", says=claim.says, reached=False))
            continue
        failure = _renamed(claim.judge(plan, record), exercise)
        results.append(_result(claim.name, claim.says, failure))
        closed = claim.gate and failure is not None
    return results


def diagnose(exercise: Exercise, plan: Plan, record: Record) -> Misconception | None:
    """The one known mistake that the record matches; None when nothing, or more than one thing, matches."""
    matching = []
    for misconception in exercise.misconceptions:
        if misconception.explains is not None:
            matched = misconception.explains(plan, record)
        else:
            matched = _same(exercise, plan, record, misconception.wrong)
        if matched:
            matching.append(misconception)
    return matching[0] if len(matching) == 1 else None


_MEASURED = re.compile(r"\d\.\d{2,}")  # numbers that agree by no chance


def beside_another(exercise: Exercise, plan: Plan, results: list[Result]) -> Misconception | None:
    """The one known mistake that gives the very numbers which the first claim that fails has seen, and fails some of the claims that fail, and no others."""
    failed = [(place, result) for place, result in enumerate(results) if result.reached and not result.passed]
    place, first = failed[0]
    if len(failed) == 1 or not _MEASURED.search(first.seen):
        return None
    matching = []
    for misconception in exercise.misconceptions:
        record = _recorded(plan, misconception.wrong)
        same = judge_claims(exercise, plan, record, upto=place + 1)[-1]
        if same.reached and (same.seen, same.called) == (first.seen, first.called):
            alone = judge_claims(exercise, plan, record)
            pairs = [(mine.passed, theirs.passed) for mine, theirs in zip(results, alone, strict=True)]
            if (False, True) in pairs and (True, False) not in pairs:
                matching.append(misconception)
    return matching[0] if len(matching) == 1 else None


def _same(exercise: Exercise, plan: Plan, record: Record, wrong: Any) -> bool:
    """Whether the record is that of a mistake. Most mistakes are refuted by the first call alone, at a fraction of the cost.

    A first call that cannot even tell the mistake from itself – one that is to be refused, say – tells nothing.
    """
    first, known = _first_try(plan, wrong)
    seen = _first_call(record)
    if plan["probe"] == "call":
        seen["cases"][0]["calls"] = [call | {"grads": []} for call in seen["cases"][0]["calls"]]
    if not exercise.same(first, seen, known) and exercise.same(first, known, known):
        return False
    return exercise.same(plan, record, _recorded(plan, wrong))


_recorded = once_a_plan(run_probe)


@once_a_plan
def _first_try(plan: Plan, wrong: Any) -> tuple[Plan, Record]:
    """The plan of the first call, without gradients, at half the cost, where the probe takes them; and the record of a mistake."""
    first = _first_call(plan)
    if plan["probe"] == "call":
        first["cases"][0]["cotangents"] = []
    return first, run_probe(first, wrong)


def _first_call(content: dict[str, Any]) -> dict[str, Any]:
    """A plan's or record's first case, with the first of its calls where there are several."""
    case = dict(content["cases"][0])
    for several in ("calls", "training", "runs"):
        if isinstance(case.get(several), list):
            case[several] = case[several][:1]
    if isinstance(case.get("calls"), int):  # a number of calls, in a plan of the call probe
        case["calls"] = 1
    return content | {"cases": [case]}


def is_stub(exercise: Exercise, record: Record) -> bool:
    """Whether the record shows the exercise's own untouched stub: its NotImplementedError, or nothing but `...` for a value."""
    if record["probe"] == "value":
        return all(is_blank(case["value"]) for case in record["cases"])
    raised = first_error(record)
    if raised is None or not raised["not_implemented"] or raised["message"]:  # torch's own have a message
        return False
    innermost = raised["functions"][-1] if raised["functions"] else exercise.name
    return exercise.name in innermost.split(".")


def is_blank(value: dict[str, Any]) -> bool:
    """Whether an encoded value is the `...` of a stub, or a collection of nothing else."""
    items = value.get("items")
    if not items:
        return value == encode(...)
    return all(map(is_blank, items.values() if isinstance(items, dict) else items))


def as_in_a_cell(function: Callable[..., Any]) -> types.CodeType:
    """The code of a function compiled from its own text alone: beside the import of a name, a compiler treats calls of it otherwise."""
    text = compile(inspect.getsource(function), "<cell>", "exec")
    return next(c for c in text.co_consts if isinstance(c, types.CodeType) and c.co_name == function.__name__)


def first_error(record: Record) -> dict[str, Any] | None:
    """The first exception in a record, in the order in which the probe called."""
    for case in record["cases"]:
        calls = case.get("calls", case.get("runs", []))
        for raised in [case.get("raised"), *(call["raised"] for call in calls)]:
            if raised:
                return raised
    return None


def _result(name: str, says: str, failure: Failure | None) -> Result:
    if failure is None:
        return Result(name, True, says=says)
    return Result(
        name,
        False,
        failure.message,
        says=says,
        called=failure.called,
        seen=failure.seen,
        expected=failure.expected,
        advice=failure.advice,
        pictures=failure.pictures,
    )


def _renamed(failure: Failure | None, exercise: Exercise) -> Failure | None:
    """The failure, in which the call has the name of the learner's object: claims of what it mends know another."""
    if failure is None or not exercise.mends:
        return failure
    known = exercise.mends.split("/")[1]
    return replace(failure, called=re.sub(rf"\b{known}\b", exercise.name, failure.called))


def _with_name(result: Result, found: Misconception) -> Result:
    if result.passed or not result.reached:
        return result
    return replace(result, misconception=found.name)
