"""Claims for modules without chance whose layers differ in shape: what comes back is that of a reference with the learner's weights."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.claims import show
from autograder.claims.compare import close, outputs_of, same_gradient
from autograder.claims.modules import ModuleClaims, transplants
from autograder.exercise import Claim, Failure
from autograder.probes import Plan, Record


class ReplicaClaims(ModuleClaims):
    """Claims of one module exercise with one output. Keyword arguments of the reference's `forward` are what mistakes do differently.

    A plan's first case is a batch in float64 that runs in train and in eval mode; the others may be single images in float32.
    """

    def __init__(self, name: str, reference: Callable[..., nn.Module], output: str, argument: str) -> None:
        super().__init__(name, reference, (output,), (argument,))
        self._latest: list[tuple[Any, nn.Module | None]] = []

    def replica(self, case: dict[str, Any], found: dict[str, Any]) -> nn.Module | None:
        """The reference with the learner's weights, or None where the shapes do not fit; the latest two are kept."""
        for known, module in self._latest:
            if known is found:
                return module
        fits = found["raised"] is None and found["module"]["parameters"] is not None
        module = next(transplants(self.reference, case, found), None) if fits else None
        # `transplants` goes on with its module: what is kept is a copy
        self._latest[:] = [*self._latest[-1:], (found, copy.deepcopy(module))]
        return self._latest[-1][1]

    def agrees(self, plan: Plan, record: Record, bend: Any = None, **changes: Any) -> bool:
        """Whether the results are those of the reference with the learner's weights and these changes, or with what `bend` makes of them.

        bend: a function of the true result, or of the result that was seen and the true one, which then says whether they agree.
        """
        cases = list(zip(plan["cases"], record["cases"], strict=True))
        return all(self._case_agrees(case, found, bend, changes) for case, found in reversed(cases))

    def _case_agrees(self, case: dict[str, Any], found: dict[str, Any], bend: Any, changes: dict[str, Any]) -> bool:
        seen, module = result(found), self.replica(case, found)
        if seen is None or module is None:
            return False
        with torch.no_grad():
            truth = module(case["args"][0], **changes)
        if bend is rectified:
            return rectified(seen, truth)
        return close(seen, truth if bend is None else bend(truth), torch.float32)

    def value(self, expected: str, advice: str) -> Claim:
        """The results are those of the reference."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                if not self._case_agrees(case, found, None, {}):
                    seen = outputs_of(found["runs"][-1]["value"])[0]["data"]
                    shown, wanted, module = show.tensor(seen), expected, self.replica(case, found)
                    if module is not None:
                        with torch.no_grad():
                            shown, truth = show.apart(seen, module(case["args"][0]))
                        wanted = f"{truth}: {expected}"
                    said = f"with the same weights {self.outputs[0]} is {shown}"
                    return Failure(said, wanted, advice, self._called(case))
            return None

        return Claim("value", f"computes {self.outputs[0]} as asked", judge)

    def modes(self, advice: str) -> Claim:
        """Train and eval mode give the same."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                values = [outputs_of(run["value"])[0]["data"] for run in found["runs"]]
                if not all(close(value, values[-1], torch.float32) for value in values):
                    seen = f"{self.outputs[0]} in train mode differs from that in eval mode"
                    return Failure(seen, "the same in both", advice, self._called(case))
            return None

        return Claim("modes", "does the same in train and in eval mode", judge)

    def gradient(self) -> Claim:
        """The gradient by the input is the reference's. In float64 only, where rounding pushes no activation across ReLU's kink."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            case, found = plan["cases"][0], record["cases"][0]
            module = self.replica(case, found)
            if module is None or not self._case_agrees(case, found, None, {}):
                return None  # another function has another gradient
            x = case["args"][0].clone().requires_grad_()
            truth = torch.autograd.grad((module(x) * case["cotangents"][0]).sum(), x)[0]
            seen = found["runs"][-1]["grads"][0][0]
            if same_gradient(seen, truth):
                return None
            shown, wanted = show.gradients_apart(seen, truth)
            advice = "Nothing in `forward` may cut the graph: no `no_grad`, `.detach()`, `.data`, NumPy."
            return Failure(f"the gradient by {self.parameters[0]} {shown}", wanted, advice, self._called(case))

        return Claim("gradient", f"lets the gradient through to {self.parameters[0]}", judge)


def result(found: dict[str, Any]) -> torch.Tensor | None:
    """What a case's last run returned, where that is one finite tensor of numbers."""
    if not found["runs"] or found["runs"][-1]["raised"]:
        return None
    value = found["runs"][-1]["value"]
    usable = value["kind"] == "tensor" and value["data"].is_floating_point()
    return value["data"] if usable and bool(value["data"].isfinite().all()) else None


def rectified(seen: torch.Tensor, truth: torch.Tensor) -> bool:
    """Positive values are right and no negative one is: ReLU, leaky ReLU of any slope, ELU … after the last layer."""
    if seen.shape != truth.shape:
        return False
    scale = truth.abs().max()
    above, below = truth > 1e-3 * scale, truth < -1e-3 * scale
    right = (seen - truth).abs() < 1e-4 * scale
    return bool(right[above].all()) and not bool(right[below].any())
