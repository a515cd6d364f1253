"""Check of `autoencoder/Decoder`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks.autoencoder import decoder_mistakes as wrong
from autograder.claims.replica import ReplicaClaims, rectified
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


class Reference(nn.Module):
    """The network asked for; `forward` can reshape in another order, leave out ReLUs and paddings, or put in a ReLU."""

    def __init__(self, embedding_dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.stamps = nn.ModuleList(
            nn.ConvTranspose2d(c_in, c_out, 3) for c_in, c_out in [(128, 128), (128, 64), (64, 32)]
        )
        self.convolution = nn.Conv2d(32, 1, 3)

    def forward(
        self,
        z: torch.Tensor,
        order: tuple[int, ...] = (0, 1, 2, 3),
        first: float = -math.inf,
        least: float = 0.0,
        output_paddings: tuple[int, ...] = (1, 1, 1),
        padding: int = 1,
    ) -> torch.Tensor:
        """(B, embedding_dim) → logits (B, 1, 32, 32). order: of the axes C, H, W in the 2,048 numbers, after the batch's.

        first, least: what the values after the linear and after the transposed layers cannot be below.
        """
        sides = (len(z), 128, 4, 4)
        x = self.linear(z).clamp(min=first).reshape([sides[axis] for axis in order])
        x = x.permute([order.index(axis) for axis in range(4)])
        for layer, extra in zip(self.stamps, output_paddings, strict=True):
            x = F.conv_transpose2d(x, layer.weight, layer.bias, 2, 1, extra).clamp(min=least)  # type: ignore[arg-type]
        return F.conv2d(x, self.convolution.weight, self.convolution.bias, 1, padding)


def make_plan(draw: Draw) -> Plan:
    """A small batch in float64, in train and eval mode, and a single point far out in float32: its logits are large."""

    def case(rows: int, embedding_dim: int, std: float, dtype: str, training: list[bool]) -> dict[str, Any]:
        return {
            "construct": [embedding_dim],
            "args": [draw.normal(rows, embedding_dim, std=std, dtype=dtype)],
            "cotangents": [draw.normal(rows, 1, 32, 32, dtype=dtype)],
            "seed": draw.seed(),
            "training": training,
            "dtype": dtype,
        }

    d = draw.size(5, 9)
    batch = case(draw.size(2, 3), d, 2.0, "float64", [True, False])
    return {"probe": "transplant", "cases": [batch, case(1, draw.size(4, 9, d), 200.0, "float32", [False])]}


MODULE = ReplicaClaims("Decoder", Reference, "logits", "z")

CLAIMS = (
    MODULE.builds(),
    MODULE.architecture(
        "A linear layer to 2048, transposed convolutions 128→128→64→32 and a convolution 32→1, kernel 3, all with bias."
    ),
    MODULE.runs(),
    MODULE.value(
        "linear, seen as (128, 4, 4); transposed convolution, ReLU three times; a convolution and nothing after it",
        "Compare your forward with that list, line by line: what is missing, what is too much?",
    ),
    MODULE.modes("This exercise asks for these layers and ReLU only: leave out dropout and batch norm."),
    MODULE.gradient(),
    MODULE.inputs_unchanged(),
)


def _changed(**changes: Any) -> Callable[[Plan, Record], bool]:
    """`explains`: the results are those of the reference with these changes."""
    return lambda plan, record: MODULE.agrees(plan, record, **changes)


def _any_of(name: str, choices: list[Any]) -> Callable[[Plan, Record], bool]:
    return lambda plan, record: any(MODULE.agrees(plan, record, **{name: choice}) for choice in choices)


OUTPUT_PADDINGS = [choice for choice in itertools.product((0, 1), repeat=3) if choice != (1, 1, 1)]
ORDERS = [(0, *order) for order in itertools.permutations((1, 2, 3)) if order != (1, 2, 3)]

MISCONCEPTIONS = (
    Misconception(
        "sigmoid_inside",
        "a sigmoid is applied to the output, although the loss takes logits",
        "There is a sigmoid at the end: this decoder returns logits, because the loss applies the sigmoid itself.",
        wrong.sigmoid_inside,
        _changed(bend=torch.sigmoid),
    ),
    Misconception(
        "relu_on_logits",
        "a ReLU (or a leaky one) follows the last convolution, too",
        "There is a ReLU after the last layer: a logit below 0 means darker than grey, and it must be allowed to be.",
        wrong.relu_on_logits,
        _changed(bend=rectified),
    ),
    Misconception(
        "output_padding_missing",
        "output_padding is left out in some or all transposed convolutions, so the image gets 31×31, 29×29 or 25×25 pixels",
        "The image is too small, because an output_padding is missing: with kernel 3, stride 2 and padding 1, n pixels become 2n − 1. "
        "One row and column more, and it is 2n.",
        wrong.output_padding_missing,
        _any_of("output_paddings", OUTPUT_PADDINGS),
    ),
    Misconception(
        "last_padding_missing",
        "the last convolution has no padding, so the image gets 30×30 pixels",
        "The image has 30×30 pixels: the last convolution needs padding 1 to keep the size.",
        wrong.last_padding_missing,
        _changed(padding=0),
    ),
    Misconception(
        "other_reshape_order",
        "the 2,048 numbers are taken in another order than C, H, W, such as (4, 4, 128) as in Keras",
        "The 2,048 numbers are taken in another order than C, H, W: see them as (B, 128, 4, 4). (Keras has (4, 4, 128). The network would "
        "learn just as well; its weights could not be exchanged with anybody's.)",
        wrong.other_reshape_order,
        _any_of("order", ORDERS),
    ),
    Misconception(
        "relu_after_linear",
        "a ReLU follows the linear layer",
        "There is a ReLU after the linear layer: this exercise asks for none there, the first one follows the first transposed convolution.",
        wrong.relu_after_linear,
        _changed(first=0.0),
    ),
    Misconception(
        "relu_missing",
        "the transposed convolutions have no ReLU after them",
        "There is no ReLU between the layers: without a non-linearity the decoder is one linear map, and its images lie in a plane.",
        wrong.relu_missing,
        _changed(least=-math.inf),
    ),
)

EXERCISE = Exercise(
    id="autoencoder/Decoder",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Go through the encoder backwards: from embedding_dim numbers to 2,048, to 128 channels of 4×4 pixels, and three times to twice the side. "
        "Ask your `conv_transpose_output_size` which output_padding doubles.",
        "The layers: `nn.Linear(embedding_dim, 2048)`, then `nn.ConvTranspose2d(128, 128, kernel_size=3, stride=2, padding=1, output_padding=1)` "
        "and two more like it, a ReLU after each, then `nn.Conv2d(32, 1, kernel_size=3, padding=1)`.",
        "Between the linear layer and the first transposed convolution stands `.view(-1, 128, 4, 4)`, or `nn.Unflatten(1, (128, 4, 4))` in a Sequential. "
        "After the last convolution stands nothing.",
    ),
)
