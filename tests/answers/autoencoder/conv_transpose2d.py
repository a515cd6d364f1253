"""Answers of imaginary students to `autoencoder/conv_transpose2d`: right ones, known mistakes, unlisted mistakes."""

import sys

import numpy as np
import torch
from torch.nn import functional as F


def size_of(n, k, stride, padding, extra):
    return (n - 1) * stride + k - 2 * padding + extra


def with_gaps(x, stride):
    """x with stride − 1 rows and columns of zeros between its own."""
    b, c, h, w = x.shape
    wide = x.new_zeros(b, c, (h - 1) * stride + 1, (w - 1) * stride + 1)
    wide[:, :, ::stride, ::stride] = x
    return wide


def crop(canvas, padding):
    """The canvas without `padding` rows and columns on each side."""
    h, w = canvas.shape[-2:]
    return canvas[..., padding : h - padding, padding : w - padding]


# ---------------------------------------------------------------- right answers


def stamp_by_stamp(x, weight, bias, stride, padding, output_padding=0):
    b, _, h, w = x.shape
    _, c_out, kh, kw = weight.shape
    canvas = torch.zeros(b, c_out, (h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding).to(x)
    for i in range(h):
        for j in range(w):
            stamp = torch.einsum("bc,coij->boij", x[:, :, i, j], weight)
            canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += stamp
    return crop(canvas, padding) + bias.view(1, -1, 1, 1)


def fold(x, weight, bias, stride, padding, output_padding=0):
    b, c, h, w = x.shape
    o, kh, kw = weight.shape[1:]
    columns = weight.reshape(c, -1).T @ x.reshape(b, c, -1)  # (B, C_out·kh·kw, H·W)
    size = tuple(size_of(n, k, stride, padding, output_padding) for n, k in ((h, kh), (w, kw)))
    return F.fold(columns, size, (kh, kw), padding=padding, stride=stride) + bias.reshape(o, 1, 1)


def kernel_place_by_kernel_place(x, weight, bias, stride, padding, output_padding=0):
    """What each place of the kernel leaves, put on a canvas of its own by padding."""
    kh, kw = weight.shape[2:]
    wide = with_gaps(x, stride)
    total = 0
    for i in range(kh):
        for j in range(kw):
            landed = torch.einsum("bchw,co->bohw", wide, weight[:, :, i, j])
            total = total + F.pad(landed, (j, kw - 1 - j + output_padding, i, kh - 1 - i + output_padding))
    return crop(total, padding) + bias[None, :, None, None]


def convolution_over_gaps(x, weight, bias, stride, padding, output_padding=0):
    """An ordinary convolution, by unfold, with the kernel turned, over an image with gaps and a margin."""
    kh, kw = weight.shape[2:]
    margin = (kw - 1, kw - 1 + output_padding, kh - 1, kh - 1 + output_padding)
    windows = F.pad(with_gaps(x, stride), margin).unfold(2, kh, 1).unfold(3, kw, 1)
    y = torch.einsum("bchwij,coij->bohw", windows, weight.flip(2, 3)) + bias[:, None, None]
    return crop(y, padding)


def by_fourier(x, weight, bias, stride, padding, output_padding=0):
    """The full convolution of mathematics is a product of spectra."""
    wide = with_gaps(x, stride)
    sizes = [n + k - 1 + output_padding for n, k in zip(wide.shape[2:], weight.shape[2:], strict=True)]
    spectra = torch.einsum("bchw,cohw->bohw", torch.fft.rfft2(wide, s=sizes), torch.fft.rfft2(weight, s=sizes))
    return crop(torch.fft.irfft2(spectra, s=sizes), padding) + bias[:, None, None]


def rows_then_columns(x, weight, bias, stride, padding, output_padding=0):
    """As matrices: a 0-1 matrix for each place of the kernel says which row (column) goes where."""
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]

    def goes_to(n, k):
        matrix = torch.zeros(k, n, size_of(n, k, stride, padding, output_padding), dtype=x.dtype)
        for i in range(k):
            for p in range(n):
                place = p * stride + i - padding
                if 0 <= place < matrix.shape[2]:
                    matrix[i, p, place] = 1
        return matrix

    return torch.einsum("bchw,coij,ihr,jwq->borq", x, weight, goes_to(h, kh), goes_to(w, kw)) + bias[:, None, None]


def as_a_gradient(x, weight, bias, stride, padding, output_padding=0):
    """The transpose of unfolding: its own gradient, differentiable again."""
    b, c, h, w = x.shape
    o, kh, kw = weight.shape[1:]
    size = [size_of(n, k, stride, padding, output_padding) for n, k in ((h, kh), (w, kw))]
    zeros = x.new_zeros(b, o, *size, requires_grad=True)
    with torch.enable_grad():
        windows = F.unfold(zeros, (kh, kw), padding=padding, stride=stride)
        columns = weight.reshape(c, -1).T @ x.reshape(b, c, -1)
        (y,) = torch.autograd.grad(windows, zeros, columns, create_graph=True)
    return y + bias[:, None, None]


def image_by_image(x, weight, bias, stride, padding, output_padding=0):
    return torch.cat([stamp_by_stamp(image[None], weight, bias, stride, padding, output_padding) for image in x])


def index_add(x, weight, bias, stride, padding, output_padding=0):
    """All numbers of all stamps, with the flat place of each."""
    b, _, h, w = x.shape
    o, kh, kw = weight.shape[1:]
    height, width = (h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding
    rows = torch.arange(kh)[:, None, None, None] + stride * torch.arange(h)[None, None, :, None]
    columns = torch.arange(kw)[None, :, None, None] + stride * torch.arange(w)[None, None, None, :]
    places = (rows * width + columns).flatten()
    values = torch.einsum("bchw,coij->boijhw", x, weight).reshape(b, o, -1)
    canvas = x.new_zeros(b, o, height * width).index_add(2, places, values).view(b, o, height, width)
    return crop(canvas, padding) + bias[:, None, None]


def talkative(x, weight, bias, stride, padding, output_padding=0):
    print("conv_transpose2d", tuple(x.shape))
    print("working", file=sys.stderr)
    return fold(x, weight, bias, stride, padding, output_padding)


RIGHT = {
    "stamp_by_stamp": stamp_by_stamp,
    "fold": fold,
    "kernel_place_by_kernel_place": kernel_place_by_kernel_place,
    "convolution_over_gaps": convolution_over_gaps,
    "by_fourier": by_fourier,
    "rows_then_columns": rows_then_columns,
    "as_a_gradient": as_a_gradient,
    "image_by_image": image_by_image,
    "index_add": index_add,
    "talkative": talkative,
}

# ---------------------------------------------------------------- known mistakes


def overwrites_overlaps(x, weight, bias, stride, padding, output_padding=0):
    """Place by place of the kernel, each written over the ones before."""
    b, _, h, w = x.shape
    _, c_out, kh, kw = weight.shape
    canvas = torch.zeros(b, c_out, (h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding).to(x)
    for i in range(kh):
        for j in range(kw):
            landed = torch.tensordot(x, weight[:, :, i, j], dims=([1], [0])).movedim(-1, 1)
            canvas[:, :, i : i + stride * (h - 1) + 1 : stride, j : j + stride * (w - 1) + 1 : stride] = landed
    return crop(canvas, padding) + bias[:, None, None]


def kernel_flipped(x, weight, bias, stride, padding, output_padding=0):
    """The kernel is not turned for the convolution over an image with gaps."""
    return convolution_over_gaps(x, weight.flip((2, 3)), bias, stride, padding, output_padding)


def stride_ignored(x, weight, bias, stride, padding, output_padding=0):
    """The canvas has the right size, the stamps do not move far enough."""
    b, _, h, w = x.shape
    _, c_out, kh, kw = weight.shape
    canvas = torch.zeros(b, c_out, (h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding).to(x)
    for i in range(h):
        for j in range(w):
            stamp = torch.einsum("bc,coij->boij", x[:, :, i, j], weight)
            canvas[:, :, i : i + kh, j : j + kw] += stamp
    return crop(canvas, padding) + bias.view(1, -1, 1, 1)


def crop_missing(x, weight, bias, stride, padding, output_padding=0):
    return by_fourier(x, weight, bias, stride, 0, 0)


def padding_around_the_input(x, weight, bias, stride, padding, output_padding=0):
    return stamp_by_stamp(F.pad(x, (padding,) * 4), weight, bias, stride, 0, output_padding)


def weight_axes_swapped(x, weight, bias, stride, padding, output_padding=0):
    return stamp_by_stamp(x, weight.permute(1, 0, 2, 3), bias, stride, padding, output_padding)


def bias_forgotten(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight, 0 * bias, stride, padding, output_padding)


def bias_in_every_stamp(x, weight, bias, stride, padding, output_padding=0):
    b, _, h, w = x.shape
    _, c_out, kh, kw = weight.shape
    canvas = torch.zeros(b, c_out, (h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding).to(x)
    for i in range(h):
        for j in range(w):
            stamp = torch.einsum("bc,coij->boij", x[:, :, i, j], weight) + bias[None, :, None, None]
            canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += stamp
    return crop(canvas, padding)


def output_padding_ignored(x, weight, bias, stride, padding, output_padding=0):
    return index_add(x, weight, bias, stride, padding)


def output_padding_of_zeros(x, weight, bias, stride, padding, output_padding=0):
    """Rows and columns of the bias, here."""
    y = fold(x, weight, torch.zeros_like(bias), stride, padding)
    larger = y.new_zeros(*y.shape[:2], y.shape[2] + output_padding, y.shape[3] + output_padding)
    larger[:, :, : y.shape[2], : y.shape[3]] = y
    return larger + bias[:, None, None]


def slice_to_minus_zero(x, weight, bias, stride, padding, output_padding=0):
    """The end takes the output padding into account, and can then be −0, too."""
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    columns = torch.einsum("bcl,cok->bokl", x.flatten(2), weight.flatten(2)).flatten(1, 2)
    canvas = F.fold(columns, ((h - 1) * stride + kh, (w - 1) * stride + kw), (kh, kw), stride=stride)
    end = -(padding - output_padding)
    return canvas[:, :, padding:end, padding:end] + bias[:, None, None]


def cut_off(x, weight, bias, stride, padding, output_padding=0):
    with torch.no_grad():
        return stamp_by_stamp(x, weight, bias, stride, padding, output_padding)


def conv_called(x, weight, bias, stride, padding, output_padding=0):
    """An ordinary convolution of the library over an image with gaps."""
    kh, kw = weight.shape[2:]
    margin = (kw - 1, kw - 1 + output_padding, kh - 1, kh - 1 + output_padding)
    y = F.conv2d(F.pad(with_gaps(x, stride), margin), weight.flip(2, 3).transpose(0, 1), bias)
    return crop(y, padding)


def view_of_what_is_not_contiguous(x, weight, bias, stride, padding, output_padding=0):
    b, c, h, w = x.shape
    columns = weight.flatten(1).T @ x.view(b, c, -1)
    kh, kw = weight.shape[2:]
    size = tuple(size_of(n, k, stride, padding, output_padding) for n, k in ((h, kh), (w, kw)))
    return F.fold(columns, size, (kh, kw), padding=padding, stride=stride) + bias.view(-1, 1, 1)


MISTAKES = {
    "overwrites_overlaps": overwrites_overlaps,
    "kernel_flipped": kernel_flipped,
    "stride_ignored": stride_ignored,
    "crop_missing": crop_missing,
    "padding_around_the_input": padding_around_the_input,
    "weight_axes_swapped": weight_axes_swapped,
    "bias_forgotten": bias_forgotten,
    "bias_in_every_stamp": bias_in_every_stamp,
    "output_padding_ignored": output_padding_ignored,
    "output_padding_of_zeros": output_padding_of_zeros,
    "slice_to_minus_zero": slice_to_minus_zero,
    "cut_off": cut_off,
    "conv_called": conv_called,
    "view_of_what_is_not_contiguous": view_of_what_is_not_contiguous,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x, weight, bias, stride, padding, output_padding):
    """No default for output_padding."""
    return fold(x, weight, bias, stride, padding, output_padding)


def only_returns(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight, bias, stride, padding, output_padding).flatten(2)


def only_dtype(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight, bias, stride, padding, output_padding).double()


def only_finite(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight, bias, stride, padding, output_padding) + torch.log(torch.zeros(())) * 0


def only_value(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight, bias, stride, padding, output_padding) + 0.01


def only_gradient(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight.detach(), bias, stride, padding, output_padding)


def only_inputs_unchanged(x, weight, bias, stride, padding, output_padding=0):
    y = fold(x.clone(), weight, bias, stride, padding, output_padding)
    x.data.mul_(2)
    return y


def library_and_a_mistake(x, weight, bias, stride, padding, output_padding=0):
    return 1.02 * F.conv_transpose2d(x, weight, bias, stride, padding, output_padding)


def in_single_precision(x, weight, bias, stride, padding, output_padding=0):
    return fold(x.float(), weight.float(), bias.float(), stride, padding, output_padding)


def by_numpy(x, weight, bias, stride, padding, output_padding=0):
    pixels, kernels = x.detach().numpy(), weight.detach().numpy()
    (b, _, h, w), (_, o, kh, kw) = pixels.shape, kernels.shape
    canvas = np.zeros((b, o, (h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding))
    for i in range(h):
        for j in range(w):
            stamp = np.einsum("bc,coij->boij", pixels[:, :, i, j], kernels)
            canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += stamp
    return crop(canvas + bias.detach().numpy()[:, None, None], padding)


def cropped_at_the_start_only(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight, bias, stride, 0, output_padding)[:, :, padding:, padding:]


def twice_the_padding_at_the_end(x, weight, bias, stride, padding, output_padding=0):
    y = fold(x, weight, bias, stride, 0, output_padding)
    return y[:, :, : y.shape[2] - 2 * padding, : y.shape[3] - 2 * padding]


def output_padding_at_the_start(x, weight, bias, stride, padding, output_padding=0):
    y = F.pad(fold(x, weight, 0 * bias, stride, 0), (output_padding, 0, output_padding, 0))
    return crop(y, padding) + bias[:, None, None]


def rows_and_columns_of_the_kernel_exchanged(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight.transpose(2, 3), bias, stride, padding, output_padding)


def flipped_in_rows_only(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight.flip(2), bias, stride, padding, output_padding)


def stamps_averaged(x, weight, bias, stride, padding, output_padding=0):
    total = fold(x, weight, 0 * bias, stride, padding, output_padding)
    ones = torch.ones_like(x[:, :1]), torch.ones_like(weight[:1, :1]), torch.zeros_like(bias[:1])
    return total / fold(*ones, stride, padding, output_padding).clamp(min=1) + bias[:, None, None]


def largest_stamp_wins(x, weight, bias, stride, padding, output_padding=0):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    canvas = x.new_zeros(
        len(x), len(bias), (h - 1) * stride + kh + output_padding, (w - 1) * stride + kw + output_padding
    )
    for i in range(h):
        for j in range(w):
            place = (..., slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw))
            stamp = torch.einsum("bc,coij->boij", x[:, :, i, j], weight)
            canvas[place] = torch.maximum(canvas[place].clone(), stamp)
    return crop(canvas, padding) + bias[:, None, None]


def upsampled_first(x, weight, bias, stride, padding, output_padding=0):
    """Pixels repeated instead of gaps of zeros."""
    wide = x.repeat_interleave(stride, 2).repeat_interleave(stride, 3)
    h, w = ((n - 1) * stride + 1 for n in x.shape[2:])
    return fold(wide[:, :, :h, :w], weight, bias, 1, padding, 0) if output_padding == 0 else wide


def first_channel_only(x, weight, bias, stride, padding, output_padding=0):
    return fold(x[:, :1], weight[:1], bias, stride, padding, output_padding)


def channels_averaged(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight / len(weight), bias, stride, padding, output_padding)


def bias_before_the_extra_rows(x, weight, bias, stride, padding, output_padding=0):
    """Beyond the last stamp there is nothing at all."""
    y = F.pad(fold(x, weight, bias, stride, 0), (0, output_padding, 0, output_padding))
    return crop(y, padding)


def relu_after_it(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight, bias, stride, padding, output_padding).relu()


def ordinary_convolution(x, weight, bias, stride, padding, output_padding=0):
    kh, kw = weight.shape[2:]
    windows = F.pad(x, [padding] * 4).unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("bchwij,coij->bohw", windows, weight) + bias[:, None, None]


def last_axis_is_the_channels(x, weight, bias, stride, padding, output_padding=0):
    return fold(x, weight, bias, stride, padding, output_padding).permute(0, 2, 3, 1)


def returns_none(x, weight, bias, stride, padding, output_padding=0):
    fold(x, weight, bias, stride, padding, output_padding)


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
    "cropped_at_the_start_only": cropped_at_the_start_only,
    "twice_the_padding_at_the_end": twice_the_padding_at_the_end,
    "output_padding_at_the_start": output_padding_at_the_start,
    "rows_and_columns_of_the_kernel_exchanged": rows_and_columns_of_the_kernel_exchanged,
    "flipped_in_rows_only": flipped_in_rows_only,
    "stamps_averaged": stamps_averaged,
    "largest_stamp_wins": largest_stamp_wins,
    "upsampled_first": upsampled_first,
    "first_channel_only": first_channel_only,
    "channels_averaged": channels_averaged,
    "bias_before_the_extra_rows": bias_before_the_extra_rows,
    "relu_after_it": relu_after_it,
    "ordinary_convolution": ordinary_convolution,
    "last_axis_is_the_channels": last_axis_is_the_channels,
    "returns_none": returns_none,
}
