"""Claims for functions of whole numbers that return one: sizes and parameter counts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from autograder.claims import show
from autograder.exercise import Claim, Failure
from autograder.probes import Plan, Record


class IntegerClaims:
    """Claims of one exercise whose truth is `oracle`, written independently of the solution."""

    def __init__(self, name: str, oracle: Callable[..., int]) -> None:
        self.name, self.oracle = name, oracle
        self.parameters = list(inspect.signature(oracle).parameters)

    def standard(self, *, value_advice: str) -> tuple[Claim, ...]:
        """The claims that every function of this kind makes."""
        return self.runs(), self.number(), self.value(value_advice), self.integer()

    def runs(self) -> Claim:
        """It runs on every input of the plan."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                if call["raised"]:
                    raised = call["raised"]
                    return Failure(show.error(raised), "a number", show.advice(raised), self._called(case))
            return None

        return Claim("runs", "runs without an error", judge, recomputed=False, gate=True)

    def number(self) -> Claim:
        """It returns one number."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                if number_of(call["value"]) is None:
                    advice = "End the function with a `return` of the number itself."
                    seen = f"returned {show.value(call['value'])}"
                    return Failure(seen, "one whole number", advice, self._called(case))
            return None

        return Claim("number", "returns one number", judge, gate=True)

    def value(self, advice: str) -> Claim:
        """It is the oracle's number."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                seen, truth = number_of(call["value"]), self.oracle(*case["args"])
                if seen != truth:
                    return Failure(f"returned {seen:,}", f"{truth:,}", advice, self._called(case))
            return None

        return Claim("value", "the right number", judge)

    def integer(self) -> Claim:
        """It is an int, which a layer takes as a size."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                if call["value"]["kind"] != "int":
                    seen, advice = show.value(call["value"]), "`//` divides whole numbers and stays with whole numbers."
                    return Failure(f"returned {seen}", "a Python int", advice, self._called(case))
            return None

        return Claim("integer", "returns an int", judge, recomputed=False)

    def _calls(self, plan: Plan, record: Record) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            for call in found["calls"]:
                yield case, call

    def _called(self, case: dict[str, Any]) -> str:
        arguments = (f"{name}={value}" for name, value in zip(self.parameters, case["args"], strict=True))
        return f"{self.name}({', '.join(arguments)})"


def number_of(value: dict[str, Any]) -> float | int | None:
    """The one number that an encoded value holds, None where there is none."""
    if value["kind"] in ("int", "float"):
        number: float | int = value["value"]
        return number
    if value["kind"] == "tensor" and value["data"].numel() == 1:
        return value["data"].item()  # type: ignore[no-any-return]
    return None
