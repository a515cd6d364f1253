"""Check of `autoencoder/Encoder`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks.autoencoder import encoder_mistakes as wrong
from autograder.claims.replica import ReplicaClaims, rectified
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record

Flatten = Callable[[torch.Tensor], torch.Tensor]


class Reference(nn.Module):
    """The network asked for; `forward` can flatten in another way, pool, or leave out the ReLUs."""

    def __init__(self, embedding_dim: int) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(c_in, c_out, 3, 2, 1) for c_in, c_out in [(1, 32), (32, 64), (64, 128)]
        )
        self.linear = nn.Linear(2048, embedding_dim)

    def forward(
        self,
        x: torch.Tensor,
        flatten: Flatten | None = None,
        pool: Callable[..., torch.Tensor] | None = None,
        least: float = 0.0,
    ) -> torch.Tensor:
        """(B, 1, 32, 32) → (B, embedding_dim). least: what a hidden value cannot be below."""
        for layer in self.convolutions:
            stride = 2 if pool is None else 1
            x = F.conv2d(x, layer.weight, layer.bias, stride, 1).clamp(min=least)  # type: ignore[arg-type]
            x = x if pool is None else pool(x, 2)
        flat: torch.Tensor = self.linear(x.flatten(1) if flatten is None else flatten(x))
        return flat


def make_plan(draw: Draw) -> Plan:
    """A small batch in float64, in train and eval mode, and a single image in float32; enough dimensions for values of both signs."""

    def case(rows: int, embedding_dim: int, dtype: str, training: list[bool]) -> dict[str, Any]:
        return {
            "construct": [embedding_dim],
            "args": [draw.normal(rows, 1, 32, 32, std=2.0, dtype=dtype)],
            "cotangents": [draw.normal(rows, embedding_dim, dtype=dtype)],
            "seed": draw.seed(),
            "training": training,
            "dtype": dtype,
        }

    batch = case(draw.size(3, 4), draw.size(17, 21), "float64", [True, False])
    return {"probe": "transplant", "cases": [batch, case(1, draw.size(5, 9), "float32", [False])]}


MODULE = ReplicaClaims("Encoder", Reference, "z", "x")

CLAIMS = (
    MODULE.builds(),
    MODULE.architecture("Three convolutions (1→32→64→128, kernel 3) and a linear layer from 2048, all with bias."),
    MODULE.runs(),
    MODULE.value(
        "conv, ReLU three times, flatten in the order C, H, W, then one linear layer and nothing after it",
        "Compare your forward with that list, line by line: what is missing, what is too much?",
    ),
    MODULE.modes(
        "This exercise asks for convolutions, ReLU and a linear layer only: leave out dropout and batch norm."
    ),
    MODULE.gradient(),
    MODULE.inputs_unchanged(),
)


def _flattens(mixed: bool) -> list[Flatten]:
    """The ways to arrange the features (B, C, H, W) as (B, 2048) but the right one: with the images mixed, or kept apart."""
    orders = list(itertools.permutations(range(4)))
    rows = [o for o in orders if (o[0] != 0) == mixed and o != (0, 1, 2, 3)]
    columns = [o for o in orders if (o[3] != 0) == mixed and o != (1, 2, 3, 0)]
    return [
        *(lambda features, o=o: features.permute(o).reshape(len(features), -1) for o in rows),
        *(lambda features, o=o: features.permute(o).reshape(-1, len(features)).T for o in columns),
    ]


def _other_flatten(mixed: bool) -> Callable[[Plan, Record], bool]:
    return lambda plan, record: any(MODULE.agrees(plan, record, flatten=way) for way in _flattens(mixed))


def _activated(plan: Plan, record: Record) -> bool:
    functions = (F.softplus, torch.tanh, torch.sigmoid, F.silu, F.gelu, rectified)
    return any(MODULE.agrees(plan, record, bend=bend) for bend in functions)


def _linear_from(features: int) -> Callable[[Plan, Record], bool]:
    """`explains`: all parameters have the right shapes but the linear layer, which takes this many numbers."""

    def explains(plan: Plan, record: Record) -> bool:
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            shapes = [list(shape) for _, shape in found["module"]["parameters"] or []]
            (d,) = case["construct"]
            right = [[32, 1, 3, 3], [64, 32, 3, 3], [128, 64, 3, 3], [32], [64], [128], [d], [d, features]]
            if sorted(shapes) != sorted(right):
                return False
        return True

    return explains


MISCONCEPTIONS = (
    Misconception(
        "output_activation",
        "an activation function (ReLU, sigmoid, tanh …) is applied to the output",
        "There is an activation after the last linear layer: an embedding may be any number, so nothing follows that layer.",
        wrong.output_activation,
        _activated,
    ),
    Misconception(
        "other_flatten_order",
        "the features are flattened in another order than C, H, W, such as H, W, C (as Keras does)",
        "The features are flattened in another order than C, H, W: in PyTorch the channels come first, and `flatten(1)` leaves them there. "
        "(Keras has H, W, C. The network would learn just as well; its weights could not be exchanged with anybody's.)",
        wrong.other_flatten_order,
        _other_flatten(mixed=False),
    ),
    Misconception(
        "images_mixed",
        "the flatten mixes the batch in: a row holds numbers of several images",
        "A row of the flattened features holds numbers of several images: keep the batch axis first, and flatten only what comes after it.",
        wrong.images_mixed,
        _other_flatten(mixed=True),
    ),
    Misconception(
        "strides_missing",
        "the convolutions have stride 1, so the linear layer gets 128·32·32 = 131,072 numbers",
        "The linear layer takes 131,072 numbers: the convolutions do not halve the image. Give them stride 2.",
        wrong.strides_missing,
        _linear_from(128 * 32 * 32),
    ),
    Misconception(
        "pooling",
        "pooling halves the image after convolutions of stride 1",
        "Pooling halves the image here: that is a good network, too, but this exercise asks for convolutions of stride 2.",
        wrong.pooling,
        lambda plan, record: any(MODULE.agrees(plan, record, pool=pool) for pool in (F.max_pool2d, F.avg_pool2d)),
    ),
    Misconception(
        "padding_missing",
        "the convolutions have no padding, so the linear layer gets 128·3·3 = 1,152 numbers",
        "The linear layer takes 1,152 numbers: without padding 32 pixels become 15, 7 and 3. With padding 1 they become 16, 8 and 4.",
        wrong.padding_missing,
        _linear_from(128 * 3 * 3),
    ),
    Misconception(
        "relu_missing",
        "the convolutions have no ReLU after them",
        "There is no ReLU between the layers: without a non-linearity, all of them together are no more than one linear layer.",
        wrong.relu_missing,
        lambda plan, record: MODULE.agrees(plan, record, least=-math.inf),
    ),
)

EXERCISE = Exercise(
    id="autoencoder/Encoder",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Three convolutions of stride 2 take 32×32 to 16×16, 8×8 and 4×4. How many numbers per image are left to flatten?",
        "Make the layers in `__init__`: `nn.Conv2d(1, 32, kernel_size=3, stride=2, padding=1)` and two more, an `nn.ReLU()` after each, "
        "`nn.Flatten()`, and an `nn.Linear` to embedding_dim.",
        "An `nn.Sequential` of these eight layers is the whole network: `forward` only returns `self.layers(x)`.",
    ),
)
