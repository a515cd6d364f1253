"""Check of `vae_faces/kl_per_dimension`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.distributions import Normal, kl_divergence

from autograder.claims.calls import CallClaims
from autograder.claims.compare import same_values
from autograder.claims.repeated import written_again
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan


def oracle(z_mean: torch.Tensor, z_log_var: torch.Tensor) -> torch.Tensor:
    """KL(N(mean, σ²) ‖ N(0, 1)) of every dimension by torch.distributions: mean over B."""
    posterior = Normal(z_mean, torch.exp(0.5 * z_log_var))
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    return kl_divergence(posterior, prior).mean(dim=0)


def make_plan(draw: Draw) -> Plan:
    """More images than dimensions and fewer, one image, one dimension; some dimensions are those of the prior itself, as in training."""
    d = draw.size(4, 7)
    b = draw.size(8, 12)
    cases = []
    for rows, columns, dtype in [(b, d, "float32"), (d, b + 1, "float64"), (1, d, "float32"), (b, 1, "float64")]:
        used = torch.ones(columns, dtype=getattr(torch, dtype))
        used[1::3] = 0.0  # unused: mean 0 and log-variance 0 for every image
        z_mean = used * draw.normal(rows, columns, mean=0.4, std=1.2, dtype=dtype)
        z_log_var = used * draw.normal(rows, columns, mean=-0.7, dtype=dtype)
        cases.append(
            {
                "args": [z_mean, z_log_var],
                "grad": [0, 1],
                "cotangents": [draw.normal(columns, dtype=dtype)],
                "seed": draw.seed(),
            }
        )
    return {"probe": "call", "cases": cases}


def summed(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()


def wrong_sign(z_mean, z_log_var):
    return 0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).mean(dim=0)


def per_image(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1)


def mean_per_image(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).mean(dim=1)


def sum_over_batch(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=0)


def not_averaged(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var)


def factor_half_missing(z_mean, z_log_var):
    return (z_mean**2 + z_log_var.exp() - 1 - z_log_var).mean(dim=0)


def averaged_first(z_mean, z_log_var):
    mean, log_var = z_mean.mean(dim=0), z_log_var.mean(dim=0)
    return 0.5 * (mean**2 + log_var.exp() - 1 - log_var)


def log_var_as_log_std(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + (2 * z_log_var).exp() - 1 - 2 * z_log_var).mean(dim=0)


def mean_squared_forgotten(z_mean, z_log_var):
    return 0.5 * (z_log_var.exp() - 1 - z_log_var).mean(dim=0)


def one_forgotten(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - z_log_var).mean(dim=0)


def share_of_total(z_mean, z_log_var):
    per_dimension = 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).mean(dim=0)
    return per_dimension / per_dimension.sum()


MISCONCEPTIONS = (
    Misconception(
        "summed",
        "the sum over the dimensions is taken, as in kl_loss: one number comes back",
        "This is kl_loss, the sum over all dimensions: leave the dimensions apart, and take the mean over the images only.",
        summed,
    ),
    Misconception(
        "wrong_sign",
        "the sign is turned around, so no value is positive",
        "The sign is turned around: a divergence is never negative, and that of an unused dimension is 0.",
        wrong_sign,
    ),
    Misconception(
        "per_image",
        "one value per image is returned: the sum is taken over the dimensions, and no mean over the images",
        "This is one divergence per image, summed over the dimensions: it is the other axis that goes, by a mean.",
        per_image,
    ),
    Misconception(
        "mean_per_image",
        "the mean is taken over the dimensions instead of the images",
        "The mean is taken over the wrong axis: this is one number per image. Average over the images, and keep the dimensions.",
        mean_per_image,
    ),
    Misconception(
        "sum_over_batch",
        "the sum over the images is taken instead of the mean",
        "These values grow with the number of images: take the mean over them, so that their sum is your kl_loss.",
        sum_over_batch,
    ),
    Misconception(
        "not_averaged",
        "the whole table (B, D) is returned: the mean over the images is missing",
        "This is the whole table, one number per image and dimension: average over the images.",
        not_averaged,
    ),
    Misconception(
        "factor_half_missing",
        "the factor ½ is left out, so every value is twice too large",
        "Every value is exactly twice too large: the ½ in front is missing.",
        factor_half_missing,
    ),
    Misconception(
        "averaged_first",
        "z_mean and z_log_var are averaged over the images first, and the divergence is taken of the averages",
        "This is the divergence of an average Gaussian: means of −2 and 2 average to 0 and seem to cost nothing. First the divergence of every image, then the mean.",
        averaged_first,
    ),
    Misconception(
        "log_var_as_log_std",
        "z_log_var is used as if it were the logarithm of the standard deviation",
        "This is what you get when z_log_var is read as log σ: it is log σ², so the variance is exp(z_log_var), without a 2.",
        log_var_as_log_std,
    ),
    Misconception(
        "mean_squared_forgotten",
        "the term mean² is left out",
        "These values do not depend on z_mean: the mean² term is missing.",
        mean_squared_forgotten,
    ),
    Misconception(
        "one_forgotten",
        "the constant 1 in 1 + log σ² − mean² − σ² is left out",
        "Every value is ½ too large: the 1 in “1 + log σ² − mean² − σ²” is missing. With it, an unused dimension has 0.",
        one_forgotten,
    ),
    Misconception(
        "share_of_total",
        "the values are divided by their sum: shares instead of nats",
        "These are the shares of the whole, and they sum to 1: this exercise asks for the nats themselves.",
        share_of_total,
    ),
)


def _column_by_column(
    kl_loss: Callable[..., torch.Tensor], z_mean: torch.Tensor, z_log_var: torch.Tensor
) -> torch.Tensor:
    """What a kl_loss makes of each latent dimension alone; none where it gives more than one number."""
    columns = [kl_loss(z_mean[:, d : d + 1], z_log_var[:, d : d + 1]) for d in range(z_mean.shape[1])]
    return torch.stack(columns)


CLAIMS = CallClaims("kl_per_dimension", oracle, ("kl",))

EXERCISE = Exercise(
    id="vae_faces/kl_per_dimension",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Its sum is your kl_loss of the same arguments. Which of the two steps of kl_loss, the sum or the mean, is left?",
        gradient_advice="Build it from z_mean and z_log_var with torch operations only: no `.detach()`, `.data` or `.item()`.",
    ),
    misconceptions=MISCONCEPTIONS,
    same=same_values,
    hints=(
        "kl_loss makes a table with a row for each image and a column for each dimension, and reduces it twice. One of the two steps is not wanted here.",
        "With v = z_log_var the table (B, D) is −½·(1 + v − z_mean² − exp(v)). Which axis are the images on?",
    ),
    depends=("vae_fashion/kl_loss",),
    repeats={"vae_fashion/kl_loss": written_again(CLAIMS, "kl", _column_by_column)},
)
