"""Answers of imaginary students to `mlp/linear_parameters`: right ones, known mistakes, unlisted mistakes."""

import math

import numpy as np
import torch
from torch import nn

# ---------------------------------------------------------------- right answers


def one_more_input(n_in, n_out):
    return (n_in + 1) * n_out


def counted_in_the_layer(n_in, n_out):
    return sum(p.numel() for p in nn.Linear(n_in, n_out).parameters())


def by_shapes(n_in, n_out):
    layer = nn.Linear(n_in, n_out)
    return math.prod(layer.weight.shape) + len(layer.bias)


def summed(n_in, n_out):
    return sum(n_in + 1 for _ in range(n_out))


def by_tensor(n_in, n_out):
    return torch.empty(n_out, n_in).numel() + torch.empty(n_out).numel()


def numpy_integer(n_in, n_out):
    return np.prod([n_in, n_out]) + n_out


RIGHT = {
    "one_more_input": one_more_input,
    "counted_in_the_layer": counted_in_the_layer,
    "by_shapes": by_shapes,
    "summed": summed,
    "by_tensor": by_tensor,
    "numpy_integer": numpy_integer,
}

# ---------------------------------------------------------------- known mistakes


def bias_forgotten(n_in, n_out):
    return nn.Linear(n_in, n_out).weight.numel()


def bias_per_input(n_in, n_out):
    return n_in * (n_out + 1)


def one_bias(n_in, n_out):
    return sum([n_in * n_out, 1])


def bias_on_both_sides(n_in, n_out):
    return n_in * n_out + n_in + n_out + 1


def added(n_in, n_out):
    """With a bias for each output."""
    return sum((n_in, n_out, n_out))


MISTAKES = {
    "bias_forgotten": bias_forgotten,
    "bias_per_input": bias_per_input,
    "one_bias": one_bias,
    "bias_on_both_sides": bias_on_both_sides,
    "added": added,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(n_in, n_out):
    return len(nn.Linear(n_in, n_out).parameters())


def only_returns(n_in, n_out):
    return n_in * n_out, n_out


def only_value(n_in, n_out):
    return n_in * n_out - n_out


def only_integer(n_in, n_out):
    return float(n_in * n_out + n_out)


def scalar_tensor(n_in, n_out):
    return torch.tensor(n_in * n_out + n_out)


def text(n_in, n_out):
    return f"{n_in * n_out + n_out:,}"


def none(n_in, n_out):
    print(n_in * n_out + n_out)


def always_the_first(n_in, n_out):
    return 614_600


def square(n_in, n_out):
    return n_in * n_in + n_out


def both_biases(n_in, n_out):
    return n_in * n_out + n_in + n_out


def twice(n_in, n_out):
    return 2 * (n_in * n_out + n_out)


def tensors_counted(n_in, n_out):
    return len(list(nn.Linear(n_in, n_out).parameters()))


def bytes_of_it(n_in, n_out):
    return 4 * (n_in * n_out + n_out)


def in_thousands(n_in, n_out):
    return round((n_in * n_out + n_out) / 1000) * 1000


def zero(n_in, n_out):
    return 0


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_value": only_value,
    "only_integer": only_integer,
    "scalar_tensor": scalar_tensor,
    "text": text,
    "none": none,
    "always_the_first": always_the_first,
    "square": square,
    "both_biases": both_biases,
    "twice": twice,
    "tensors_counted": tensors_counted,
    "bytes_of_it": bytes_of_it,
    "in_thousands": in_thousands,
    "zero": zero,
}
