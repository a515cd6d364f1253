"""Claims for a function that only looks through a network: it uses eval mode, records no graph, and leaves the network as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.claims import show
from autograder.exercise import Claim, Failure, once_a_plan
from autograder.probes import Plan, Record
from autograder.probes.networks import build_network

Calls = list[tuple[dict[str, Any], list[Any], dict[str, Any]]]  # case of the plan, arguments, what the spy probe saw


def calls_of(plan: Plan, record: Record) -> Calls:
    """Every call of the spy probe with its case and arguments."""
    return [
        (case, arguments, call)
        for case, found in zip(plan["cases"], record["cases"], strict=True)
        for arguments, call in zip(case["calls"], found["calls"], strict=False)
    ]


network_as_sent = once_a_plan(build_network)  # for looking at it: nobody may change it


class LookingClaims:
    """Claims of the exercise `name`, a function of `parameters`, about the network among its arguments, called `network`."""

    def __init__(self, name: str, parameters: list[str], network: str) -> None:
        self.name, self.parameters, self.network = name, parameters, network

    def called(self, arguments: list[Any]) -> str:
        """How a message names a call."""
        return show.call(self.name, self.parameters, arguments)

    def runs(self, expected: str) -> Claim:
        """It runs without an error."""
        return self._claim(
            "runs",
            "runs without an error",
            lambda case, call: (
                (show.error(call["raised"]), expected, show.advice(call["raised"])) if call["raised"] else None
            ),
            gate=True,
        )

    def mode_restored(self) -> Claim:
        """The network is left in the mode it was in."""

        def judge(case: dict[str, Any], call: dict[str, Any]) -> tuple[str, str, str] | None:
            wanted = "train" if case["networks"][self.network]["training"] else "eval"
            mode = call["modes"][self.network]
            if mode == wanted:
                return None
            seen = f"the {self.network} came in {wanted} mode and was left in {mode} mode"
            advice = (
                f"Remember `{self.network}.training` first, and set it back by `{self.network}.train(...)` at the end."
            )
            return seen, f"{wanted} mode again", advice

        return self._claim("mode_restored", f"leaves the {self.network} in the mode it was in", judge)

    def no_grad(self) -> Claim:
        """No graph is recorded, and gradients are as enabled afterwards as before."""

        def judge(case: dict[str, Any], call: dict[str, Any]) -> tuple[str, str, str] | None:
            if call["value"].get("requires_grad") or any(entry["grad_enabled"] for entry in call["log"]):
                advice = f"Call the {self.network} inside `with torch.no_grad():`, which saves time and memory."
                return f"the {self.network} ran with gradients enabled", "no graph", advice
            before = case.get("gradients", True)
            if call["grad_enabled"] != before:
                advice = "Use `with torch.no_grad():`, which ends with its block."
                left = "disabled" if before else "enabled"
                return f"gradients were left {left} after the call", "torch's gradient mode as it was", advice
            return None

        return self._claim("no_grad", "records no graph", judge)

    def kept(self) -> Claim:
        """The network's weights, statistics and flags are what they were."""

        def judge(case: dict[str, Any], call: dict[str, Any]) -> tuple[str, str, str] | None:
            before = network_as_sent(case["networks"][self.network]).state_dict()
            changed = any(not torch.equal(before[name], now) for name, now in call["state"][self.network].items())
            if not changed and call["requires_grad"][self.network]:
                return None
            what = "'s weights or statistics were changed" if changed else " was left frozen"
            advice = (
                f"Only look at the {self.network}: eval mode keeps batch norm's statistics, and nothing needs freezing."
            )
            return f"the {self.network}{what}", f"the {self.network} as it was, ready to train on", advice

        return self._claim(
            f"{self.network}_kept", f"leaves the {self.network}'s weights, statistics and flags alone", judge
        )

    def _claim(
        self,
        name: str,
        says: str,
        judge: Callable[[dict[str, Any], dict[str, Any]], tuple[str, str, str] | None],
        gate: bool = False,
    ) -> Claim:
        """A claim about every call by itself, that rests on what the probe reports."""

        def judge_all(plan: Plan, record: Record) -> Failure | None:
            for case, arguments, call in calls_of(plan, record):
                wrong = judge(case, call)
                if wrong:
                    return Failure(*wrong, self.called(arguments))
            return None

        return Claim(name, says, judge_all, recomputed=False, gate=gate)
