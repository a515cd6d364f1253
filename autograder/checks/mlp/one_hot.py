"""Check of `mlp/one_hot`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.claims.calls import CallClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(labels: torch.Tensor, num_classes: int) -> torch.Tensor:
    """Every label compared with every class."""
    return torch.tensor([[float(label == k) for k in range(num_classes)] for label in labels.tolist()])


def make_plan(draw: Draw) -> Plan:
    """More images than classes and fewer, one image alone; the last class does not always occur."""
    k = draw.size(5, 8)
    many, few = draw.size(11, 16), draw.size(2, 4)

    def case(labels: torch.Tensor, classes: int) -> dict[str, Any]:
        return {"args": [labels, classes], "seed": draw.seed()}

    def labels(n: int, classes: int) -> torch.Tensor:
        return draw.uniform(n, high=classes).long()

    every = torch.cat([torch.arange(k), labels(many - k, k)])
    return {
        "probe": "call",
        "cases": [
            case(every[draw.uniform(many).argsort()], k),
            case(labels(few, k - 1), draw.size(11, 14)),  # more than CIFAR-10 has
            case(torch.tensor([draw.size(1, 4)]), 10),
        ],
    }


def off_by_one(labels, num_classes):
    codes = torch.zeros(len(labels), num_classes)
    codes[torch.arange(len(labels)), labels - 1] = 1
    return codes


def transposed(labels, num_classes):
    codes = torch.zeros(num_classes, len(labels))
    codes[labels, torch.arange(len(labels))] = 1
    return codes


def integer_dtype(labels, num_classes):
    return (labels[:, None] == torch.arange(num_classes, device=labels.device)).long()


def classes_counted(labels, num_classes):
    return torch.eye(int(labels.max()) + 1)[labels]


def label_as_value(labels, num_classes):
    codes = torch.zeros(len(labels), num_classes)
    codes[torch.arange(len(labels)), labels] = labels.float()
    return codes


CLAIMS = CallClaims("one_hot", oracle, ("codes",))
_NUMBERS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)


def _tables(plan: Plan, record: Record) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The codes that came back and the true ones, for every case; empty when any case gave no table."""
    values = [found["calls"][0]["value"] for found in record["cases"]]
    if any(v["kind"] != "tensor" or v["data"].ndim != 2 for v in values):
        return []
    return [(v["data"].double(), oracle(*c["args"]).double()) for v, c in zip(values, plan["cases"], strict=True)]


def _shifted(plan: Plan, record: Record) -> bool:
    """Every 1 is one column off, wrapped around or fallen off the edge; or there is a column too many at one end."""

    def moved(by: int, wrap: bool) -> Callable[[torch.Tensor], torch.Tensor]:
        def move(truth: torch.Tensor) -> torch.Tensor:
            shifted = truth.roll(by, dims=1)
            if not wrap:
                shifted[:, 0 if by > 0 else -1] = 0
            return shifted

        return move

    shifts = [moved(by, wrap) for by in (-1, 1) for wrap in (True, False)]
    shifts += [lambda t: torch.nn.functional.pad(t, (1, 0)), lambda t: torch.nn.functional.pad(t, (0, 1))]
    tables = _tables(plan, record)
    return bool(tables) and any(all(torch.equal(seen, shift(t)) for seen, t in tables) for shift in shifts)


def _integers(plan: Plan, record: Record) -> bool:
    tables = _tables(plan, record)
    kinds = {found["calls"][0]["value"]["data"].dtype for found in record["cases"]} if tables else set()
    return bool(tables) and kinds <= set(_NUMBERS) and all(torch.equal(seen, truth) for seen, truth in tables)


MISCONCEPTIONS = (
    Misconception(
        "off_by_one",
        "the 1 is one column away from the label, or there is one column too many",
        "Every 1 is one column off: classes are counted from 0, so label 0 belongs in the first column and label K-1 in the last.",
        off_by_one,
        _shifted,
    ),
    Misconception(
        "transposed",
        "the table has a row for each class and a column for each image: (K, N)",
        "This is the table on its side: one row for each image, one column for each class.",
        transposed,
    ),
    Misconception(
        "integer_dtype",
        "the codes are right, but integers instead of floats",
        "The codes are right, but they are integers, and a loss multiplies them with float32 numbers: this exercise asks for float32.",
        integer_dtype,
        _integers,
    ),
    Misconception(
        "classes_counted",
        "the number of columns is taken from the largest label, not from num_classes",
        "The number of columns follows the largest label of the batch: a batch without the last class then gets a narrower table. Use num_classes.",
        classes_counted,
    ),
    Misconception(
        "label_as_value",
        "the label itself stands in its column instead of a 1",
        "The right column is marked, but with the label itself: a one-hot code holds nothing but zeros and a one.",
        label_as_value,
    ),
)

EXERCISE = Exercise(
    id="mlp/one_hot",
    make_plan=make_plan,
    claims=CLAIMS.standard(value_advice="Write down the table for the labels [2, 0] and three classes by hand."),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Which entries are 1? Those where the number of the column equals the label of the row.",
        "Compare a column of labels, shape (N, 1), with a row of class numbers, shape (K,): broadcasting makes the (N, K) table.",
        "`torch.arange(num_classes, device=labels.device)` are the class numbers; a comparison gives True and False, and `.float()` makes numbers of them.",
    ),
)
