"""Check of `cgan/ConditionalGenerator`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from autograder.checks.cgan import conditional_generator_mistakes as mistakes
from autograder.claims.compare import close
from autograder.claims.conditional import NetworkClaims, answer, carrying, matching
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record

EVAL, TRAIN, ONE = range(3)  # the cases of the plan, in order

Code = Callable[[torch.Tensor, int, torch.Tensor], torch.Tensor]  # labels, num_classes, z → what stands beside z


def one_hot(labels: torch.Tensor, num_classes: int, z: torch.Tensor) -> torch.Tensor:
    """(B, K)."""
    return (labels[:, None] == torch.arange(num_classes)).to(z)


def number(labels: torch.Tensor, num_classes: int, z: torch.Tensor) -> torch.Tensor:
    """(B, 1)."""
    return labels[:, None].to(z)


def nothing(labels: torch.Tensor, num_classes: int, z: torch.Tensor) -> torch.Tensor:
    """(B, 0)."""
    return z[:, :0]


def zeros(labels: torch.Tensor, num_classes: int, z: torch.Tensor) -> torch.Tensor:
    """(B, K)."""
    return z.new_zeros(len(z), num_classes)


def first_class(labels: torch.Tensor, num_classes: int, z: torch.Tensor) -> torch.Tensor:
    """(B, K)."""
    return one_hot(torch.zeros_like(labels), num_classes, z)


class Reference(nn.Module):
    """The network asked for, or a variant of it: another code, the code first, other functions."""

    def __init__(
        self,
        latent_dim: int,
        num_classes: int,
        width: int = 64,
        code: Code = one_hot,
        code_first: bool = False,
        slope: float = 0.2,
        norm_last: bool = False,
        end: Callable[[torch.Tensor], torch.Tensor] = torch.tanh,
    ) -> None:
        super().__init__()
        self.num_classes, self.code, self.code_first, self.slope = num_classes, code, code_first, slope
        self.norm_last, self.end = norm_last, end
        size = latent_dim + code(torch.zeros(1).long(), num_classes, torch.zeros(1, 1)).shape[1]
        widths = [size, 2 * width, 2 * width, 2 * width, width, 3]
        self.convolutions = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 4, 1 + (i > 0), int(i > 0), bias=False)
            for i, (a, b) in enumerate(pairwise(widths))
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(w) for w in widths[1:-1])

    def forward(self, z: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(B, latent_dim) and (B,) → (B, 3, 64, 64)."""
        code = self.code(labels.long(), self.num_classes, z)
        x = torch.cat([code, z] if self.code_first else [z, code], dim=1)[:, :, None, None]
        for convolution, norm in zip(self.convolutions, self.norms, strict=False):
            x = convolution(x)
            if not self.norm_last:
                x = norm(x)
            x = nn.functional.leaky_relu(x, self.slope)
            if self.norm_last:
                x = norm(x)
        return self.end(self.convolutions[-1](x))


def make_plan(draw: Draw) -> Plan:
    """A few images in eval mode, a batch in train mode, one image in float32; statistics away from 0 and 1, sizes that all differ."""

    def case(rows: int, training: bool, dtype: str, width: int, std: float = 1.0) -> dict[str, Any]:
        k = draw.size(4, 6)
        d = draw.size(7, 11, 2 * width, 2 * width - k, 2 * width - 1)
        labels = torch.cat([torch.tensor([draw.size(1, k - 1), 0]), draw.uniform(rows, high=k).long()])[:rows]
        return {
            "construct": [d, k, width],
            "args": [draw.normal(rows, d, std=std, dtype=dtype), labels[draw.uniform(rows).argsort()]],
            "cotangents": [draw.normal(rows, 3, 64, 64, dtype=dtype)],
            "seed": draw.seed(),
            "training": [training],
            "dtype": dtype,
        }

    cases = [
        case(2, False, "float64", 2, std=2000.0),  # beyond ±1 before the tanh
        case(3, True, "float64", draw.size(2, 3)),
        case(1, False, "float32", 2),
    ]
    return {"probe": "transplant", "cases": cases}


class Claims(NetworkClaims):
    """All three cases have no chance in them."""

    exact = (EVAL, TRAIN, ONE)


MODULE = Claims("ConditionalGenerator", Reference, ("images",), ("z", "labels"))


def _statistics(plan: Plan, record: Record) -> Failure | None:
    """The running statistics after the batch in train mode."""
    found = matching(Reference, plan, record, TRAIN)
    if found is None:
        return None  # nothing to compare with
    module = carrying(Reference, found, plan, record, TRAIN)
    with torch.no_grad():
        module(*plan["cases"][TRAIN]["args"])
    seen = [b["data"] for b in record["cases"][TRAIN]["runs"][0]["buffers"] if b["kind"] == "tensor"]
    moved = [s for s in seen if s.ndim == 1 and s.is_floating_point()]
    for truth in (b for b in module.buffers() if b.ndim == 1):
        if not any(s.shape == truth.shape and close(s, truth) for s in moved):
            said = "after a batch in train mode the running statistics are not where they should be"
            expected = "the old ones, moved by a tenth of the way to those of the batch"
            advice = "Leave `momentum` of the batch norm layers as PyTorch has it, and run every layer once."
            return Failure(said, expected, advice, MODULE._called(plan["cases"][TRAIN]))
    return None


CLAIMS = (
    MODULE.builds(),
    MODULE.architecture(
        "Transposed convolutions latent_dim + num_classes → 2w → 2w → 2w → w → 3, 4×4 and without bias; batch norm after the first four."
    ),
    MODULE.runs(),
    MODULE.values(
        "z and then the one-hot code as (B, D + K, 1, 1); four times transposed convolution, batch norm, LeakyReLU 0.2; a last one, tanh",
        "Go through your layers one by one: what stands beside z, the order inside a block, the slope, the function at the end.",
    ),
    MODULE.gradient(),
    Claim("statistics", "keeps running statistics with PyTorch's momentum", _statistics, recomputed=False),
    MODULE.inputs_unchanged(),
)


def _batch_axis(plan: Plan, record: Record) -> bool:
    """torch.cat refuses tensors of different widths along the batch axis, and its message tells so; of equal widths, it makes twice as many images."""
    images = [(answer(record, number), len(case["args"][0])) for number, case in enumerate(plan["cases"])]
    if all(made is not None and len(made) == 2 * rows for made, rows in images):
        return True
    runs = [run for found in record["cases"] for run in found["runs"]]
    return bool(runs) and any(
        run["raised"] is not None and "must match except in dimension 0" in run["raised"]["message"] for run in runs
    )


def _norms(layers: list[str]) -> int:
    return sum("BatchNorm" in name for name in layers)


MISCONCEPTIONS = (
    Misconception(
        "label_unused",
        "the label does not reach the layers: they get z alone, zeros in place of the code, or the code of class 0",
        "The images do not depend on the label: the layers see z alone. Concatenate z and the label's one-hot code before the first of them.",
        mistakes.label_unused,
        MODULE.behaves_as(*(partial(Reference, code=code) for code in (nothing, zeros, first_class))),
    ),
    Misconception(
        "batch_axis",
        "z and the codes are concatenated on the batch axis (dim=0) instead of the channels",
        "z and the codes are concatenated on the batch axis: each image needs both, so join them along dim=1.",
        mistakes.batch_axis,
        _batch_axis,
    ),
    Misconception(
        "label_as_number",
        "the label's number itself is concatenated to z instead of its one-hot code",
        "The label goes in as one number, so class 2 is twice as much of something as class 1. Classes have no order: use the one-hot code.",
        mistakes.label_as_number,
        MODULE.behaves_as(partial(Reference, code=number)),
    ),
    Misconception(
        "code_first",
        "the one-hot code comes before z instead of after it",
        "The one-hot code comes before z. That learns as well, but this exercise asks for z first, so that weights can be compared.",
        mistakes.code_first,
        MODULE.behaves_as(partial(Reference, code_first=True)),
    ),
    Misconception(
        "other_slope",
        "the LeakyReLUs have another slope than 0.2: 0.01, 0.3, or 0 (ReLU)",
        "The activations have another slope: this exercise asks for LeakyReLU with 0.2. (PyTorch's default is 0.01.)",
        mistakes.other_slope,
        MODULE.behaves_as(*(partial(Reference, slope=slope) for slope in (0.01, 0.3, 0.0))),
    ),
    Misconception(
        "norm_after_activation",
        "batch norm comes after the LeakyReLU instead of before it",
        "Batch norm comes after the LeakyReLU. That is no mistake in itself, but this exercise asks for convolution, batch norm, LeakyReLU.",
        mistakes.norm_after_activation,
        MODULE.behaves_as(partial(Reference, norm_last=True)),
    ),
    Misconception(
        "sigmoid",
        "the last function is a sigmoid instead of tanh",
        "The images end in a sigmoid, which gives [0, 1]. The critic's real images lie in [-1, 1]: use tanh.",
        mistakes.sigmoid,
        MODULE.behaves_as(partial(Reference, end=torch.sigmoid)),
    ),
    Misconception(
        "tanh_missing",
        "nothing follows the last transposed convolution: there is no tanh",
        "The images come straight out of the last convolution and may be any number: a tanh brings them to [-1, 1].",
        mistakes.tanh_missing,
        MODULE.behaves_as(partial(Reference, end=nn.Identity())),
    ),
    Misconception(
        "norm_on_output",
        "there is a batch norm after the last transposed convolution, too",
        "There is a batch norm on the output, too: it would give every batch the same mean colour. The last layer goes without.",
        mistakes.norm_on_output,
        MODULE.other_layers(lambda vectors, layers: _norms(layers) == 5 and len(vectors) == 10),
    ),
    Misconception(
        "norm_missing",
        "there is no batch norm at all",
        "There is no batch norm: this exercise asks for one after each of the first four transposed convolutions.",
        mistakes.norm_missing,
        MODULE.other_layers(lambda vectors, layers: _norms(layers) == 0 and len(vectors) in (0, 5)),
    ),
    Misconception(
        "biases",
        "the transposed convolutions have biases",
        "The transposed convolutions have biases, which batch norm takes away again: this exercise asks for `bias=False`.",
        mistakes.biases,
        MODULE.other_layers(lambda vectors, layers: _norms(layers) == 4 and len(vectors) in (12, 13)),
    ),
)

EXERCISE = Exercise(
    id="cgan/ConditionalGenerator",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "A generator without labels begins with z of shape (B, D) as an image of 1×1 pixels. Here the code of the label is K channels more.",
        "`F.one_hot(labels, num_classes)` in z's dtype, concatenated to z along dim=1, seen as (B, D + K, 1, 1); then the layers of the docstring in a row.",
        "A block is `nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False)`, `nn.BatchNorm2d(b)`, `nn.LeakyReLU(0.2)`; the first has stride 1 and no padding.",
    ),
)
