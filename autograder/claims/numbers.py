"""Claims for functions of plain numbers: sizes, counts of parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from autograder.claims import show
from autograder.claims.compare import as_tensor
from autograder.exercise import Claim, Failure
from autograder.probes import Plan, Record


class IntegerClaims:
    """Claims of a function of integers that returns an integer; `oracle` computes the truth independently."""

    def __init__(self, name: str, oracle: Callable[..., int]) -> None:
        self.name, self.oracle = name, oracle
        self.parameters = list(inspect.signature(oracle).parameters)

    def standard(self, advice: str) -> tuple[Claim, ...]:
        """The claims that every such function makes."""
        return self.runs(), self.returns(), self.value(advice), self.integer()

    def runs(self) -> Claim:
        """It runs on every input of the plan."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                raised = found["calls"][0]["raised"]
                if raised:
                    return Failure(show.error(raised), "a number", show.advice(raised), self._called(case["args"]))
            return None

        return Claim("runs", "runs without an error", judge, recomputed=False, gate=True)

    def returns(self) -> Claim:
        """It returns one number, of whatever kind."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                value = found["calls"][0]["value"]
                number = as_tensor(value)
                if number is None or number.numel() != 1:
                    advice = "End the function with a `return` of one number."
                    return Failure(f"returned {show.value(value)}", "one number", advice, self._called(case["args"]))
            return None

        return Claim("returns", "returns one number", judge, gate=True)

    def value(self, advice: str) -> Claim:
        """The number is the oracle's."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                seen, truth = as_tensor(found["calls"][0]["value"]), self.oracle(*case["args"])
                if seen is None or float(seen) != truth:
                    said = f"returned {float(seen):,.6g}" if seen is not None else "returned nothing"
                    return Failure(said, f"{truth:,}", advice, self._called(case["args"]))
            return None

        return Claim("value", "returns the right number", judge)

    def integer(self) -> Claim:
        """The number is a Python int: a count that is passed on to `range` or a layer must be one."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                value = found["calls"][0]["value"]
                if value["kind"] != "int":
                    advice = "Calculate with integers throughout: `//` instead of `/`, and no tensors."
                    return Failure(f"returned {show.value(value)}", "a Python int", advice, self._called(case["args"]))
            return None

        return Claim("integer", "returns a Python int", judge, recomputed=False)

    def _called(self, args: list[int]) -> str:
        return show.call(self.name, self.parameters, args)
