"""Check of `cgan/label_planes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.claims.calls import CallClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(labels: torch.Tensor, num_classes: int, size: int) -> torch.Tensor:
    """Plane by plane: ones where the image is of the plane's class."""
    planes = torch.zeros(len(labels), num_classes, size, size)
    for image, label in enumerate(labels.tolist()):
        planes[image, label] = 1.0
    return planes


def make_plan(draw: Draw) -> Plan:
    """More images than classes and fewer, one image alone; sizes that all differ; the last class does not always occur."""
    k = draw.size(5, 7)
    many = draw.size(9, 12)

    def case(labels: torch.Tensor, classes: int, size: int) -> dict[str, Any]:
        return {"args": [labels, classes, size], "seed": draw.seed()}

    every = torch.cat([torch.arange(k), draw.uniform(many - k, high=k).long()])
    few = draw.uniform(draw.size(2, 3), high=k - 1).long()
    return {
        "probe": "call",
        "cases": [
            case(every[draw.uniform(many).argsort()], k, draw.size(3, 8, k)),
            case(few, draw.size(8, 10), draw.size(11, 15)),
            case(torch.tensor([draw.size(1, 3)]), 4, draw.size(5, 7)),
        ],
    }


def transposed(labels, num_classes, size):
    codes = (labels == torch.arange(num_classes, device=labels.device)[:, None]).float()
    return codes[:, :, None, None].expand(-1, -1, size, size)


def one_plane(labels, num_classes, size):
    return labels.float().view(-1, 1, 1, 1).expand(-1, 1, size, size)


def label_as_value(labels, num_classes, size):
    planes = torch.zeros(len(labels), num_classes, size, size, device=labels.device)
    planes[torch.arange(len(labels)), labels] = labels.float().view(-1, 1, 1)
    return planes


def channels_last(labels, num_classes, size):
    codes = (labels[:, None] == torch.arange(num_classes, device=labels.device)).float()
    return codes[:, None, None, :].expand(-1, size, size, -1)


def not_repeated(labels, num_classes, size):
    codes = (labels[:, None] == torch.arange(num_classes, device=labels.device)).float()
    return codes[:, :, None, None]


def rows_repeated(labels, num_classes, size):
    codes = (labels[:, None] == torch.arange(num_classes, device=labels.device)).float()
    return codes.repeat(1, size * size).view(len(labels), num_classes, size, size)


def integer_dtype(labels, num_classes, size):
    codes = (labels[:, None] == torch.arange(num_classes, device=labels.device)).long()
    return codes[:, :, None, None].expand(-1, -1, size, size)


def off_by_one(labels, num_classes, size):
    planes = torch.zeros(len(labels), num_classes, size, size, device=labels.device)
    planes[torch.arange(len(labels)), labels - 1] = 1
    return planes


def classes_counted(labels, num_classes, size):
    codes = torch.eye(int(labels.max()) + 1, device=labels.device)[labels]
    return codes[:, :, None, None].expand(-1, -1, size, size)


CALLS = CallClaims("label_planes", oracle, ("planes",))
WHOLE = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)

Bend = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]  # true planes, labels → planes of a mistake


def _are(bends: list[Bend], kinds: tuple[torch.dtype, ...]) -> Callable[[Plan, Record], bool]:
    """`explains`: in every case the planes are the true ones, bent in one and the same of these ways, and of one of these dtypes."""

    def explains(plan: Plan, record: Record) -> bool:
        values = [found["calls"][0]["value"] for found in record["cases"]]
        if any(v["kind"] != "tensor" or v["data"].dtype not in kinds for v in values):
            return False
        pairs = [(v["data"].double(), case["args"]) for v, case in zip(values, plan["cases"], strict=True)]
        return any(all(torch.equal(seen, bend(oracle(*a), a[0]).double()) for seen, a in pairs) for bend in bends)

    return explains


def _moved(by: int, wrap: bool) -> Bend:
    """Every plane of ones moved by one class, wrapped around or fallen off the edge."""

    def bend(truth: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        shifted = truth.roll(by, dims=1)
        if not wrap:
            shifted[:, 0 if by > 0 else -1] = 0
        return shifted

    return bend


MISCONCEPTIONS = (
    Misconception(
        "transposed",
        "the first two axes are exchanged: (K, B, size, size)",
        "The axes of images and classes are exchanged: the batch comes first, (B, K, size, size), as for every stack of images.",
        transposed,
    ),
    Misconception(
        "one_plane",
        "there is one plane for each image, filled with the label's number",
        "There is one plane, filled with the label's number: that calls class 2 twice as much of something as class 1. Classes have no order, so "
        "each gets a plane of its own.",
        one_plane,
        _are([lambda truth, labels: (truth[:, :1] * 0) + labels.view(-1, 1, 1, 1)], (torch.float32, torch.float64)),
    ),
    Misconception(
        "label_as_value",
        "the plane of the label is filled with the label's number instead of ones",
        "The right plane is filled, but with the label's number: class 0 then looks like no class at all. A one-hot plane is filled with ones.",
        label_as_value,
    ),
    Misconception(
        "channels_last",
        "the classes are the last axis: (B, size, size, K)",
        "The classes are the last axis, as in Keras. In PyTorch channels come right after the batch: (B, K, size, size).",
        channels_last,
    ),
    Misconception(
        "not_repeated",
        "the codes are not repeated over the pixels: (B, K, 1, 1)",
        "This is the code with two axes of size one: it still has to be repeated over size × size pixels before it can stand beside an image.",
        not_repeated,
    ),
    Misconception(
        "rows_repeated",
        "the whole code is repeated size² times and then viewed as planes, so that every plane has stripes",
        "The code is repeated as a whole, 0 0 1 0 0 1, and then cut into planes, which get stripes: each of its numbers is to be repeated by itself. "
        "Give the code two more axes first, and repeat along those.",
        rows_repeated,
    ),
    Misconception(
        "integer_dtype",
        "the planes are right, but integers instead of floats",
        "The planes are right, but they are integers, and a convolution takes them together with a float32 image: this exercise asks for float32.",
        integer_dtype,
        _are([lambda truth, labels: truth], WHOLE),
    ),
    Misconception(
        "off_by_one",
        "the plane of ones is one away from the label's",
        "The ones are one plane off: classes are counted from 0, so label 0 belongs to the first plane and label K-1 to the last.",
        off_by_one,
        _are([_moved(by, wrap) for by in (-1, 1) for wrap in (True, False)], (torch.float32, torch.float64)),
    ),
    Misconception(
        "classes_counted",
        "the number of planes is taken from the largest label, not from num_classes",
        "The number of planes follows the largest label of the batch: a batch without the last class then does not fit the critic. Use num_classes.",
        classes_counted,
    ),
)

EXERCISE = Exercise(
    id="cgan/label_planes",
    make_plan=make_plan,
    claims=CALLS.standard(
        value_advice="Print `label_planes(torch.tensor([2, 0]), 3, 2)` and mark by hand which of its six planes should be ones."
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Begin without pixels: which table (B, K) of zeros and ones says the class of each image? You wrote it in chapter 2.",
        "`F.one_hot(labels, num_classes)` is that table in integers. Make floats of it, give it two more axes, and repeat it over the pixels.",
        "`codes[:, :, None, None]` has shape (B, K, 1, 1), and `.expand(-1, -1, size, size)` repeats it without copying anything.",
    ),
)
