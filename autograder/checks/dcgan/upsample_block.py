"""Check of `dcgan/upsample_block`, a function that makes a module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.claims.convnets import EVAL, ONE, ConvNetClaims, cases, fitting, run_of
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


class Reference(nn.Module):
    """The block asked for, or a variant of it: another slope, order or way to enlarge, with a bias, or without norm."""

    def __init__(
        self,
        c_in: int,
        c_out: int,
        *,
        mode: str = "nearest",
        enlarged_after: int = 0,
        factor: int = 2,
        padding: int = 1,
        bias: bool = False,
        norm: bool = True,
        norm_last: bool = False,
        slope: float = 0.2,
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(c_in, c_out, 3, 1, padding, bias=bias)
        self.norm = nn.BatchNorm2d(c_out) if norm else nn.Identity()
        self.mode, self.factor, self.slope = mode, factor, slope
        self.enlarged_after, self.norm_last = enlarged_after, norm_last

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, c_in, H, W) → (B, c_out, 2H, 2W)."""
        layers = [self.convolution, *((self._bend, self.norm) if self.norm_last else (self.norm, self._bend))]
        layers.insert(self.enlarged_after, self._enlarge)
        for layer in layers:
            x = layer(x)
        return x

    def _bend(self, x: torch.Tensor) -> torch.Tensor:
        return torch.maximum(x, self.slope * x)

    def _enlarge(self, x: torch.Tensor) -> torch.Tensor:
        if self.mode == "nearest":
            return x.repeat_interleave(self.factor, dim=2).repeat_interleave(self.factor, dim=3)
        corners = self.mode == "corners"
        return nn.functional.interpolate(x, scale_factor=self.factor, mode="bilinear", align_corners=corners)


def make_plan(draw: Draw) -> Plan:
    """Images that are not square, with unequal numbers of channels, more at the end and fewer."""
    a = draw.size(4, 6)
    b = draw.size(5, 8, a)
    h = draw.size(5, 8)
    w = draw.size(4, 9, h)
    construct = [[a, b], [b, a], [a + 1, 2]]
    inputs = [draw.normal(n, c[0], h, w, std=4.0) for n, c in zip((draw.size(2, 3), 4, 1), construct, strict=True)]
    outputs = [(len(x), c_out, 2 * h, 2 * w) for x, (_, c_out) in zip(inputs, construct, strict=True)]
    return {"probe": "transplant", "cases": cases(draw, construct, inputs, outputs)}


MODULE = ConvNetClaims("upsample_block", Reference, ("images",), ("x",))

CLAIMS = (
    MODULE.builds(),
    MODULE.architecture("One convolution with kernel 3 and without bias, and one batch norm."),
    MODULE.runs(),
    MODULE.value(
        "images",
        "computes the images as asked",
        "each pixel repeated to 2×2 equal ones, then convolution, batch norm, LeakyReLU 0.2",
        "Compare the order of your layers with that list; `nn.Upsample` repeats pixels in its default mode.",
    ),
    MODULE.train_mode(),
    MODULE.statistics(),
    MODULE.gradient(),
    MODULE.inputs_unchanged(),
)


def _variant(**options: Any) -> Callable[[Plan, Record], bool]:
    """`explains`: in eval mode the images are those of a variant of the block with the learner's weights."""

    def factory(*construct: int) -> nn.Module:
        return Reference(*construct, **options)

    return lambda plan, record: (
        fitting(Reference, plan, record, EVAL) is None
        and all(fitting(factory, plan, record, case) is not None for case in (EVAL, ONE))
    )


def _any(*explained: Callable[[Plan, Record], bool]) -> Callable[[Plan, Record], bool]:
    return lambda plan, record: any(explains(plan, record) for explains in explained)


def _transposed(plan: Plan, record: Record) -> bool:
    """It doubles the size by a transposed convolution: its weight is (c_in, c_out, k, k), and there is no other."""
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        weights = [shape for _, shape in found["module"]["parameters"] or [] if len(shape) == 4]
        if len(weights) != 1 or weights[0][:2] != case["construct"] or run_of(record, ONE) is None:
            return False
    return True


def transposed_convolution(c_in, c_out):
    return nn.Sequential(nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2))


def bilinear_upsampling(c_in, c_out):
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="bilinear"),
        *(nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)),
    )


def enlarged_last(c_in, c_out):
    return nn.Sequential(
        *(nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)),
        nn.Upsample(scale_factor=2, mode="bilinear"),
    )


def size_off(c_in, c_out):
    return nn.Sequential(
        nn.Upsample(scale_factor=2),
        *(nn.Conv2d(c_in, c_out, 3, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)),
    )


def conv_bias(c_in, c_out):
    return nn.Sequential(
        nn.Upsample(scale_factor=2),
        *(nn.Conv2d(c_in, c_out, 3, padding=1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)),
    )


def no_norm(c_in, c_out):
    return nn.Sequential(
        nn.Upsample(scale_factor=2), nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.LeakyReLU(0.2)
    )


def relu(c_in, c_out):
    return nn.Sequential(
        nn.Upsample(scale_factor=2),
        *(nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU()),
    )


def pytorch_slope(c_in, c_out):
    return nn.Sequential(
        nn.Upsample(scale_factor=2),
        *(nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU()),
    )


def norm_after_activation(c_in, c_out):
    return nn.Sequential(
        nn.Upsample(scale_factor=2),
        *(nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.LeakyReLU(0.2), nn.BatchNorm2d(c_out)),
    )


MISCONCEPTIONS = (
    Misconception(
        "transposed_convolution",
        "the size is doubled by a transposed convolution again",
        "This is a transposed convolution again, whose stamps overlap unevenly: enlarge first, by repeating pixels, then convolve with stride 1.",
        transposed_convolution,
        _transposed,
    ),
    Misconception(
        "bilinear_upsampling",
        "the image is enlarged by bilinear interpolation instead of repeating pixels",
        "The image is enlarged bilinearly. That avoids the checkerboard just as well, but this exercise asks for nearest, the repeated pixel.",
        bilinear_upsampling,
        _any(_variant(mode="bilinear"), _variant(mode="corners")),
    ),
    Misconception(
        "enlarged_last",
        "the image is enlarged after the convolution instead of before it (nearest or bilinear)",
        "The image is enlarged after the convolution, so nothing is drawn at the new size: enlarge first.",
        enlarged_last,
        _any(
            *(_variant(enlarged_after=n, mode=mode) for n in (1, 2, 3) for mode in ("nearest", "bilinear", "corners"))
        ),
    ),
    Misconception(
        "size_off",
        "the convolution has no padding, or the image is not enlarged: the result is not twice as large",
        "The result is not twice as large: a convolution with kernel 3 needs padding 1 to keep the size, and the enlarging is by a factor of 2.",
        size_off,
        _any(_variant(padding=0), _variant(factor=1), _variant(padding=0, factor=1)),
    ),
    Misconception(
        "conv_bias",
        "the convolution has a bias",
        "The convolution has a bias, which batch norm would subtract right away: this exercise asks for `bias=False`.",
        conv_bias,
        _variant(bias=True),
    ),
    Misconception(
        "no_norm",
        "there is no batch norm",
        "There is no batch norm: it stands between the convolution and the LeakyReLU.",
        no_norm,
        _variant(norm=False),
    ),
    Misconception(
        "relu",
        "the activation is a ReLU instead of a LeakyReLU",
        "The activation is a plain ReLU: this exercise asks for LeakyReLU with slope 0.2.",
        relu,
        _variant(slope=0.0),
    ),
    Misconception(
        "pytorch_slope",
        "the LeakyReLU has PyTorch's default slope 0.01 instead of 0.2",
        "The LeakyReLU has slope 0.01, PyTorch's default: this exercise asks for 0.2.",
        pytorch_slope,
        _variant(slope=0.01),
    ),
    Misconception(
        "norm_after_activation",
        "batch norm comes after the LeakyReLU instead of before it",
        "Batch norm comes after the LeakyReLU. That is no mistake in itself, but this exercise asks for the order of the generator: "
        "convolution, batch norm, LeakyReLU.",
        norm_after_activation,
        _variant(norm_last=True),
    ),
)

EXERCISE = Exercise(
    id="dcgan/upsample_block",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Two steps instead of one: make the image twice as large without learning anything, then let a convolution that keeps the size draw on it.",
        "`nn.Upsample(scale_factor=2)` repeats every pixel to 2×2. A convolution keeps the size with kernel 3, stride 1, padding 1.",
        "Return an `nn.Sequential` of four layers: upsample, convolution without bias, batch norm for c_out channels, LeakyReLU with slope 0.2.",
    ),
)
