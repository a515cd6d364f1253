"""Check of `dcgan/generator_loss`."""

from __future__ import annotations

from typing import Any

import torch
from torch.distributions import Bernoulli
from torch.nn import functional as F

from autograder.checks.dcgan.discriminator_loss import calm, same_when_calm
from autograder.claims.calls import CallClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(fake_logits: torch.Tensor) -> torch.Tensor:
    """By torch.distributions: minus the mean log-probability of "real"."""
    return -Bernoulli(logits=fake_logits, validate_args=False).log_prob(torch.ones_like(fake_logits)).mean()


def make_plan(draw: Draw) -> Plan:
    """Batches of unequal sizes, of size 1, in float64; logits of both signs, and at last up to ±300."""
    b = draw.size(6, 12)
    common = {"grad": [0], "cotangents": [torch.tensor(1.0)], "seed": draw.seed()}

    def case(n: int, dtype: str, scale: float = 1.0) -> dict[str, Any]:
        return {"args": [scale * draw.normal(n, mean=-0.7, std=1.6, dtype=dtype)], **common}

    return {
        "probe": "call",
        "cases": [case(b, "float32"), case(b + 1, "float64"), case(1, "float32"), case(b, "float32", 90)],
    }


def saturating(fake_logits):
    return -F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))


def zeros_as_target(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))


def wrong_sign(fake_logits):
    return -F.binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits))


def summed_over_batch(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits), reduction="sum")


def not_averaged(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits), reduction="none")


def halved(fake_logits):
    return 0.5 * F.binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits))


def sigmoid_twice(fake_logits):
    return F.binary_cross_entropy_with_logits(torch.sigmoid(fake_logits), torch.ones_like(fake_logits))


def sigmoid_then_log(fake_logits):
    return -torch.log(torch.sigmoid(fake_logits)).mean()


def minus_mean(fake_logits):
    return -fake_logits.mean()


def _unstable(plan: Plan, record: Record) -> bool:
    """Everything is right until the logits get large."""
    return all(claim.judge(calm(plan), calm(record)) is None for claim in EXERCISE.claims)


MISCONCEPTIONS = (
    Misconception(
        "saturating",
        "the saturating loss log(1 − D) is minimised instead of −log D",
        "This is the saturating loss, log(1 − D): both have the same best generator, but its gradient vanishes just when the discriminator is sure, "
        "and the generator needs it most. This exercise asks for −log D.",
        saturating,
    ),
    Misconception(
        "zeros_as_target",
        "the target of the fakes is 0, as in the discriminator's loss",
        "The target is 0, as for the discriminator: this generator learns to be found out. It wants its fakes to be called real.",
        zeros_as_target,
    ),
    Misconception(
        "wrong_sign",
        "the sign is turned around: log D is minimised",
        "The sign is turned around: the optimizer makes this small, and with it the probability that a fake is called real.",
        wrong_sign,
    ),
    Misconception(
        "summed_over_batch",
        "the cross-entropy is summed over the batch instead of averaged",
        "The loss is summed over the batch: average over the fakes, so that it does not grow with the batch size.",
        summed_over_batch,
    ),
    Misconception(
        "not_averaged",
        "one value per fake is returned: the mean over the batch is missing",
        "This is one loss per fake: average over the batch for a single number.",
        not_averaged,
    ),
    Misconception(
        "halved",
        "the loss is halved, as that of the discriminator is",
        "This is half of the loss: the ½ belongs to the discriminator, which has two terms.",
        halved,
    ),
    Misconception(
        "sigmoid_twice",
        "a sigmoid is applied to the logits before binary_cross_entropy_with_logits, which applies one itself",
        "The sigmoid is applied twice: `binary_cross_entropy_with_logits` takes the logits as they are.",
        sigmoid_twice,
    ),
    Misconception(
        "sigmoid_then_log",
        "the cross-entropy is computed from sigmoid(logits), by logarithms or binary_cross_entropy, and fails for large logits",
        "The value is right for small logits and lost for large ones, where a sigmoid is exactly 0 or 1: compute it from the logits, "
        "by `binary_cross_entropy_with_logits`.",
        sigmoid_then_log,
        _unstable,
    ),
    Misconception(
        "minus_mean",
        "minus the mean of the logits is returned: the loss of a Wasserstein GAN",
        "This is −mean(logits), the generator's loss of the Wasserstein GAN in the next notebook: here it is a cross-entropy.",
        minus_mean,
    ),
)

CLAIMS = CallClaims("generator_loss", oracle, ("loss",))

EXERCISE = Exercise(
    id="dcgan/generator_loss",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Work it out for one fake with logit 0: it is log 2, about 0.693. For logit 3 it should be small, 0.0486.",
        gradient_advice="Build the loss from the logits with torch operations only: no `.detach()`, `.data` or `.item()`.",
    ),
    misconceptions=MISCONCEPTIONS,
    same=same_when_calm,
    hints=(
        "The generator is content when the discriminator calls its fakes real. As a classification: which label would it like to see?",
        "It is a binary cross-entropy from logits, with a target that `torch.ones_like` or `torch.zeros_like` makes. Which of the two?",
        "−log σ(a) is the cross-entropy with target 1. `F.binary_cross_entropy_with_logits` averages it over the batch.",
    ),
)
