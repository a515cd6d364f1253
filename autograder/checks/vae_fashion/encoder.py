"""Check of `vae_fashion/Encoder`."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks.vae_fashion import encoder_mistakes as mistakes
from autograder.claims import show
from autograder.claims.compare import close, same_gradient
from autograder.claims.laws import standard_normal
from autograder.claims.modules import ModuleClaims, transplants
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, once_a_verdict
from autograder.probes import Plan, Record


class Reference(nn.Module):
    """Three convolutions and two heads, without the sampling: x → (z_mean, z_log_var, z_mean)."""

    def __init__(self, latent_dim: int) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(c_in, c_out, 3, 2, 1) for c_in, c_out in [(1, 32), (32, 64), (64, 128)]
        )
        self.heads = nn.ModuleList(nn.Linear(2048, latent_dim) for _ in range(2))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """(B, 1, 32, 32) → z_mean, z_log_var and a stand-in for z, each (B, latent_dim)."""
        for convolution in self.convolutions:
            x = convolution(x).clamp(min=0)
        z_mean, z_log_var = (head(x.reshape(len(x), -1)) for head in self.heads)
        return z_mean, z_log_var, z_mean


def make_plan(draw: Draw) -> Plan:
    """A small batch in train and eval mode in float32, a single image, with gradients, in float64; latent sizes that no layer has
    and, in the batch, large enough for log-variances of both signs, and for the law of the noise."""
    d = draw.size(37, 47)

    def case(rows: int, latent_dim: int, dtype: str) -> dict[str, Any]:
        # No gradients in float32: rounding can push one of a million activations across ReLU's kink, and they jump.
        cotangents = [draw.normal(rows, latent_dim, dtype=dtype) if dtype == "float64" else None for _ in range(3)]
        return {
            "construct": [latent_dim],
            "args": [draw.uniform(rows, 1, 32, 32, dtype=dtype)],
            "cotangents": cotangents,
            "seed": draw.seed(),
            "training": [True, False],
            "differentiated": 1,
            "dtype": dtype,
        }

    return {
        "probe": "transplant",
        "cases": [case(draw.size(10, 13), d, "float32"), case(1, draw.size(9, 12), "float64")],
    }


MODULE = ModuleClaims("Encoder", Reference, ("z_mean", "z_log_var", "z"), ("x",))


def _outputs(run: dict[str, Any]) -> list[torch.Tensor]:
    return [item["data"] for item in run["value"]["items"]]


MIXTURE = (1.0, 0.731, -0.417)

Heads = tuple[torch.Tensor, torch.Tensor]  # z_mean and z_log_var


def _right(seen: Heads, truth: Heads) -> bool:
    return all(close(a, b, torch.float32) for a, b in zip(seen, truth, strict=True))


def _match(
    factory: Callable[..., nn.Module],
    case: dict[str, Any],
    found: dict[str, Any],
    agrees: Callable[[Heads, Heads], bool] = _right,
) -> nn.Module | None:
    """The transplanted `factory` module with which the learner's heads agree; None if there is none."""
    seen_mean, seen_log_var, _ = _outputs(found["runs"][0])
    candidates = _candidates(factory, case, found)
    for index in itertools.count():
        truth = candidates.first_row(index)
        if truth is None:
            return None
        # The first image refutes most, at a fraction of the cost.
        agree = agrees((seen_mean[:1], seen_log_var[:1]), truth)
        if agree and agrees((seen_mean, seen_log_var), candidates.all_rows(index)):
            return candidates.module(index)
    raise AssertionError("the candidates come to an end")


class _Candidates:
    """The modules made by `factory` with the learner's weights, in the order of `transplants`, and what they give: worked out when asked for."""

    def __init__(self, factory: Callable[..., nn.Module], case: dict[str, Any], found: dict[str, Any]) -> None:
        self._transplants = functools.partial(transplants, factory, case, found)
        self._images = case["args"][0]
        self._first: list[Heads] = []
        self._all: dict[int, Heads] = {}
        self._module: nn.Module | None = None
        self._start()

    def _start(self) -> None:
        self._rest, self._index = self._transplants(), -1

    def module(self, index: int) -> nn.Module | None:
        """One of them; it is right until another is asked for. None when there are not so many."""
        if index < self._index:
            self._start()
        while self._index < index:
            self._module = next(self._rest, None)
            self._index += 1
        return self._module

    def first_row(self, index: int) -> Heads | None:
        """What one gives for the first image; None when there are not so many."""
        if index == len(self._first) and (module := self.module(index)) is not None:
            self._first.append(_heads_of(module, self._images[:1]))
        return self._first[index] if index < len(self._first) else None

    def all_rows(self, index: int) -> Heads:
        """What one gives for every image."""
        if index not in self._all:
            module = self.module(index)
            assert module is not None
            self._all[index] = _heads_of(module, self._images)
        return self._all[index]


_candidates = once_a_verdict(_Candidates)


def _heads_of(module: nn.Module, x: torch.Tensor) -> Heads:
    with torch.no_grad():
        z_mean, z_log_var, *_ = module(x)
    return z_mean, z_log_var


def _heads(plan: Plan, record: Record) -> Failure | None:
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        module = _match(Reference, case, found)
        if module is None:
            seen = "z_mean and z_log_var differ from those of the network asked for, with the same weights"
            expected = "conv, ReLU three times, flatten in the order C, H, W, then one linear layer for each of the two"
            advice = "Compare your forward with that list, line by line: which activation is missing, or one too many?"
            return Failure(seen, expected, advice, MODULE._called(case))
        for run in found["runs"][1:]:
            if not all(
                close(a, b, torch.float32)
                for a, b in zip(_outputs(run)[:2], _outputs(found["runs"][0])[:2], strict=True)
            ):
                seen = "z_mean or z_log_var in eval mode differ from those in train mode"
                return Failure(seen, "the same in both", "Leave out dropout and batch norm.", MODULE._called(case))
    return None


def _gradient(plan: Plan, record: Record) -> Failure | None:
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        module = _match(Reference, case, found) if case["dtype"] == "float64" else None
        if module is None:
            continue
        x = case["args"][0].clone().requires_grad_()
        z_mean, z_log_var, _ = module(x)
        half_noise = (_outputs(found["runs"][0])[2] - z_mean).detach() / 2  # ∂z/∂z_log_var, whatever the noise
        outputs = (z_mean, z_log_var, z_mean + half_noise * z_log_var)
        weighted = [(output * weight).sum() for output, weight in zip(outputs, case["cotangents"], strict=True)]
        rows = [row[0] for row in found["runs"][0]["grads"]]
        mixed = sum(part * row for part, row in zip(MIXTURE, rows, strict=True) if row is not None)
        blend = torch.autograd.grad(sum(map(operator.mul, MIXTURE, weighted)), x, retain_graph=True)[0]
        if isinstance(mixed, torch.Tensor) and close(mixed, blend):
            continue  # all three at once, at a third of the cost: wrong ones would have to make up for one another
        for name, value, seen in zip(MODULE.outputs, weighted, rows, strict=True):
            truth = torch.autograd.grad(value, x, retain_graph=True)[0]
            if not same_gradient(seen, truth):
                found_it = "is missing" if seen is None else f"is {show.tensor(seen)}"
                advice = "Nothing between x and z may cut the graph (`no_grad`, `.detach()`, `.data`, `.sample()`), and z must be z_mean + σ·ε."
                return Failure(f"the gradient of {name} {found_it}", show.tensor(truth), advice, MODULE._called(case))
    return None


def _noise(case: dict[str, Any], run: dict[str, Any]) -> torch.Tensor:
    z_mean, z_log_var, z = (o.double() for o in _outputs(run))
    return (z - z_mean) / torch.exp(0.5 * z_log_var)


def _sampled(plan: Plan, record: Record) -> Failure | None:
    case, runs = plan["cases"][0], record["cases"][0]["runs"]
    for run in runs:
        epsilon = _noise(case, run)
        if not standard_normal(epsilon):
            seen = f"(z − z_mean)/σ has mean {show.number(epsilon.mean())} and standard deviation {show.number(epsilon.std())}"
            expected = "a draw of N(0, 1) for every element"
            return Failure(
                seen,
                expected,
                "Let your `Sampling` layer make z from z_mean and z_log_var, in this order.",
                MODULE._called(case),
            )
    return None


CLAIMS = (
    MODULE.builds(),
    MODULE.architecture(
        "Three convolutions (1→32→64→128) and two linear layers from 2048 to latent_dim, all with bias."
    ),
    MODULE.runs(),
    Claim("heads", "computes z_mean and z_log_var as asked", _heads, own=True),
    Claim("gradient", "lets the gradient through to z_mean, z_log_var and z", _gradient),
    Claim("sampled", "draws z from N(z_mean, σ²)", _sampled),
    MODULE.inputs_unchanged(),
)


def _heads_match(factory: Callable[..., nn.Module], bend: Callable[[Any], Any] = lambda v: v) -> Any:
    """`explains`: the record's heads are those of `factory` with the learner's weights, the log-variance bent by `bend`."""

    def explains(plan: Plan, record: Record) -> bool:
        return _runs(plan, record) and all(
            _match(factory, case, found, lambda seen, truth: _right(seen, (truth[0], bend(truth[1]))))
            for case, found in zip(plan["cases"], record["cases"], strict=True)
        )

    return explains


def _runs(plan: Plan, record: Record) -> bool:
    return all(claim.judge(plan, record) is None for claim in CLAIMS if claim.name in ("builds", "runs"))


def _activated(plan: Plan, record: Record) -> bool:
    functions = (F.softplus, torch.tanh, torch.sigmoid, torch.abs)
    return any(_heads_match(Reference, bend)(plan, record) for bend in functions) or _rectified(plan, record)


def _rectified(plan: Plan, record: Record) -> bool:
    """Positive log-variances are right and every negative one is not: ReLU, leaky ReLU of any slope, ELU …"""
    if not _runs(plan, record):
        return False

    def agrees(seen: Heads, truth: Heads) -> bool:
        (z_mean, z_log_var), above, below = truth, truth[1] > 1e-3, truth[1] < -1e-3
        right = (seen[1] - z_log_var).abs() < 1e-4 * z_log_var.abs().max()
        as_said = bool(right[above].all()) and not bool(right[below].any()) and bool(below.any())
        return as_said and close(seen[0], z_mean, torch.float32)

    return _match(Reference, plan["cases"][0], record["cases"][0], agrees) is not None


def _z_is_mean(plan: Plan, record: Record) -> bool:
    if not _runs(plan, record):
        return False
    outputs = [_outputs(run) for found in record["cases"] for run in found["runs"]]
    return all(close(z, z_mean) for z_mean, _, z in outputs) and _heads(plan, record) is None


def _swapped(plan: Plan, record: Record) -> bool:
    if not _runs(plan, record) or _heads(plan, record) is not None:
        return False
    z_log_var, z_mean, z = (o.double() for o in _outputs(record["cases"][0]["runs"][0]))
    return standard_normal((z - z_mean) / torch.exp(0.5 * z_log_var))


MISCONCEPTIONS = (
    Misconception(
        "shared_heads",
        "one linear layer is used for both z_mean and z_log_var",
        "z_mean and z_log_var come out of one and the same linear layer: each needs its own, or the mean fixes the variance.",
        mistakes.shared_heads,
        _heads_match(mistakes.shared_heads),
    ),
    Misconception(
        "head_used_twice",
        "there are two linear layers, but both outputs come from the same one of them",
        "z_mean and z_log_var are the same numbers: there are two linear layers, but one of them is used for both.",
        mistakes.head_used_twice,
        _heads_match(mistakes.head_used_twice),
    ),
    Misconception(
        "activation_on_log_var",
        "an activation function (ReLU, softplus, tanh …) is applied to z_log_var",
        "There is an activation on z_log_var: a log-variance may be any number, negative ones above all, so the layer stays linear.",
        mistakes.activation_on_log_var,
        _activated,
    ),
    Misconception(
        "variance_head",
        "the second output is the variance, exp of the linear layer, instead of the log-variance",
        "The second output is exp(log σ²), the variance: return the linear layer's output itself, it is called the log-variance.",
        mistakes.variance_head,
        _heads_match(Reference, torch.exp),
    ),
    Misconception(
        "z_is_mean",
        "z_mean is returned as z: nothing is sampled",
        "The third output is z_mean once more: z has to be sampled, by your Sampling layer.",
        mistakes.z_is_mean,
        _z_is_mean,
    ),
    Misconception(
        "outputs_swapped",
        "z_log_var is returned first and z_mean second",
        "z_mean and z_log_var are in the wrong order, where they are returned or where Sampling gets them: it is z_mean, z_log_var, both times.",
        mistakes.outputs_swapped,
        _swapped,
    ),
    Misconception(
        "relu_missing",
        "the convolutions have no ReLU after them",
        "There is no ReLU between the convolutions: without a non-linearity, three of them are no more than one.",
        mistakes.relu_missing,
        _heads_match(mistakes.relu_missing),
    ),
)

EXERCISE = Exercise(
    id="vae_fashion/Encoder",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Three convolutions take 32×32 to 16×16, 8×8 and 4×4. How many numbers per image are left to flatten?",
        "Build the layers in `__init__`: the convolutions with their ReLUs, a flatten, and two separate linear layers from 2048 to latent_dim.",
        "In `forward`, run the convolutions once, give the result to both linear layers, and hand their outputs to a `Sampling()` that you made in `__init__`.",
    ),
    depends=("vae_fashion/Sampling",),
)
