"""`examine` and `check`: a plan of inputs, the probe's record of the learner's object, the judge's verdict."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from autograder import checks
from autograder.judge import judge
from autograder.probes import run_probe
from autograder.report import CheckFailed, GraderError, NotAttempted, Report


def examine(exercise: str, target: Any, *, seed: int = 0, hidden: bool = False, device: str = "cpu") -> Report:
    """Verdict on `target`, the learner's function or class, for the exercise `lesson/name`.

    Never raises for wrong learner code, and has no time limit of its own. `hidden` means other seeds and sizes, never another claim.
    Raises KeyError for an id that no lesson has.
    """
    spec = checks.find(exercise)
    try:
        plan = spec.plan(seed, hidden)
        record = run_probe(plan, target, device)
        report = judge(spec, plan, record)
        if report.status == "failed":
            scope = getattr(_function_of(target), "__globals__", {})

            def verdict(earlier: str) -> Report | None:
                lesson, name = earlier.split("/")
                if name in scope:
                    return examine(earlier, scope[name], seed=seed, device=device)
                reused = lesson != exercise.split("/")[0]
                return Report(earlier, "not_attempted", checks.points(earlier)) if reused else None

            report = explained_by_earlier(report, record["uses"], verdict)
        return report
    except Exception as error:
        broke = f"{type(error).__name__}: {error}"
        return Report(exercise, "grader_error", checks.points(exercise), grader_error=broke)


_judged_before: dict[str, Any] = {}  # by exercise, the answer of the last check in this process


def check(exercise: str, target: Any, *, hidden: bool = False) -> None:
    """Show the verdict on `target` as a card and note it in the learner's progress.

    Raises CheckFailed when the answer fails, NotAttempted on an untouched stub, GraderError when the check itself broke.
    """
    from autograder.card import show
    from genlab import advice, progress

    report = examine(exercise, target, hidden=hidden)
    show(report, hidden)
    same = callable(target) and _judged_before.get(exercise) is target
    if same and report.status in ("failed", "not_attempted") and not report.follows_from:
        print(advice.of("An edit that was not run"))
    _judged_before[exercise] = target
    progress.note(exercise, report.status)
    if report.status == "not_attempted":
        raise NotAttempted(report)
    if report.status == "failed":
        raise CheckFailed(report)
    if report.status == "grader_error":
        raise GraderError(report.headline)


def explained_by_earlier(report: Report, uses: list[str], verdict: Callable[[str], Report | None]) -> Report:
    """The report, pointed at an earlier exercise when the answer calls that one, it fails its own check, and it can be the reason.

    uses: names that the answer's code mentions. verdict: the report on an earlier exercise, or None where there is none.
    """
    spec = checks.find(report.exercise)
    own = {claim.name for claim in spec.claims if claim.own}
    if any(r.name in own and r.reached and not r.passed for r in report.results):
        return report
    for earlier in spec.depends:
        name = earlier.split("/")[1]
        first = verdict(earlier) if name in uses else None
        if first is not None and first.status in ("failed", "not_attempted"):
            state = "is not written yet" if first.status == "not_attempted" else "does not pass its own check"
            cause = first.note if first.follows_from else f"{state}. Fix {name} first, then run this check again."
            return Report(
                report.exercise,
                "failed",
                report.max_points,
                report.results,
                misconception=None,
                follows_from=first.follows_from or earlier,
                note=f"calls your {name}, which {cause}",
            )
    return report


def _function_of(target: Any) -> Any:
    """The plain function behind a function, or the first method that a class defines."""
    if inspect.isclass(target):
        methods = [m for m in vars(target).values() if inspect.isfunction(m)]
        return methods[0] if methods else None
    return inspect.unwrap(target) if callable(target) else None
