"""The mistakes that people make in `cnn/dropout`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch


def no_scaling(x, p, training):
    return x * (torch.rand_like(x) >= p) if training else x


def scaled_in_eval(x, p, training):
    return x * (torch.rand_like(x) >= p) if training else x * (1 - p)


def multiplied_not_divided(x, p, training):
    return x * (torch.rand_like(x) >= p) * (1 - p) if training else x


def keeps_with_p(x, p, training):
    if not training or p == 0:
        return x
    return x * (torch.rand_like(x) < p) / p if p < 1 else torch.zeros_like(x)


def active_in_eval(x, p, training):
    return x * (torch.rand_like(x) >= p) / (1 - p) if p < 1 else torch.zeros_like(x)


def never_active(x, p, training):
    return x if p < 1 or not training else torch.zeros_like(x)


def training_turned_round(x, p, training):
    if training:
        return x
    return x * (torch.rand_like(x) >= p) / (1 - p) if p < 1 else torch.zeros_like(x)


def one_mask_per_sample(x, p, training):
    if not training or p == 0:
        return x
    mask = torch.rand(len(x), *[1] * (x.ndim - 1), dtype=x.dtype) >= p
    return torch.where(mask, x / (1 - p), 0) if p < 1 else torch.zeros_like(x)


def one_mask_per_channel(x, p, training):
    if not training or p == 0:
        return x
    mask = torch.rand(*x.shape[:2], *[1] * (x.ndim - 2), dtype=x.dtype) >= p
    return torch.where(mask, x / (1 - p), 0) if p < 1 else torch.zeros_like(x)


def one_mask_per_batch(x, p, training):
    if not training or p == 0:
        return x
    mask = torch.rand(*x.shape[1:], dtype=x.dtype) >= p
    return torch.where(mask, x / (1 - p), 0) if p < 1 else torch.zeros_like(x)


def same_mask_every_time(x, p, training):
    if not training or p == 0:
        return x
    torch.manual_seed(0)
    return torch.where(torch.rand_like(x) >= p, x / (1 - p), 0) if p < 1 else torch.zeros_like(x)


def division_by_zero(x, p, training):
    return x * (torch.rand_like(x) >= p) / (1 - p) if training else x


def cut_off(x, p, training):
    if not training:
        return x
    return torch.where(torch.rand_like(x) >= p, x / (1 - p), 0).detach() if p < 1 else torch.zeros_like(x)
