"""Check of `vae_faces/attribute_vector`."""

from __future__ import annotations

from typing import Any

import torch

from autograder.claims.calls import CallClaims
from autograder.claims.compare import same_values
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(z: torch.Tensor, has_attribute: torch.Tensor) -> torch.Tensor:
    """By weights: 1/n − 1/N for the n rows that have it, −1/N for the others."""
    have = has_attribute.to(z.dtype)
    return (have / have.sum() - 1 / len(z)) @ z


def make_plan(draw: Draw) -> Plan:
    """Few and many that have it, two faces alone; then what is to be refused: nobody, everybody, labels that are not bool."""
    d = draw.size(4, 7)
    n = draw.size(13, 18)

    def case(rows: int, columns: int, having: int, dtype: str) -> dict[str, Any]:
        z = draw.normal(rows, columns, mean=0.8, std=1.3, dtype=dtype)
        has_attribute = draw.uniform(rows).argsort().argsort() < having
        return {"args": [z, has_attribute], "seed": draw.seed()}

    def refused(labels: torch.Tensor) -> dict[str, Any]:
        z = draw.normal(len(labels), d, mean=0.8)
        return {"args": [z, labels], "seed": draw.seed(), "refuse": True}

    some = case(n + 2, d, n // 3, "float32")["args"][1]
    return {
        "probe": "call",
        "cases": [
            case(n, d, draw.size(2, 4), "float32") | {"strided": [0]},
            case(n + 1, n + 3, n - draw.size(2, 4), "float64"),
            case(2, d, 1, "float32"),
            refused(torch.zeros(n, dtype=torch.bool)),
            refused(torch.ones(n, dtype=torch.bool)),
            refused(torch.where(some, 1, -1)),
            refused(some.long()),
            refused(some.float()),
            refused(some.to(torch.uint8)),  # what masks were before PyTorch had bool
        ],
    }


EMPTY, NUMBERS = slice(3, 5), slice(5, 9)  # the cases where nobody or everybody has it; those whose labels are not bool


def minus_without(z, has_attribute):
    if has_attribute.dtype != torch.bool or has_attribute.all() or not has_attribute.any():
        raise ValueError("has_attribute must be bool, with both kinds")
    return z[has_attribute].mean(dim=0) - z[~has_attribute].mean(dim=0)


def wrong_sign(z, has_attribute):
    if has_attribute.dtype != torch.bool or has_attribute.all() or not has_attribute.any():
        raise ValueError("has_attribute must be bool, with both kinds")
    return z.mean(dim=0) - z[has_attribute].mean(dim=0)


def sums(z, has_attribute):
    if has_attribute.dtype != torch.bool or has_attribute.all() or not has_attribute.any():
        raise ValueError("has_attribute must be bool, with both kinds")
    return z[has_attribute].sum(dim=0) - z.sum(dim=0)


def normalised(z, has_attribute):
    if has_attribute.dtype != torch.bool or has_attribute.all() or not has_attribute.any():
        raise ValueError("has_attribute must be bool, with both kinds")
    vector = z[has_attribute].mean(dim=0) - z.mean(dim=0)
    return vector / vector.norm()


def mean_with_alone(z, has_attribute):
    if has_attribute.dtype != torch.bool or has_attribute.all() or not has_attribute.any():
        raise ValueError("has_attribute must be bool, with both kinds")
    return z[has_attribute].mean(dim=0)


def zeros_counted(z, has_attribute):
    if has_attribute.dtype != torch.bool or has_attribute.all() or not has_attribute.any():
        raise ValueError("has_attribute must be bool, with both kinds")
    return (z * has_attribute[:, None]).mean(dim=0) - z.mean(dim=0)


def without_minus_all(z, has_attribute):
    if has_attribute.dtype != torch.bool or has_attribute.all() or not has_attribute.any():
        raise ValueError("has_attribute must be bool, with both kinds")
    return z[~has_attribute].mean(dim=0) - z.mean(dim=0)


def labels_taken_as_bool(z, has_attribute):
    has_attribute = has_attribute.bool()
    return z[has_attribute].mean(dim=0) - z.mean(dim=0)


def nothing_to_compare(z, has_attribute):
    if has_attribute.dtype != torch.bool:
        raise ValueError("has_attribute must be bool")
    return z[has_attribute].mean(dim=0) - z.mean(dim=0)


CLAIMS = CallClaims("attribute_vector", oracle, ("vector",))
_VALUE = CLAIMS.value(
    "Make a table of three faces with two numbers each on paper: the mean of those that have it, minus the mean of all three.",
    precision=torch.float32,  # of shares made from the labels
)


def _right(plan: Plan, record: Record) -> bool:
    """Right wherever there is an answer."""
    return all(claim.judge(plan, record) is None for claim in (CLAIMS.runs(), CLAIMS.returns(), CLAIMS.dtype(), _VALUE))


def _taken(record: Record, cases: slice) -> bool:
    """A case that is to be refused got an answer."""
    return any(not found["calls"][0]["raised"] for found in record["cases"][cases])


def _labels_taken(plan: Plan, record: Record) -> bool:
    return _right(plan, record) and _taken(record, NUMBERS)


def _nothing_compared(plan: Plan, record: Record) -> bool:
    return _right(plan, record) and _taken(record, EMPTY) and not _taken(record, NUMBERS)


MISCONCEPTIONS = (
    Misconception(
        "minus_without",
        "the mean of those without the attribute is subtracted instead of the mean of all",
        "This is mean(with) − mean(without), as in the book's code: a sound vector of the same direction, but this exercise asks for mean(with) − mean(all).",
        minus_without,
    ),
    Misconception(
        "wrong_sign",
        "the sign is turned around: mean of all minus mean of those with the attribute",
        "The vector points the wrong way: it goes from all faces *to* those that have the attribute.",
        wrong_sign,
    ),
    Misconception(
        "sums",
        "sums are subtracted instead of means",
        "These are sums, which depend on how many faces there are: take means.",
        sums,
    ),
    Misconception(
        "normalised",
        "the vector is divided by its length",
        "The vector is divided by its length, as in the book's code: this exercise asks for the difference of the means as it is, so that strength 1 means something.",
        normalised,
    ),
    Misconception(
        "mean_with_alone",
        "the mean of those with the attribute is returned: nothing is subtracted",
        "This is the mean of those that have the attribute, and it holds all that faces have in common: subtract the mean of all.",
        mean_with_alone,
    ),
    Misconception(
        "zeros_counted",
        "the codes of those without the attribute are set to zero, and the mean of these is taken over all N",
        "Those without the attribute count as zeros in the first mean: divide by the number of those that have it, not by N.",
        zeros_counted,
    ),
    Misconception(
        "without_minus_all",
        "the mean of those without the attribute is used where the mean of those with it belongs",
        "This is the vector of *not* having the attribute: use the faces for which has_attribute is True.",
        without_minus_all,
    ),
    Misconception(
        "labels_taken_as_bool",
        "labels that are not bool (CelebA's −1/1, or 0/1) are accepted instead of refused",
        "Labels that are not bool are taken without a word: as a bool −1 is True, and as an index 0 and 1 choose rows. Raise ValueError for any dtype but bool.",
        labels_taken_as_bool,
        _labels_taken,
    ),
    Misconception(
        "nothing_to_compare",
        "only labels that are not bool are refused: when nobody or everybody has the attribute, NaN or zeros come back",
        "Where nobody has the attribute this is NaN (a mean of nothing), where everybody has it the vector is zero: raise ValueError in both cases.",
        nothing_to_compare,
        _nothing_compared,
    ),
)

EXERCISE = Exercise(
    id="vae_faces/attribute_vector",
    make_plan=make_plan,
    claims=(
        CLAIMS.runs(),
        CLAIMS.returns(),
        CLAIMS.dtype(),
        CLAIMS.finite(),
        _VALUE,
        CLAIMS.refuses(
            "ValueError",
            "for labels that are not bool and where nobody or everybody has the attribute",
            "Look at `has_attribute.dtype`, `.any()` and `.all()` first, and `raise ValueError` with a sentence that says what is wrong.",
        ),
        CLAIMS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    same=same_values,
    hints=(
        "A bool tensor chooses rows: z[has_attribute] are the codes of those faces that have the attribute.",
        "Means over the images are means over dim 0. Subtract the mean of *all* rows of z.",
        'Three things to refuse before that: `has_attribute.dtype != torch.bool`, `not has_attribute.any()`, `has_attribute.all()`. For each: `raise ValueError("…")`.',
    ),
)
