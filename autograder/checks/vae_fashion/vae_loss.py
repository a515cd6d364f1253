"""Check of `vae_fashion/vae_loss`."""

from __future__ import annotations

from typing import Any

import torch
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn import functional as F

from autograder.claims.calls import CallClaims
from autograder.claims.compare import same_calls
from autograder.claims.repeated import written_again
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record

LARGE = 3  # the last case, with large logits


def oracle(
    logits: torch.Tensor, x: torch.Tensor, z_mean: torch.Tensor, z_log_var: torch.Tensor, beta: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Minus the ELBO by torch.distributions: Bernoulli pixels, Gaussian posterior, mean over the batch."""
    pixels = Bernoulli(logits=logits, validate_args=False).log_prob(x)
    reconstruction = -pixels.flatten(1).sum(dim=1).mean()
    posterior = Normal(z_mean, torch.exp(0.5 * z_log_var))
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    kl = kl_divergence(posterior, prior).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def make_plan(draw: Draw) -> Plan:
    """Batches of 32×32 gray images with confident and unsure logits; beta on both sides of 1; batch size 1; float64.

    The last case is the first with logits up to ±300, where a sigmoid is 0 or 1 and its logarithm is lost.
    """
    d = draw.size(20, 30)
    b = draw.size(3, 8)
    cases = []
    for rows, beta, dtype in [
        (b, draw.number(2.0, 4.0), "float32"),
        (b + 1, draw.number(0.2, 0.6), "float64"),
        (1, draw.number(5.0, 9.0), "float32"),
    ]:
        logits = draw.normal(rows, 1, 32, 32, mean=-0.5, std=2.5, dtype=dtype)
        x = draw.uniform(rows, 1, 32, 32, dtype=dtype)
        z_mean = draw.normal(rows, d, std=1.5, dtype=dtype)
        z_log_var = draw.normal(rows, d, mean=-0.8, dtype=dtype)
        cases.append(
            {
                "args": [logits, x, z_mean, z_log_var, beta],
                "grad": [0, 2, 3],
                "cotangents": [torch.tensor(1.0)] * 3,
                "seed": draw.seed(),
            }
        )
    first: dict[str, Any] = cases[0]
    logits, *others = first["args"]
    cases.append(first | {"args": [logits * 30, *others]})
    return {"probe": "call", "cases": cases}


def beta_on_reconstruction(logits, x, z_mean, z_log_var, beta):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    reconstruction = pixels.flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return beta * reconstruction + kl, reconstruction, kl


def pixel_mean(logits, x, z_mean, z_log_var, beta):
    reconstruction = F.binary_cross_entropy_with_logits(logits, x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def batch_not_averaged(logits, x, z_mean, z_log_var, beta):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    reconstruction = pixels.flatten(1).sum(dim=1)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def summed_over_batch(logits, x, z_mean, z_log_var, beta):
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def beta_ignored(logits, x, z_mean, z_log_var, beta):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    reconstruction = pixels.flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + kl, reconstruction, kl


def kl_times_beta(logits, x, z_mean, z_log_var, beta):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    reconstruction = pixels.flatten(1).sum(dim=1).mean()
    kl = -0.5 * beta * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + kl, reconstruction, kl


def sigmoid_twice(logits, x, z_mean, z_log_var, beta):
    pixels = F.binary_cross_entropy_with_logits(torch.sigmoid(logits), x, reduction="none")
    reconstruction = pixels.flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def squared_error(logits, x, z_mean, z_log_var, beta):
    pixels = (torch.sigmoid(logits) - x) ** 2
    reconstruction = pixels.flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def cut_off(logits, x, z_mean, z_log_var, beta):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    reconstruction = pixels.flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction.detach(), kl.detach()


def sigmoid_then_log(logits, x, z_mean, z_log_var, beta):
    p = torch.sigmoid(logits)
    pixels = -(x * torch.log(p) + (1 - x) * torch.log(1 - p))
    reconstruction = pixels.flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def _calm(plan_or_record: dict[str, Any]) -> dict[str, Any]:
    """The cases with logits of ordinary size."""
    return plan_or_record | {"cases": plan_or_record["cases"][:LARGE]}


def _unstable(plan: Plan, record: Record) -> bool:
    """Everything is right until the logits get large."""
    calm_plan, calm_record = _calm(plan), _calm(record)
    return all(claim.judge(calm_plan, calm_record) is None for claim in EXERCISE.claims)


def _same(plan: Plan, record: Record, other: Record) -> bool:
    """Two records tell the same where no spelling of a sigmoid overflows."""
    return same_calls(_calm(plan), _calm(record), _calm(other))


MISCONCEPTIONS = (
    Misconception(
        "beta_on_reconstruction",
        "beta multiplies the reconstruction instead of the KL",
        "This is beta·reconstruction + KL, as in the book's notebook: here, and in the β-VAE paper, beta weighs the KL term.",
        beta_on_reconstruction,
    ),
    Misconception(
        "pixel_mean",
        "the cross-entropy is averaged over the pixels instead of summed",
        "The cross-entropy is averaged over the 1,024 pixels: sum over the pixels of an image, or the KL weighs a thousand times too much.",
        pixel_mean,
    ),
    Misconception(
        "batch_not_averaged",
        "the reconstruction is left as one number per image: the mean over the batch is missing",
        "The reconstruction is one number per image: average over the batch, so that all three losses are single numbers.",
        batch_not_averaged,
    ),
    Misconception(
        "summed_over_batch",
        "the reconstruction is summed over the whole batch too, instead of averaged over it",
        "The reconstruction is summed over the batch as well: it grows with the batch size while the KL does not. Sum over pixels, average over images.",
        summed_over_batch,
    ),
    Misconception(
        "beta_ignored",
        "beta is not used: total is reconstruction + kl",
        "beta plays no part in the total: it is reconstruction + beta·kl.",
        beta_ignored,
    ),
    Misconception(
        "kl_times_beta",
        "the kl that is returned is already multiplied by beta (the total is right)",
        "The total is right, but the returned kl is already multiplied by beta: return it without, so that runs with different betas can be compared.",
        kl_times_beta,
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
        "squared_error",
        "the squared error between sigmoid(logits) and x is used instead of the binary cross-entropy",
        "This is the squared error of the pixels: the exercise asks for the binary cross-entropy.",
        squared_error,
    ),
    Misconception(
        "cut_off",
        "the returned reconstruction and kl are detached (the total is not)",
        "The values are right, but reconstruction and kl come back cut off from the graph: return all three differentiable.",
        cut_off,
    ),
)

CLAIMS = CallClaims("vae_loss", oracle, ("total", "reconstruction", "kl"))

EXERCISE = Exercise(
    id="vae_fashion/vae_loss",
    make_plan=make_plan,
    claims=(
        CLAIMS.runs(),
        CLAIMS.returns(),
        CLAIMS.dtype(),
        CLAIMS.finite(),
        CLAIMS.value(
            "Work it out for one image: 1,024 cross-entropies, added. Then average over the images.",
            only="reconstruction",
            own=True,
        ),
        CLAIMS.value("It is what your kl_loss returns for the same z_mean and z_log_var.", only="kl"),
        CLAIMS.value("total = reconstruction + beta·kl: check which of the two beta multiplies.", only="total"),
        CLAIMS.gradient(
            "All three must stay connected to logits, z_mean and z_log_var: no `.detach()`, `.item()` or `no_grad`."
        ),
        CLAIMS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    same=_same,
    hints=(
        "An image's likelihood is a product over its pixels. What does a product become under a logarithm?",
        "`F.binary_cross_entropy_with_logits(logits, x, reduction=...)` gives the cross-entropy of every pixel. Sum over pixels first, then average over images.",
        "Summing over everything and dividing by the batch size `x.shape[0]` does both at once. The KL term is your `kl_loss`.",
    ),
    depends=("vae_fashion/kl_loss",),
    repeats={
        "vae_fashion/kl_loss": written_again(
            CLAIMS, "kl", lambda kl_loss, logits, x, z_mean, z_log_var, beta: kl_loss(z_mean, z_log_var)
        )
    },
)
