"""Check of `autoencoder/reconstruction_losses`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch.distributions import Bernoulli
from torch.nn import functional as F

from autograder.checks.autoencoder import reconstruction_losses_mistakes as wrong
from autograder.claims.calls import CallClaims, in_double
from autograder.claims.compare import close, outputs_of
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(logits: torch.Tensor, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The cross-entropy by torch.distributions, the root of the mean square by a norm."""
    bce = -Bernoulli(logits=logits, validate_args=False).log_prob(x).mean()
    rmse = torch.linalg.vector_norm(torch.sigmoid(logits) - x) / x.numel() ** 0.5
    return bce, rmse


def make_plan(draw: Draw) -> Plan:
    """Batches of images with one or three channels whose errors differ in size from image to image; batch size 1; float64.

    The last case is the first with logits up to ±300, where a sigmoid is 0 or 1 and its logarithm is lost.
    """
    cases: list[dict[str, Any]] = []
    for b, c, dtype in [(draw.size(4, 8), 1, "float32"), (draw.size(3, 6), 3, "float64"), (1, 1, "float32")]:
        h = draw.size(9, 14)
        w = draw.size(9, 14, h)
        spread = torch.linspace(0.5, 4.0, b).view(-1, 1, 1, 1)  # images that are easy and hard
        logits = draw.normal(b, c, h, w, mean=-0.4, dtype=dtype) * spread.to(getattr(torch, dtype))
        cases.append(
            {
                "args": [logits, draw.uniform(b, c, h, w, dtype=dtype)],
                "grad": [0],
                "cotangents": [torch.tensor(1.0)] * 2,
                "seed": draw.seed(),
                "strided": [0] if c == 3 else [],
            }
        )
    logits, x = cases[0]["args"]
    cases.append(cases[0] | {"args": [logits * 30, x]})
    return {"probe": "call", "cases": cases}


CLAIMS = CallClaims("reconstruction_losses", oracle, ("bce", "rmse"))


def _calm(plan_or_record: dict[str, Any]) -> dict[str, Any]:
    """The cases with logits of ordinary size."""
    return {"cases": plan_or_record["cases"][:-1]}


def _unstable(plan: Plan, record: Record) -> bool:
    """Everything is right until the logits get large."""
    return all(claim.judge(_calm(plan), _calm(record)) is None for claim in EXERCISE.claims)


Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def _losses(*pairs: tuple[Loss, Loss]) -> Callable[[Plan, Record], bool]:
    """`explains`: for logits of ordinary size both values are those of one and the same of these pairs."""

    def explains(plan: Plan, record: Record) -> bool:
        return any(all(map(as_by, plan["cases"][:-1], record["cases"][:-1], [pair] * 9)) for pair in pairs)

    def as_by(case: dict[str, Any], found: dict[str, Any], pair: tuple[Loss, Loss]) -> bool:
        call = found["calls"][0]
        seen = [] if call["raised"] else outputs_of(call["value"])
        if len(seen) != 2 or not all(item["kind"] == "tensor" for item in seen):
            return False
        logits, x = (in_double(a) for a in case["args"])
        return all(close(item["data"], loss(logits, x), torch.float32) for item, loss in zip(seen, pair, strict=True))

    return explains


def _bce(logits: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return F.binary_cross_entropy_with_logits(logits, x)


def _rmse(logits: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return F.mse_loss(torch.sigmoid(logits), x).sqrt()


SUMS: list[tuple[Loss, Loss]] = list(
    itertools.product(
        [_bce, lambda p, x: _bce(p, x) * x.numel(), lambda p, x: _bce(p, x) * x[0].numel()],
        [_rmse, lambda p, x: _rmse(p, x) * x.numel() ** 0.5, lambda p, x: _rmse(p, x) * x[0].numel() ** 0.5],
    )
)[1:]  # the first pair is right

EXCHANGED: list[tuple[Loss, Loss]] = list(
    itertools.product(
        [lambda p, x: _bce(x, p), lambda p, x: F.binary_cross_entropy(x, torch.sigmoid(p))],
        [_rmse, lambda p, x: _rmse(x, p)],
    )
)


def _detached(plan: Plan, record: Record) -> bool:
    """Everything is right but the gradient, which is missing in one of the two or in both."""
    others = [claim for claim in EXERCISE.claims if claim.name != "gradient"]
    if not all(claim.judge(plan, record) is None for claim in others):
        return False
    gradient = next(claim for claim in EXERCISE.claims if claim.name == "gradient")
    failure = gradient.judge(plan, record)
    return failure is not None and "is missing" in failure.seen


MISCONCEPTIONS = (
    Misconception(
        "sigmoid_forgotten",
        "the squared error is that between the logits themselves and x: the sigmoid is forgotten",
        "The rmse compares x with the logits themselves: they become intensities by a sigmoid first.",
        wrong.sigmoid_forgotten,
        _losses((_bce, lambda p, x: F.mse_loss(p, x).sqrt())),
    ),
    Misconception(
        "sigmoid_twice",
        "a sigmoid is applied to the logits before binary_cross_entropy_with_logits, which applies one itself",
        "The sigmoid is applied twice in the bce: `binary_cross_entropy_with_logits` takes the logits as they are.",
        wrong.sigmoid_twice,
        _losses((lambda p, x: _bce(torch.sigmoid(p), x), _rmse)),
    ),
    Misconception(
        "sigmoid_then_log",
        "the cross-entropy is computed from sigmoid(logits), by logarithms or binary_cross_entropy, and fails for large logits",
        "The values are right for small logits and lost for large ones, where a sigmoid is exactly 0 or 1: compute the cross-entropy from the "
        "logits, by `binary_cross_entropy_with_logits`.",
        wrong.sigmoid_then_log,
        _unstable,
    ),
    Misconception(
        "summed",
        "sums over the pixels (and images) are taken instead of means, in one of the two losses or in both",
        "The errors are summed, over the pixels or over everything: both losses here are means over all pixels of all images.",
        wrong.summed,
        _losses(*SUMS),
    ),
    Misconception(
        "no_root",
        "the mean squared error is returned without its root",
        "This is the mean squared error: its root is missing, which brings it back to the unit of the pixels.",
        wrong.no_root,
        _losses((_bce, lambda p, x: _rmse(p, x) ** 2)),
    ),
    Misconception(
        "absolute_error",
        "the mean absolute error is returned as rmse: the root is taken before the mean",
        "This is the mean absolute error: the root of each square is its absolute value. Take the mean of the squares first, then one root.",
        wrong.absolute_error,
        _losses((_bce, lambda p, x: F.l1_loss(torch.sigmoid(p), x))),
    ),
    Misconception(
        "root_per_image",
        "the root is taken image by image, and the rmse is the mean of these",
        "The root is taken for every image by itself and averaged afterwards: take the mean over all pixels of all images first, then one root.",
        wrong.root_per_image,
        _losses((_bce, lambda p, x: ((torch.sigmoid(p) - x) ** 2).flatten(1).mean(1).sqrt().mean())),
    ),
    Misconception(
        "arguments_exchanged",
        "logits and x are exchanged in the call of the cross-entropy (and perhaps in the squared error)",
        "The logits and x are exchanged in the cross-entropy: PyTorch's takes the prediction first and the target second.",
        wrong.arguments_exchanged,
        _losses(*EXCHANGED),
    ),
    Misconception(
        "outputs_swapped",
        "the rmse is returned first and the bce second",
        "The two come back in the wrong order: return bce, rmse.",
        wrong.outputs_swapped,
        _losses((_rmse, _bce)),
    ),
    Misconception(
        "cut_off",
        "the values are right, but bce or rmse (or both) are detached",
        "The values are right, but a loss comes back cut off from the graph: return both differentiable.",
        wrong.cut_off,
        _detached,
    ),
)

EXERCISE: Exercise = Exercise(
    id="autoencoder/reconstruction_losses",
    make_plan=make_plan,
    claims=(
        CLAIMS.runs(),
        CLAIMS.returns(),
        CLAIMS.dtype(),
        CLAIMS.finite(),
        CLAIMS.value("It is one mean over all pixels of all images, computed from the logits.", only="bce"),
        CLAIMS.value("Sigmoid, difference, square, one mean over everything, one root: in this order.", only="rmse"),
        CLAIMS.gradient("Both must stay connected to the logits: no `.detach()`, `.item()` or `no_grad`."),
        CLAIMS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "The two look at the same difference in two ways. One of them wants logits, the other intensities.",
        "`F.binary_cross_entropy_with_logits(logits, x)` is the mean over all pixels already, and takes the sigmoid inside.",
        "For the other: `torch.sigmoid(logits)`, then the difference to x, squared, its mean over everything, and the root of that one number.",
    ),
)
