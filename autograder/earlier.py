"""Mistakes that follow from those in earlier exercises: who mends that one has mended this, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autograder import checks
from autograder.exercise import Exercise
from autograder.probes import Plan, Record
from autograder.report import Report

Verdicts = Callable[[str], Report | None]  # on exercises by their ids; None where there is none


def explained_by_earlier(report: Report, plan: Plan, record: Record, verdict: Verdicts) -> Report:
    """The report, pointed at an earlier exercise that fails its own check, when that can be the reason.

    Either the answer calls it, or it makes the very mistake of it anew. verdict: the report on an earlier exercise, or None where
    there is none.
    """
    spec = checks.find(report.exercise)
    own = {claim.name for claim in spec.claims if claim.own}
    if any(r.name in own and r.reached and not r.passed for r in report.results):
        return report
    for earlier in may_explain(spec, record):
        first = verdict(earlier)
        why = _why(spec, plan, record, first) if first is not None and not first.passed else ""
        if first is not None and why:
            known = first.follows_from or earlier
            return replace(report, misconception=None, sentence="", follows_from=known, note=why)
    return report


def may_explain(spec: Exercise, record: Record) -> list[str]:
    """Earlier exercises that an answer calls, or of which it may make a mistake anew."""
    return [e for e in spec.depends if e.split("/")[1] in record["uses"] or e in spec.repeats]


def _why(spec: Exercise, plan: Plan, record: Record, first: Report) -> str:
    """How an earlier exercise, which fails, explains that this one does; nothing when it does not."""
    lesson, name = first.exercise.split("/")
    yours = f"your {name}" if lesson == spec.lesson else f"your {name} of the lesson {lesson}"
    if first.status == "grader_error":
        return ""
    if name in record["uses"]:
        if first.follows_from:
            return f"calls {yours}, which {first.note}"
        state = "is not written yet" if first.status == "not_attempted" else "does not pass its own check"
        return f"calls {yours}, which {(first.note or state).rstrip('.')}. Fix {name} first, then run this check again."
    wrong = [m.wrong for m in checks.find(first.exercise).misconceptions if m.name == first.misconception]
    if wrong and spec.repeats[first.exercise](plan, record, wrong[0]):
        return f"makes the mistake of {yours} again: {first.sentence} Fix {name} first, then mend it here."
    return ""
