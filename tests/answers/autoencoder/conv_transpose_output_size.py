"""Answers of imaginary students to `autoencoder/conv_transpose_output_size`: right ones, known mistakes, unlisted mistakes."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def formula(size, kernel, stride, padding, output_padding):
    return (size - 1) * stride - 2 * padding + kernel + output_padding


def as_pytorch_writes_it(n, k, s, p, extra):
    dilation = 1
    return (n - 1) * s - 2 * p + dilation * (k - 1) + extra + 1


def by_the_layer(size, kernel, stride, padding, output_padding):
    layer = nn.ConvTranspose1d(1, 1, kernel, stride, padding, output_padding)
    return layer(torch.zeros(1, 1, size)).shape[-1]


def pixels_covered(size, kernel, stride, padding, output_padding):
    """Boxes are listed one by one, gaps between the stamps included."""
    last = 0
    for pixel in range(size):
        last = pixel * stride + kernel
    return len(range(last)) - padding - padding + output_padding


def the_other_way_round(size, kernel, stride, padding, output_padding):
    """The smallest side that a convolution takes to `size`, and output_padding more."""
    side = 1
    while side + 2 * padding < kernel or (side + 2 * padding - kernel) // stride + 1 < size:
        side += 1
    return side + output_padding


def through_numpy(size, kernel, stride, padding, output_padding):
    return np.multiply(size - 1, stride) + kernel - 2 * padding + output_padding


def by_fold(size, kernel, stride, padding, output_padding):
    side = (size - 1) * stride + kernel
    canvas = F.fold(torch.ones(1, kernel, size), (1, side), (1, kernel), stride=(1, stride))
    return canvas.shape[3] + output_padding - 2 * padding


def rearranged(size, kernel, stride, padding, output_padding):
    return size * stride + (kernel - stride) + output_padding - padding * 2


RIGHT = {
    "formula": formula,
    "as_pytorch_writes_it": as_pytorch_writes_it,
    "by_the_layer": by_the_layer,
    "pixels_covered": pixels_covered,
    "the_other_way_round": the_other_way_round,
    "through_numpy": through_numpy,
    "by_fold": by_fold,
    "rearranged": rearranged,
    "cast": lambda n, k, s, p, e: int(float(n - 1) * s + k + e - 2 * p),
}

# ---------------------------------------------------------------- known mistakes


def output_padding_forgotten(n, k, s, p, extra):
    return F.conv_transpose1d(torch.zeros(1, 1, n), torch.zeros(1, 1, k), None, s, p).shape[2]


def output_padding_twice(n, k, s, p, extra):
    return (n - 1) * s + k - 2 * (p - extra)


def conv_formula(n, k, s, p, extra):
    """With the extra pixels added."""
    return extra + math.floor((n + 2 * p - k) / s + 1)


def padding_once(n, k, s, p, extra):
    return s * (n - 1) + k + extra - p


def padding_added(n, k, s, p, extra):
    return s * (n - 1) + k + extra + p + p


def padding_ignored(n, k, s, p, extra):
    return max(i * s + k for i in range(n)) + extra


def one_step_too_many(n, k, s, p, extra):
    return sum(s for _ in range(n)) + k + extra - 2 * p


def one_missing(n, k, s, p, extra):
    return (n - 1) * s + (k - 1) + extra - 2 * p


def stride_ignored(n, k, s, p, extra):
    return n + k - 1 + extra - 2 * p


def size_times_stride(n, k, s, p, extra):
    return n * s


MISTAKES = {
    "output_padding_forgotten": output_padding_forgotten,
    "output_padding_twice": output_padding_twice,
    "conv_formula": conv_formula,
    "padding_once": padding_once,
    "padding_added": padding_added,
    "padding_ignored": padding_ignored,
    "one_step_too_many": one_step_too_many,
    "one_missing": one_missing,
    "stride_ignored": stride_ignored,
    "size_times_stride": size_times_stride,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(size, kernel, stride, padding, output_padding):
    return formula(size, kernel, stride, padding, output_pading)  # noqa: F821


def only_returns(size, kernel, stride, padding, output_padding):
    return (formula(size, kernel, stride, padding, output_padding),) * 2


def only_value(size, kernel, stride, padding, output_padding):
    return formula(size, kernel, stride, padding, output_padding) + (size > 50)


def only_integer(size, kernel, stride, padding, output_padding):
    return float(formula(size, kernel, stride, padding, output_padding))


def a_tensor(size, kernel, stride, padding, output_padding):
    return torch.tensor(formula(size, kernel, stride, padding, output_padding))


def returns_none(size, kernel, stride, padding, output_padding):
    formula(size, kernel, stride, padding, output_padding)


def output_padding_taken_off(size, kernel, stride, padding, output_padding):
    return formula(size, kernel, stride, padding, -output_padding)


def kernel_ignored(size, kernel, stride, padding, output_padding):
    return (size - 1) * stride - 2 * padding + output_padding


def stride_and_kernel_exchanged(size, stride, kernel, padding, output_padding):
    return formula(size, kernel, stride, padding, output_padding)


def padding_and_output_padding_exchanged(size, kernel, stride, output_padding, padding):
    return formula(size, kernel, stride, padding, output_padding)


def gaps_counted_as_the_stride(size, kernel, stride, padding, output_padding):
    return size + (size - 1) * stride - 2 * padding + kernel + output_padding


def always_doubled(size, kernel, stride, padding, output_padding):
    return 2 * size


def two_mistakes(size, kernel, stride, padding, output_padding):
    return size * stride - padding + kernel + output_padding


def one_too_many(size, kernel, stride, padding, output_padding):
    return formula(size, kernel, stride, padding, output_padding) + 1


def padding_three_times(size, kernel, stride, padding, output_padding):
    return formula(size, kernel, stride, padding, output_padding) - padding


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_value": only_value,
    "only_integer": only_integer,
    "a_tensor": a_tensor,
    "returns_none": returns_none,
    "output_padding_taken_off": output_padding_taken_off,
    "kernel_ignored": kernel_ignored,
    "stride_and_kernel_exchanged": stride_and_kernel_exchanged,
    "padding_and_output_padding_exchanged": padding_and_output_padding_exchanged,
    "gaps_counted_as_the_stride": gaps_counted_as_the_stride,
    "always_doubled": always_doubled,
    "two_mistakes": two_mistakes,
    "one_too_many": one_too_many,
    "padding_three_times": padding_three_times,
}
