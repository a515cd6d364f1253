"""Check of `mlp/MLP`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.checks.mlp import mlp_mistakes as mistakes
from autograder.claims import show
from autograder.claims.compare import close, outputs_of, same_gradient
from autograder.claims.modules import ModuleClaims, transplants
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record

Bend = Callable[[torch.Tensor], torch.Tensor]


def _relu(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(min=0)


def _nothing(x: torch.Tensor) -> torch.Tensor:
    return x


class Reference(nn.Module):
    """3072 → 200 → 150 → 10. A forward pass can do something else to the image, the hidden layers or the output."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(*sizes) for sizes in [(3072, 200), (200, 150), (150, 10)])

    def forward(
        self,
        x: torch.Tensor,
        before: Bend = _nothing,
        hidden: tuple[Bend, Bend] = (_relu, _relu),
        after: Bend = _nothing,
    ) -> torch.Tensor:
        """(B, 3, 32, 32) → (B, 10)."""
        x = before(x).reshape(len(x), -1)
        for layer, activation in zip(self.layers, hidden, strict=False):
            x = activation(layer(x))
        return after(self.layers[2](x))


def make_plan(draw: Draw) -> Plan:
    """A batch in float64, in train and eval mode, and a single image in float32; values of both signs, some of them large: a ReLU has no upper end."""

    def case(rows: int, dtype: str) -> dict[str, Any]:
        return {
            "construct": [],
            "args": [draw.normal(rows, 3, 32, 32, std=4.0, dtype=dtype)],
            "cotangents": [draw.normal(rows, 10, dtype=dtype)],
            "seed": draw.seed(),
            "training": [True, False],
            "dtype": dtype,
        }

    return {"probe": "transplant", "cases": [case(draw.size(4, 7), "float64"), case(1, "float32")]}


MODULE = ModuleClaims("MLP", Reference, ("logits",), ("x",))


def _logits_of(run: dict[str, Any]) -> torch.Tensor:
    data: torch.Tensor = outputs_of(run["value"])[0]["data"]
    return data


_latest: list[tuple[Any, nn.Module]] = []  # recorded cases and the reference with their weights


def _reference(case: dict[str, Any], found: dict[str, Any]) -> nn.Module:
    """The reference with the learner's weights. No two parameters share a shape, so there is one way to hand them out.

    Several claims and mistakes ask for it, and 646,260 weights take a moment: the latest two are kept.
    """
    for known, module in _latest:
        if known is found:
            return module
    module = next(transplants(Reference, case, found))
    # `transplants` makes the module float32 again when it goes on; this one stays in the dtype of its case.
    _latest[:] = [*_latest[-1:], (found, copy.deepcopy(module))]
    return _latest[-1][1]


def _agrees(plan: Plan, record: Record, **changes: Any) -> bool:
    """Whether the learner's logits in eval mode are those of the reference with the learner's weights and these changes."""
    with torch.no_grad():
        return all(
            close(_logits_of(found["runs"][1]), _reference(case, found)(*case["args"], **changes), torch.float32)
            for case, found in zip(plan["cases"], record["cases"], strict=True)
        )


def _logits(plan: Plan, record: Record) -> Failure | None:
    if _agrees(plan, record):
        return None
    case, found = plan["cases"][0], record["cases"][0]
    with torch.no_grad():
        truth = _reference(case, found)(*case["args"])
    advice = "Compare your forward with that list, line by line: what is missing, what is too much?"
    expected = (
        f"{show.tensor(truth)}: flatten, linear to 200, ReLU, linear to 150, ReLU, linear to 10, and nothing after it"
    )
    seen = f"with the same weights the logits are {show.tensor(_logits_of(found['runs'][1]))}"
    return Failure(seen, expected, advice, MODULE._called(case))


def _modes(plan: Plan, record: Record) -> Failure | None:
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        train, evaluation = (_logits_of(run) for run in found["runs"])
        if not close(train, evaluation, torch.float32):
            seen = "the logits in train mode differ from those in eval mode"
            advice = "This exercise asks for linear layers and ReLU only: leave out dropout and batch norm."
            return Failure(seen, "the same in both", advice, MODULE._called(case))
    return None


def _gradient(plan: Plan, record: Record) -> Failure | None:
    """In float64 only, where rounding pushes no activation across ReLU's kink; judged where the logits are right."""
    case, found = plan["cases"][0], record["cases"][0]
    seen, run = found["runs"][0]["grads"][0][0], found["runs"][0]
    x = case["args"][0].clone().requires_grad_()
    logits = _reference(case, found)(x)
    if close(_logits_of(run), logits.detach(), torch.float32):
        truth = torch.autograd.grad((logits * case["cotangents"][0]).sum(), x)[0]
        if not same_gradient(seen, truth):
            said = f"the gradient by x {'is missing' if seen is None else 'is ' + show.tensor(seen)}"
            advice = "Nothing between x and the logits may cut the graph (`no_grad`, `.detach()`, `.data`, `.item()`)."
            return Failure(said, show.tensor(truth), advice, MODULE._called(case))
    return None


CLAIMS = (
    MODULE.builds(),
    MODULE.architecture("Three linear layers with biases: 3072 to 200, 200 to 150, 150 to 10."),
    MODULE.runs(),
    Claim("logits", "computes the logits as asked", _logits),
    Claim("modes", "computes the same in train and eval mode", _modes),
    Claim("gradient", "lets the gradient through to the image", _gradient),
    MODULE.inputs_unchanged(),
)


def _is(*variants: dict[str, Any]) -> Callable[[Plan, Record], bool]:
    """`explains`: the logits are those of the reference with one of these changes."""

    def explains(plan: Plan, record: Record) -> bool:
        gates = [claim for claim in CLAIMS if claim.name in ("builds", "architecture", "runs")]
        if any(claim.judge(plan, record) for claim in gates) or _agrees(plan, record):
            return False
        return any(_agrees(plan, record, **variant) for variant in variants)

    return explains


def _hwc(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, 2, 3, 1)


MISCONCEPTIONS = (
    Misconception(
        "softmax_inside",
        "a softmax is applied to the output, which are probabilities then",
        "The ten numbers are probabilities: there is a softmax at the end. The loss takes logits and does the softmax itself, so this would be one too many.",
        mistakes.softmax_inside,
        _is({"after": lambda x: x.softmax(dim=1)}),
    ),
    Misconception(
        "log_softmax_inside",
        "a log-softmax is applied to the output, which are log-probabilities then",
        "The ten numbers are log-probabilities: there is a log-softmax at the end. This exercise asks for the plain logits of the last layer.",
        mistakes.log_softmax_inside,
        _is({"after": lambda x: x.log_softmax(dim=1)}),
    ),
    Misconception(
        "relu_missing",
        "the ReLU after one or both of the hidden layers is missing",
        "A ReLU is missing: without anything between them two linear layers are no more than one.",
        mistakes.relu_missing,
        _is(*({"hidden": pair} for pair in [(_nothing, _nothing), (_relu, _nothing), (_nothing, _relu)])),
    ),
    Misconception(
        "relu_on_output",
        "there is a ReLU after the last layer too",
        "There is a ReLU after the last layer: no logit can be negative any more, and where it cuts there is no gradient.",
        mistakes.relu_on_output,
        _is({"after": _relu}),
    ),
    Misconception(
        "sigmoid_hidden",
        "the hidden layers are followed by sigmoid or tanh instead of ReLU",
        "The hidden layers have sigmoid or tanh after them. That is a network too, but this exercise asks for ReLU.",
        mistakes.sigmoid_hidden,
        _is({"hidden": (torch.sigmoid, torch.sigmoid)}, {"hidden": (torch.tanh, torch.tanh)}),
    ),
    Misconception(
        "wrong_flatten",
        "the image is flattened in the order height, width, channel",
        "The image is flattened with the channels last: flatten it as it comes, channel by channel.",
        mistakes.wrong_flatten,
        _is({"before": _hwc}),
    ),
)

EXERCISE = Exercise(
    id="mlp/MLP",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Five things happen to an image on its way: it is flattened, and then linear layers and ReLUs take turns. With which of the two does it end?",
        "Flatten all axes but the first, that is 3·32·32 = 3072 numbers per image. The layers go 3072 → 200 → 150 → 10.",
        "In `__init__`: `super().__init__()`, then an `nn.Sequential` of nn.Flatten, nn.Linear and nn.ReLU. In `forward`: call it.",
    ),
)
