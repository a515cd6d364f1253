"""Answers of imaginary students to `cnn/conv_output_size`: right ones, known mistakes, unlisted mistakes."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def formula(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1


def floor_of_a_quotient(n, k, s, p):
    return math.floor((n - k + 2 * p) / s + 1)


def counted(size, kernel, stride, padding):
    start, windows = 0, 0
    while start + kernel <= size + padding + padding:
        windows += 1
        start += stride
    return windows


def by_the_layer(size, kernel, stride, padding):
    with torch.no_grad():
        return nn.Conv1d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, size)).shape[-1]


def by_unfold(size, kernel, stride, padding):
    return F.pad(torch.zeros(size), (padding, padding)).unfold(0, kernel, stride).shape[0]


def divmod_of_all(size, kernel, stride, padding):
    steps, _ = divmod(size + 2 * padding - kernel, stride)
    return 1 + steps


def from_the_end(size, kernel, stride, padding):
    return (size + 2 * padding - kernel + stride) // stride


def numpy_integer(size, kernel, stride, padding):
    return np.floor_divide(size + 2 * padding - kernel, stride) + 1


RIGHT = {
    "formula": formula,
    "floor_of_a_quotient": floor_of_a_quotient,
    "counted": counted,
    "by_the_layer": by_the_layer,
    "by_unfold": by_unfold,
    "divmod_of_all": divmod_of_all,
    "from_the_end": from_the_end,
    "truncated": lambda n, k, s, p: int(1 + (n + 2 * p - k) / s),
    "numpy_integer": numpy_integer,
}

# ---------------------------------------------------------------- known mistakes


def rounded_up(n, k, s, p):
    return math.ceil((n + 2 * p - k) / s + 1)


def padding_once(n, k, s, p):
    return len(range(0, n + p - k + 1, s))


def padding_ignored(n, k, s, p):
    return torch.zeros(n).unfold(0, k, s).shape[0] if n >= k else (n - k) // s + 1


def one_missing(n, k, s, p):
    return math.floor((n + 2 * p - k) / s)


def one_inside_the_division(n, k, s, p):
    return math.floor((n + 2 * p - (k - 1)) / s)


def not_rounded(n, k, s, p):
    return 1 + (n - k + 2 * p) / s


def stride_ignored(n, k, s, p):
    return len(range(n + 2 * p - k + 1))


def same_padding(n, k, s, p):
    return (n + s - 1) // s


MISTAKES = {
    "rounded_up": rounded_up,
    "padding_once": padding_once,
    "padding_ignored": padding_ignored,
    "one_missing": one_missing,
    "one_inside_the_division": one_inside_the_division,
    "not_rounded": not_rounded,
    "stride_ignored": stride_ignored,
    "same_padding": same_padding,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(size, kernel, stride, padding):
    return formula(size, kernel, stride, pading)  # noqa: F821


def only_returns(size, kernel, stride, padding):
    return (formula(size, kernel, stride, padding),) * 2


def only_value(size, kernel, stride, padding):
    return formula(size, kernel, stride, padding) + (size > 100)


def only_integer(size, kernel, stride, padding):
    return float(formula(size, kernel, stride, padding))


def a_tensor(size, kernel, stride, padding):
    return torch.tensor(formula(size, kernel, stride, padding))


def returns_none(size, kernel, stride, padding):
    formula(size, kernel, stride, padding)


def rounded_to_the_nearest(size, kernel, stride, padding):
    return round((size + 2 * padding - kernel) / stride) + 1


def kernel_ignored(size, kernel, stride, padding):
    return (size + 2 * padding) // stride


def padding_three_times(size, kernel, stride, padding):
    return (size + 3 * padding - kernel) // stride + 1


def transposed(size, kernel, stride, padding):
    return (size - 1) * stride - 2 * padding + kernel


def two_too_many(size, kernel, stride, padding):
    return formula(size, kernel, stride, padding) + 2


def arguments_exchanged(size, kernel, padding, stride):
    return (size + 2 * padding - kernel) // max(stride, 1) + 1


def always_the_same_size(size, kernel, stride, padding):
    return size


def padding_and_rounding(size, kernel, stride, padding):
    """Two mistakes at once."""
    return -(-(size + padding - kernel) // stride) + 1


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_value": only_value,
    "only_integer": only_integer,
    "a_tensor": a_tensor,
    "returns_none": returns_none,
    "rounded_to_the_nearest": rounded_to_the_nearest,
    "kernel_ignored": kernel_ignored,
    "padding_three_times": padding_three_times,
    "transposed": transposed,
    "two_too_many": two_too_many,
    "arguments_exchanged": arguments_exchanged,
    "always_the_same_size": always_the_same_size,
    "padding_and_rounding": padding_and_rounding,
}
