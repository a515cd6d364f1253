"""Check of `dcgan/Discriminator`.

In eval mode the learner's logits are compared with those of a reference that carries the learner's weights. In train mode the probe records what
each convolution was given, which tells what the dropout before it dropped.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.checks.dcgan import discriminator_mistakes as mistakes
from autograder.claims.convnets import EVAL, ONE, TRAIN, ConvNetClaims, cases, default_case, fitting, masks, run_of
from autograder.exercise import Draw, Exercise, Misconception, failing
from autograder.probes import Plan, Record

RATES = (0.3,) * 4


class Reference(nn.Module):
    """The network asked for without its dropout, or a variant of it: another slope, order or end, with biases, a norm more, or none."""

    def __init__(
        self,
        width: int = 64,
        *,
        slope: float = 0.2,
        norms: tuple[int, ...] = (1, 2, 3),
        norm_last: bool = False,
        bias: bool = False,
        momentum: float = 0.1,
        end: Callable[[torch.Tensor], torch.Tensor] = torch.clone,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList()
        for number, (c_in, c_out) in enumerate(itertools.pairwise([1, width, 2 * width, 4 * width, 8 * width])):
            norm = nn.BatchNorm2d(c_out, momentum=momentum) if number in norms else nn.Identity()
            order = (nn.LeakyReLU(slope), norm) if norm_last else (norm, nn.LeakyReLU(slope))
            self.blocks.append(nn.Sequential(nn.Conv2d(c_in, c_out, 4, 2, 1, bias=bias), *order))
        self.last, self.end = nn.Conv2d(8 * width, 1, 4, bias=bias), end

    def head(self, x: torch.Tensor) -> torch.Tensor:
        """What the last block gives, (B, 8w, 4, 4) → logits (B,)."""
        return self.end(self.last(x)[:, 0, 0, 0])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 1, 64, 64) → logits (B,)."""
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def make_plan(draw: Draw) -> Plan:
    """Narrow networks, whose layers all differ in shape; the default width is built and not run."""
    width = draw.size(2, 3)
    inputs = [draw.uniform(n, 1, 64, 64, low=-1.0) for n in (draw.size(3, 4), draw.size(5, 6), 1)]
    found = cases(draw, [[width], [width], [2]], inputs, [(len(x),) for x in inputs])
    return {"probe": "transplant", "cases": [*found, default_case([])]}


MODULE = ConvNetClaims("Discriminator", Reference, ("logits",), ("x",))

CLAIMS = (
    MODULE.builds(),
    MODULE.architecture(
        "Convolutions 1 → w → 2w → 4w → 8w → 1 with kernel 4 and without bias, and a batch norm after the second, third and fourth; w is the width, 64 unless told."
    ),
    MODULE.runs(),
    MODULE.value(
        "logits",
        "computes the logits as asked",
        "conv, LeakyReLU 0.2, dropout; three times conv, batch norm, LeakyReLU 0.2, dropout; a last conv, and nothing after it",
        "Go through your layers one by one: the order inside a block, the slope 0.2, and nothing after the last layer.",
    ),
    MODULE.dropout(
        RATES,
        "each value after each of the four blocks dropped with probability 0.3, the others divided by 0.7",
        "`nn.Dropout(0.3)` ends every block, after the LeakyReLU; there is none after the last convolution.",
    ),
    MODULE.statistics(),
    MODULE.gradient(),
    MODULE.inputs_unchanged(),
)


def _factory(**options: Any) -> Callable[..., nn.Module]:
    return lambda *construct: Reference(*construct, **options)


def _right(plan: Plan, record: Record) -> bool:
    return fitting(Reference, plan, record, EVAL) is not None


def _variant(**options: Any) -> Callable[[Plan, Record], bool]:
    """`explains`: in eval mode the logits are those of a variant of the network with the learner's weights."""
    factory = _factory(**options)
    return lambda plan, record: (
        not _right(plan, record) and all(fitting(factory, plan, record, case) is not None for case in (EVAL, ONE))
    )


def _squeezed(plan: Plan, record: Record) -> bool:
    """Right for several images, and a scalar for a single one."""
    run = run_of(record, ONE)
    return run is not None and run["value"]["data"].shape == () and _right(plan, record)


def _rate(rate: float, case: int = TRAIN) -> Callable[[Plan, Record], bool]:
    """`explains`: dropout with this probability after all four blocks makes the record."""
    return lambda plan, record: masks(Reference, plan, record, case, (rate,) * 4) is not None


def _only_dropout(plan: Plan, record: Record) -> bool:
    return failing(CLAIMS, plan, record) == {"dropout"}


def _missing(plan: Plan, record: Record) -> bool:
    return _only_dropout(plan, record) and fitting(Reference, plan, record, TRAIN) is not None


def _other_rate(plan: Plan, record: Record) -> bool:
    rates = (0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8)
    return _only_dropout(plan, record) and any(_rate(rate)(plan, record) for rate in rates)


def _channels(plan: Plan, record: Record) -> bool:
    found = masks(Reference, plan, record, TRAIN, RATES) if _only_dropout(plan, record) else None
    return found is not None and all(bool((kept == kept[:, :, :1, :1]).all()) for kept in found)


def _in_eval(plan: Plan, record: Record) -> bool:
    return not _right(plan, record) and all(_rate(0.3, case)(plan, record) for case in (EVAL, TRAIN))


def _momentum(plan: Plan, record: Record) -> bool:
    """Only the running statistics are wrong, and right for another momentum."""
    if failing(CLAIMS, plan, record) != {"statistics"}:
        return False
    others = [ConvNetClaims("", _factory(momentum=m), ("",), ("x",)).statistics() for m in (0.9, 0.99, 0.01)]
    return any(claim.judge(plan, record) is None for claim in others)


MISCONCEPTIONS = (
    Misconception(
        "sigmoid_inside",
        "the network ends in a sigmoid: it returns probabilities, no logits",
        "The network ends in a sigmoid: return the logits, for the loss takes the sigmoid itself, and stays exact where the discriminator is sure.",
        mistakes.sigmoid_inside,
        _variant(end=torch.sigmoid),
    ),
    Misconception(
        "not_flattened",
        "the logits come back as (B, 1, 1, 1) or (B, 1) instead of (B,)",
        "The logits are right and have axes of length 1 left: (B,) is asked for. With labels of shape (B,), a loss could broadcast them to a B×B table.",
        mistakes.not_flattened,
        lambda plan, record: (
            _variant(end=lambda y: y[:, None])(plan, record)
            or _variant(end=lambda y: y[:, None, None, None])(plan, record)
        ),
    ),
    Misconception(
        "squeezed",
        "the shape is made by squeeze(), which also drops the batch axis of a single image",
        "For a single image the batch axis is lost, too: `squeeze()` drops every axis of length 1. `.flatten()` or `.view(-1)` keep it.",
        mistakes.squeezed,
        _squeezed,
    ),
    Misconception(
        "norm_on_first_layer",
        "the first block has a batch norm, too",
        "There is a batch norm in the first block, too: it would wash out the brightness of the images, by which fakes can be told.",
        mistakes.norm_on_first_layer,
        _variant(norms=(0, 1, 2, 3)),
    ),
    Misconception(
        "no_norm",
        "there is no batch norm at all",
        "There is no batch norm: this exercise asks for one in the second, third and fourth block.",
        mistakes.no_norm,
        _variant(norms=()),
    ),
    Misconception(
        "conv_biases",
        "the convolutions have biases",
        "The convolutions have biases: this exercise asks for `bias=False` throughout.",
        mistakes.conv_biases,
        _variant(bias=True),
    ),
    Misconception(
        "relu",
        "the activations are ReLUs instead of LeakyReLUs",
        "The activations are plain ReLUs: where they are 0 no gradient reaches the generator. This exercise asks for LeakyReLU with slope 0.2.",
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
        "Batch norm comes after the LeakyReLU. That is no mistake in itself, but this exercise asks for the book's order: convolution, batch norm, LeakyReLU.",
        mistakes.norm_after_activation,
        _variant(norm_last=True),
    ),
    Misconception(
        "dropout_missing",
        "there is no dropout",
        "Nothing is dropped in train mode: `nn.Dropout(0.3)` is missing at the end of each block.",
        mistakes.dropout_missing,
        _missing,
    ),
    Misconception(
        "other_rate",
        "the dropout has another probability than 0.3 (a multiple of 0.1, or a quarter)",
        "The dropout has another probability: this exercise asks for 0.3.",
        mistakes.other_rate,
        _other_rate,
    ),
    Misconception(
        "channels_dropped",
        "whole channels are dropped (nn.Dropout2d) instead of single values",
        "Whole channels are dropped: that is `nn.Dropout2d`. It is a method of its own, but this exercise asks for `nn.Dropout`, which drops single values.",
        mistakes.channels_dropped,
        _channels,
    ),
    Misconception(
        "dropout_in_eval",
        "dropout is active in eval mode, too: F.dropout without training=self.training",
        "Values are dropped in eval mode, too: `F.dropout` does not know the mode unless it is told, by `training=self.training`. `nn.Dropout` knows.",
        mistakes.dropout_in_eval,
        _in_eval,
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
    id="dcgan/Discriminator",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "It is the generator in a mirror. The shapes: 1×64×64, then w×32×32, 2w×16×16, 4w×8×8, 8w×4×4, and one number.",
        "A block is `nn.Conv2d(c_in, c_out, 4, stride=2, padding=1, bias=False)`, `nn.BatchNorm2d(c_out)` (not in the first), `nn.LeakyReLU(0.2)`, `nn.Dropout(0.3)`.",
        "A last `nn.Conv2d(8 * width, 1, 4, bias=False)` turns 4×4 into 1×1; `nn.Flatten(0)`, or `.view(-1)`, makes (B,) of (B, 1, 1, 1).",
    ),
)
