"""Claims for networks of convolutions and batch norm, with dropout or without: the learner's against a reference with the same weights.

A plan holds the cases of `cases`. Without dropout the reference says what comes out in train mode, too. With it, the probe records what
every convolution was given: that is what the dropout before it let through, so the masks can be read, and their law tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

from autograder.claims import show
from autograder.claims.compare import as_tensor, close, same_gradient
from autograder.claims.laws import bernoulli
from autograder.claims.modules import Factory, ModuleClaims, transplants
from autograder.exercise import Claim, Draw, Failure
from autograder.probes import Plan, Record

EVAL, TRAIN, ONE = range(3)  # the cases of a plan, in order; more may follow


def cases(
    draw: Draw, construct: list[list[int]], inputs: list[torch.Tensor], outputs: Sequence[tuple[int, ...]]
) -> list[dict[str, Any]]:
    """A batch in eval mode and one in train mode in float64, and a single one in eval mode in float32.

    construct: the arguments that build each of the three; outputs: the shapes of what comes out.
    """
    return [
        {
            "construct": arguments,
            "args": [x.to(getattr(torch, dtype))],
            "cotangents": [None if training else draw.normal(*shape, dtype=dtype)],
            "seed": draw.seed(),
            "training": [training],
            "dtype": dtype,
            "convolutions": True,
        }
        for arguments, x, shape, training, dtype in zip(
            construct, inputs, outputs, (False, True, False), ("float64", "float64", "float32"), strict=True
        )
    ]


def default_case(construct: list[int]) -> dict[str, Any]:
    """Builds the module and runs nothing: for a width that is left at its default."""
    return {"construct": construct, "args": [], "cotangents": [], "seed": 0, "training": [], "dtype": "float32"}


class ConvNetClaims(ModuleClaims):
    """Claims about one output of one input; all cases of the plan that run."""

    def value(self, name: str, says: str, expected: str, advice: str) -> Claim:
        """In eval mode the output is the reference's."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case in (EVAL, ONE):
                if fitting(self.reference, plan, record, case) is None:
                    seen = f"in eval mode the {self.outputs[0]} differ from those of the network asked for, with the same weights"
                    return Failure(seen, expected, advice, self._called(plan["cases"][case]))
            return None

        return Claim(name, says, judge)

    def gradient(self) -> Claim:
        """In eval mode the gradient by the input is the reference's."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            module, case = fitting(self.reference, plan, record, EVAL), plan["cases"][EVAL]
            if module is None:
                return None  # nothing to compare with
            x = case["args"][0].clone().requires_grad_()
            truth = torch.autograd.grad((module(x) * case["cotangents"][0]).sum(), x)[0]
            rows = record["cases"][EVAL]["runs"][0]["grads"]
            seen = rows[0][0] if rows else None
            if same_gradient(seen, truth):
                return None
            found = "is missing" if seen is None else f"is {show.tensor(seen)}"
            advice = "Nothing in `forward` may cut the graph: no `no_grad`, `.detach()`, `.data`."
            label = f"the gradient of the {self.outputs[0]} by {self.parameters[0]} {found}"
            return Failure(label, show.tensor(truth), advice, self._called(case))

        return Claim("gradient", f"lets the gradient through to {self.parameters[0]}", judge)

    def train_mode(self) -> Claim:
        """In train mode, without dropout, the output is the reference's."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            if (
                not eval_agrees(self.reference, plan, record)
                or fitting(self.reference, plan, record, TRAIN) is not None
            ):
                return None
            seen = f"in train mode the {self.outputs[0]} differ from those of the network asked for"
            advice = (
                "Use `nn.BatchNorm2d` as it is: it knows the mode, and takes the batch's own statistics in train mode."
            )
            return Failure(seen, "batch norm by the batch's own statistics", advice, self._called(plan["cases"][TRAIN]))

        return Claim("train_mode", "normalises by the batch in train mode", judge)

    def dropout(self, rates: Sequence[float], expected: str, advice: str) -> Claim:
        """In train mode dropout with these probabilities comes after the blocks of the reference (see `masks`)."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            if not eval_agrees(self.reference, plan, record):
                return None
            called = self._called(plan["cases"][TRAIN])
            found = masks(self.reference, plan, record, TRAIN, rates)
            if found is None:
                return Failure(
                    "in train mode no dropout masks explain what the layers were given", expected, advice, called
                )
            for number, (kept, rate) in enumerate(zip(found, rates, strict=True), start=1):
                if rate and not independent(kept, rate, plan):
                    share = show.number(1 - kept.double().mean())
                    seen = f"in train mode {share} of the values after block {number} are dropped, or not independently of each other"
                    return Failure(seen, expected, advice, called)
            return None

        return Claim("dropout", "drops values in training as asked", judge)

    def statistics(self) -> Claim:
        """After a call in train mode the running statistics are those of the reference."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            if not eval_agrees(self.reference, plan, record) or not moved_wrongly(self.reference, plan, record):
                return None
            seen = "after one batch in train mode the running statistics are not where they should be"
            expected = "the old ones, moved by a tenth of the way to those of the batch"
            advice = "Leave `momentum` of the batch norm layers as PyTorch has it, and run every layer once."
            return Failure(seen, expected, advice, self._called(plan["cases"][TRAIN]))

        return Claim("statistics", "keeps running statistics with PyTorch's momentum", judge, recomputed=False)


def run_of(record: Record, case: int) -> dict[str, Any] | None:
    """The pass of a case; None where there was none, or it raised or returned no tensor of floats."""
    runs = record["cases"][case]["runs"]
    run: dict[str, Any] | None = runs[0] if runs else None
    if run is None or run["raised"] or run["value"]["kind"] != "tensor":
        return None
    return run if run["value"]["data"].is_floating_point() else None


def fitting(factory: Factory, plan: Plan, record: Record, case: int) -> nn.Module | None:
    """The module made by `factory` with the learner's weights that gives its output, in the mode of the case; None if none does.

    Claims and misconceptions ask for the same ones, so those of the latest record are kept.
    """
    if not _latest or _latest[0] is not record:
        _latest[:] = [record, {}]
    if (factory, case) not in _latest[1]:
        _latest[1][factory, case] = _fitting(factory, plan, record, case)
    found: nn.Module | None = _latest[1][factory, case]
    return found


_latest: list[Any] = []


def _fitting(factory: Factory, plan: Plan, record: Record, case: int) -> nn.Module | None:
    run = run_of(record, case)
    if run is None:
        return None
    seen, training = run["value"]["data"], plan["cases"][case]["training"][0]
    precision = torch.float64 if seen.dtype == torch.float64 else torch.float32
    for module in _carrying(factory, plan, record, case):
        with torch.no_grad():
            if close(seen, module.train(training)(*plan["cases"][case]["args"]), precision):
                return module
    return None


def eval_agrees(factory: Factory, plan: Plan, record: Record) -> bool:
    """Whether in eval mode the learner's network is that of `factory`: without that, nothing can be said of train mode."""
    return fitting(factory, plan, record, EVAL) is not None


def masks(factory: Factory, plan: Plan, record: Record, case: int, rates: Sequence[float]) -> list[torch.Tensor] | None:
    """For each block of the reference, which of its values (B, C, H, W) the dropout after it kept; None where no masks explain the record.

    The reference has `blocks`, each with one convolution, and a `head`, which starts with one; `rates` are the dropouts between them.
    """
    run = run_of(record, case)
    if run is None:
        return None
    for module in _carrying(factory, plan, record, case):
        module.train(plan["cases"][case]["training"][0])
        with torch.no_grad():
            found = _masks_of(module, plan["cases"][case]["args"][0], run, rates)
        if found is not None:
            return found
    return None


def _masks_of(module: Any, x: torch.Tensor, run: dict[str, Any], rates: Sequence[float]) -> list[torch.Tensor] | None:
    given, found = run["convolutions"], []
    if len(given) != len(rates) + 1 or not close(given[0], x):
        return None
    for block, rate, before, after in zip(module.blocks, rates, given, given[1:], strict=False):
        values, kept = block(before), after != 0
        if not close(after, torch.where(kept, values / (1 - rate), 0.0)):
            return None
        found.append(kept)
    return found if close(run["value"]["data"], module.head(given[-1])) else None


def independent(kept: torch.Tensor, rate: float, plan: Plan) -> bool:
    """Whether a mask (B, C, H, W) passes as independent draws that drop with probability `rate`."""
    return bernoulli(kept.flatten(0, 1).flatten(1), 1 - rate, int(plan["cases"][TRAIN]["seed"]) + 2**31)


def moved_wrongly(factory: Factory, plan: Plan, record: Record) -> bool:
    """Whether a running statistic of the reference, after it saw what the learner's layers were given, is nowhere in the record."""
    run = run_of(record, TRAIN)
    seen = [as_tensor(value) for value in run["buffers"]] if run else []
    for module in _carrying(factory, plan, record, TRAIN):
        module.train()
        with torch.no_grad():
            given = run["convolutions"] if run else []
            blocks = getattr(module, "blocks", [])
            if blocks and len(given) == len(blocks) + 1:
                for block, x in zip(blocks, given, strict=False):
                    block(x)
            else:
                module(*plan["cases"][TRAIN]["args"])
        truths = [buffer for buffer in module.buffers() if buffer.is_floating_point()]
        if all(any(b is not None and close(b, truth, torch.float32) for b in seen) for truth in truths):
            return False
    return True


def _carrying(factory: Factory, plan: Plan, record: Record, case: int) -> Iterator[nn.Module]:
    found = record["cases"][case]
    if found["module"]["parameters"] is None:
        return iter(())
    return transplants(factory, plan["cases"][case], found)
