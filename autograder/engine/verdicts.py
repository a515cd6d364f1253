"""Inputs from a secret, and verdicts on the records that come back for them."""

from __future__ import annotations

import traceback
from collections.abc import Collection

from autograder import checks
from autograder.earlier import explained_by_earlier, may_explain
from autograder.engine.inputs import without_inputs
from autograder.engine.records import BadRecord, check_form
from autograder.engine.secret import seed, set_of
from autograder.exercise import SharedPlan
from autograder.private import extended, judge_with
from autograder.probes import Plan
from autograder.report import Report
from autograder.sandbox.wire import Malformed, Sealed

MOST_VERDICTS = 64  # kept of a plan, for records that are equal to the bit


class Examiner:
    """Plans and verdicts for one submission. `about` identifies its code and decides which set of inputs it gets.

    private: texts of the course's own checks; see `private`.
    """

    def __init__(self, secret: bytes, about: str, private: str = "") -> None:
        self.secret, self.private = secret, private
        self.about = str(set_of(secret, about))
        self.reports: dict[str, Report] = {}
        self._records: dict[str, tuple[Plan, Sealed]] = {}

    def plan(self, exercise: str, attempt: int) -> SharedPlan | None:
        """Hidden inputs for an exercise, other ones in every attempt. None when the check broke: then the report says so."""
        try:
            spec, _ = extended(exercise, self.private)
            return spec.plan(seed(self.secret, self.about, exercise, str(attempt)), True)
        except Exception as error:
            self.broke(exercise, error)
            return None

    def judge(self, exercise: str, plan: SharedPlan, record: Sealed) -> None:
        """Note the verdict on a record. One that is the same to the bit as another has its verdict already, and stays sealed."""
        try:
            key = (record.digest, *self._failed(checks.find(exercise).depends))
            report = plan.verdicts.get(key)
            if report is None:
                good = check_form(plan, record.opened)
                judged = judge_with(*extended(exercise, self.private), plan, good, self.reports.get)
                report = without_inputs(judged, plan)
        except (BadRecord, Malformed) as error:
            self.failed(exercise, f"could not be examined: what its code sent back is no record ({error}).")
            return
        except Exception as error:
            self.broke(exercise, error)
            return
        if len(plan.verdicts) < MOST_VERDICTS:
            plan.verdicts[key] = report
        self.reports[exercise], self._records[exercise] = report, (plan, record)

    def _failed(self, exercises: Collection[str]) -> list[tuple[str, str, str | None]]:
        """Which of them fail, and how: all that a verdict on an answer that builds on them depends on, beside its record."""
        reports = [self.reports[exercise] for exercise in exercises if exercise in self.reports]
        return [(report.exercise, report.status, report.misconception) for report in reports if not report.passed]

    def failed(self, exercise: str, note: str) -> None:
        """Note that no claim could be judged, and why."""
        self.reports[exercise] = Report(exercise, "failed", checks.points(exercise), note=note)

    def not_run(self, exercise: str, called: str) -> None:
        """Note that an answer was not run, because it calls an earlier one that did not end: it follows from that."""
        earlier = f"{exercise.partition('/')[0]}/{called}"
        self.failed(exercise, f"was not run, because it calls your {called}, which did not end.")
        first = {earlier: self.reports[earlier]} if earlier in self.reports else {}
        self.reports[exercise] = explained_by_earlier(self.reports[exercise], {}, {"uses": [called]}, first.get)

    def not_attempted(self, exercise: str, note: str) -> None:
        """Note that there is nothing to judge."""
        self.reports[exercise] = Report(exercise, "not_attempted", checks.points(exercise), note=note)

    def broke(self, exercise: str, error: BaseException | str) -> None:
        """Note that the grader, not the answer, is at fault: no score."""
        if isinstance(error, BaseException):
            place = traceback.extract_tb(error.__traceback__)[-1:]
            where = f" ({place[0].name}, line {place[0].lineno})" if place else ""
            error = f"{type(error).__name__}: {error}{where}"
        self.reports[exercise] = Report(exercise, "grader_error", checks.points(exercise), grader_error=error)

    def suspects(self, lesson: str, given: Collection[str] = ()) -> list[str]:
        """Exercises of earlier lessons that may explain what failed in this one, and have no verdict yet.

        given: names of pieces that the lesson itself gives.
        """
        found: dict[str, None] = {}
        for exercise, (_, record) in self._records.items():
            if self.reports[exercise].status == "failed":
                found |= dict.fromkeys(may_explain(checks.find(exercise), record.opened))
        elsewhere = [e for e in found if not e.startswith(f"{lesson}/") and e in checks.ids()]
        return [e for e in elsewhere if e not in self.reports and e.split("/")[1] not in given]

    def finish(self) -> dict[str, Report]:
        """All reports, those that an earlier exercise explains pointed at it."""
        for exercise, (plan, record) in self._records.items():
            report = self.reports[exercise]
            if report.status == "failed":
                self.reports[exercise] = explained_by_earlier(report, plan, record.opened, self.reports.get)
        return self.reports
