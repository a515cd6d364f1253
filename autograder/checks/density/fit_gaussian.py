"""Check of `density/fit_gaussian`."""

from __future__ import annotations

from collections.abc import Callable

import torch

from autograder.claims.calls import CallClaims
from autograder.claims.compare import same_calls
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record, run_probe


def oracle(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """By torch's own statistics."""
    variance, mean = torch.var_mean(x, dim=0, correction=0)
    return mean, variance.sqrt()


def make_plan(draw: Draw) -> Plan:
    """Few points, so that N and N − 1 differ; more of them than dimensions, and fewer; not contiguous; one point, whose std is 0."""
    d = draw.size(3, 4)
    sizes = [(draw.size(6, 9), d, "float32"), (draw.size(7, 11), d + 2, "float64"), (2, d, "float64")]
    sizes += [(draw.size(4, 6), 1, "float32"), (1, d, "float32")]
    cases = []
    for rows, columns, dtype in sizes:
        scale = draw.uniform(columns, 1, low=0.3, high=2.5, dtype=dtype)
        shift = draw.uniform(columns, 1, low=1.0, high=3.0, dtype=dtype) * draw.normal(columns, 1, dtype=dtype).sign()
        cases.append({"args": [(shift + scale * draw.normal(columns, rows, dtype=dtype)).T], "seed": draw.seed()})
    return {"probe": "call", "cases": cases}


def _one_of(*wrongs: Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]) -> Callable[[Plan, Record], bool]:
    """`explains`: the same came back as from one of these, which differ in dividing by N or by N − 1."""
    return lambda plan, record: any(same_calls(plan, record, run_probe(plan, wrong)) for wrong in wrongs)


def bessel(x):
    return x.mean(dim=0), x.std(dim=0)


def variance_returned(x):
    return x.mean(dim=0), x.var(dim=0, correction=0)


def _unbiased_variance(x):
    return x.mean(dim=0), x.var(dim=0)


def wrong_axis(x):
    return x.mean(dim=1), x.std(dim=1, correction=0)


def _unbiased_wrong_axis(x):
    return x.mean(dim=1), x.std(dim=1)


def over_everything(x):
    return x.mean(), x.std(correction=0)


def _unbiased_over_everything(x):
    return x.mean(), x.std()


def swapped(x):
    return x.std(dim=0, correction=0), x.mean(dim=0)


def about_zero(x):
    return x.mean(dim=0), x.square().mean(dim=0).sqrt()


def absolute_deviation(x):
    mean = x.mean(dim=0)
    return mean, (x - mean).abs().mean(dim=0)


def log_std(x):
    return x.mean(dim=0), x.std(dim=0, correction=0).log()


def standard_error(x):
    return x.mean(dim=0), x.std(dim=0, correction=0) / len(x) ** 0.5


def root_missing_division(x):
    mean = x.mean(dim=0)
    return mean, (x - mean).square().sum(dim=0).sqrt()


MISCONCEPTIONS = (
    Misconception(
        "bessel",
        "the standard deviation is divided by N − 1 (Bessel's correction, torch's default) instead of N",
        "This std is divided by N − 1, which is torch's default. This exercise asks for the maximum-likelihood estimate, which is divided by N.",
        bessel,
    ),
    Misconception(
        "variance_returned",
        "the variance is returned in place of the standard deviation",
        "The second value is the variance: the standard deviation is its square root.",
        variance_returned,
        _one_of(variance_returned, _unbiased_variance),
    ),
    Misconception(
        "wrong_axis",
        "the statistics are taken over the dimensions of each point instead of over the points",
        "These are a mean and a std for every point: take them over the points, one for every dimension.",
        wrong_axis,
        _one_of(wrong_axis, _unbiased_wrong_axis),
    ),
    Misconception(
        "over_everything",
        "one mean and one std are computed of all numbers together",
        "This is one mean and one std for all numbers together: every dimension has its own.",
        over_everything,
        _one_of(over_everything, _unbiased_over_everything),
    ),
    Misconception(
        "swapped",
        "the std is returned first and the mean second",
        "The two are exchanged: the mean comes first.",
        swapped,
    ),
    Misconception(
        "about_zero",
        "the root of the mean square is taken without subtracting the mean first",
        "This is the root of the mean of x²: the spread is measured around the mean, so subtract that first.",
        about_zero,
    ),
    Misconception(
        "absolute_deviation",
        "the mean absolute deviation is used in place of the standard deviation",
        "This is the mean absolute deviation: the standard deviation is the root of the mean *squared* deviation.",
        absolute_deviation,
    ),
    Misconception(
        "log_std",
        "the logarithm of the standard deviation is returned",
        "The second value is log std: return the standard deviation itself.",
        log_std,
    ),
    Misconception(
        "standard_error",
        "the std is divided by √N: the standard error of the mean",
        "This is the standard error of the mean, std/√N: it tells how well the mean is known, not how far the points spread.",
        standard_error,
    ),
    Misconception(
        "root_missing_division",
        "the squared deviations are summed, not averaged, before the root is taken",
        "The squared deviations are summed but not divided by N: this std would grow with the number of points.",
        root_missing_division,
    ),
)

CLAIMS = CallClaims("fit_gaussian", oracle, ("mean", "std"))

EXERCISE = Exercise(
    id="density/fit_gaussian",
    make_plan=make_plan,
    claims=(
        CLAIMS.runs(),
        CLAIMS.returns(),
        CLAIMS.dtype(),
        CLAIMS.finite(),
        CLAIMS.value(
            "The mean of a column is its sum divided by the number of rows; try the docstring's example.", "mean"
        ),
        CLAIMS.value("Try x = [[0.], [2.]]: the mean is 1 and both points are 1 away from it, so std is 1.", "std"),
        CLAIMS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "There is one mean and one standard deviation for each column of x. Which axis goes away?",
        "Maximum likelihood divides by N. What does `torch.std` divide by, and which of its arguments changes that?",
        "By hand: subtract the mean from every row, square, take the mean over the rows, take the root. `x.std(dim=0, correction=0)` is the same.",
    ),
)
