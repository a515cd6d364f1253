"""Check of `wgan_gp/critic_loss`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional as F

from autograder.claims.calls import CallClaims
from autograder.claims.compare import same_calls
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record, run_probe


def oracle(real_scores: torch.Tensor, fake_scores: torch.Tensor) -> torch.Tensor:
    """mean(fake) − mean(real), as one weighted sum."""
    weights = torch.cat(
        [torch.full_like(real_scores, -1 / len(real_scores)), torch.full_like(fake_scores, 1 / len(fake_scores))]
    )
    return torch.dot(weights, torch.cat([real_scores, fake_scores]))


def make_plan(draw: Draw) -> Plan:
    """Scores of both signs with means on both sides; one of each, and float64."""
    b = draw.size(5, 9)
    cases = []
    for rows, dtype, mean in [(b, "float32", 1.4), (b + 2, "float64", -0.9), (1, "float32", 2.0), (1, "float64", -3.0)]:
        scores = [draw.normal(rows, mean=m, std=0.8, dtype=dtype) for m in (mean, -0.7 * mean)]
        cases.append(scores)
    common = {"grad": [0, 1], "cotangents": [torch.tensor(1.7)], "seed": draw.seed()}
    return {"probe": "call", "cases": [{"args": args, **common} for args in cases]}


CALLS = CallClaims("critic_loss", oracle, ("loss",))
CLAIMS = CALLS.standard(
    value_advice="Which of the two means should the critic make large, and which small? A loss is minimised.",
    gradient_advice="Keep everything in torch: no `.item()`, no `.detach()`, no conversion between the scores and the loss.",
)


def one_of(*answers: Callable[..., torch.Tensor]) -> Callable[[Plan, Record], bool]:
    """`explains`: the record is that of one of these answers."""
    return lambda plan, record: any(same_calls(plan, record, run_probe(plan, answer)) for answer in answers)


def wrong_sign(real_scores, fake_scores):
    return real_scores.mean() - fake_scores.mean()


def cross_entropy(real_scores, fake_scores):
    real = F.binary_cross_entropy_with_logits(real_scores, torch.ones_like(real_scores))
    fake = F.binary_cross_entropy_with_logits(fake_scores, torch.zeros_like(fake_scores))
    return real + fake


def _half_cross_entropy(real_scores: torch.Tensor, fake_scores: torch.Tensor) -> torch.Tensor:
    return cross_entropy(real_scores, fake_scores) / 2


def squashed(real_scores, fake_scores):
    return torch.sigmoid(fake_scores).mean() - torch.sigmoid(real_scores).mean()


def summed(real_scores, fake_scores):
    return fake_scores.sum() - real_scores.sum()


def halved(real_scores, fake_scores):
    return (fake_scores.mean() - real_scores.mean()) / 2


def added(real_scores, fake_scores):
    return fake_scores.mean() + real_scores.mean()


def distance(real_scores, fake_scores):
    return -(fake_scores.mean() - real_scores.mean()).abs()


def _positive_distance(real_scores: torch.Tensor, fake_scores: torch.Tensor) -> torch.Tensor:
    return (fake_scores.mean() - real_scores.mean()).abs()


def per_image(real_scores, fake_scores):
    return fake_scores - real_scores


MISCONCEPTIONS = (
    Misconception(
        "wrong_sign",
        "the sign is turned around: mean(real) − mean(fake)",
        "This is mean(real) − mean(fake): minimising it teaches the critic to score real images low and fakes high.",
        wrong_sign,
    ),
    Misconception(
        "cross_entropy",
        "the scores are taken as logits of a binary cross-entropy (summed or halved), as for a discriminator",
        "This is the binary cross-entropy of a discriminator. A critic gives scores, not logits: its loss is a difference of two means.",
        cross_entropy,
        one_of(cross_entropy, _half_cross_entropy),
    ),
    Misconception(
        "squashed",
        "a sigmoid is applied to the scores before the means are taken",
        "The scores go through a sigmoid first. A critic's scores may be any numbers, so take their means as they are.",
        squashed,
    ),
    Misconception(
        "summed",
        "the scores are summed over the batch instead of averaged",
        "The scores are summed over the batch: take means, or the loss grows with the batch size.",
        summed,
    ),
    Misconception(
        "halved",
        "the difference is halved, like the average of a discriminator's two losses",
        "This is half of the loss: nothing is averaged over the two kinds of image, their means are subtracted.",
        halved,
    ),
    Misconception(
        "added",
        "the two means are added instead of subtracted",
        "The two means are added: the critic would push all of its scores down, real and fake alike.",
        added,
    ),
    Misconception(
        "distance",
        "the absolute value of the difference is taken (with either sign)",
        "The absolute value is taken: the critic could then score fakes above real images just as well. Leave the difference its sign.",
        distance,
        one_of(distance, _positive_distance),
    ),
    Misconception(
        "per_image",
        "one difference per pair of images is returned: the means are missing",
        "This is one value per image: take the mean over the batch.",
        per_image,
    ),
)

EXERCISE = Exercise(
    id="wgan_gp/critic_loss",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "The critic should score real images high and fakes low. The optimizer minimises: which of the two means gets the minus?",
        "No logarithm, no sigmoid, no absolute value: two calls of `.mean()` and one subtraction are the whole loss.",
    ),
)
