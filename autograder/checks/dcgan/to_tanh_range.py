"""Check of `dcgan/to_tanh_range`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.claims.calls import CallClaims
from autograder.claims.compare import as_tensor, same_calls
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record, run_probe


def oracle(images: torch.Tensor) -> torch.Tensor:
    """Each byte looked up in a table of 256 values, equally spaced from -1 to 1."""
    table = (2 * torch.arange(256) - 255).double() / 255
    return table[images.long()].float()


def make_plan(draw: Draw) -> Plan:
    """Images that are not square, gray and coloured, in batches of unequal sizes, one of size 1; all 256 values, or a few of the middle; not contiguous."""
    h = draw.size(17, 21)
    w = draw.size(17, 23, h)

    def case(n: int, c: int, height: int, width: int, **more: Any) -> dict[str, Any]:
        pixels = draw.uniform(n * c * height * width, high=256).floor().clamp(0, 255)
        pixels[:256] = torch.arange(256)
        images = pixels.reshape(n, c, height, width).to(torch.uint8)
        return {"args": [images], "seed": draw.seed()} | more

    pale = draw.uniform(2 * h * w, low=40, high=200).to(torch.uint8).reshape(2, 1, h, w)
    cases = [case(4, 1, h, w), case(1, 1, w, h), case(3, 3, h, w, strided=[0])]
    return {"probe": "call", "cases": [*cases, {"args": [pale], "seed": draw.seed()}]}


def _one_of(*wrongs: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Plan, Record], bool]:
    """`explains`: the same came back as from one of these."""
    return lambda plan, record: any(same_calls(plan, record, run_probe(plan, wrong)) for wrong in wrongs)


def _few_values(plan: Plan, record: Record) -> bool:
    """Between two and five whole numbers are left of 256 values."""
    call = record["cases"][0]["calls"][0]
    seen = as_tensor(call["value"]) if not call["raised"] else None
    if seen is None or seen.shape != plan["cases"][0]["args"][0].shape:
        return False
    values = seen.double().unique()
    return 2 <= len(values) <= 5 and bool((values == values.round()).all())


def zero_to_one(images):
    return images.float() / 255


def by_128(images):
    return images.float() / 128 - 1


def _centre_128(images):
    return (images.float() - 128) / 127.5


def _divisor_128(images):
    return (images.float() - 127.5) / 128


def whole_numbers(images):
    return (images // 127.5 - 1).float()


def bytes_wrap(images):
    return (images - 128) / 128


def _wrapped(centre: int, divisor: float) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda images: (images - centre) / divisor


def _doubled(images):
    return (2 * images - 255) / 255


def half_range(images):
    return images.float() / 255 - 0.5


def inverted(images):
    return 1 - images.float() / 127.5


def not_shifted(images):
    return images.float() / 127.5


MISCONCEPTIONS = (
    Misconception(
        "zero_to_one",
        "the pixels are scaled to [0, 1] instead of [-1, 1]",
        "These pixels run from 0 to 1: tanh draws black as -1, so a discriminator could tell your images by their range alone. Stretch them to [-1, 1].",
        zero_to_one,
    ),
    Misconception(
        "by_128",
        "128 is used where 127.5 belongs, so that black or white is not exactly at the end of the range",
        "There is a 128 where 127.5 belongs: 255 / 128 − 1 is 0.992, not 1. The middle of 0 and 255 is 127.5, and so is half of their distance.",
        by_128,
        _one_of(by_128, _centre_128, _divisor_128),
    ),
    Misconception(
        "whole_numbers",
        "the arithmetic is done with whole numbers (//, rounding), so that only a few values are left",
        "Only a few whole numbers are left of 256 grey levels: this is integer arithmetic. Convert to float first, and divide by `/`.",
        whole_numbers,
        _few_values,
    ),
    Misconception(
        "bytes_wrap",
        "127 or 128 is subtracted (or 255 from the double) while the images are still bytes, so that dark pixels wrap around and become the brightest",
        "The subtraction happens in bytes, which know no negative numbers: dark pixels wrap around and come out brighter than white. Convert to float first.",
        bytes_wrap,
        _one_of(_doubled, *(_wrapped(centre, divisor) for centre in (127, 128) for divisor in (127, 127.5, 128))),
    ),
    Misconception(
        "half_range",
        "the pixels are scaled to [-½, ½]",
        "These pixels run from −½ to ½, which is half of what tanh can reach.",
        half_range,
    ),
    Misconception(
        "inverted",
        "black becomes 1 and white -1",
        "These images are negatives: black should become -1 and white 1.",
        inverted,
    ),
    Misconception(
        "not_shifted",
        "the pixels are divided by 127.5 and not shifted: they run from 0 to 2",
        "These pixels run from 0 to 2: the length of the range is right, but it should be centred at 0.",
        not_shifted,
    ),
)

CLAIMS = CallClaims("to_tanh_range", oracle, ("x",))

EXERCISE = Exercise(
    id="dcgan/to_tanh_range",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Calculate three values by hand: 0 should become -1, 255 should become 1. And 51?"
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "A straight line goes through the points (0, -1) and (255, 1). What are its slope and its value at 0?",
        "Bytes can neither be negative nor fractions: convert them to float32 before you calculate.",
        "Half of the range is 127.5: divide by it, and subtract 1.",
    ),
)
