"""`examine` and `check`: a plan of inputs, the probe's record of the learner's object, the judge's verdict."""

from __future__ import annotations

import contextlib
import inspect
import sys
import threading
from collections.abc import Iterator
from typing import Any

from autograder import checks
from autograder.judge import first_error, judge
from autograder.probes import run_probe
from autograder.probes.recording import line_of_cell
from autograder.report import CheckFailed, GraderError, NotAttempted, Report, in_line
from autograder.reusing import refused

PATIENCE = 20.0  # seconds
NOT_DEFINED = "is not defined: its cell has not run, or stopped with an error"
NOT_TAKEN = "was not taken over from your notebook"  # of a piece of an earlier lesson


def examine(exercise: str, target: Any, *, seed: int = 0, hidden: bool = False, device: str = "cpu") -> Report:
    """Verdict on `target`, the learner's function or class, for the exercise `lesson/name`.

    Never raises for wrong learner code, and has no time limit of its own. `hidden` means other seeds and sizes, never another claim.
    Raises KeyError for an id that no lesson has.
    """
    spec = checks.find(exercise)
    try:
        plan = spec.plan(seed, hidden)
        record = run_probe(plan, target, device)
        scope = getattr(_function_of(target), "__globals__", {})

        def verdict(earlier: str) -> Report | None:
            lesson, name = earlier.split("/")
            if name in scope:
                return examine(earlier, scope[name], seed=seed, device=device)
            if lesson == spec.lesson:
                raised = first_error(record)
                missed = raised is not None and raised["type"] == "NameError" and f"'{name}'" in raised["message"]
                return Report(earlier, "not_attempted", checks.points(earlier), note=NOT_DEFINED) if missed else None
            return refused.get(earlier) or Report(earlier, "not_attempted", checks.points(earlier), note=NOT_TAKEN)

        return judge(spec, plan, record, verdict)
    except Exception as error:
        broke = f"{type(error).__name__}: {error}"
        return Report(exercise, "grader_error", checks.points(exercise), grader_error=broke)


@contextlib.contextmanager
def _patience(exercise: str) -> Iterator[None]:
    """Tells whoever waits long for a check which line of theirs runs, and how to stop it; the check goes on."""
    out, here = sys.stdout, threading.get_ident()  # the cell's, which a probe takes away

    def tell() -> None:
        line = line_of_cell(sys._current_frames().get(here))
        print(
            f"{exercise} is still being checked after {PATIENCE:g} seconds{in_line(line)}. Is there a loop that never ends? "
            "Then interrupt the kernel (the square button, or I twice).",
            file=out,
        )

    timer = threading.Timer(PATIENCE, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


_judged_before: dict[str, Any] = {}  # by exercise, the answer of the last check in this process


def check(exercise: str, target: Any, *, hidden: bool = False) -> None:
    """Show the verdict on `target` as a card and note it in the learner's progress.

    Raises CheckFailed when the answer fails, NotAttempted on an untouched stub, GraderError when the check itself broke.
    """
    from autograder.card import show
    from genlab import advice, progress

    with _patience(exercise):
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


def _function_of(target: Any) -> Any:
    """The plain function behind a function, or the first method that a class defines."""
    if inspect.isclass(target):
        methods = [m for m in vars(target).values() if inspect.isfunction(m)]
        return methods[0] if methods else None
    return inspect.unwrap(target) if callable(target) else None
