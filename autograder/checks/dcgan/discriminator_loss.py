"""Check of `dcgan/discriminator_loss`."""

from __future__ import annotations

from typing import Any

import torch
from torch.distributions import Bernoulli
from torch.nn import functional as F

from autograder.claims.calls import CallClaims
from autograder.claims.compare import same_calls
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(
    real_logits: torch.Tensor, fake_logits: torch.Tensor, real_labels: torch.Tensor, fake_labels: torch.Tensor
) -> torch.Tensor:
    """By torch.distributions: minus the mean log-probability of the labels, half for the real images and half for the fakes."""
    pairs = [(real_logits, real_labels), (fake_logits, fake_labels)]
    terms = [-Bernoulli(logits=logits, validate_args=False).log_prob(labels).mean() for logits, labels in pairs]
    return (terms[0] + terms[1]) / 2


def make_plan(draw: Draw) -> Plan:
    """Batches of unequal sizes, of size 1, in float64; labels near 1 and 0 and labels of any size; at last logits up to ±300."""

    def case(n: int, noise: float, dtype: str, scale: float = 1.0) -> dict[str, Any]:
        real = scale * draw.normal(n, mean=0.8, std=1.5, dtype=dtype)
        fake = scale * draw.normal(n, mean=-0.5, std=1.2, dtype=dtype)
        labels = 1 - draw.uniform(n, high=noise, dtype=dtype), draw.uniform(n, high=noise, dtype=dtype)
        common = {"grad": [0, 1], "cotangents": [torch.tensor(1.0)], "seed": draw.seed()}
        return {"args": [real, fake, *labels], **common}

    b = draw.size(6, 12)
    cases = [case(b, 0.3, "float32"), case(b + 1, 0.8, "float64"), case(1, 0.3, "float32"), case(b, 0.3, "float32", 90)]
    return {"probe": "call", "cases": cases}


def half_missing(real_logits, fake_logits, real_labels, fake_labels):
    real = F.binary_cross_entropy_with_logits(real_logits, real_labels)
    return real + F.binary_cross_entropy_with_logits(fake_logits, fake_labels)


def summed_over_batch(real_logits, fake_logits, real_labels, fake_labels):
    real = F.binary_cross_entropy_with_logits(real_logits, real_labels, reduction="sum")
    return 0.5 * (real + F.binary_cross_entropy_with_logits(fake_logits, fake_labels, reduction="sum"))


def not_averaged(real_logits, fake_logits, real_labels, fake_labels):
    real = F.binary_cross_entropy_with_logits(real_logits, real_labels, reduction="none")
    return 0.5 * (real + F.binary_cross_entropy_with_logits(fake_logits, fake_labels, reduction="none"))


def labels_swapped(real_logits, fake_logits, real_labels, fake_labels):
    real = F.binary_cross_entropy_with_logits(real_logits, fake_labels)
    return 0.5 * (real + F.binary_cross_entropy_with_logits(fake_logits, real_labels))


def sigmoid_twice(real_logits, fake_logits, real_labels, fake_labels):
    real = F.binary_cross_entropy_with_logits(torch.sigmoid(real_logits), real_labels)
    return 0.5 * (real + F.binary_cross_entropy_with_logits(torch.sigmoid(fake_logits), fake_labels))


def sigmoid_then_log(real_logits, fake_logits, real_labels, fake_labels):
    real = F.binary_cross_entropy(torch.sigmoid(real_logits), real_labels)
    return 0.5 * (real + F.binary_cross_entropy(torch.sigmoid(fake_logits), fake_labels))


def labels_ignored(real_logits, fake_logits, real_labels, fake_labels):
    real = F.binary_cross_entropy_with_logits(real_logits, torch.ones_like(real_logits))
    return 0.5 * (real + F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits)))


def fakes_left_out(real_logits, fake_logits, real_labels, fake_labels):
    return F.binary_cross_entropy_with_logits(real_logits, real_labels)


def wrong_sign(real_logits, fake_logits, real_labels, fake_labels):
    real = F.binary_cross_entropy_with_logits(real_logits, real_labels)
    return -0.5 * (real + F.binary_cross_entropy_with_logits(fake_logits, fake_labels))


def calm(plan_or_record: dict[str, Any]) -> dict[str, Any]:
    """The cases with logits of ordinary size: all but the last (a first case may come by itself)."""
    cases = plan_or_record["cases"]
    return {"cases": cases[: max(1, len(cases) - 1)]}


def same_when_calm(plan: Plan, record: Record, other: Record) -> bool:
    """Two records tell the same where no spelling of a sigmoid overflows."""
    return same_calls(calm(plan), calm(record), calm(other))


def _unstable(plan: Plan, record: Record) -> bool:
    """Everything is right until the logits get large."""
    return all(claim.judge(calm(plan), calm(record)) is None for claim in EXERCISE.claims)


MISCONCEPTIONS = (
    Misconception(
        "half_missing",
        "the two cross-entropies are added without the ½",
        "This is exactly twice the loss: the ½ in front of the sum of the two cross-entropies is missing.",
        half_missing,
    ),
    Misconception(
        "summed_over_batch",
        "the cross-entropies are summed over the batch instead of averaged",
        "The cross-entropies are summed over the batch: average over the images, so that the loss does not grow with the batch size.",
        summed_over_batch,
    ),
    Misconception(
        "not_averaged",
        "one value per image is returned: the mean over the batch is missing",
        "This is one loss per image: average over the batch for a single number.",
        not_averaged,
    ),
    Misconception(
        "labels_swapped",
        "the real images are compared with the labels of the fakes, and the fakes with those of the real ones",
        "The labels are exchanged: this discriminator learns to call fakes real. Real logits belong to real_labels.",
        labels_swapped,
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
        "The value is right for small logits and lost for large ones, where a sigmoid is exactly 0 or 1: compute the cross-entropy from the "
        "logits, by `binary_cross_entropy_with_logits`.",
        sigmoid_then_log,
        _unstable,
    ),
    Misconception(
        "labels_ignored",
        "ones and zeros are used instead of the labels that were passed in",
        "This is the loss for labels of exactly 1 and 0: use real_labels and fake_labels, which carry the noise.",
        labels_ignored,
    ),
    Misconception(
        "fakes_left_out",
        "the fakes play no part: it is the cross-entropy of the real images alone",
        "The fakes play no part in this loss: a discriminator that calls everything real would be perfect.",
        fakes_left_out,
    ),
    Misconception(
        "wrong_sign",
        "the sign is turned around: minus the cross-entropy is returned",
        "This is minus the loss: the optimizer makes it small, and would make the discriminator as wrong as possible.",
        wrong_sign,
    ),
)

CLAIMS = CallClaims("discriminator_loss", oracle, ("loss",))

EXERCISE = Exercise(
    id="dcgan/discriminator_loss",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Work it out for one real and one fake image with logits 0 and labels 1 and 0: it is log 2, about 0.693.",
        gradient_advice="Build the loss from both logits with torch operations only: no `.detach()`, `.data` or `.item()`.",
    ),
    misconceptions=MISCONCEPTIONS,
    same=same_when_calm,
    hints=(
        "It is the cross-entropy of a classifier with two classes, for the real images and for the fakes. Each of the two counts one half.",
        "`F.binary_cross_entropy_with_logits(logits, labels)` is the mean over a batch, from logits, for labels anywhere in [0, 1].",
        "One call for the real logits with their labels, one for the fake logits with theirs; add, and take half.",
    ),
)
