"""What the checks of the two conditional networks share: a module that carries the learner's weights and answers as the learner's does."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.claims import show
from autograder.claims.compare import close, same_gradient
from autograder.claims.modules import Factory, ModuleClaims, transplants
from autograder.exercise import Claim, Failure
from autograder.probes import Plan, Record


def answer(record: Record, case: int) -> torch.Tensor | None:
    """The floating-point tensor that the learner's module gave in a case; None when it gave something else."""
    runs = record["cases"][case]["runs"]
    data = runs[0]["value"].get("data") if runs and not runs[0]["raised"] else None
    return data if isinstance(data, torch.Tensor) and data.is_floating_point() else None


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function(plan, record, …)` with its latest results kept: several claims and mistakes ask the same of one record."""
    kept: dict[Any, tuple[Record, Any]] = {}  # with the record, which pins its id

    def ask(plan: Plan, record: Record, *rest: Any) -> Any:
        key = (id(record), rest)
        if key not in kept:
            if len(kept) >= 64:
                kept.clear()
            kept[key] = (record, function(plan, record, *rest))
        return kept[key][1]

    return ask


def matching(factory: Factory, plan: Plan, record: Record, case: int) -> int | None:
    """The number of the first way to hand out the learner's weights with which `factory` answers as the learner did; None if none does."""
    number: int | None = _matching(plan, record, factory, case)
    return number


@remembered
def _matching(plan: Plan, record: Record, factory: Factory, case: int) -> int | None:
    wanted, spec, seen = plan["cases"][case], record["cases"][case], answer(record, case)
    if seen is None or not spec["module"]["parameters"]:
        return None
    precision = torch.float64 if wanted["dtype"] == "float64" else torch.float32
    for number, module in enumerate(transplants(factory, wanted, spec)):
        with torch.no_grad():
            if close(seen, module.train(wanted["training"][0])(*wanted["args"]), precision):
                return number
    return None


def carrying(factory: Factory, number: int, plan: Plan, record: Record, case: int) -> Any:
    """The `factory` module with the learner's weights of a case, handed out in the way of that number, in the mode of the case."""
    module = next(itertools.islice(transplants(factory, plan["cases"][case], record["cases"][case]), number, None))
    return module.train(plan["cases"][case]["training"][0])


class NetworkClaims(ModuleClaims):
    """Claims of a network (x, labels) → one output, whose cases numbered in `exact` have no chance in them."""

    exact: tuple[int, ...] = ()

    def values(self, expected: str, advice: str) -> Claim:
        """The outputs are those of the reference with the learner's weights."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case in self.exact:
                if matching(self.reference, plan, record, case) is None:
                    mode = "train" if plan["cases"][case]["training"][0] else "eval"
                    seen = f"in {mode} mode the {self.outputs[0]} differ from those of the network asked for, with the same weights"
                    return Failure(seen, expected, advice, self._called(plan["cases"][case]))
            return None

        return Claim(self.outputs[0], f"computes the {self.outputs[0]} as asked", judge)

    def gradient(self) -> Claim:
        """Gradients of the outputs reach the first input."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            case = self.exact[0]
            number = matching(self.reference, plan, record, case)
            if number is None:
                return None  # nothing to compare with
            wanted = plan["cases"][case]
            x = wanted["args"][0].clone().requires_grad_()
            output = carrying(self.reference, number, plan, record, case)(x, *wanted["args"][1:])
            truth = torch.autograd.grad((output * wanted["cotangents"][0]).sum(), x)[0]
            rows = record["cases"][case]["runs"][0]["grads"]
            seen = rows[0][0] if rows else None
            if same_gradient(seen, truth):
                return None
            found = "is missing" if seen is None else f"is {show.tensor(seen)}"
            name = f"the gradient of the {self.outputs[0]} by {self.parameters[0]}"
            advice = "Nothing in `forward` may cut the graph: no `no_grad`, `.detach()`, `.data`."
            return Failure(f"{name} {found}", show.tensor(truth), advice, self._called(wanted))

        return Claim("gradient", f"lets the gradient through to {self.parameters[0]}", judge)

    def behaves_as(self, *factories: Callable[..., nn.Module]) -> Callable[[Plan, Record], bool]:
        """`explains`: not the network asked for, but one of these, with the learner's weights."""

        def explains(plan: Plan, record: Record) -> bool:
            if matching(self.reference, plan, record, self.exact[0]) is not None:
                return False
            return any(all(matching(f, plan, record, case) is not None for case in self.exact) for f in factories)

        return explains

    def other_layers(
        self, fits: Callable[[list[tuple[int, ...]], list[str]], bool], *convolutions: Factory
    ) -> Callable[[Plan, Record], bool]:
        """`explains`: the architecture is another, its convolutions are those of the reference (or of these modules), and `fits`
        holds of the shapes of its vectors and the names of its layers."""

        def explains(plan: Plan, record: Record) -> bool:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                if not found["module"] or not found["module"]["parameters"]:
                    return False
                shapes: list[tuple[int, ...]] = [tuple(shape) for _, shape in found["module"]["parameters"]]
                kernels: list[tuple[int, ...]] = [shape for shape in shapes if len(shape) == 4]
                vectors: list[tuple[int, ...]] = [shape for shape in shapes if len(shape) == 1]
                wanted = [_kernels(factory, case) for factory in convolutions or (self.reference,)]
                if sorted(kernels) not in wanted or not fits(vectors, found["module"]["layers"]):
                    return False
            return True

        return explains


def _kernels(factory: Factory, case: dict[str, Any]) -> list[tuple[int, ...]]:
    return sorted(tuple(p.shape) for p in factory(*case["construct"]).parameters() if p.ndim == 4)
