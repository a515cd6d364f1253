"""Check of `wgan_gp/generator_loss`."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from autograder.checks.wgan_gp.critic_loss import one_of
from autograder.claims.calls import CallClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan


def oracle(fake_scores: torch.Tensor) -> torch.Tensor:
    """−mean(fake), as a weighted sum."""
    return torch.dot(torch.full_like(fake_scores, -1 / len(fake_scores)), fake_scores)


def make_plan(draw: Draw) -> Plan:
    """Scores of both signs with a mean above or below zero; one image, and float64."""
    b = draw.size(5, 9)
    sizes = [(b, "float32", 1.2), (b + 3, "float64", -0.8), (1, "float32", -1.5), (1, "float64", 2.5)]
    common = {"grad": [0], "cotangents": [torch.tensor(1.7)], "seed": draw.seed()}
    cases = [[draw.normal(rows, mean=mean, std=0.9, dtype=dtype)] for rows, dtype, mean in sizes]
    return {"probe": "call", "cases": [{"args": args, **common} for args in cases]}


CALLS = CallClaims("generator_loss", oracle, ("loss",))
CLAIMS = CALLS.standard(
    value_advice="The generator wants high scores, and a loss is minimised.",
    gradient_advice="Keep everything in torch: no `.item()`, no `.detach()`, no conversion between the scores and the loss.",
)


def wrong_sign(fake_scores):
    return fake_scores.mean()


def cross_entropy(fake_scores):
    return F.binary_cross_entropy_with_logits(fake_scores, torch.ones_like(fake_scores))


def saturating(fake_scores):
    return -F.binary_cross_entropy_with_logits(fake_scores, torch.zeros_like(fake_scores))


def squashed(fake_scores):
    return -torch.sigmoid(fake_scores).mean()


def _one_minus(fake_scores: torch.Tensor) -> torch.Tensor:
    return 1 - torch.sigmoid(fake_scores).mean()


def summed(fake_scores):
    return -fake_scores.sum()


def distance(fake_scores):
    return -fake_scores.mean().abs()


def _scores_distance(fake_scores: torch.Tensor) -> torch.Tensor:
    return -fake_scores.abs().mean()


def per_image(fake_scores):
    return -fake_scores


MISCONCEPTIONS = (
    Misconception(
        "wrong_sign",
        "the minus is missing: the mean score itself is returned",
        "This is the mean score: minimising it teaches the generator to make images that the critic scores low. The minus is missing.",
        wrong_sign,
    ),
    Misconception(
        "cross_entropy",
        "the scores are taken as logits of a binary cross-entropy with the label 1, as for a discriminator",
        "This is the generator's loss against a discriminator, −log σ(score). A critic gives scores, not logits: take minus their mean.",
        cross_entropy,
    ),
    Misconception(
        "saturating",
        "the loss is log(1 − σ(score)), the saturating loss of the first GAN",
        "This is the saturating loss of the first GAN, log(1 − σ(score)). A critic's scores need neither sigmoid nor logarithm: take minus their mean.",
        saturating,
    ),
    Misconception(
        "squashed",
        "a sigmoid is applied to the scores before the mean is taken",
        "The scores go through a sigmoid first. A critic's scores may be any numbers, so take their mean as it is.",
        squashed,
        one_of(squashed, _one_minus),
    ),
    Misconception(
        "summed",
        "the scores are summed over the batch instead of averaged",
        "The scores are summed over the batch: take the mean, or the loss grows with the batch size.",
        summed,
    ),
    Misconception(
        "distance",
        "an absolute value is taken, of the mean or of the scores",
        "An absolute value is taken: low scores would then be as good as high ones. Leave the scores their sign.",
        distance,
        one_of(distance, _scores_distance),
    ),
    Misconception(
        "per_image",
        "one value per image is returned: the mean over the batch is missing",
        "This is one value per image: take the mean over the batch.",
        per_image,
    ),
)

EXERCISE = Exercise(
    id="wgan_gp/generator_loss",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "The critic scores real images high. What does the generator want for its own, and what does an optimizer do with a loss?",
        "Minus the mean of the scores: no labels, no logarithm, no sigmoid.",
    ),
)
