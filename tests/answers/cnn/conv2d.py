"""Answers of imaginary students to `cnn/conv2d`: right ones, known mistakes, unlisted mistakes."""

import math
import sys

import numpy as np
import torch
from torch.nn import functional as F


def size_of(n, k, stride, padding):
    return (n + 2 * padding - k) // stride + 1


# ---------------------------------------------------------------- right answers


def unfold_and_einsum(x, weight, bias, stride, padding):
    padded = F.pad(x, (padding, padding, padding, padding))
    windows = padded.unfold(2, weight.shape[2], stride).unfold(3, weight.shape[3], stride)
    return torch.einsum("bchwij,ocij->bohw", windows, weight) + bias.reshape(1, -1, 1, 1)


def im2col(x, weight, bias, stride, padding):
    b, _, h, w = x.shape
    o, _, kh, kw = weight.shape
    columns = F.unfold(x, (kh, kw), padding=padding, stride=stride)  # (B, C·kh·kw, L)
    y = weight.reshape(o, -1) @ columns + bias[:, None]
    return y.reshape(b, o, size_of(h, kh, stride, padding), size_of(w, kw, stride, padding))


def loop_over_the_kernel(x, weight, bias, stride, padding):
    kh, kw = weight.shape[-2:]
    h, w = size_of(x.shape[2], kh, stride, padding), size_of(x.shape[3], kw, stride, padding)
    padded = F.pad(x, [padding] * 4)
    y = bias[None, :, None, None]
    for i in range(kh):
        for j in range(kw):
            pixels = padded[:, :, i : i + stride * (h - 1) + 1 : stride, j : j + stride * (w - 1) + 1 : stride]
            y = y + torch.tensordot(weight[:, :, i, j], pixels, dims=([1], [1])).transpose(0, 1)
    return y


def loop_over_the_pixels(x, weight, bias, stride, padding):
    b, _, height, width = x.shape
    o, _, kh, kw = weight.shape
    h, w = size_of(height, kh, stride, padding), size_of(width, kw, stride, padding)
    padded = x.new_zeros(b, x.shape[1], height + 2 * padding, width + 2 * padding)
    padded[:, :, padding : padding + height, padding : padding + width] = x
    y = x.new_empty(b, o, h, w)
    for i in range(h):
        for j in range(w):
            window = padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (window[:, None] * weight[None]).sum((2, 3, 4)) + bias
    return y


def loop_over_everything(x, weight, bias, stride, padding):
    """As in a textbook: images, filters, rows, columns."""
    o, _, kh, kw = weight.shape
    padded = F.pad(x, [padding] * 4)
    h, w = size_of(x.shape[2], kh, stride, padding), size_of(x.shape[3], kw, stride, padding)
    images = []
    for image in padded:
        planes = []
        for k in range(o):
            rows = [
                torch.stack(
                    [
                        (image[:, i * stride : i * stride + kh, j * stride : j * stride + kw] * weight[k]).sum()
                        + bias[k]
                        for j in range(w)
                    ]
                )
                for i in range(h)
            ]
            planes.append(torch.stack(rows))
        images.append(torch.stack(planes))
    return torch.stack(images)


def by_fourier(x, weight, bias, stride, padding):
    """Cross-correlation is a product of spectra, one of them conjugate."""
    padded = F.pad(x, [padding] * 4)
    h, w = padded.shape[2] - weight.shape[2] + 1, padded.shape[3] - weight.shape[3] + 1
    sizes = tuple(padded.shape[2:])
    spectra = torch.einsum("bchw,ochw->bohw", torch.fft.rfft2(padded), torch.fft.rfft2(weight, s=sizes).conj())
    y = torch.fft.irfft2(spectra, s=sizes)[:, :, :h, :w]
    return y[:, :, ::stride, ::stride] + bias[:, None, None]


def all_then_every_second(x, weight, bias, stride, padding):
    y = unfold_and_einsum(x, weight, bias, 1, padding)
    return y[:, :, ::stride, ::stride]


def as_a_matrix(x, weight, bias, stride, padding):
    """The whole layer as one big matrix: what it does to every image of the standard basis."""
    c, h, w = x.shape[1:]
    basis = torch.eye(c * h * w, dtype=x.dtype).reshape(-1, c, h, w)
    columns = unfold_and_einsum(basis, weight, torch.zeros_like(bias), stride, padding)
    y = x.reshape(len(x), -1) @ columns.flatten(1)
    return y.reshape(len(x), *columns.shape[1:]) + bias[:, None, None]


def vmapped(x, weight, bias, stride, padding):
    return torch.vmap(lambda image: unfold_and_einsum(image[None], weight, bias, stride, padding)[0])(x)


def strided_view(x, weight, bias, stride, padding):
    padded = F.pad(x, [padding] * 4).contiguous()
    b, c, height, width = padded.shape
    o, _, kh, kw = weight.shape
    h, w = (height - kh) // stride + 1, (width - kw) // stride + 1
    sb, sc, sh, sw = padded.stride()
    windows = padded.as_strided((b, h, w, c, kh, kw), (sb, sh * stride, sw * stride, sc, sh, sw))
    return torch.einsum("bhwcij,ocij->bohw", windows, weight) + bias.view(1, o, 1, 1)


def talkative(x, weight, bias, stride, padding):
    print("conv2d", tuple(x.shape))
    print("working", file=sys.stderr)
    return im2col(x, weight, bias, stride, padding)


RIGHT = {
    "unfold_and_einsum": unfold_and_einsum,
    "im2col": im2col,
    "loop_over_the_kernel": loop_over_the_kernel,
    "loop_over_the_pixels": loop_over_the_pixels,
    "loop_over_everything": loop_over_everything,
    "by_fourier": by_fourier,
    "all_then_every_second": all_then_every_second,
    "as_a_matrix": as_a_matrix,
    "vmapped": vmapped,
    "strided_view": strided_view,
    "talkative": talkative,
}

# ---------------------------------------------------------------- known mistakes


def kernel_flipped(x, weight, bias, stride, padding):
    kh, kw = weight.shape[-2:]
    h, w = size_of(x.shape[2], kh, stride, padding), size_of(x.shape[3], kw, stride, padding)
    padded = F.pad(x, [padding] * 4)
    y = bias[None, :, None, None]
    for i in range(kh):
        for j in range(kw):
            pixels = padded[:, :, i : i + stride * (h - 1) + 1 : stride, j : j + stride * (w - 1) + 1 : stride]
            y = y + torch.einsum("bchw,oc->bohw", pixels, weight[:, :, kh - 1 - i, kw - 1 - j])
    return y


def one_pixel_shift(x, weight, bias, stride, padding):
    """What sticks out at the top and left counts as zero."""
    padded = F.pad(x, (padding + 1, padding, padding + 1, padding))
    kh, kw = weight.shape[-2:]
    h, w = size_of(x.shape[2], kh, stride, padding), size_of(x.shape[3], kw, stride, padding)
    y = unfold_and_einsum(padded, weight, bias, stride, 0)
    return y[:, :, :h, :w]


def stride_ignored(x, weight, bias, stride, padding):
    """The result has the right size, the windows do not move far enough."""
    kh, kw = weight.shape[-2:]
    h, w = size_of(x.shape[2], kh, stride, padding), size_of(x.shape[3], kw, stride, padding)
    padded = F.pad(x, [padding] * 4)
    y = x.new_zeros(len(x), len(weight), h, w)
    for i in range(h):
        for j in range(w):
            y[:, :, i, j] = torch.einsum("bcij,ocij->bo", padded[:, :, i : i + kh, j : j + kw], weight) + bias
    return y


def padding_ignored(x, weight, bias, stride, padding):
    return im2col(x, weight, bias, stride, 0)


def bias_forgotten(x, weight, bias, stride, padding):
    return im2col(x, weight, torch.zeros_like(bias), stride, padding)


def bias_in_every_product(x, weight, bias, stride, padding):
    kh, kw = weight.shape[-2:]
    products = weight.shape[1] * kh * kw
    return im2col(x, weight, bias * products, stride, padding)


def channels_not_summed(x, weight, bias, stride, padding):
    channels = [im2col(x[:, c : c + 1], weight[:, c : c + 1], bias, stride, padding) for c in range(x.shape[1])]
    return torch.stack(channels, dim=1)


def first_channel_only(x, weight, bias, stride, padding):
    return im2col(x[:, :1], weight[:, :1], bias, stride, padding)


def channels_averaged(x, weight, bias, stride, padding):
    return im2col(x, weight / x.shape[1], bias, stride, padding)


def cut_off(x, weight, bias, stride, padding):
    with torch.no_grad():
        return im2col(x, weight, bias, stride, padding)


def conv_called(x, weight, bias, stride, padding):
    """The library's, in three dimensions."""
    y = F.conv3d(x[:, :, None], weight[:, :, None], bias, (1, stride, stride), (0, padding, padding))
    return y[:, :, 0]


def view_of_what_is_not_contiguous(x, weight, bias, stride, padding):
    b, _, h, w = x.shape
    o, _, kh, kw = weight.shape
    y = weight.view(o, -1) @ F.unfold(x, (kh, kw), padding=padding, stride=stride) + bias.view(-1, 1)
    return y.reshape(b, o, size_of(h, kh, stride, padding), size_of(w, kw, stride, padding))


MISTAKES = {
    "kernel_flipped": kernel_flipped,
    "one_pixel_shift": one_pixel_shift,
    "stride_ignored": stride_ignored,
    "padding_ignored": padding_ignored,
    "bias_forgotten": bias_forgotten,
    "bias_in_every_product": bias_in_every_product,
    "channels_not_summed": channels_not_summed,
    "first_channel_only": first_channel_only,
    "channels_averaged": channels_averaged,
    "cut_off": cut_off,
    "conv_called": conv_called,
    "view_of_what_is_not_contiguous": view_of_what_is_not_contiguous,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x, weight, bias, stride, padding):
    return im2col(x, weight, bias, stride, padding, 1)


def only_returns(x, weight, bias, stride, padding):
    return im2col(x, weight, bias, stride, padding).flatten(2)


def only_dtype(x, weight, bias, stride, padding):
    return im2col(x, weight, bias, stride, padding).to(torch.float64)


def only_finite(x, weight, bias, stride, padding):
    return im2col(x, weight, bias, stride, padding) + torch.log(torch.zeros(())) * 0


def only_value(x, weight, bias, stride, padding):
    return im2col(x, weight, bias, stride, padding) + 0.01


def only_gradient(x, weight, bias, stride, padding):
    return im2col(x, weight.detach(), bias, stride, padding)


def only_inputs_unchanged(x, weight, bias, stride, padding):
    y = im2col(x, weight, bias, stride, padding)
    x.data.mul_(2)
    return y


def library_and_a_mistake(x, weight, bias, stride, padding):
    return 1.02 * F.conv2d(x, weight, bias, stride, padding)


def in_single_precision(x, weight, bias, stride, padding):
    return im2col(x.float(), weight.float(), bias.float(), stride, padding)


def by_numpy(x, weight, bias, stride, padding):
    padded = np.pad(x.detach().numpy(), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("bchwij,ocij->bohw", windows, weight.detach().numpy()) + bias.detach().numpy()[:, None, None]


def padded_with_ones(x, weight, bias, stride, padding):
    return im2col(F.pad(x, [padding] * 4, value=1.0), weight, bias, stride, 0)


def reflected(x, weight, bias, stride, padding):
    return im2col(F.pad(x, [padding] * 4, mode="reflect"), weight, bias, stride, 0)


def padded_on_one_side(x, weight, bias, stride, padding):
    return im2col(F.pad(x, (0, 2 * padding, 0, 2 * padding)), weight, bias, stride, 0)


def rows_and_columns_of_the_kernel_exchanged(x, weight, bias, stride, padding):
    return im2col(x, weight.transpose(2, 3), bias, stride, padding)


def flipped_in_rows_only(x, weight, bias, stride, padding):
    return im2col(x, weight.flip(2), bias, stride, padding)


def stride_for_rows_only(x, weight, bias, stride, padding):
    return unfold_and_einsum(x, weight, bias, 1, padding)[:, :, ::stride]


def last_axis_is_the_channels(x, weight, bias, stride, padding):
    return im2col(x, weight, bias, stride, padding).permute(0, 2, 3, 1)


def averaged_over_the_window(x, weight, bias, stride, padding):
    return im2col(x, weight / math.prod(weight.shape[1:]), bias, stride, padding)


def relu_after_it(x, weight, bias, stride, padding):
    return im2col(x, weight, bias, stride, padding).relu()


def first_image_only(x, weight, bias, stride, padding):
    y = im2col(x, weight, bias, stride, padding)
    return y[:1].expand_as(y)


def biases_of_other_channels(x, weight, bias, stride, padding):
    return (
        im2col(x, weight, bias.roll(1), stride, padding)
        if len(bias) > 1
        else im2col(x, weight, bias * 1.1, stride, padding)
    )


def shifted_by_two(x, weight, bias, stride, padding):
    y = im2col(F.pad(x, (padding + 2, padding, padding + 2, padding)), weight, bias, stride, 0)
    right = im2col(x, weight, bias, stride, padding)
    return y[:, :, : right.shape[2], : right.shape[3]]


def returns_none(x, weight, bias, stride, padding):
    im2col(x, weight, bias, stride, padding)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "only_inputs_unchanged": only_inputs_unchanged,
    "library_and_a_mistake": library_and_a_mistake,
    "in_single_precision": in_single_precision,
    "by_numpy": by_numpy,
    "padded_with_ones": padded_with_ones,
    "reflected": reflected,
    "padded_on_one_side": padded_on_one_side,
    "rows_and_columns_of_the_kernel_exchanged": rows_and_columns_of_the_kernel_exchanged,
    "flipped_in_rows_only": flipped_in_rows_only,
    "stride_for_rows_only": stride_for_rows_only,
    "last_axis_is_the_channels": last_axis_is_the_channels,
    "averaged_over_the_window": averaged_over_the_window,
    "relu_after_it": relu_after_it,
    "first_image_only": first_image_only,
    "biases_of_other_channels": biases_of_other_channels,
    "shifted_by_two": shifted_by_two,
    "returns_none": returns_none,
}
