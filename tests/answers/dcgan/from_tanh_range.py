"""Answers of imaginary students to `dcgan/from_tanh_range`: right ones, known mistakes, unlisted mistakes."""

import numpy as np
import torch

# ---------------------------------------------------------------- right answers


def plain(x):
    return torch.clamp(torch.round(127.5 * x + 127.5), 0, 255).byte()


def cut_off_after_a_half(x):
    return (x * 127.5 + 128).clamp(0, 255).to(torch.uint8)


def clamped_first(x):
    return ((x.clamp(-1, 1) + 1) / 2 * 255).round().to(torch.uint8)


def by_hardtanh(x):
    return torch.nn.functional.hardtanh(x).add(1).mul(127.5).add(0.5).floor().type(torch.uint8)


def by_numpy(x):
    return torch.from_numpy(np.clip(np.rint((x.numpy() + 1) * 127.5), 0, 255).astype(np.uint8))


def by_whole_numbers(x):
    k = ((x + 1) * 127.5).round().long()
    return torch.minimum(torch.maximum(k, torch.tensor(0)), torch.tensor(255)).to(torch.uint8)


def by_search(x):
    edges = (torch.arange(255, dtype=x.dtype) + 0.5) / 127.5 - 1
    return torch.bucketize(x.contiguous(), edges).to(torch.uint8)


RIGHT = {
    f.__name__: f
    for f in (plain, cut_off_after_a_half, clamped_first, by_hardtanh, by_numpy, by_whole_numbers, by_search)
}

# ---------------------------------------------------------------- known mistakes


def wrap_around(x):
    return (torch.round((x + 1) * 127.5).long() % 256).byte()


def truncation(x):
    return ((x.clamp(-1, 1) + 1) / 2 * 255).int().to(torch.uint8)


def not_shifted(x):
    return (255 * x.clamp(0, 1)).round().byte()


def by_128(x):
    return (128 * x + 127.5).round().clamp(min=0, max=255).byte()


def floats_returned(x):
    return torch.clamp(torch.round((x + 1) / 2 * 255), 0, 255)


def zero_to_one_returned(x):
    return x * 0.5 + 0.5


MISTAKES = {
    f.__name__: f for f in (wrap_around, truncation, not_shifted, by_128, floats_returned, zero_to_one_returned)
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x):
    return plain(x) if len(x) > 1 else plain(x.view(-1, 7, 100, 3))


def only_returns(x):
    return plain(x).flatten()


def only_dtype(x):
    return plain(x).to(torch.int64)


def only_finite(x):
    return torch.where(x > 2, torch.nan, plain(x).float()).to(x.dtype)


def only_value(x):
    return 255 - plain(x)


def only_inputs_unchanged(x):
    return x.add_(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)


def always_up(x):
    return ((x + 1) * 127.5).ceil().clamp(0, 255).to(torch.uint8)


def clamped_below_only(x):
    return plain(x.clamp(min=-1) % 3)


def folded(x):
    return plain(x.abs())


def rescaled(x):
    return plain(2 * (x - x.min()) / (x.max() - x.min()) - 1)


def by_255(x):
    return ((x + 1) * 255).round().clamp(0, 255).to(torch.uint8)


def signed_bytes(x):
    return (x * 127).round().clamp(-128, 127).to(torch.int8)


def image_axis_lost(x):
    return plain(x)[0]


def black(x):
    return torch.zeros_like(x, dtype=torch.uint8)


def as_list(x):
    return plain(x).tolist()


def black_or_white(x):
    return ((x > 0) * 255).to(torch.uint8)


UNLISTED = {
    f.__name__: f
    for f in (
        *(only_runs, only_returns, only_dtype, only_finite, only_value, only_inputs_unchanged, always_up, folded),
        *(clamped_below_only, rescaled, by_255, signed_bytes, image_axis_lost, black, as_list, black_or_white),
    )
}
