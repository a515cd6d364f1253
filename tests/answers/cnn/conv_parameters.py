"""Answers of imaginary students to `cnn/conv_parameters`: right ones, known mistakes, unlisted mistakes."""

import math

import numpy as np
import torch
from torch import nn

# ---------------------------------------------------------------- right answers


def formula(c_in, c_out, kernel):
    return c_out * (c_in * kernel * kernel + 1)


def weights_and_biases(c_in, c_out, kernel):
    weights = math.prod((c_out, c_in, kernel, kernel))
    biases = c_out
    return weights + biases


def by_the_layer(c_in, c_out, kernel):
    layer = nn.Conv2d(c_in, c_out, kernel_size=kernel)
    return sum(p.numel() for p in layer.parameters())


def by_sizes(c_in, c_out, kernel):
    weight, bias = torch.empty(c_out, c_in, kernel, kernel), torch.empty(c_out)
    return weight.numel() + bias.numel()


def one_filter_after_the_other(c_in, c_out, kernel):
    total = 0
    for _ in range(c_out):
        for _ in range(c_in):
            total += kernel**2
        total += 1
    return total


def as_a_dense_layer(c_in, c_out, kernel):
    n_in = c_in * kernel**2
    return (n_in + 1) * c_out


def numpy_integer(c_in, c_out, kernel):
    return np.prod([c_in, c_out, kernel, kernel]) + c_out


RIGHT = {
    "formula": formula,
    "weights_and_biases": weights_and_biases,
    "by_the_layer": by_the_layer,
    "by_sizes": by_sizes,
    "one_filter_after_the_other": one_filter_after_the_other,
    "as_a_dense_layer": as_a_dense_layer,
    "numpy_integer": numpy_integer,
}

# ---------------------------------------------------------------- known mistakes


def bias_forgotten(c_in, c_out, kernel):
    return nn.Conv2d(c_in, c_out, kernel, bias=False).weight.numel()


def kernel_not_squared(c_in, c_out, kernel):
    return sum(p.numel() for p in nn.Conv1d(c_in, c_out, kernel).parameters())


def depth_forgotten(c_in, c_out, kernel):
    return sum(p.numel() for p in nn.Conv2d(1, c_out, kernel).parameters())


def bias_per_input_channel(c_in, c_out, kernel):
    return math.prod((c_out, c_in, kernel, kernel)) + c_in


def bias_per_slice(c_in, c_out, kernel):
    return sum(kernel**2 + 1 for _ in range(c_out) for _ in range(c_in))


def one_bias(c_in, c_out, kernel):
    return torch.empty(c_out, c_in, kernel, kernel).numel() + 1


def one_filter(c_in, c_out, kernel):
    return sum(p.numel() for p in nn.Conv2d(c_in, 1, kernel).parameters())


def weights_of_one_filter(c_in, c_out, kernel):
    return nn.Conv2d(c_in, 1, kernel, bias=False).weight.numel() + c_out


MISTAKES = {
    "bias_forgotten": bias_forgotten,
    "kernel_not_squared": kernel_not_squared,
    "depth_forgotten": depth_forgotten,
    "bias_per_input_channel": bias_per_input_channel,
    "bias_per_slice": bias_per_slice,
    "one_bias": one_bias,
    "one_filter": one_filter,
    "weights_of_one_filter": weights_of_one_filter,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(c_in, c_out, kernel):
    return formula(c_in, c_out)


def only_returns(c_in, c_out, kernel):
    return [c_out * c_in * kernel**2, c_out]


def only_value(c_in, c_out, kernel):
    return formula(c_in, c_out, kernel) + (kernel == 1)


def only_integer(c_in, c_out, kernel):
    return float(formula(c_in, c_out, kernel))


def a_tensor(c_in, c_out, kernel):
    return torch.tensor(c_in * kernel**2 + 1) * c_out


def returns_none(c_in, c_out, kernel):
    formula(c_in, c_out, kernel)


def kernel_doubled(c_in, c_out, kernel):
    return c_out * (c_in * 2 * kernel + 1)


def channels_added(c_in, c_out, kernel):
    return (c_in + c_out) * kernel**2 + c_out


def two_biases(c_in, c_out, kernel):
    return c_out * (c_in * kernel**2 + 2)


def bias_and_depth_forgotten(c_in, c_out, kernel):
    """Two mistakes at once."""
    return c_out * kernel**2


def constant_of_the_example(c_in, c_out, kernel):
    return 490


def with_batch_norm(c_in, c_out, kernel):
    return formula(c_in, c_out, kernel) + 2 * c_out


def cubed(c_in, c_out, kernel):
    return c_out * (c_in * kernel**3 + 1)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_value": only_value,
    "only_integer": only_integer,
    "a_tensor": a_tensor,
    "returns_none": returns_none,
    "kernel_doubled": kernel_doubled,
    "channels_added": channels_added,
    "two_biases": two_biases,
    "bias_and_depth_forgotten": bias_and_depth_forgotten,
    "constant_of_the_example": constant_of_the_example,
    "with_batch_norm": with_batch_norm,
    "cubed": cubed,
}
