"""Check of `cnn/conv2d`."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from autograder.checks.cnn import conv2d_mistakes as mistakes
from autograder.claims.calls import CallClaims, in_double
from autograder.claims.compare import close, same_gradients
from autograder.exercise import Draw, Exercise, Misconception, failing
from autograder.probes import Plan, Record, run_probe


def oracle(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int) -> torch.Tensor:
    """PyTorch's own, in float64."""
    return F.conv2d(x, weight, bias, stride, padding)


def make_plan(draw: Draw) -> Plan:
    """Rectangular images and kernels, strides 1 to 3, paddings 0 to 2, pixels left over; batch size 1, float64, arguments not contiguous.

    In the third case all kernels are square, so that a kernel with its sides exchanged runs and is seen; in the last the kernel covers the image.
    """
    rows = [  # B, C_in, C_out, H, W, kernel, stride, padding, dtype
        (2, 3, 4, 5, 6, (3, 2), 1, 1, "float32"),
        (3, 2, 5, draw.size(8, 9), 7, (2, 3), 2, 1, "float64"),
        (2, 3, 2, 6, 5, (3, 3), 1, 1, "float64"),
        (1, 4, 3, 7, draw.size(9, 10), (4, 3), 3, 2, "float32"),
        (2, 1, 3, 6, 4, (2, 2), 1, 0, "float64"),
        (4, 3, 1, 3, 5, (3, 5), 2, 0, "float64"),
    ]
    cases = []
    for number, (b, c_in, c_out, h, w, (kh, kw), stride, padding, dtype) in enumerate(rows):
        size = [(side + 2 * padding - k) // stride + 1 for side, k in ((h, kh), (w, kw))]
        x = draw.normal(b, c_in, h, w, mean=0.3, dtype=dtype)
        weight = draw.normal(c_out, c_in, kh, kw, mean=0.2, dtype=dtype)
        cases.append(
            {
                "args": [x, weight, draw.normal(c_out, mean=0.7, dtype=dtype), stride, padding],
                "grad": [0, 1, 2],
                "cotangents": [draw.normal(b, c_out, *size, dtype=dtype)],
                "seed": draw.seed(),
                "strided": [0, 1] if number % 2 else [],
                "operators": True,
            }
        )
    return {"probe": "call", "cases": cases}


CLAIMS = CallClaims("conv2d", oracle, ("y",))

NO_CONV = CLAIMS.avoids(
    "no_conv",
    "calls no convolution of the library",
    r"conv(?!ert)",
    "a convolution from elementary operations",
    "Write it yourself this once: take the windows out of the padded image and multiply them with the weights.",
)


def _values(plan: Plan, record: Record) -> list[tuple[Any, torch.Tensor]] | None:
    """Arguments (float64) and result of every call; None when one raised or returned no finite tensor."""
    pairs = []
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        call = found["calls"][0]
        if call["raised"] or call["value"]["kind"] != "tensor" or not call["value"]["data"].isfinite().all():
            return None
        pairs.append(([in_double(a) for a in case["args"]], call["value"]["data"].double()))
    return pairs


def _shifted(plan: Plan, record: Record) -> bool:
    """Every window starts one pixel up and left of where it should, or down and right; what happens at the border is left open."""
    pairs = _values(plan, record)
    if pairs is None or CLAIMS.returns().judge(plan, record) is not None:
        return False
    return any(all(_is_shifted(y, by, *arguments) for arguments, y in pairs) for by in (-1, 1))


def _is_shifted(
    y: torch.Tensor, by: int, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int
) -> bool:
    everywhere = F.conv2d(F.pad(x, [padding + 1] * 4), weight, bias)  # at every pixel, and one further on each side
    h, w = y.shape[2:]
    moved = everywhere[:, :, 1 + by :: stride, 1 + by :: stride][:, :, :h, :w]
    rows, columns = (slice(1, None) if by < 0 else slice(0, n - 1) for n in (h, w))
    return close(y[:, :, rows, columns], moved[:, :, rows, columns], torch.float32)


def _stride_one(plan: Plan, record: Record) -> bool:
    """The results of stride 1: all of them, or the first ones, as many as there should be."""
    pairs = _values(plan, record)
    return pairs is not None and all(y.ndim == 4 and _is_stride_one(y, *arguments) for arguments, y in pairs)


def _is_stride_one(
    y: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int
) -> bool:
    truth = F.conv2d(x, weight, bias, 1, padding)
    return close(y, truth[:, :, : y.shape[2], : y.shape[3]], torch.float32)


def _channels_kept(plan: Plan, record: Record) -> bool:
    """Five axes, one of which is that of the input channels: summed over it, the result is right up to the bias."""
    pairs = _values(plan, record)
    return pairs is not None and all(y.ndim == 5 and _sums_up(y, *arguments) for arguments, y in pairs)


def _sums_up(
    y: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int
) -> bool:
    c_in, plain = x.shape[1], F.conv2d(x, weight, None, stride, padding)
    sums = [y.sum(axis) for axis in range(5) if y.shape[axis] == c_in]
    added = [times * bias[:, None, None] for times in (0, 1, c_in)]
    return any(close(total, plain + b, torch.float32) for total in sums for b in added)


def _not_contiguous(plan: Plan, record: Record) -> bool:
    """Right wherever the arguments are contiguous; elsewhere a view is refused."""
    plain = [number for number, case in enumerate(plan["cases"]) if not case["strided"]]
    some_plan, some = ({"cases": [tree["cases"][n] for n in plain]} for tree in (plan, record))
    if failing(EXERCISE.claims, some_plan, some):
        return False
    others = [found["calls"][0]["raised"] for n, found in enumerate(record["cases"]) if n not in plain]
    return all(raised is not None and "view size is not compatible" in raised["message"] for raised in others)


def _bias_missing(plan: Plan, record: Record) -> bool:
    """The values without the bias, whatever was done to its gradient."""
    pairs = _values(plan, record)
    twin = run_probe(plan, mistakes.bias_forgotten)
    return pairs is not None and all(
        close(y, found["calls"][0]["value"]["data"], torch.float32)
        and same_gradients([call["grads"][0][:2]], [found["calls"][0]["grads"][0][:2]])
        for (_, y), call, found in zip(pairs, (c["calls"][0] for c in record["cases"]), twin["cases"], strict=True)
    )


MISCONCEPTIONS = (
    Misconception(
        "kernel_flipped",
        "the kernel is turned by 180 degrees before it is multiplied, as in a convolution of mathematics",
        "The kernel is turned upside down and left to right: that is the convolution of mathematics. In deep learning the kernel is laid "
        "on the image as it is (a cross-correlation).",
        mistakes.kernel_flipped,
    ),
    Misconception(
        "one_pixel_shift",
        "every window starts one pixel too early (at −1, the book's own bug), so that the result is shifted by one pixel",
        "This is the right result, shifted by one pixel: the first window starts at row 0 and column 0 of the padded image. (The book's own "
        "loop starts at −1, which Python takes for the last row.)",
        mistakes.one_pixel_shift,
        _shifted,
    ),
    Misconception(
        "stride_ignored",
        "the stride plays no part: the window moves by one pixel",
        "The windows are those of stride 1: from one to the next the window moves by `stride` pixels.",
        mistakes.stride_ignored,
        _stride_one,
    ),
    Misconception(
        "padding_ignored",
        "the image is not padded",
        "The image is not padded: surround it with `padding` rows and columns of zeros first.",
        mistakes.padding_ignored,
    ),
    Misconception(
        "bias_forgotten",
        "the bias is not added",
        "The bias is missing: each output channel has one, added to all of its pixels.",
        mistakes.bias_forgotten,
        _bias_missing,
    ),
    Misconception(
        "bias_in_every_product",
        "the bias is added to every product of a window before the sum, instead of once after it",
        "The bias is added once for every product of a window: sum the window first, then add the bias.",
        mistakes.bias_in_every_product,
    ),
    Misconception(
        "channels_not_summed",
        "the products are not summed over the input channels: the result has an axis for them",
        "The result has an axis for the input channels: sum over them, as over the rows and columns of the window.",
        mistakes.channels_not_summed,
        _channels_kept,
    ),
    Misconception(
        "first_channel_only",
        "only the first input channel is used",
        "Only the first input channel enters: a filter looks at all of them, with weights of its own for each.",
        mistakes.first_channel_only,
    ),
    Misconception(
        "channels_averaged",
        "the result is averaged over the input channels instead of summed",
        "The sum is divided by the number of input channels: a convolution sums over its window, it does not average.",
        mistakes.channels_averaged,
    ),
    Misconception(
        "cut_off",
        "the values are right, but no gradient passes: no_grad, .data, .detach() or NumPy",
        "The values are right, but no gradient passes: compute with torch operations on x, weight and bias themselves, without `no_grad`, "
        "`.data`, `.detach()` or NumPy.",
        mistakes.cut_off,
    ),
    Misconception(
        "conv_called",
        "a convolution of the library does the work (F.conv2d, nn.Conv2d, a transposed or three-dimensional one …)",
        "Everything is right, but a convolution of PyTorch did the work: this exercise asks for one that you write yourself.",
        mistakes.conv_called,
        lambda plan, record: failing(EXERCISE.claims, plan, record) == {"no_conv"},
    ),
    Misconception(
        "view_of_what_is_not_contiguous",
        "`.view` is called on an argument, which fails when it is not contiguous in memory",
        "`.view` refuses a tensor that does not lie in memory in order, such as images that were permuted: `.reshape` copies where it must.",
        mistakes.view_of_what_is_not_contiguous,
        _not_contiguous,
    ),
)

EXERCISE: Exercise = Exercise(
    id="cnn/conv2d",
    make_plan=make_plan,
    claims=(
        *CLAIMS.standard(
            value_advice="Work out the top left pixel of the result by hand: pad, cut out the first window, multiply with a filter, sum, add its bias.",
            gradient_advice="Build the result from x, weight and bias with torch operations only: no `.detach()`, `.data`, `no_grad` or NumPy.",
        ),
        NO_CONV,
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Pad first (`F.pad`). Then a pixel of the result is a sum over one window: over its channels, rows and columns. You can loop over the "
        "pixels of the result – or over the few places inside the kernel.",
        "For the weight at row i and column j of the kernel, the pixels that meet it are `padded[:, :, i : i + stride·(H' − 1) + 1 : stride, …]`, one "
        "for each pixel of the result. Multiply them with weight[:, :, i, j], and add up over i, j.",
        "Or take all windows at once: `padded.unfold(2, kh, stride).unfold(3, kw, stride)` has shape (B, C_in, H', W', kh, kw); an einsum with the "
        "weights (C_out, C_in, kh, kw) leaves (B, C_out, H', W').",
    ),
    depends=("cnn/conv_output_size",),
)
