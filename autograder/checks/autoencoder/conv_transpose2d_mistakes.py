"""Wrong answers to `autoencoder/conv_transpose2d`, each a mistake that people make; underscored ones are other ways to make the same."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def overwrites_overlaps(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    canvas = x.new_zeros(len(x), len(bias), *size)
    for row in range(h):
        for column in range(w):
            stamp = torch.einsum("bc,coij->boij", x[:, :, row, column], weight)
            canvas[:, :, row * stride : row * stride + kh, column * stride : column * stride + kw] = stamp
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias[:, None, None]


def _overwrites_by_kernel(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    canvas = x.new_zeros(len(x), len(bias), *size)
    landed = torch.einsum("bchw,coij->boijhw", x, weight)
    for i in range(kh):
        for j in range(kw):
            rows, columns = slice(i, i + (h - 1) * stride + 1, stride), slice(j, j + (w - 1) * stride + 1, stride)
            canvas[:, :, rows, columns] = landed[:, :, i, j]
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias[:, None, None]


def _first_stamp_stays(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    turned = overwrites_overlaps(x.flip(2, 3), weight.flip(2, 3), 0 * bias, stride, 0)
    canvas = F.pad(turned.flip(2, 3), (0, output_padding, 0, output_padding))
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias[:, None, None]


def kernel_flipped(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flip(2, 3).flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias[:, None, None]


def stride_ignored(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = (h - 1 + kh, w - 1 + kw)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=1)
    canvas = F.pad(canvas, (0, output_padding, 0, output_padding))
    height, width = (max(side + output_padding - 2 * padding, 0) for side in size)
    return canvas[:, :, padding : padding + height, padding : padding + width] + bias[:, None, None]


def _stride_ignored_on_the_right_canvas(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    small = stride_ignored(x, weight, 0 * bias, 1, 0)
    canvas = F.pad(small, (0, size[1] - small.shape[3], 0, size[0] - small.shape[2]))
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias[:, None, None]


def crop_missing(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    return canvas + bias[:, None, None]


def _crop_and_extra_missing(x, weight, bias, stride, padding, output_padding=0):
    return crop_missing(x, weight, bias, stride, 0, 0)


def padding_around_the_input(x, weight, bias, stride, padding, output_padding=0):
    x = F.pad(x, [padding] * 4)
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    return canvas + bias[:, None, None]


def weight_axes_swapped(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = torch.einsum("bcl,ock->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias[:, None, None]


def bias_forgotten(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    return canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]


def bias_in_every_stamp(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)) + bias[:, None, None]
    canvas = F.fold(stamps.flatten(1, 2), size, (kh, kw), stride=stride)
    return canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]


def output_padding_ignored(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh, (w - 1) * stride + kw)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias[:, None, None]


def output_padding_of_zeros(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh, (w - 1) * stride + kw)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return F.pad(canvas + bias[:, None, None], (0, output_padding, 0, output_padding))


def _output_padding_of_bias(x, weight, bias, stride, padding, output_padding=0):
    return output_padding_of_zeros(x, weight, 0 * bias, stride, padding, output_padding) + bias[:, None, None]


def slice_to_minus_zero(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    return canvas[:, :, padding:-padding, padding:-padding] + bias[:, None, None]


def cut_off(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = torch.einsum("bcl,cok->bokl", x.detach().flatten(2), weight.detach().flatten(2)).flatten(1, 2)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias.detach()[:, None, None]


def conv_called(x, weight, bias, stride, padding, output_padding=0):
    return F.conv_transpose2d(x, weight, bias, stride, padding, output_padding)


def view_of_what_is_not_contiguous(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    size = ((h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding)
    stamps = weight.view(len(weight), -1).T @ x.view(len(x), len(weight), h * w)
    canvas = F.fold(stamps, size, (kh, kw), stride=stride)
    canvas = canvas[:, :, padding : size[0] - padding, padding : size[1] - padding]
    return canvas + bias[:, None, None]
