"""Check of `mlp/cross_entropy`."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.distributions import Categorical
from torch.nn import functional as F

from autograder.claims.calls import CallClaims
from autograder.claims.compare import as_tensor, close
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean negative log-probability, by torch.distributions."""
    return -Categorical(logits=logits).log_prob(labels).mean()


def make_plan(draw: Draw) -> Plan:
    """Moderate logits in batches of unequal sizes, one of size 1, some in float64; last, logits up to ±10,000."""
    k = draw.size(4, 9)
    b = draw.size(11, 15)

    def case(logits: torch.Tensor) -> dict[str, Any]:
        labels = draw.uniform(len(logits), high=logits.shape[1]).long()
        if len(logits) > 1:
            labels[0] = logits[0].argmin()  # one image at least that the logits get wrong
            labels[-1] = logits.shape[1] - 1  # the last class occurs
        args = [logits, labels]
        return {"args": args, "grad": [0], "cotangents": [torch.tensor(1.0)], "seed": draw.seed()}

    sizes = [(b, k, "float32"), (b - 3, draw.size(11, 13), "float64"), (1, k, "float32")]
    cases = [case(draw.normal(rows, columns, mean=-0.6, std=1.7, dtype=dtype)) for rows, columns, dtype in sizes]
    for sign, dtype in ((1, "float32"), (-1, "float64")):
        # Steps of 1,250: far from one another, whatever their order; every other image lies another 5,000 away.
        steps = torch.stack([draw.uniform(5).argsort() for _ in range(draw.size(6, 8))])
        away = 4 * torch.arange(len(steps)).remainder(2)[:, None]
        cases.append(case((sign * 1250.0 * (steps + away)).to(getattr(torch, dtype))))
    return {"probe": "call", "cases": cases}


_LARGE = 2  # that many of the last cases have large logits


def naive(logits, labels):
    probabilities = logits.exp() / logits.exp().sum(dim=1, keepdim=True)
    return -probabilities[torch.arange(len(labels)), labels].log().mean()


def epsilon_in_logarithm(logits, labels):
    probabilities = torch.softmax(logits, dim=1)
    return -torch.log(probabilities[torch.arange(len(labels)), labels] + 1e-8).mean()


def sum_over_batch(logits, labels):
    return F.cross_entropy(logits, labels, reduction="sum")


def per_image(logits, labels):
    return F.cross_entropy(logits, labels, reduction="none")


def double_softmax(logits, labels):
    return F.cross_entropy(torch.softmax(logits, dim=1), labels)


def class_mean(logits, labels):
    codes = torch.zeros_like(logits)
    codes[torch.arange(len(labels)), labels] = 1
    return -(codes * torch.log_softmax(logits, dim=1)).mean()


def wrong_sign(logits, labels):
    return -F.cross_entropy(logits, labels)


def logarithm_missing(logits, labels):
    return -torch.softmax(logits, dim=1)[torch.arange(len(labels)), labels].mean()


def softmax_over_batch(logits, labels):
    return -torch.log_softmax(logits, dim=0)[torch.arange(len(labels)), labels].mean()


def normalisation_missing(logits, labels):
    return -logits[torch.arange(len(labels)), labels].mean()


def _scalars(plan: Plan, record: Record) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """What came back and the truth, for every case; empty when any case gave no scalar."""
    values = [None if f["calls"][0]["raised"] else as_tensor(f["calls"][0]["value"]) for f in record["cases"]]
    if any(v is None or v.numel() != 1 for v in values):
        return []
    truths = [oracle(case["args"][0].double(), case["args"][1]) for case in plan["cases"]]
    return [(v.reshape(()).double(), truth) for v, truth in zip(values, truths, strict=True) if v is not None]


def _overflows(plan: Plan, record: Record) -> bool:
    """Right where the logits are moderate; where they are large, NaN or infinite, unless the exponentials just went well."""
    pairs = _scalars(plan, record)
    moderate, large = pairs[:-_LARGE], pairs[-_LARGE:]
    right = bool(pairs) and all(close(seen, truth, torch.float32) for seen, truth in moderate)
    broke = [not bool(torch.isfinite(seen)) for seen, _ in large]
    return right and any(broke) and all(b or close(*pair, torch.float32) for b, pair in zip(broke, large, strict=True))


def _capped(plan: Plan, record: Record) -> bool:
    """Nearly right where the logits are moderate; where they are large, every image that they get wrong costs the same: in both dtypes, or
    minus the logarithm of the dtype's own small number.
    """
    pairs = _scalars(plan, record)
    if not pairs:
        return False
    if not all(bool((seen - truth).abs() < 1e-3 * truth.abs() + 1e-4) for seen, truth in pairs[:-_LARGE]):
        return False
    costs, floors = [], []
    for case, (seen, _) in zip(plan["cases"][-_LARGE:], pairs[-_LARGE:], strict=True):
        logits, labels = case["args"]
        costs.append(float(seen) / float((logits.argmax(1) != labels).double().mean()))
        floors.append([-math.log(small) for small in (torch.finfo(logits.dtype).eps, torch.finfo(logits.dtype).tiny)])
    wanted = [[costs[0]] * _LARGE, *zip(*floors, strict=True)]
    return 3 < costs[0] < 1000 and any(
        all(abs(cost - floor) < 1e-3 * floor for cost, floor in zip(costs, known, strict=True)) for known in wanted
    )


MISCONCEPTIONS = (
    Misconception(
        "naive",
        "the softmax or its logarithm is computed as it stands in the formula, so large logits give NaN or infinity",
        "Right for moderate logits, but NaN or infinite for large ones: an exponential overflows, or a probability becomes 0 and its logarithm -∞. Work with the logarithm of the sum from the start.",
        naive,
        _overflows,
    ),
    Misconception(
        "epsilon_in_logarithm",
        "a small number inside the logarithm (or a clamp) keeps it finite, and wrong where the probability is tiny",
        "A small number in the logarithm, or a clamp, hides the problem: where the model is badly wrong, the loss stops growing and its gradient vanishes, just where it should be largest.",
        epsilon_in_logarithm,
        _capped,
    ),
    Misconception(
        "sum_over_batch",
        "the losses of the images are summed instead of averaged",
        "This is the loss times the batch size: average over the images, so that the loss does not grow with the batch.",
        sum_over_batch,
    ),
    Misconception(
        "per_image",
        "one loss per image is returned: the mean over the batch is missing",
        "This is one loss for each image: average them for a single number.",
        per_image,
    ),
    Misconception(
        "double_softmax",
        "the softmax is applied twice: once by hand, once inside F.cross_entropy",
        "The softmax is applied twice: F.cross_entropy takes logits and does it itself. Twice, it can never get far below 1.5, however sure the network is.",
        double_softmax,
    ),
    Misconception(
        "class_mean",
        "the mean is taken over images and classes, so the loss is divided by the number of classes too",
        "This is the loss divided by the number of classes: sum over the classes (only one of them counts), average over the images.",
        class_mean,
    ),
    Misconception(
        "wrong_sign",
        "the sign is turned around: the mean log-probability",
        "This is the mean log-probability itself: a loss should fall when the probability of the right class rises.",
        wrong_sign,
    ),
    Misconception(
        "logarithm_missing",
        "the logarithm is missing: minus the mean probability",
        "This is minus the mean probability of the right class: the logarithm is missing.",
        logarithm_missing,
    ),
    Misconception(
        "softmax_over_batch",
        "the softmax runs over the images of the batch instead of the classes",
        "The softmax runs down the batch: probabilities must sum to 1 over the classes of one image.",
        softmax_over_batch,
    ),
    Misconception(
        "normalisation_missing",
        "the logit of the right class is averaged, without the logarithm of the sum",
        "This averages the logits of the right classes: the normalisation, the logarithm of the sum over all classes, is missing.",
        normalisation_missing,
    ),
)

CLAIMS = CallClaims("cross_entropy", oracle, ("loss",))

EXERCISE = Exercise(
    id="mlp/cross_entropy",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Take one image with the logits 0 and 0: both classes have probability ½, so its loss is log 2 = 0.693.",
        gradient_advice="Build the loss from the logits with torch operations only: no `.detach()`, `.data` or `.item()`.",
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Write the logarithm of the softmax as a difference before you compute anything: log of a quotient. What is left of the numerator?",
        "The loss of an image is the logarithm of the sum of the exponentials of its logits, minus the logit of its label. Subtract the largest logit from all of them first: it cancels.",
        "`torch.logsumexp(logits, dim=1)` does the first part safely; `logits[torch.arange(len(labels)), labels]` picks each image's own logit.",
    ),
)
