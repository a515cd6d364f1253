"""Check of `autoencoder/conv_transpose2d`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional as F

from autograder.checks.autoencoder import conv_transpose2d_mistakes as wrong
from autograder.claims.calls import CallClaims
from autograder.claims.compare import close, same_values
from autograder.exercise import Draw, Exercise, Misconception, failing
from autograder.probes import Plan, Record, run_probe


def oracle(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int, output_padding: int = 0
) -> torch.Tensor:
    """PyTorch's own, in float64."""
    return F.conv_transpose2d(x, weight, bias, stride, padding, output_padding)


def make_plan(draw: Draw) -> Plan:
    """Rectangular images and kernels, strides 1 to 3, with overlaps and gaps between the stamps; batch size 1, float64, arguments not contiguous.

    In the fourth case C_in = C_out, so that a weight with its axes exchanged runs and is seen. The last three have an output_padding: inside
    what was cut off, partly beyond the last stamp, and wholly beyond it, where there is nothing but the bias.
    """
    rows = [  # B, C_in, C_out, H, W, kernel, stride, padding, output_padding, dtype
        (2, 3, 4, 5, 6, (3, 2), 1, 1, None, "float32"),
        (3, 2, 5, draw.size(4, 5), 3, (2, 3), 2, 0, None, "float64"),
        (1, 4, 3, 3, 5, (4, 5), 3, 2, None, "float32"),
        (2, 3, 3, 4, draw.size(5, 6), (3, 3), 2, 1, 0, "float64"),
        (1, 3, 2, 4, 3, (3, 3), 2, 1, 1, "float32"),
        (2, 2, 3, 3, 4, (4, 3), 3, 1, 2, "float64"),
        (2, 3, 2, 3, 4, (1, 2), 3, 0, 1, "float64"),
    ]
    cases = []
    for number, (b, c_in, c_out, h, w, (kh, kw), stride, padding, extra, dtype) in enumerate(rows):
        size = [(side - 1) * stride + k - 2 * padding + (extra or 0) for side, k in ((h, kh), (w, kw))]
        x = draw.normal(b, c_in, h, w, mean=0.3, dtype=dtype)
        weight = draw.normal(c_in, c_out, kh, kw, mean=0.2, dtype=dtype)
        settings = [stride, padding] if extra is None else [stride, padding, extra]
        cases.append(
            {
                "args": [x, weight, draw.normal(c_out, mean=0.7, dtype=dtype), *settings],
                "grad": [0, 1, 2],
                "cotangents": [draw.normal(b, c_out, *size, dtype=dtype)],
                "seed": draw.seed(),
                "strided": [0, 1] if number % 2 else [],
                "operators": True,
            }
        )
    return {"probe": "call", "cases": cases}


CLAIMS = CallClaims("conv_transpose2d", oracle, ("y",))

NO_CONV = CLAIMS.avoids(
    "no_conv",
    "calls no convolution of the library",
    r"conv(?!ert)",
    "a transposed convolution from elementary operations",
    "Write it yourself this once: add the stamps up on an empty canvas, one for each place inside the kernel.",
)


def _values(plan: Plan, record: Record) -> list[torch.Tensor | None]:
    """The result of every case; None where it raised or returned no finite tensor."""
    found = []
    for case in record["cases"]:
        call = case["calls"][0]
        value = call["value"]
        usable = call["raised"] is None and value["kind"] == "tensor" and bool(value["data"].isfinite().all())
        found.append(value["data"].double() if usable else None)
    return found


def _truths(plan: Plan) -> list[torch.Tensor]:
    return [CLAIMS._truth(case)[0] for case in plan["cases"]]


def _as_one_of(*wrongs: Callable[..., torch.Tensor]) -> Callable[[Plan, Record], bool]:
    """`explains`: the same values came back as from one of these."""
    return lambda plan, record: any(same_values(plan, record, run_probe(_values_only(plan), one)) for one in wrongs)


def _values_only(plan: Plan) -> Plan:
    """The plan without gradients and operators, which cost most of the time."""
    return plan | {"cases": [case | {"grad": [], "operators": False} for case in plan["cases"]]}


def _axes_exchanged(plan: Plan, record: Record) -> bool:
    """With as many channels in as out, the result is that of the weight with these axes exchanged; elsewhere it cannot be right."""
    for case, seen, truth in zip(plan["cases"], _values(plan, record), _truths(plan), strict=True):
        x, weight, bias, *settings = case["args"]
        if len(bias) == x.shape[1]:
            turned = F.conv_transpose2d(x, weight.transpose(0, 1), bias, *settings)
            if seen is None or not close(seen, turned, torch.float32):
                return False
        elif seen is not None and close(seen, truth, torch.float32):
            return False
    return True


def _empty_slices(plan: Plan, record: Record) -> bool:
    """Right but for cases that came back empty, and those with padding 0 and no output_padding are among these."""
    empty = 0
    for case, seen, truth in zip(plan["cases"], _values(plan, record), _truths(plan), strict=True):
        padding, extra = [*case["args"][4:], 0][:2]
        if seen is None or (padding == extra == 0 and seen.numel()):
            return False
        if seen.numel() == 0 and padding == max(extra, 0):
            empty += 1
        elif extra == 0 and not close(seen, truth, torch.float32):
            return False
    return empty > 0


def _not_contiguous(plan: Plan, record: Record) -> bool:
    """Right wherever the arguments are contiguous; elsewhere a view is refused."""
    plain = [number for number, case in enumerate(plan["cases"]) if not case["strided"]]
    some_plan, some = ({"cases": [tree["cases"][n] for n in plain]} for tree in (plan, record))
    if failing(EXERCISE.claims, some_plan, some):
        return False
    others = [found["calls"][0]["raised"] for n, found in enumerate(record["cases"]) if n not in plain]
    return all(raised is not None and "view size is not compatible" in raised["message"] for raised in others)


MISCONCEPTIONS = (
    Misconception(
        "overwrites_overlaps",
        "where stamps overlap the later one replaces the earlier instead of being added to it",
        "Where stamps overlap, the later one replaces the earlier: they have to add up (`+=` instead of `=`).",
        wrong.overwrites_overlaps,
        _as_one_of(wrong.overwrites_overlaps, wrong._overwrites_by_kernel, wrong._first_stamp_stays),
    ),
    Misconception(
        "kernel_flipped",
        "the kernel is turned by 180 degrees before it is stamped",
        "The kernel is turned upside down and left to right: a stamp is the kernel as it is. (It is turned only if you write the transposed "
        "convolution as an ordinary one over an input with gaps.)",
        wrong.kernel_flipped,
    ),
    Misconception(
        "stride_ignored",
        "the stride plays no part: neighbouring stamps lie one pixel apart",
        "The stamps lie one pixel apart: from one to the next it should be `stride` pixels.",
        wrong.stride_ignored,
        _as_one_of(wrong.stride_ignored, wrong._stride_ignored_on_the_right_canvas),
    ),
    Misconception(
        "crop_missing",
        "the padding is not cut off: the result is the whole canvas",
        "The padding plays no part: `padding` rows and columns are to be cut off on each side of the canvas.",
        wrong.crop_missing,
        _as_one_of(wrong.crop_missing, wrong._crop_and_extra_missing),
    ),
    Misconception(
        "padding_around_the_input",
        "the input is padded with zeros, as for an ordinary convolution, instead of the output cropped",
        "The input is padded, as for an ordinary convolution: here the padding says how much is cut off the *output*.",
        wrong.padding_around_the_input,
    ),
    Misconception(
        "weight_axes_swapped",
        "the weight is taken for (C_out, C_in, kh, kw), as in an ordinary convolution",
        "The weight is taken for (C_out, C_in, kh, kw), as in an ordinary convolution: here its first axis is C_in.",
        wrong.weight_axes_swapped,
        _axes_exchanged,
    ),
    Misconception(
        "bias_forgotten",
        "the bias is not added",
        "The bias is missing: each output channel has one, added to all of its pixels.",
        wrong.bias_forgotten,
        _as_one_of(wrong.bias_forgotten),
    ),
    Misconception(
        "bias_in_every_stamp",
        "the bias is added with every stamp, so that overlaps hold it several times",
        "The bias is part of every stamp, so a pixel has it as often as stamps lie on it, or not at all: add it once, at the end.",
        wrong.bias_in_every_stamp,
    ),
    Misconception(
        "output_padding_ignored",
        "output_padding plays no part",
        "output_padding plays no part: it keeps that many more rows and columns, at the bottom and at the right.",
        wrong.output_padding_ignored,
    ),
    Misconception(
        "output_padding_of_zeros",
        "the extra rows and columns are put on after the cropping, filled with zeros (or the bias)",
        "The extra rows and columns are empty: output_padding does not add anything, it cuts less off, so what the stamps left there stays.",
        wrong.output_padding_of_zeros,
        _as_one_of(wrong.output_padding_of_zeros, wrong._output_padding_of_bias),
    ),
    Misconception(
        "slice_to_minus_zero",
        "the crop is written as [padding:-padding], which is empty when padding is 0",
        "With padding 0 the result is empty: `[padding:-padding]` is then `[0:0]`. Write the end as a number of pixels.",
        wrong.slice_to_minus_zero,
        _empty_slices,
    ),
    Misconception(
        "cut_off",
        "the values are right, but no gradient passes: no_grad, .data, .detach() or NumPy",
        "The values are right, but no gradient passes: compute with torch operations on x, weight and bias themselves, without `no_grad`, "
        "`.data`, `.detach()` or NumPy.",
        wrong.cut_off,
    ),
    Misconception(
        "conv_called",
        "a convolution of the library does the work (F.conv_transpose2d, nn.ConvTranspose2d, F.conv2d over an input with gaps …)",
        "Everything is right, but a convolution of PyTorch did the work: this exercise asks for one that you write yourself.",
        wrong.conv_called,
        lambda plan, record: failing(EXERCISE.claims, plan, record) == {"no_conv"},
    ),
    Misconception(
        "view_of_what_is_not_contiguous",
        "`.view` is called on an argument, which fails when it is not contiguous in memory",
        "`.view` refuses a tensor that does not lie in memory in order, such as images that were permuted: `.reshape` copies where it must.",
        wrong.view_of_what_is_not_contiguous,
        _not_contiguous,
    ),
)

EXERCISE: Exercise = Exercise(
    id="autoencoder/conv_transpose2d",
    make_plan=make_plan,
    claims=(
        *CLAIMS.standard(
            value_advice="Do a small one by hand: two pixels, a kernel of three, stride 2. Lay both stamps on a row of boxes, add, cut off the padding.",
            gradient_advice="Build the result from x, weight and bias with torch operations only: no `.detach()`, `.data`, `no_grad` or NumPy.",
        ),
        NO_CONV,
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Begin with a canvas of zeros that holds every stamp: (H − 1)·stride + kh rows (and output_padding more). You can loop over the pixels of "
        "the input – or over the few places inside the kernel.",
        "The number at row i and column j of the kernel lands, for all pixels of the input at once, on "
        "`canvas[:, :, i : i + stride·(H − 1) + 1 : stride, …]`. What is added there is x times weight[:, :, i, j], summed over the channels C_in.",
        "An einsum of x (B, C_in, H, W) with weight[:, :, i, j] (C_in, C_out) gives that. At the end cut off the first `padding` rows and columns, "
        "keep as many as `conv_transpose_output_size` says, and add the bias.",
    ),
    depends=("autoencoder/conv_transpose_output_size",),
)
