"""Check of `vae_faces/beta_vae_loss`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from autograder.checks.vae_faces import beta_vae_loss_mistakes as mistakes
from autograder.claims.calls import CallClaims, in_double
from autograder.claims.compare import close, outputs_of
from autograder.claims.repeated import written_again
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(
    x_hat: torch.Tensor, x: torch.Tensor, z_mean: torch.Tensor, z_log_var: torch.Tensor, beta: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Squared distance of the images as vectors, and the KL by torch.distributions; means over the batch."""
    reconstruction = torch.linalg.vector_norm((x_hat - x).flatten(1), dim=1).square().mean()
    posterior = Normal(z_mean, torch.exp(0.5 * z_log_var))
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    kl = kl_divergence(posterior, prior).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def make_plan(draw: Draw) -> Plan:
    """Batches of small colour images, none square; beta on both sides of 1; batch size 1; float64."""
    height = draw.size(6, 9)
    width = draw.size(6, 10, height)
    b = draw.size(4, 8, height, width)
    d = draw.size(11, 15)
    cases = []
    for rows, beta, dtype in [
        (b, draw.number(2.0, 4.0), "float32"),
        (b + 1, draw.number(0.2, 0.6), "float64"),
        (1, draw.number(5.0, 9.0), "float32"),
    ]:
        x = draw.uniform(rows, 3, height, width, dtype=dtype)
        x_hat = draw.uniform(rows, 3, height, width, dtype=dtype)
        z_mean = draw.normal(rows, d, std=1.5, dtype=dtype)
        z_log_var = draw.normal(rows, d, mean=-0.8, dtype=dtype)
        cases.append(
            {
                "args": [x_hat, x, z_mean, z_log_var, beta],
                "grad": [0, 2, 3],
                "cotangents": [torch.tensor(1.0)] * 3,
                "seed": draw.seed(),
            }
        )
    return {"probe": "call", "cases": cases}


CLAIMS = CallClaims("beta_vae_loss", oracle, ("total", "reconstruction", "kl"))

Losses = Callable[..., tuple[torch.Tensor, torch.Tensor, torch.Tensor]]


def _any_of(*spellings: Losses) -> Callable[[Plan, Record], bool]:
    """`explains`: the three losses are those of one of these spellings of a mistake."""

    def explains(plan: Plan, record: Record) -> bool:
        if any(claim.judge(plan, record) is not None for claim in (CLAIMS.runs(), CLAIMS.returns())):
            return False
        calls = [
            (tuple(map(in_double, case["args"])), outputs_of(call["value"]))
            for case, call in CLAIMS._calls(plan, record)
        ]
        return any(
            all(
                close(item["data"], loss)
                for args, seen in calls
                for item, loss in zip(seen, losses(*args), strict=True)
            )
            for losses in spellings
        )

    return explains


def _measured(measure: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> Losses:
    """The losses with another reconstruction, of x_hat and x."""

    def losses(
        x_hat: torch.Tensor, x: torch.Tensor, z_mean: torch.Tensor, z_log_var: torch.Tensor, beta: float
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        reconstruction, kl = measure(x_hat, x), oracle(x_hat, x, z_mean, z_log_var, beta)[2]
        return reconstruction + beta * kl, reconstruction, kl

    return losses


def _beta_in_the_reconstruction(
    x_hat: torch.Tensor, x: torch.Tensor, z_mean: torch.Tensor, z_log_var: torch.Tensor, beta: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    _, reconstruction, kl = oracle(x_hat, x, z_mean, z_log_var, beta)
    return beta * reconstruction + kl, beta * reconstruction, kl


ROOTS: tuple[Callable[[torch.Tensor, torch.Tensor], torch.Tensor], ...] = (
    lambda x_hat, x: (x_hat - x).square().sum((1, 2, 3)).sqrt().mean(),
    lambda x_hat, x: (x_hat - x).square().sum((1, 2, 3)).mean().sqrt(),
    lambda x_hat, x: (x_hat - x).square().mean((1, 2, 3)).sqrt().mean(),
    lambda x_hat, x: (x_hat - x).square().mean().sqrt(),
)
CROSS_ENTROPIES: tuple[Callable[[torch.Tensor, torch.Tensor], torch.Tensor], ...] = (
    lambda x_hat, x: F.binary_cross_entropy(x_hat, x, reduction="sum") / len(x),
    lambda x_hat, x: F.binary_cross_entropy_with_logits(x_hat, x, reduction="sum") / len(x),
)

MISCONCEPTIONS = (
    Misconception(
        "pixel_mean",
        "the squared error is averaged over pixels and channels instead of summed",
        "The squared error is averaged over pixels and channels: sum it over all numbers of an image, or the KL weighs thousands of times too much.",
        mistakes.pixel_mean,
    ),
    Misconception(
        "channel_mean",
        "the squared error is averaged over the three channels, and summed over the pixels",
        "The squared error is averaged over the channels: red, green and blue are three numbers to be predicted, so all of them are summed.",
        mistakes.channel_mean,
    ),
    Misconception(
        "beta_on_reconstruction",
        "beta multiplies the reconstruction instead of the KL, in the total or already in the reconstruction that is returned",
        "This is beta·reconstruction + KL: here, and in the β-VAE paper, beta weighs the KL term.",
        mistakes.beta_on_reconstruction,
        _any_of(mistakes.beta_on_reconstruction, _beta_in_the_reconstruction),
    ),
    Misconception(
        "book_loss",
        "the loss of the book's notebook: reconstruction is beta times the mean over pixels and channels, total is reconstruction + kl",
        "This is the loss of the book's notebook, beta·mean + KL: this exercise asks for the sum over the pixels, and for beta at the KL.",
        mistakes.book_loss,
    ),
    Misconception(
        "root",
        "a root of the squared error is taken: of every image's or of the whole batch's, summed or averaged over the pixels",
        "A root is taken: −log of a Gaussian density is the *squared* distance, and that is what is summed.",
        mistakes.root,
        _any_of(*map(_measured, ROOTS)),
    ),
    Misconception(
        "factor_half",
        "a factor ½ stands in front of the squared error",
        "The reconstruction is half of what is asked for: −log N(x; x_hat, σ²) has a factor 1/(2σ²), and this exercise asks for the one with σ² = ½, without a factor.",
        mistakes.factor_half,
    ),
    Misconception(
        "absolute_error",
        "the absolute error is summed instead of the squared error",
        "This is the sum of the absolute errors: this exercise asks for the squares, which belong to a Gaussian.",
        mistakes.absolute_error,
    ),
    Misconception(
        "cross_entropy",
        "the binary cross-entropy between x_hat, as it is or taken for logits, and x is used instead of the squared error",
        "This is the binary cross-entropy of the lesson before: for colours this exercise asks for the squared error.",
        mistakes.cross_entropy,
        _any_of(*map(_measured, CROSS_ENTROPIES)),
    ),
    Misconception(
        "sigmoid_again",
        "a sigmoid is applied to x_hat, which is an image already",
        "A sigmoid is applied to x_hat, but this decoder ends in one: x_hat is an image in [0, 1] already.",
        mistakes.sigmoid_again,
    ),
    Misconception(
        "summed_over_batch",
        "the squared error is summed over the whole batch too, instead of averaged over it",
        "The squared error is summed over the batch as well: it grows with the batch size while the KL does not. Sum over an image, average over images.",
        mistakes.summed_over_batch,
    ),
    Misconception(
        "batch_not_averaged",
        "the reconstruction is left as one number per image: the mean over the batch is missing",
        "The reconstruction is one number per image: average over the batch, so that all three losses are single numbers.",
        mistakes.batch_not_averaged,
    ),
    Misconception(
        "beta_ignored",
        "beta is not used: total is reconstruction + kl",
        "beta plays no part in the total: it is reconstruction + beta·kl.",
        mistakes.beta_ignored,
    ),
    Misconception(
        "kl_times_beta",
        "the kl that is returned is already multiplied by beta (the total is right)",
        "The total is right, but the returned kl is already multiplied by beta: return it without, so that runs with different betas can be compared.",
        mistakes.kl_times_beta,
    ),
    Misconception(
        "cut_off",
        "the returned reconstruction and kl are detached (the total is not)",
        "The values are right, but reconstruction and kl come back cut off from the graph: return all three differentiable.",
        mistakes.cut_off,
    ),
)

EXERCISE = Exercise(
    id="vae_faces/beta_vae_loss",
    make_plan=make_plan,
    claims=(
        CLAIMS.runs(),
        CLAIMS.returns(),
        CLAIMS.dtype(),
        CLAIMS.finite(),
        CLAIMS.value(
            "Work it out for one image: the squares of all its C·H·W differences, added. Then average over the images.",
            only="reconstruction",
            own=True,
        ),
        CLAIMS.value("It is what your kl_loss returns for the same z_mean and z_log_var.", only="kl"),
        CLAIMS.value("total = reconstruction + beta·kl: check which of the two beta multiplies.", only="total"),
        CLAIMS.gradient(
            "All three must stay connected to x_hat, z_mean and z_log_var: no `.detach()`, `.item()` or `no_grad`."
        ),
        CLAIMS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "The log-probabilities of independent numbers add up. How many numbers does one colour picture hold?",
        "Write down the shape of (x_hat − x)²: over which of its four axes do you sum, and over which do you average?",
        '`F.mse_loss(x_hat, x, reduction="sum")` sums over everything, the batch included: divide by `x.shape[0]`. The KL term is your `kl_loss`.',
    ),
    depends=("vae_fashion/kl_loss",),
    repeats={
        "vae_fashion/kl_loss": written_again(
            CLAIMS, "kl", lambda kl_loss, x_hat, x, z_mean, z_log_var, beta: kl_loss(z_mean, z_log_var)
        )
    },
)
