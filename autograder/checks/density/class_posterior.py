"""Check of `density/class_posterior`."""

from __future__ import annotations

import torch

from autograder.claims import show
from autograder.claims.calls import CallClaims
from autograder.claims.compare import close, same_values
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record

FAR = 2  # the cases from here on have exponentials that are rounded to 0


def oracle(log_likelihoods: torch.Tensor, log_prior: torch.Tensor) -> torch.Tensor:
    """Bayes' rule with one over the sum of the ratios: p(y|x) = 1 / Σ_y' p(x|y') p(y') / (p(x|y) p(y))."""
    joint = log_likelihoods + log_prior
    return 1 / torch.exp(joint[:, None, :] - joint[:, :, None]).sum(dim=2)


def make_plan(draw: Draw) -> Plan:
    """Two ordinary cases, then log-likelihoods so low that their exponential is 0: in float32 below −104, in float64 below −746.

    The points of the third case are so far apart that what suits the likeliest of them makes the others 0 as well.
    """
    k = draw.size(3, 4)
    n = draw.size(6, 9)
    cases = []
    for rows, columns, level, dtype in [
        (n, k, -2.0, "float32"),
        (n + 1, k + 2, -1.0, "float64"),
        (n + 2, k, -180.0, "float32"),
        (1, k + 1, -1500.0, "float64"),
    ]:
        common = draw.normal(rows, 1, mean=level, std=abs(level) / 20, dtype=dtype)  # of all classes at a point
        if level == -180.0:
            common += -140.0 * torch.arange(rows).remainder(3)[:, None]
        log_likelihoods = common + draw.normal(columns, rows, std=1.2, dtype=dtype).T
        prior = 0.05 + draw.uniform(columns, dtype=dtype) ** 2
        log_prior = (prior / prior.sum()).log()
        case = {"args": [log_likelihoods, log_prior], "seed": draw.seed()}
        if (
            level > -100 or dtype == "float64"
        ):  # float32 holds −180 to seven digits: too few for differences in gradients
            case |= {"grad": [0, 1], "cotangents": [draw.normal(rows, columns, dtype=dtype)]}
        cases.append(case)
    return {"probe": "call", "cases": cases}


CALLS = CallClaims("class_posterior", oracle, ("posterior",))


def _values(record: Record) -> list[torch.Tensor]:
    return [case["calls"][0]["value"]["data"] for case in record["cases"]]


def _sums(plan: Plan, record: Record) -> Failure | None:
    """Every row is a distribution over the classes."""
    for case, value in zip(plan["cases"], _values(record), strict=True):
        total = value.double().sum(dim=1)
        if not close(total, torch.ones_like(total), torch.float32) or bool((value < 0).any()):
            seen = f"the rows sum to {', '.join(show.number(t) for t in total[:4])}{', …' if len(total) > 4 else ''}"
            if bool((value < 0).any()):
                seen = f"the smallest value is {show.number(value.min())}"
            advice = "For one point, the probabilities of all kinds together are 1: divide each row by its own sum."
            return Failure(seen, "probabilities whose rows sum to 1", advice, CALLS._called(case))
    return None


def _underflow(plan: Plan, record: Record) -> bool:
    """Right where nothing is rounded to 0; not finite, or 0 in the whole row, where it is."""
    if any(judge(plan, record) is not None for judge in (CALLS.runs().judge, CALLS.returns().judge)):
        return False
    values = _values(record)
    truths = [CALLS._truth(case)[0] for case in plan["cases"]]
    near = all(close(v, t, torch.float32) for v, t in zip(values[:FAR], truths[:FAR], strict=True))
    return near and all(bool((~v.isfinite() | (v == 0)).all()) for v in values[FAR:])


def prior_ignored(log_likelihoods, log_prior):
    return torch.softmax(log_likelihoods, dim=1)


def underflow(log_likelihoods, log_prior):
    joint = log_likelihoods.exp() * log_prior.exp()
    return joint / joint.sum(dim=1, keepdim=True)


def normalised_over_points(log_likelihoods, log_prior):
    return torch.softmax(log_likelihoods + log_prior, dim=0)


def log_posterior(log_likelihoods, log_prior):
    return torch.log_softmax(log_likelihoods + log_prior, dim=1)


def not_normalised(log_likelihoods, log_prior):
    return (log_likelihoods + log_prior).exp()


def log_joint(log_likelihoods, log_prior):
    return log_likelihoods + log_prior


def prior_subtracted(log_likelihoods, log_prior):
    return torch.softmax(log_likelihoods - log_prior, dim=1)


def prior_not_logarithm(log_likelihoods, log_prior):
    return torch.softmax(log_likelihoods + log_prior.exp(), dim=1)


def log_prior_as_factor(log_likelihoods, log_prior):
    return torch.softmax(log_likelihoods * log_prior, dim=1)


def prior_after_normalising(log_likelihoods, log_prior):
    return torch.softmax(log_likelihoods, dim=1) * log_prior.exp()


def class_returned(log_likelihoods, log_prior):
    return (log_likelihoods + log_prior).argmax(dim=1)


MISCONCEPTIONS = (
    Misconception(
        "prior_ignored",
        "the prior is not used: all classes count as equally common",
        "The prior is not used: a rare kind needs stronger evidence than a common one. Add log p(y) to log p(x|y).",
        prior_ignored,
    ),
    Misconception(
        "underflow",
        "exponentials are taken first, so very negative log-likelihoods become 0 and the result 0/0 (or 0)",
        "Where the log-likelihoods are very negative, their exponentials are rounded to 0 and nothing is left to divide: "
        "subtract the largest of each row first, or use a function that does.",
        underflow,
        _underflow,
    ),
    Misconception(
        "normalised_over_points",
        "normalised over the points instead of the classes: columns sum to 1, not rows",
        "The columns sum to 1, not the rows: for each point, the classes share the probability.",
        normalised_over_points,
    ),
    Misconception(
        "log_posterior",
        "the logarithms of the posterior probabilities are returned",
        "These are the logarithms of the probabilities: this exercise asks for the probabilities themselves.",
        log_posterior,
    ),
    Misconception(
        "not_normalised",
        "the joint density p(x|y) p(y) is returned: the division by p(x) is missing",
        "This is p(x|y)·p(y), the numerator of Bayes' rule: divide by its sum over the classes.",
        not_normalised,
    ),
    Misconception(
        "log_joint",
        "the sum log p(x|y) + log p(y) itself is returned",
        "This is log p(x|y) + log p(y), the logarithm of the numerator: it still has to become probabilities that sum to 1.",
        log_joint,
    ),
    Misconception(
        "prior_subtracted",
        "the log-prior is subtracted instead of added",
        "The prior has the wrong sign: this makes rare kinds more likely, and common ones less.",
        prior_subtracted,
    ),
    Misconception(
        "prior_not_logarithm",
        "the prior probabilities are added to the log-likelihoods, not their logarithms",
        "The prior is exponentiated and then added to logarithms: probabilities multiply, so their *logarithms* are added.",
        prior_not_logarithm,
    ),
    Misconception(
        "log_prior_as_factor",
        "the log-likelihoods are multiplied by the log-prior",
        "The two logarithms are multiplied: a product of probabilities is a *sum* of logarithms.",
        log_prior_as_factor,
    ),
    Misconception(
        "prior_after_normalising",
        "the likelihoods are normalised first and then multiplied by the prior, without normalising again",
        "The prior comes in after the rows were normalised, so they no longer sum to 1: put it in before.",
        prior_after_normalising,
    ),
    Misconception(
        "class_returned",
        "the most probable class of each point is returned instead of the probabilities",
        "This is the most probable class of each point: return the probabilities of all of them.",
        class_returned,
    ),
)

EXERCISE = Exercise(
    id="density/class_posterior",
    make_plan=make_plan,
    claims=(
        CALLS.runs(),
        CALLS.returns(),
        CALLS.dtype(),
        CALLS.finite(),
        Claim("sums", "gives probabilities whose rows sum to 1", _sums, gate=True),
        CALLS.value(
            "Try one point with two kinds, log-likelihoods (0, 0) and prior (¾, ¼): the evidence says nothing, so the prior comes out."
        ),
        CALLS.gradient(
            "Build it from both arguments with torch operations only: no `.detach()`, `.data`, `.item()` or NumPy."
        ),
        CALLS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    same=same_values,
    hints=(
        "A product of probabilities is a sum of logarithms: what is the logarithm of the numerator of Bayes' rule?",
        "Turning logarithms into positive numbers that sum to 1 in each row is something that every classifier does with its logits.",
        "By hand: subtract the largest of each row (it cancels), take the exponential, divide by the sum of the row.",
    ),
)
