"""One submission from notebook to verdicts: its cells run in a child; what a dead child leaves is tried again, one exercise after another."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

from autograder import checks
from autograder.card import portable
from autograder.cells import defines
from autograder.engine.client import GRACE_SECONDS, Child, ChildEnded, Engine
from autograder.engine.outputs import shown, valid_outputs
from autograder.engine.submission import (
    CELL_SECONDS,
    NOTEBOOK_SECONDS,
    Cell,
    Outcome,
    code_cells,
    fingerprint,
    given_names,
)
from autograder.engine.verdicts import Examiner
from autograder.examination import NOT_TAKEN
from autograder.exercise import SharedPlan

STOPPED = "{}: stopped after {:.3g} seconds (does a loop never end?)"
FIRST_SHARE = 0.7  # of the notebook's time for its cells; the rest is for second tries


def grade(
    engine: Engine,
    notebook: dict[str, Any],
    lesson: str,
    secret: bytes,
    *,
    lent: dict[str, list[str]] | None = None,
    run_all: bool = False,
    cell_seconds: float = CELL_SECONDS,
    notebook_seconds: float = NOTEBOOK_SECONDS,
    private: str = "",
) -> Outcome:
    """The outcome of a notebook in nbformat 4 whose test cells carry their exercise's name as nbgrader's grade id.

    lent: code cells of the same student's notebooks of earlier lessons, by lesson; see `autograder.reusing`.
    run_all: run our training and picture cells too. private: texts of the course's own checks; see `autograder.private`. The limits are of wall time, for one cell and for the notebook.
    Raises EngineError when the engine does not work; nothing that a submission does makes it raise. One at a time in a process:
    judges seed torch's global generator.
    """
    examiner = Examiner(secret, fingerprint(code_cells(notebook, lesson)), private)
    return _Submission(engine, notebook, lesson, examiner, lent or {}, run_all, cell_seconds, notebook_seconds).grade()


class _Submission:
    def __init__(
        self,
        engine: Engine,
        notebook: dict[str, Any],
        lesson: str,
        examiner: Examiner,
        lent: dict[str, list[str]],
        run_all: bool,
        cell_seconds: float,
        notebook_seconds: float,
    ) -> None:
        self.engine, self.lesson, self.examiner, self.lent = engine, lesson, examiner, lent
        self.given = given_names(notebook)
        self.all_cells = code_cells(notebook, lesson)
        self.cells = [cell for cell in self.all_cells if run_all or not cell.payoff]
        self.cell_seconds = cell_seconds
        self.started = time.monotonic()
        self.first_deadline = self.started + FIRST_SHARE * notebook_seconds
        self.deadline = self.started + notebook_seconds
        self.outcome = Outcome({}, {})
        self.attempt = 0

    def grade(self) -> Outcome:
        errors = self._run_notebook()
        bad: set[int] = set()
        while self._left() and self.attempt <= len(self.cells) + len(checks.ids(self.lesson)):
            if time.monotonic() > self.deadline:
                break
            self._probe_definitions(bad, errors)
        for exercise in self._left():
            self.examiner.failed(exercise, "was not reached: the notebook had run out of time.")
        reports = self.examiner.finish()
        self.outcome.reports = {exercise: portable(reports[exercise]) for exercise in checks.ids(self.lesson)}
        self.outcome.cards = {exercise: shown(report) for exercise, report in self.outcome.reports.items()}
        self.outcome.seconds = time.monotonic() - self.started
        return self.outcome

    def _left(self) -> list[str]:
        return [exercise for exercise in checks.ids(self.lesson) if exercise not in self.examiner.reports]

    def _run_notebook(self) -> dict[int, str]:
        """Run every cell in order, then probe by name what no test cell reached; error lines by cell."""
        errors: dict[int, str] = {}
        with self._child() as child:
            place = "before its first cell"
            try:
                child.lend(self.lent)
                for number, cell in enumerate(self.cells, start=1):
                    place = f"in code cell {number}"
                    if time.monotonic() > self.first_deadline:
                        raise ChildEnded(child.child.end_it("ran out of time"))
                    reply = child.run(cell)
                    self._note_if_stopped(child, cell.exercise or f"/code cell {number}")
                    outputs = valid_outputs(reply.get("outputs"))
                    self.outcome.outputs[cell.index] = outputs
                    failed = next((o for o in outputs if o["output_type"] == "error"), None)
                    if failed:
                        errors[cell.index] = f"raised {failed['ename']}: {failed['evalue']}"
                for exercise in self._left():
                    place = f"while {exercise.split('/')[1]} was probed"
                    if any(defines(cell.source, exercise.split("/")[1]) for cell in self.cells):
                        child.probe(exercise)  # a name that is missing all the same is looked for once more
                        self._note_if_stopped(child, exercise)
                place = "while a piece of an earlier lesson was probed"
                self._probe_earlier(child)
            except ChildEnded as end:
                self.outcome.notes.append(f"the code {end} {place}")
        return errors

    def _probe_definitions(self, bad: set[int], errors: dict[int, str]) -> None:
        """In a fresh child run definitions alone, but not those of `bad` cells; probe what is left."""
        with self._child() as child:
            at: Cell | None = None
            try:
                names = [exercise.split("/")[1] for exercise in checks.ids(self.lesson)]
                wrong: dict[str, Any] = {}
                child.lend(self.lent)
                for number, cell in enumerate(self.cells, start=1):
                    if cell.exercise is None and not cell.payoff and cell.index not in bad:
                        at = cell
                        wrong = child.define(number, cell.source, names)
                at = None
                for exercise in self._left():
                    name = exercise.split("/")[1]
                    try:
                        found = child.probe(exercise)
                    except ChildEnded as end:
                        self.outcome.notes.append(f"{name}: the code {end} while it was probed")
                        self.examiner.failed(exercise, f"could not be examined: the code {end}.")
                        return
                    self._note_if_stopped(child, exercise)
                    if not found:
                        self._not_found(exercise, wrong, errors, bad)
                self._probe_earlier(child)
            except ChildEnded as end:
                if at is not None:
                    bad.add(at.index)
                self.outcome.notes.append(f"the code {end} when only its definitions were run")

    def _probe_earlier(self, child: _Talk) -> None:
        """Probe the pieces of earlier lessons that may explain what failed. Raises ChildEnded."""
        for exercise in self.examiner.suspects(self.lesson, self.given):
            try:
                if not child.probe(exercise):
                    self.examiner.not_attempted(exercise, NOT_TAKEN)
            except ChildEnded as end:
                self.examiner.failed(exercise, f"could not be examined: the code {end}.")
                raise

    def _not_found(self, exercise: str, wrong: dict[str, Any], errors: dict[int, str], bad: set[int]) -> None:
        name = exercise.split("/")[1]
        cells = [cell for cell in self.cells if defines(cell.source, name)]
        said = next((errors[cell.index] for cell in cells if cell.index in errors), "")
        raised = wrong.get(name)
        if isinstance(raised, dict):
            said = f"raised {raised.get('type')}: {raised.get('message')} (line {raised.get('line')} of the cell)"
        if any(cell.index in bad for cell in cells):
            said = "its cell ends the process"
        if cells:
            self.examiner.failed(exercise, f"could not be defined: {said[:500] or 'its cell did not run'}.")
        else:
            self.examiner.not_attempted(exercise, "is not defined in this notebook")

    def _note_if_stopped(self, child: _Talk, what: str) -> None:
        if child.stopped:
            self.outcome.notes.append(STOPPED.format(what.split("/")[1], child.seconds))

    def _child(self) -> _Talk:
        self.attempt += 1
        return _Talk(self)


class _Talk:
    """The conversation with one child."""

    def __init__(self, submission: _Submission) -> None:
        self.submission, self.examiner = submission, submission.examiner

    def __enter__(self) -> _Talk:
        self.child: Child = self.submission.engine.child()
        return self

    def __exit__(self, *_: object) -> None:
        self.submission.outcome.cpu_seconds += self.child.close()

    @property
    def stopped(self) -> bool:
        """Whether the last request took all of its time, so that the child stopped it."""
        return time.monotonic() - self.asked >= self.seconds

    def lend(self, cells: dict[str, list[str]]) -> None:
        """Hand over the code cells of earlier lessons."""
        if cells:
            next(self._replies({"do": "lend", "cells": cells}))

    def run(self, cell: Cell) -> dict[str, Any]:
        """Run a cell, answering the `check` of its exercise."""
        for reply in self._replies({"do": "cell", "source": cell.source}):
            if "want" in reply:
                self._answer_want(cell.exercise, reply["want"])
            else:
                return reply
        raise AssertionError("replies end only by an exception")

    def define(self, number: int, source: str, names: list[str]) -> dict[str, Any]:
        """Run a cell's definitions; what went wrong so far, by name."""
        for reply in self._replies({"do": "define", "number": number, "source": source, "names": names}):
            errors = reply.get("errors")
            return errors if isinstance(errors, dict) else {}
        raise AssertionError("replies end only by an exception")

    def probe(self, exercise: str) -> bool:
        """Probe an object by its name; False when there is none."""
        plan = self.examiner.plan(exercise, self.submission.attempt)
        if plan is None:
            return True
        for reply in self._replies({"do": "probe", "name": exercise.split("/")[1], "plan": plan}):
            if reply.get("missing") is True:
                return False
            self._note(exercise, plan, reply)
            return True
        raise AssertionError("replies end only by an exception")

    def _answer_want(self, tested: str | None, wanted: object) -> None:
        """Send the plan when this cell tests that exercise and it has no verdict yet; take the record."""
        plan = None
        if tested is not None and wanted == tested and tested not in self.examiner.reports:
            plan = self.examiner.plan(tested, self.submission.attempt)
        self.child.ask(plan.frame if plan else {"plan": None}, self._seconds())
        if plan is not None and tested is not None:
            self._note(tested, plan, self._receive())

    def _note(self, exercise: str, plan: SharedPlan, reply: dict[str, Any]) -> None:
        began = time.monotonic()
        if "record" in reply:
            self.examiner.judge(exercise, plan, reply["record"])
        elif "calls" in reply:
            self.examiner.not_run(exercise, str(reply["calls"])[:100])
        else:
            self.examiner.failed(
                exercise, f"could not be examined: {str(reply.get('unfit', 'nothing came back'))[:300]}."
            )
        self.asked += time.monotonic() - began  # the judge's time is not the answer's

    def _replies(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Messages that follow a request, until the time of a cell is over. Raises ChildEnded."""
        self.asked = time.monotonic()
        self.seconds = min(self.submission.cell_seconds, max(0.5, self.submission.deadline - self.asked))
        self.until = self.asked + self.seconds + GRACE_SECONDS
        self.turn = secrets.token_hex(8)
        self.child.ask(request | {"seconds": self.seconds, "turn": self.turn}, self._seconds())
        while True:
            yield self._receive()

    def _receive(self) -> dict[str, Any]:
        """The next message of this turn. Raises ChildEnded; a message left over from another turn ends the child too."""
        message = self.child.receive(self._seconds())
        if message.get("turn") != self.turn:
            raise ChildEnded(self.child.end_it("spoke out of turn"))
        return message

    def _seconds(self) -> float:
        return max(0.01, self.until - time.monotonic())
