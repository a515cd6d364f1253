"""Check of `density/gaussian_log_likelihood`."""

from __future__ import annotations

import math

import torch
from torch.distributions import Independent, Normal

from autograder.claims.calls import CallClaims
from autograder.claims.compare import close
from autograder.exercise import Draw, Exercise, Misconception, failing
from autograder.probes import Plan, Record


def oracle(x: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """By torch.distributions."""
    return Independent(Normal(mean, std), 1).log_prob(x)


def make_plan(draw: Draw) -> Plan:
    """Unequal sizes, one point, one dimension, a transposed x, both dtypes, deviations on both sides of 1; once points 40σ away, whose
    density is 0 in float32."""
    d = draw.size(3, 6)
    n = draw.size(7, 12, d)
    cases = []
    for rows, columns, dtype in [
        (n, d, "float32"),
        (n + 2, d + 1, "float64"),
        (1, d, "float32"),
        (n + 1, 1, "float64"),
    ]:
        x = draw.normal(columns, rows, mean=0.6, std=1.7, dtype=dtype).T  # not contiguous
        cases.append([x, *_law(draw, columns, dtype), draw.normal(rows, dtype=dtype)])
    mean, std = _law(draw, d, "float32")
    away = mean + std * (40 + draw.normal(n, d)) * draw.normal(n, d).sign()
    cases.append([away, mean, std, draw.normal(n)])
    seed = draw.seed()
    common = {"grad": [0, 1, 2], "seed": seed}
    return {"probe": "call", "cases": [{"args": args, "cotangents": [weight]} | common for *args, weight in cases]}


def _law(draw: Draw, d: int, dtype: str) -> list[torch.Tensor]:
    sign = draw.normal(d, dtype=dtype).sign()
    std = draw.uniform(d, low=0.3, high=0.7, dtype=dtype)
    std = torch.where(torch.arange(d) % 2 == 0, std, 2.5 * std)  # on both sides of 1
    return [sign * draw.uniform(d, low=0.4, high=1.5, dtype=dtype), std]


HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def log_2pi_missing(x, mean, std):
    return (-torch.log(std) - 0.5 * ((x - mean) / std) ** 2).sum(dim=1)


def log_2pi_once(x, mean, std):
    return (-torch.log(std) - 0.5 * ((x - mean) / std) ** 2).sum(dim=1) - 0.5 * math.log(2 * math.pi)


def log_det_missing(x, mean, std):
    return (-0.5 * math.log(2 * math.pi) - 0.5 * ((x - mean) / std) ** 2).sum(dim=1)


def log_det_added(x, mean, std):
    return (-0.5 * math.log(2 * math.pi) + torch.log(std) - 0.5 * ((x - mean) / std) ** 2).sum(dim=1)


def variance_for_std(x, mean, std):
    variance = std**2
    return torch.distributions.Normal(mean, variance).log_prob(x).sum(dim=1)


def std_as_variance(x, mean, std):
    return torch.distributions.Normal(mean, std.sqrt()).log_prob(x).sum(dim=1)


def std_not_squared(x, mean, std):
    return (-0.5 * math.log(2 * math.pi) - torch.log(std) - 0.5 * (x - mean) ** 2 / std).sum(dim=1)


def half_missing(x, mean, std):
    return (-0.5 * math.log(2 * math.pi) - torch.log(std) - ((x - mean) / std) ** 2).sum(dim=1)


def summed_over_points(x, mean, std):
    return torch.distributions.Normal(mean, std).log_prob(x).sum()


def wrong_axis(x, mean, std):
    return torch.distributions.Normal(mean, std).log_prob(x).sum(dim=0)


def one_per_dimension(x, mean, std):
    return torch.distributions.Normal(mean, std).log_prob(x)


def mean_over_dimensions(x, mean, std):
    return torch.distributions.Normal(mean, std).log_prob(x).mean(dim=1)


def density_returned(x, mean, std):
    return torch.distributions.Normal(mean, std).log_prob(x).sum(dim=1).exp()


def log_of_density(x, mean, std):
    density = torch.exp(-0.5 * ((x - mean) / std) ** 2) / (std * math.sqrt(2 * math.pi))
    return density.prod(dim=1).log()


def wrong_sign(x, mean, std):
    return -torch.distributions.Normal(mean, std).log_prob(x).sum(dim=1)


CLAIMS = CallClaims("gaussian_log_likelihood", oracle, ("log_density",))


def _rounded_to_zero(plan: Plan, record: Record) -> bool:
    """−∞ at every point of the last case, where all are far from the mean, with gradients 0/0; elsewhere right, or −∞ as well."""
    if failing((CLAIMS.runs(), CLAIMS.returns()), plan, record):
        return False
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        seen, truth = found["calls"][0]["value"]["data"].double(), CLAIMS._truth(case)[0]
        zero = seen == -math.inf
        if not close(seen[~zero], truth[~zero], torch.float32) or (case is plan["cases"][-1] and not bool(zero.all())):
            return False
    gradients = [g for row in record["cases"][-1]["calls"][0]["grads"] for g in row]
    return any(g is not None and bool(g.isnan().any()) for g in gradients)


MISCONCEPTIONS = (
    Misconception(
        "log_2pi_missing",
        "the term −½ log 2π is left out",
        "The −½ log 2π of each dimension is missing: without it the density does not integrate to 1.",
        log_2pi_missing,
    ),
    Misconception(
        "log_2pi_once",
        "−½ log 2π is added once per point instead of once per dimension",
        "−½ log 2π is there once for each point: every dimension brings its own, so it belongs inside the sum.",
        log_2pi_once,
    ),
    Misconception(
        "log_det_missing",
        "the term −log σ (the log-determinant) is left out",
        "The term −log σ is missing: a wider bell must be lower, or it would not integrate to 1.",
        log_det_missing,
    ),
    Misconception(
        "log_det_added",
        "log σ is added instead of subtracted",
        "log σ has the wrong sign: a wider bell is lower, so a larger σ must lower the density at the mean.",
        log_det_added,
    ),
    Misconception(
        "variance_for_std",
        "the variance std² is used everywhere in place of the standard deviation",
        "This is the density of a Gaussian whose standard deviation is std²: the variance is used in place of the standard deviation.",
        variance_for_std,
    ),
    Misconception(
        "std_as_variance",
        "the argument std is used everywhere as if it were the variance",
        "This is what you get when std is taken for the variance: std is σ itself, so the exponent divides by std².",
        std_as_variance,
    ),
    Misconception(
        "std_not_squared",
        "the squared distance is divided by std instead of std² (the log σ term is right)",
        "In the exponent the squared distance is divided by σ, not by σ²: measure the distance in standard deviations first, then square it.",
        std_not_squared,
    ),
    Misconception(
        "half_missing",
        "the factor ½ of the squared distance is left out",
        "The ½ in front of the squared distance is missing.",
        half_missing,
    ),
    Misconception(
        "summed_over_points",
        "the points are summed as well: one number for all of them",
        "This is one number for all the points: sum over the dimensions only, and return one log-density for each point.",
        summed_over_points,
    ),
    Misconception(
        "wrong_axis",
        "the sum is taken over the points instead of the dimensions",
        "This sums over the points and keeps the dimensions: it should be the other way round.",
        wrong_axis,
    ),
    Misconception(
        "one_per_dimension",
        "one value for each point and dimension is returned: the sum over the dimensions is missing",
        "These are the log-densities of each dimension by itself: the dimensions are independent, so their logarithms add up.",
        one_per_dimension,
    ),
    Misconception(
        "mean_over_dimensions",
        "the mean over the dimensions is taken instead of the sum",
        "This is the log-density divided by the number of dimensions: probabilities multiply, so logarithms are summed, not averaged.",
        mean_over_dimensions,
    ),
    Misconception(
        "density_returned",
        "the density is returned, not its logarithm",
        "This is the density itself: return its logarithm.",
        density_returned,
    ),
    Misconception(
        "log_of_density",
        "the density is computed first and its logarithm taken afterwards, so far points give −∞",
        "Far from the mean this is −∞: the density is rounded to 0 before its logarithm is taken. Work with logarithms from the start.",
        log_of_density,
        _rounded_to_zero,
    ),
    Misconception(
        "wrong_sign",
        "the negative log-density is returned",
        "The sign is turned around: this is the negative log-likelihood.",
        wrong_sign,
    ),
)

EXERCISE = Exercise(
    id="density/gaussian_log_likelihood",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Work it out for one point and one dimension: at x = mean with std 1 it is −½ log 2π ≈ −0.919, with std 2 it is −1.612.",
        gradient_advice="Build it from x, mean and std with torch operations only: no `.detach()`, `.data`, `.item()` or NumPy.",
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Subtracting a (D,) tensor from an (N, D) tensor works row by row. How many standard deviations is each coordinate from its mean?",
        "There is a term for every point and dimension, an (N, D) table. Over which axis do the logarithms add up?",
        "With z = (x − mean) / std the table is −½ log 2π − log std − z²/2; `math.log(2 * math.pi)` is a number, std is a tensor.",
    ),
)
