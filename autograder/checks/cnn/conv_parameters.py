"""Check of `cnn/conv_parameters`."""

from __future__ import annotations

import torch
from torch import nn

from autograder.claims.numbers import IntegerClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan


def oracle(c_in: int, c_out: int, kernel: int) -> int:
    """What PyTorch's layer holds."""
    with torch.device("meta"):
        return sum(p.numel() for p in nn.Conv2d(c_in, c_out, kernel).parameters())


def make_plan(draw: Draw) -> Plan:
    """The three numbers of a case differ, and none is 1 but in the last ones; the book's own example is among them."""
    rows = [[3, 10, 4]]
    for _ in range(6):
        kernel = draw.size(2, 7)
        c_in = draw.size(2, 40, kernel)
        rows.append([c_in, draw.size(2, 90, kernel, c_in), kernel])
    rows += [[1, draw.size(5, 9), 3], [draw.size(5, 9), 1, 4], [draw.size(10, 20), 7, 1]]
    return {"probe": "call", "cases": [{"args": row, "seed": 0} for row in rows]}


def bias_forgotten(c_in, c_out, kernel):
    return c_in * c_out * kernel**2


def kernel_not_squared(c_in, c_out, kernel):
    return c_out * (c_in * kernel + 1)


def depth_forgotten(c_in, c_out, kernel):
    return c_out * (kernel**2 + 1)


def bias_per_input_channel(c_in, c_out, kernel):
    return c_in * (c_out * kernel**2 + 1)


def bias_per_slice(c_in, c_out, kernel):
    return c_in * c_out * (kernel**2 + 1)


def one_bias(c_in, c_out, kernel):
    return c_in * c_out * kernel**2 + 1


def one_filter(c_in, c_out, kernel):
    return c_in * kernel**2 + 1


def weights_of_one_filter(c_in, c_out, kernel):
    return c_in * kernel**2 + c_out


MISCONCEPTIONS = (
    Misconception(
        "bias_forgotten",
        "the biases are not counted",
        "The biases are missing: every filter has one number more, added to each of its results.",
        bias_forgotten,
    ),
    Misconception(
        "kernel_not_squared",
        "the kernel's side is taken instead of its square",
        "The kernel counts with its side: it is a square of kernel · kernel weights.",
        kernel_not_squared,
    ),
    Misconception(
        "depth_forgotten",
        "the input channels play no part: each filter is flat",
        "The input channels play no part: a filter is as deep as its input and has weights of its own for each channel.",
        depth_forgotten,
    ),
    Misconception(
        "bias_per_input_channel",
        "there is a bias for each input channel instead of each output channel",
        "There is a bias for each input channel: it is one per filter, that is, per output channel.",
        bias_per_input_channel,
    ),
    Misconception(
        "bias_per_slice",
        "there is a bias for each pair of an input and an output channel",
        "Every slice of every filter has a bias of its own: a filter sums over its input channels first, then adds one bias.",
        bias_per_slice,
    ),
    Misconception(
        "one_bias",
        "a single bias is counted for the whole layer",
        "There is one bias for the whole layer: every filter has its own.",
        one_bias,
    ),
    Misconception(
        "one_filter",
        "only one filter is counted: the output channels play no part",
        "These are the parameters of a single filter: there is one for each output channel.",
        one_filter,
    ),
    Misconception(
        "weights_of_one_filter",
        "the weights are those of one filter, though there is a bias for each",
        "The weights are those of a single filter: each of the output channels has its own, and not only a bias of its own.",
        weights_of_one_filter,
    ),
)

CLAIMS = IntegerClaims("conv_parameters", oracle)

EXERCISE = Exercise(
    id="cnn/conv_parameters",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        "Count for one filter first: its weights for each input channel, and its bias. Then multiply by the filters."
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "A filter is not a flat square: how deep must it be to look at an image of three colours? And what is added to the sum?",
        "One filter has kernel · kernel weights for each of the c_in input channels, and one bias. There are c_out filters.",
        "The book's example, 10 filters of 4×4 on 3 channels: each has 4·4·3 = 48 weights and 1 bias.",
    ),
)
