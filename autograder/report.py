"""The verdict on one answer, and the errors that carry it out of a notebook cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["passed", "failed", "not_attempted", "grader_error"]


@dataclass(frozen=True, eq=False)
class Pictures:
    """Images (C, H, W) in [0, 1] of what came back and of what was expected."""

    seen: Any
    expected: Any

    def __eq__(self, other: object) -> bool:
        """Whether both pictures are the same: a dataclass would ask a tensor for one truth value."""
        if not isinstance(other, Pictures):
            return NotImplemented
        return bool(self.seen.equal(other.seen) and self.expected.equal(other.expected))

    def __hash__(self) -> int:
        return hash((self.seen.shape, self.expected.shape))


@dataclass(frozen=True)
class Result:
    """Verdict on one claim of a check; `message` is empty when it holds."""

    name: str
    passed: bool
    message: str = ""
    misconception: str | None = None
    says: str = ""
    reached: bool = True  # False: an earlier claim failed, so this one could not be judged
    called: str = ""
    seen: str = ""
    expected: str = ""
    advice: str = ""
    pictures: Pictures | dict[str, str] | None = None  # as PNG in base64 by label, where they have left their process

    @property
    def to_try(self) -> str:
        """The advice; nothing where the mistake has a name, for then its sentence says what helps."""
        return "" if self.misconception else self.advice


@dataclass(frozen=True)
class Report:
    """Verdict on one exercise; exercises are all-or-nothing."""

    exercise: str
    status: Status
    max_points: float
    results: list[Result] = field(default_factory=list)
    misconception: str | None = None
    sentence: str = ""  # what helps against the misconception
    follows_from: str | None = None  # an earlier exercise that fails and that this answer calls
    grader_error: str | None = None
    note: str = ""  # says why, where no claim was judged or an earlier exercise is the cause

    @property
    def passed(self) -> bool:
        """Whether every claim holds."""
        return self.status == "passed"

    @property
    def points(self) -> float:
        """All of `max_points`, or none."""
        return self.max_points if self.passed else 0.0

    @property
    def failure(self) -> Result | None:
        """The first claim that does not hold, or None."""
        return next((r for r in self.results if not r.passed and r.reached), None)

    @property
    def headline(self) -> str:
        """One line that says how it went."""
        name = self.exercise
        if self.status == "passed":
            return f"{name}: passed"
        if self.status == "not_attempted":
            return f"{name}: not attempted yet" + (f"; it {self.note}" if self.note else "")
        if self.status == "grader_error":
            return f"{name}: the check itself broke (not your mistake): {self.grader_error}"
        if self.note:
            return f"{name}: {self.note}"
        if self.misconception:
            return f"{name}: {self.sentence}"
        failure = self.failure
        return f"{name}: {failure.message if failure else 'failed'}"


def in_line(line: int) -> str:
    """Where in its cell an answer is, as the end of a clause; nothing where that is not known (0)."""
    return f", in line {line} of its cell" if line else ""


def endless(seconds: float, line: int) -> str:
    """What an answer did that did not end in time; `line` of its cell is what ran then."""
    return f"ran for more than {seconds:g} seconds{in_line(line)}: is there a loop that never ends?"


class CheckFailed(AssertionError):
    """Raised by `check` when an answer fails; shown in a notebook as one line, the card above it says the rest."""

    says = "does not pass yet"

    def __init__(self, report: Report) -> None:
        super().__init__(report.headline)
        self.report = report

    def _render_traceback_(self) -> list[str]:
        # IPython's hook: the card above has said all, and the stack below a failed check holds nothing of the learner's.
        return [f"{type(self).__name__}: {self.report.exercise} {self.says}; the card above says more."]


class NotAttempted(CheckFailed, NotImplementedError):
    """Raised by `check` on an untouched stub."""

    says = "is not attempted yet"


class GraderError(RuntimeError):
    """Raised by `check` when the check itself broke: no verdict on the answer."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class NotSolvedYet(NotImplementedError):
    """Raised by `reuse` when the piece is missing or does not pass its check; the message says what to do."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]
