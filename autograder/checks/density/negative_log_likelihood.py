"""Check of `density/negative_log_likelihood`: on small mixtures of Gaussians whose parameters it must be differentiable in."""

from __future__ import annotations

from collections.abc import Callable

import torch

from autograder.claims.calls import CallClaims
from autograder.claims.compare import same_calls
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record, run_probe
from autograder.probes.networks import Mixture


def oracle(model: Mixture, x: torch.Tensor) -> torch.Tensor:
    """The mean as its definition has it."""
    return torch.stack([-model.log_prob(point[None]) for point in x]).sum() / x.shape[0]


def make_plan(draw: Draw) -> Plan:
    """Mixtures of unequal sizes, batches of several points and of one, both dtypes; in the last, densities are above 1."""
    d, k = draw.size(2, 3), draw.size(4, 5)
    cases = []
    for rows, columns, dtype, scale in [
        (draw.size(6, 9), d, "float32", 1.0),
        (draw.size(7, 12), d + 3, "float64", 1.0),
        (1, d, "float32", 1.0),
        (draw.size(2, 5), 1, "float64", 1.0),
        (draw.size(6, 8), 2, "float32", 0.01),
    ]:
        spec = {"kind": "mixture", "components": k, "dimensions": columns, "seed": draw.seed(), "training": True}
        model = {"network": spec | {"dtype": dtype, "scale": scale}}
        x = scale * draw.normal(columns, rows, mean=1.5, std=1.4, dtype=dtype).T
        cases.append({"args": [model, x], "grad": [0], "cotangents": [torch.tensor(1.0)], "seed": draw.seed()})
    return {"probe": "call", "cases": cases}


def _one_of(*wrongs: Callable[[Mixture, torch.Tensor], torch.Tensor]) -> Callable[[Plan, Record], bool]:
    """`explains`: the same came back as from one of these."""
    return lambda plan, record: any(same_calls(plan, record, run_probe(plan, wrong)) for wrong in wrongs)


def summed(model, x):
    return -model.log_prob(x).sum()


def wrong_sign(model, x):
    return model.log_prob(x).mean()


def detached(model, x):
    with torch.no_grad():
        return -model.log_prob(x).mean()


def per_point(model, x):
    return -model.log_prob(x)


def log_of_mean_density(model, x):
    return -model.log_prob(x).exp().mean().log()


def mean_density(model, x):
    return -model.log_prob(x).exp().mean()


def _mean_density_itself(model, x):
    return model.log_prob(x).exp().mean()


def divided_by_dimensions_too(model, x):
    return -model.log_prob(x).sum() / x.numel()


MISCONCEPTIONS = (
    Misconception(
        "summed",
        "the sum over the points is returned instead of the mean",
        "This is the sum over the points: take the mean, so that the loss does not depend on the size of the batch.",
        summed,
    ),
    Misconception(
        "wrong_sign",
        "the mean log-likelihood itself is returned: the minus is missing",
        "The minus is missing: minimising this would make the points as unlikely as possible.",
        wrong_sign,
    ),
    Misconception(
        "detached",
        "the value is right, but no gradient leads back to the parameters (no_grad, .item(), .detach())",
        "The value is right, but no gradient leads back to the model's parameters (`no_grad`, `.detach()`, `.data`): the model could not learn.",
        detached,
    ),
    Misconception(
        "per_point",
        "one value for each point is returned: the mean is missing",
        "This is one value for each point: return their mean, a single number.",
        per_point,
    ),
    Misconception(
        "log_of_mean_density",
        "the densities are averaged before the logarithm is taken",
        "This is the logarithm of the mean density: the likelihood of independent points is a product, so the *logarithms* are averaged.",
        log_of_mean_density,
    ),
    Misconception(
        "mean_density",
        "the mean of the densities is used: log_prob is exponentiated and no logarithm is left",
        "This is a mean of densities: keep the logarithms that log_prob returns, and average those.",
        mean_density,
        _one_of(mean_density, _mean_density_itself),
    ),
    Misconception(
        "divided_by_dimensions_too",
        "the sum is divided by the number of all coordinates N·D instead of the number of points N",
        "This is divided by the number of coordinates, N·D: average over the N points only.",
        divided_by_dimensions_too,
    ),
)

CLAIMS = CallClaims("negative_log_likelihood", oracle, ("nll",))

EXERCISE = Exercise(
    id="density/negative_log_likelihood",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Print `model.log_prob(x)` for a few points: the loss is the mean of these numbers with the sign turned around.",
        gradient_advice="Keep the graph from log_prob to what you return: no `no_grad`, `.detach()`, `.data` or `.item()`.",
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "`model.log_prob(x)` is one logarithm for each point. A good model makes all of them large; a loss is made small.",
        "Average over the points, turn the sign around, and return a tensor that still knows where it came from.",
    ),
)
