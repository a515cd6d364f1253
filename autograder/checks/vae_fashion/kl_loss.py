"""Check of `vae_fashion/kl_loss`."""

from __future__ import annotations

import torch
from torch.distributions import Normal, kl_divergence

from autograder.claims.calls import CallClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan


def oracle(z_mean: torch.Tensor, z_log_var: torch.Tensor) -> torch.Tensor:
    """KL(N(mean, σ²) ‖ N(0, I)) by torch.distributions: summed over D, mean over B."""
    posterior = Normal(z_mean, torch.exp(0.5 * z_log_var))
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    return kl_divergence(posterior, prior).sum(dim=1).mean()


def make_plan(draw: Draw) -> Plan:
    """Batches of unequal sizes, one of size 1, two in float64; log-variances on both sides of 0, once above 0 only."""
    d = draw.size(2, 9)
    b = draw.size(3, 12, d)
    cases = []
    for rows, columns, dtype in [(b, d, "float32"), (b + 1, d + 2, "float64"), (1, d, "float32"), (b, 1, "float64")]:
        z_mean = draw.normal(rows, columns, std=1.3, dtype=dtype)
        z_log_var = draw.normal(rows, columns, mean=-0.7, std=1.1, dtype=dtype)
        cases.append([z_mean, z_log_var])
    cases.append([draw.normal(b, d, dtype="float64"), draw.uniform(b, d, low=0.2, high=1.6, dtype="float64")])
    common = {"grad": [0, 1], "cotangents": [torch.tensor(1.0)], "seed": draw.seed()}
    return {"probe": "call", "cases": [{"args": args, **common} for args in cases]}


def factor_half_missing(z_mean, z_log_var):
    return (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()


def wrong_sign(z_mean, z_log_var):
    return 0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()


def mean_over_latent(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).mean()


def sum_over_batch(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum()


def axes_swapped(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=0).mean()


def log_var_as_variance(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var - 1 - z_log_var.log()).sum(dim=1).mean()


def log_var_as_log_std(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + (2 * z_log_var).exp() - 1 - 2 * z_log_var).sum(dim=1).mean()


def reversed_kl(z_mean, z_log_var):
    return 0.5 * ((1 + z_mean**2) * (-z_log_var).exp() - 1 + z_log_var).sum(dim=1).mean()


def one_forgotten(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - z_log_var).sum(dim=1).mean()


def mean_squared_forgotten(z_mean, z_log_var):
    return 0.5 * (z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()


def mean_not_squared(z_mean, z_log_var):
    return 0.5 * (z_mean + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()


def per_image(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1)


MISCONCEPTIONS = (
    Misconception(
        "factor_half_missing",
        "the factor ½ is left out, so the loss is twice too large",
        "This is exactly twice the KL divergence: the ½ in front of the sum is missing.",
        factor_half_missing,
    ),
    Misconception(
        "wrong_sign",
        "the sign is turned around, so the loss is never positive",
        "This is the KL divergence with its sign turned around: a divergence is never negative, and training would push it away from 0.",
        wrong_sign,
    ),
    Misconception(
        "mean_over_latent",
        "the mean is taken over the latent dimensions too, instead of the sum",
        "This is the KL divided by the number of latent dimensions: sum over the latent axis, and average over the batch only.",
        mean_over_latent,
    ),
    Misconception(
        "sum_over_batch",
        "the sum is taken over the batch too, instead of the mean",
        "This is the KL times the batch size: average over the batch, so that the loss does not grow with it.",
        sum_over_batch,
    ),
    Misconception(
        "axes_swapped",
        "the sum is taken over the batch and the mean over the latent dimensions",
        "The axes are exchanged: this sums over the batch and averages over the latent dimensions. Sum over the latent axis, average over images.",
        axes_swapped,
    ),
    Misconception(
        "log_var_as_variance",
        "z_log_var is used as if it were the variance (its logarithm is taken, its exponential is not)",
        "This is what you get when the log-variance is used as a variance: σ² is exp(z_log_var), and log σ² is z_log_var itself.",
        log_var_as_variance,
    ),
    Misconception(
        "log_var_as_log_std",
        "z_log_var is used as if it were the logarithm of the standard deviation",
        "This is what you get when z_log_var is read as log σ: it is log σ², so the variance is exp(z_log_var), without a 2.",
        log_var_as_log_std,
    ),
    Misconception(
        "reversed_kl",
        "the divergence is taken from the prior to the posterior: KL(N(0, I) ‖ q) instead of KL(q ‖ N(0, I))",
        "This is KL(p ‖ q), with the two distributions exchanged: the VAE needs KL(q ‖ p), from the encoder's Gaussian to the prior.",
        reversed_kl,
    ),
    Misconception(
        "one_forgotten",
        "the constant 1 in 1 + log σ² − mean² − σ² is left out",
        "This is the KL plus D/2: the 1 in “1 + log σ² − mean² − σ²” is missing. With it, the divergence of N(0, I) from itself is 0.",
        one_forgotten,
    ),
    Misconception(
        "mean_squared_forgotten",
        "the term mean² is left out",
        "This loss does not depend on z_mean: the mean² term, which pulls the means to 0, is missing.",
        mean_squared_forgotten,
    ),
    Misconception(
        "mean_not_squared",
        "z_mean is used where its square belongs",
        "The mean enters without its square: a mean of −3 must cost as much as a mean of 3.",
        mean_not_squared,
    ),
    Misconception(
        "per_image",
        "one value per image is returned: the mean over the batch is missing",
        "This is one divergence per image: average over the batch for a single number.",
        per_image,
    ),
)

CLAIMS = CallClaims("kl_loss", oracle, ("kl",))

EXERCISE = Exercise(
    id="vae_fashion/kl_loss",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Work it out on paper for one latent dimension with mean 1 and log-variance 0 (it is ½), then for two images.",
        gradient_advice="Build the loss from z_mean and z_log_var with torch operations only: no `.detach()`, `.data` or `.item()`.",
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "For one latent dimension the divergence is a function of two numbers, the mean and the log-variance. Which of its four terms needs an exponential?",
        "There is a term for every image and every latent dimension, a (B, D) table. Over which axis do you sum, and over which do you average?",
        "With v = z_log_var the table is −½·(1 + v − z_mean² − exp(v)).",
    ),
)
