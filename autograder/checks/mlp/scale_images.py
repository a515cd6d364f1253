"""Check of `mlp/scale_images`."""

from __future__ import annotations

import torch

from autograder.claims.calls import CallClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan


def oracle(images: torch.Tensor) -> torch.Tensor:
    """One channel after the other, each byte looked up in a table of 256 intensities."""
    table = torch.arange(256, dtype=torch.float32) / 255
    return torch.stack([table[images[..., channel].long()] for channel in range(3)], dim=1)


def make_plan(draw: Draw) -> Plan:
    """Images that are not square, in batches of unequal sizes, one of size 1; all 256 values occur, but none near black or white in the last batch."""
    h = draw.size(11, 17)
    w = draw.size(11, 17, h)

    def case(n: int, height: int, width: int, low: int = 0, high: int = 256) -> dict[str, object]:
        pixels = draw.uniform(n, height, width, 3, low=low, high=high).floor().clamp(0, 255)
        return {"args": [pixels.to(torch.uint8)], "seed": draw.seed()}

    return {"probe": "call", "cases": [case(draw.size(4, 8), h, w), case(1, w, h), case(2, 32, 32, 40, 200)]}


def reshaped(images):
    n, h, w, c = images.shape
    return images.reshape(n, c, h, w).float() / 255


def integer_division(images):
    return (images.permute(0, 3, 1, 2) // 255).float()


def channels_last(images):
    return images.float() / 255


def minus_one_to_one(images):
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1


def not_scaled(images):
    return images.permute(0, 3, 1, 2).float()


def divided_by_256(images):
    return images.permute(0, 3, 1, 2).float() / 256


def height_and_width_swapped(images):
    return images.permute(0, 3, 2, 1).float() / 255


def channels_reversed(images):
    return images.flip(3).permute(0, 3, 1, 2).float() / 255


MISCONCEPTIONS = (
    Misconception(
        "reshaped",
        "the axes are rearranged by reshape or view instead of permute",
        "The shape is right and the picture is scrambled: reshape keeps the numbers in their order in memory and only counts them off anew. The axes must be moved.",
        reshaped,
    ),
    Misconception(
        "integer_division",
        "the division by 255 is done with integers, so nearly everything becomes 0",
        "Nearly every pixel is 0: this is integer division. Convert to float first.",
        integer_division,
    ),
    Misconception(
        "channels_last",
        "the channels stay in the last place: (N, H, W, 3)",
        "The values are right, but the channels are still last; PyTorch's layers expect them right after N.",
        channels_last,
    ),
    Misconception(
        "minus_one_to_one",
        "the pixels are scaled to [-1, 1] instead of [0, 1]",
        "These pixels run from -1 to 1. That is a good range too (chapter 4 uses it), but this exercise asks for 0 to 1.",
        minus_one_to_one,
    ),
    Misconception(
        "not_scaled",
        "the pixels stay between 0 and 255: the division is missing",
        "These numbers still run from 0 to 255: bring them to [0, 1].",
        not_scaled,
    ),
    Misconception(
        "divided_by_256",
        "the pixels are divided by 256, so that white is a little less than 1",
        "White comes out as 255/256: the largest value of a byte is 255.",
        divided_by_256,
    ),
    Misconception(
        "height_and_width_swapped",
        "height and width change places: the result is (N, 3, W, H)",
        "The pictures lie on their side: the channels are in place, but height and width have changed places.",
        height_and_width_swapped,
    ),
    Misconception(
        "channels_reversed",
        "the channels come out in reverse order: blue, green, red",
        "Red and blue have changed places: keep the order of the channels.",
        channels_reversed,
    ),
)

CLAIMS = CallClaims("scale_images", oracle, ("x",))

EXERCISE = Exercise(
    id="mlp/scale_images",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Follow one pixel: which number stands at images[0, 2, 5, 1], and where should it be afterwards, as what?"
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Two things happen here that have nothing to do with each other: the numbers change, and the axes change places.",
        "A byte cannot hold 0.5, so convert before you divide. For the axes there is a method that takes the old positions in their new order.",
        "The axes are N, H, W, 3 in positions 0, 1, 2, 3. In the new order N, 3, H, W these are positions 0, 3, 1, 2.",
    ),
)
