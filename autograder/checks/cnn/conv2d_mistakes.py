"""The mistakes that people make in `cnn/conv2d`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def kernel_flipped(x, weight, bias, stride, padding):
    kh, kw = weight.shape[2:]
    windows = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,ocij->bohw", windows, weight.flip(2, 3)) + bias[:, None, None]


def one_pixel_shift(x, weight, bias, stride, padding):
    padded = F.pad(x, [padding] * 4).roll((1, 1), (2, 3))
    windows = padded.unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    return torch.einsum("bchwij,ocij->bohw", windows, weight) + bias[:, None, None]


def stride_ignored(x, weight, bias, stride, padding):
    windows = F.pad(x, [padding] * 4).unfold(2, weight.shape[2], 1).unfold(3, weight.shape[3], 1)
    return torch.einsum("bchwij,ocij->bohw", windows, weight) + bias[:, None, None]


def padding_ignored(x, weight, bias, stride, padding):
    windows = x.unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    return torch.einsum("bchwij,ocij->bohw", windows, weight) + bias[:, None, None]


def bias_forgotten(x, weight, bias, stride, padding):
    windows = F.pad(x, [padding] * 4).unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    return torch.einsum("bchwij,ocij->bohw", windows, weight)


def bias_in_every_product(x, weight, bias, stride, padding):
    windows = F.pad(x, [padding] * 4).unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    products = torch.einsum("bchwij,ocij->bohwcij", windows, weight) + bias[:, None, None, None, None, None]
    return products.sum((4, 5, 6))


def channels_not_summed(x, weight, bias, stride, padding):
    windows = F.pad(x, [padding] * 4).unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    return torch.einsum("bchwij,ocij->bochw", windows, weight) + bias[:, None, None, None]


def first_channel_only(x, weight, bias, stride, padding):
    windows = F.pad(x[:, 0], [padding] * 4).unfold(1, weight.shape[2], stride).unfold(2, weight.shape[3], stride)
    return torch.einsum("bhwij,oij->bohw", windows, weight[:, 0]) + bias[:, None, None]


def channels_averaged(x, weight, bias, stride, padding):
    windows = F.pad(x, [padding] * 4).unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    return torch.einsum("bchwij,ocij->bochw", windows, weight).mean(2) + bias[:, None, None]


def cut_off(x, weight, bias, stride, padding):
    windows = F.pad(x, [padding] * 4).unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    return (torch.einsum("bchwij,ocij->bohw", windows, weight) + bias[:, None, None]).detach()


def conv_called(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride=stride, padding=padding)


def view_of_what_is_not_contiguous(x, weight, bias, stride, padding):
    windows = F.pad(x, [padding] * 4).unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    b, _, h, w = windows.shape[:4]
    rows = windows.permute(0, 2, 3, 1, 4, 5).reshape(b * h * w, -1)
    return (rows @ weight.view(len(weight), -1).T + bias).reshape(b, h, w, -1).permute(0, 3, 1, 2)
