"""Check of `dcgan/Generator`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.checks.dcgan import generator_mistakes as mistakes
from autograder.claims.convnets import EVAL, ONE, ConvNetClaims, cases, default_case, fitting, run_of
from autograder.exercise import Draw, Exercise, Misconception, failing
from autograder.probes import Plan, Record

PADDINGS = (0, 1, 1, 1, 1)


class Reference(nn.Module):
    """The network asked for, or a variant of it: another slope, order, end or padding, with biases, a norm more, or none."""

    def __init__(
        self,
        latent_dim: int,
        width: int = 64,
        *,
        slope: float = 0.2,
        norm: bool = True,
        norm_last: bool = False,
        bias: bool = False,
        output_norm: bool = False,
        momentum: float = 0.1,
        end: Callable[[torch.Tensor], torch.Tensor] = torch.tanh,
        paddings: tuple[int, ...] = PADDINGS,
    ) -> None:
        super().__init__()
        channels = [latent_dim, 8 * width, 4 * width, 2 * width, width, 1]
        self.layers = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 4, 2 if i else 1, p, bias=bias)
            for i, (a, b, p) in enumerate(zip(channels, channels[1:], paddings, strict=False))
        )
        normed = channels[1 : (6 if output_norm else 5)] if norm else []
        self.norms = nn.ModuleList(nn.BatchNorm2d(c, momentum=momentum) for c in normed)
        self.slope, self.norm_last, self.end = slope, norm_last, end

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """(B, latent_dim) → (B, 1, 64, 64)."""
        x = z.reshape(*z.shape, 1, 1)
        for number, layer in enumerate(self.layers):
            x = layer(x)
            norm = self.norms[number] if number < len(self.norms) else nn.Identity()
            if number == 4:
                return self.end(norm(x))
            x = norm(self._bend(x)) if self.norm_last else self._bend(norm(x))
        return x

    def _bend(self, x: torch.Tensor) -> torch.Tensor:
        return torch.maximum(x, self.slope * x)


def make_plan(draw: Draw) -> Plan:
    """Narrow networks, whose layers all differ in shape; the default width is built and not run."""
    latent, width = draw.size(5, 7), draw.size(2, 3)
    construct = [[latent, width], [latent, width], [latent + 4, 2]]
    inputs = [draw.normal(n, c[0]) for n, c in zip((draw.size(3, 4), 5, 1), construct, strict=True)]
    found = cases(draw, construct, inputs, [(len(z), 1, 64, 64) for z in inputs])
    return {"probe": "transplant", "cases": [*found, default_case([3])]}


MODULE = ConvNetClaims("Generator", Reference, ("images",), ("z",))

CLAIMS = (
    MODULE.builds(),
    MODULE.architecture(
        "Transposed convolutions latent_dim → 8w → 4w → 2w → w → 1 with kernel 4 and without bias, and a batch norm after each but the last; w is the width, 64 unless told."
    ),
    MODULE.runs(),
    MODULE.value(
        "images",
        "computes the images as asked",
        "four times transposed convolution, batch norm, LeakyReLU 0.2; a last transposed convolution; tanh",
        "Go through your layers one by one: the order inside a block, the slope 0.2, and what follows the last layer.",
    ),
    MODULE.train_mode(),
    MODULE.statistics(),
    MODULE.gradient(),
    MODULE.inputs_unchanged(),
)


def _factory(**options: Any) -> Callable[..., nn.Module]:
    return lambda *construct: Reference(*construct, **options)


def _variant(**options: Any) -> Callable[[Plan, Record], bool]:
    """`explains`: in eval mode the images are those of a variant of the network with the learner's weights."""
    factory = _factory(**options)
    return lambda plan, record: (
        fitting(Reference, plan, record, EVAL) is None
        and all(fitting(factory, plan, record, case) is not None for case in (EVAL, ONE))
    )


def _padding(plan: Plan, record: Record) -> bool:
    run = run_of(record, ONE)
    if run is None or run["value"]["data"].shape[-2:] == (64, 64):
        return False
    for paddings in itertools.product((0, 1), repeat=5):
        side = 1
        for number, padding in enumerate(paddings):
            side = (2 if number else 1) * (side - 1) + 4 - 2 * padding
        if side == run["value"]["data"].shape[-1] and _variant(paddings=paddings)(plan, record):
            return True
    return False


def _momentum(plan: Plan, record: Record) -> bool:
    """Only the running statistics are wrong, and right for another momentum."""
    if failing(CLAIMS, plan, record) != {"statistics"}:
        return False
    others = [ConvNetClaims("", _factory(momentum=m), ("",), ("z",)).statistics() for m in (0.9, 0.99, 0.01)]
    return any(claim.judge(plan, record) is None for claim in others)


MISCONCEPTIONS = (
    Misconception(
        "sigmoid",
        "the network ends in a sigmoid instead of tanh",
        "The network ends in a sigmoid: its images lie in [0, 1], while the real ones come in [-1, 1]. This exercise asks for tanh.",
        mistakes.sigmoid,
        _variant(end=torch.sigmoid),
    ),
    Misconception(
        "no_tanh",
        "nothing follows the last layer: tanh is missing",
        "Nothing follows the last layer, so pixels can be any number: tanh brings them to [-1, 1], where the real images are.",
        mistakes.no_tanh,
        _variant(end=lambda x: x),
    ),
    Misconception(
        "output_norm",
        "there is a batch norm after the last transposed convolution, too",
        "There is a batch norm on the output, too: it would give every batch the same mean and contrast. The last layer has none.",
        mistakes.output_norm,
        _variant(output_norm=True),
    ),
    Misconception(
        "wrong_padding",
        "the padding of some transposed convolution is wrong, so that the images are not 64×64",
        "The images are not 64×64: the first transposed convolution has padding 0 (1×1 becomes 4×4), each later one padding 1 and stride 2, which doubles the size.",
        mistakes.wrong_padding,
        _padding,
    ),
    Misconception(
        "no_norm",
        "there is no batch norm",
        "There is no batch norm: it belongs after every transposed convolution but the last, and keeps such a deep stack trainable.",
        mistakes.no_norm,
        _variant(norm=False),
    ),
    Misconception(
        "conv_biases",
        "the transposed convolutions have biases",
        "The transposed convolutions have biases: batch norm subtracts the mean right away, so this exercise asks for `bias=False`.",
        mistakes.conv_biases,
        _variant(bias=True),
    ),
    Misconception(
        "relu",
        "the activations are ReLUs instead of LeakyReLUs",
        "The activations are plain ReLUs, as in the DCGAN paper: this exercise asks for the book's LeakyReLU with slope 0.2.",
        mistakes.relu,
        _variant(slope=0.0),
    ),
    Misconception(
        "pytorch_slope",
        "the LeakyReLUs have PyTorch's default slope 0.01 instead of 0.2",
        "The LeakyReLUs have slope 0.01, PyTorch's default: this exercise asks for 0.2.",
        mistakes.pytorch_slope,
        _variant(slope=0.01),
    ),
    Misconception(
        "norm_after_activation",
        "batch norm comes after the LeakyReLU instead of before it",
        "Batch norm comes after the LeakyReLU. That is no mistake in itself, but this exercise asks for the book's order: "
        "transposed convolution, batch norm, LeakyReLU.",
        mistakes.norm_after_activation,
        _variant(norm_last=True),
    ),
    Misconception(
        "keras_momentum",
        "the batch norm layers have Keras's momentum, 0.9 or 0.99 (or 0.01, which means the same in PyTorch)",
        "The batch norm layers have another momentum than PyTorch's default 0.1, which this exercise asks for. (Keras's 0.9 is the share that is "
        "kept: it is 0.1 here.)",
        mistakes.keras_momentum,
        _momentum,
    ),
)

EXERCISE = Exercise(
    id="dcgan/Generator",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Write the shapes down first: latent_dim×1×1, then 8w×4×4, 4w×8×8, 2w×16×16, w×32×32, and 1×64×64.",
        "A block is `nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False)`, `nn.BatchNorm2d(c_out)`, `nn.LeakyReLU(0.2)`. "
        "Stride 1 and padding 0 make 4×4 of 1×1; stride 2 and padding 1 double the size.",
        "All of it fits into one `nn.Sequential`, with `nn.Tanh()` at its end. In `forward`, `z.view(len(z), -1, 1, 1)` makes an image of 1×1 pixels.",
    ),
)
