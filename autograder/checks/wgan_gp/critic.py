"""Check of `wgan_gp/Critic`.

Its weights are known, so its scores in eval mode are. For train mode there is a critic whose filters have one number each: then a score is a
sum of two chains of numbers, one for each of two pixels, and it tells which dropout has cut them.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks.wgan_gp import critic_mistakes as wrong
from autograder.claims.compare import close, same_gradient
from autograder.claims.laws import frequencies
from autograder.claims.modules import ModuleClaims, transplants
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing, once_a_verdict
from autograder.probes import Plan, Record, run_probe

FEW, ONE, SPARSE = range(3)  # the cases, by their place in the plan
TRAIN, EVAL = range(2)  # the runs of the sparse case
DROPPED, RATE = (2, 3, 4), 0.3


class Reference(nn.Module):
    """Five convolutions with LeakyReLUs; `slopes` and `end` are for its relatives. Dropout is the judge's business."""

    def __init__(
        self,
        width: int = 64,
        slopes: tuple[float, ...] = (0.2, 0.2, 0.2, 0.2),
        end: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ) -> None:
        super().__init__()
        sizes = [3, width, 2 * width, 4 * width, 8 * width]
        self.convolutions: Any = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in itertools.pairwise(sizes))
        self.last: Any = nn.Conv2d(8 * width, 1, 4)
        self.slopes, self.end = slopes, end

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(B, 3, 64, 64) → (B,)."""
        for convolution, slope in zip(self.convolutions, self.slopes, strict=True):
            images = F.leaky_relu(convolution(images), slope)
        scores: torch.Tensor = self.last(images).flatten()
        return self.end(scores) if self.end else scores


def make_plan(draw: Draw) -> Plan:
    """A few images, one image, and many for dropout."""
    width = draw.size(2, 3)

    def case(rows: int, dtype: str, training: list[bool], **more: Any) -> dict[str, Any]:
        images = draw.uniform(rows, 3, 64, 64, low=-1, dtype=dtype)
        common = {"construct": [width], "seed": draw.seed(), "args": [images], "training": training, "dtype": dtype}
        return {**common, "cotangents": [draw.normal(rows, dtype=dtype)], **more}

    few = case(draw.size(3, 5), "float32", [False])
    while not _one_below_zero(few):  # or a rectifier at the end would change nothing
        few = case(draw.size(3, 5), "float32", [False])
    return {
        "probe": "transplant",
        "cases": [
            few,
            case(1, "float64", [False, True]),
            case(64, "float32", [True, False], sparse=True, cotangents=[None]),
        ],
    }


def _one_below_zero(case: dict[str, Any]) -> bool:
    """Whether the reference gives some image of this case a negative score."""
    record = run_probe({"probe": "transplant", "cases": [case]}, Reference)
    return bool(scores(record, 0).min() < -0.01)


MODULE = ModuleClaims("Critic", Reference, ("scores",), ("images",))


def scores(record: Record, case: int, run: int = 0) -> torch.Tensor:
    """What the learner's critic returned."""
    found: torch.Tensor = record["cases"][case]["runs"][run]["value"]["data"]
    return found


def carrying(plan: Plan, record: Record, case: int, **relative: Any) -> Reference:
    """The reference, or a relative of it, with the learner's weights."""
    factory = functools.partial(Reference, **relative)
    module = next(transplants(factory, plan["cases"][case], record["cases"][case]))
    assert isinstance(module, Reference)
    return module


def _same_scores(plan: Plan, record: Record, cases: tuple[int, ...] = (FEW, ONE), **relative: Any) -> bool:
    """Whether the scores in eval mode are those of this relative."""
    with torch.no_grad():
        return all(
            close(
                scores(record, c, EVAL * (c == SPARSE)),
                carrying(plan, record, c, **relative)(*plan["cases"][c]["args"]),
            )
            for c in cases
        )


_as_asked = once_a_verdict(lambda plan, record: _same_scores(plan, record, (FEW, ONE, SPARSE)))


def _right_scores(plan: Plan, record: Record) -> Failure | None:
    if _as_asked(plan, record):
        return None
    with torch.no_grad():
        wanted = carrying(plan, record, FEW)(*plan["cases"][FEW]["args"])
    seen, expected = (", ".join(f"{v:.4g}" for v in s[:3]) for s in (scores(record, FEW), wanted))
    advice = "Each of the four halving convolutions is followed by a LeakyReLU with slope 0.2; the last one gives the score as it is."
    return Failure(f"the scores begin {seen}", expected, advice, MODULE._called(plan["cases"][FEW]))


def _gradient(plan: Plan, record: Record) -> Failure | None:
    if not _as_asked(plan, record):
        return None  # wrong scores have wrong gradients
    for case in (FEW, ONE):
        images = plan["cases"][case]["args"][0].clone().requires_grad_()
        total = (carrying(plan, record, case)(images) * plan["cases"][case]["cotangents"][0]).sum()
        seen, expected = record["cases"][case]["runs"][0]["grads"][0][0], torch.autograd.grad(total, images)[0]
        if not same_gradient(seen, expected):
            what = "missing" if seen is None else "another one"
            advice = "The gradient penalty needs it: no `.detach()`, no `no_grad`, no conversion on the way."
            return Failure(
                f"the gradient by the images is {what}",
                "that of the scores",
                advice,
                MODULE._called(plan["cases"][case]),
            )
    return None


def outcomes(
    module: Reference, images: torch.Tensor, tap: torch.Tensor, dropped: tuple[int, ...], rate: float
) -> torch.Tensor:
    """What a tap (channel, row, column) of the last filter may see of each image, (n, 1 + dropped layers): 0 first, then cut lower, then uncut."""
    channel, places = int(tap[0]), tap[1:]
    chain = []
    for convolution in reversed(module.convolutions):
        weight = convolution.weight[channel]
        source, row, column = weight.nonzero()[0].tolist()
        places = 2 * places + torch.tensor([row, column]) - 1
        chain.append((float(weight[source, row, column]), float(convolution.bias[channel])))
        channel = source
    pixel = images[:, channel, places[0], places[1]]
    found = []
    for cut in (*sorted(dropped, reverse=True), 0):
        value = pixel
        for layer, (weight, bias) in enumerate(reversed(chain), start=1):
            value = F.leaky_relu(weight * value + bias, 0.2) / (1 - rate if layer in dropped else 1)
            value = torch.zeros_like(value) if layer == cut else value
        found.append(value)
    return torch.stack(found, dim=1)


def cuts(plan: Plan, record: Record, run: int, dropped: tuple[int, ...], rate: float) -> torch.Tensor | None:
    """Which outcome (n, 2) each of the two taps had, when dropout of this rate after these layers explains all scores."""
    with torch.no_grad():
        module, images = carrying(plan, record, SPARSE), plan["cases"][SPARSE]["args"][0]
        taps = module.last.weight[0].nonzero()
        a, b = (module.last.weight[0][tuple(tap)] * outcomes(module, images, tap, dropped, rate) for tap in taps)
        possible = module.last.bias + a[:, :, None] + b[:, None]  # (n, K, K)
        distance = (scores(record, SPARSE, run)[:, None, None] - possible).abs().flatten(1)
    nearest = distance.argmin(dim=1)
    if float(distance.min(dim=1).values.max()) > 1e-5:
        return None
    return torch.stack([nearest // a.shape[1], nearest % a.shape[1]], dim=1)


def by_the_law(found: torch.Tensor, layers: int, rate: float) -> bool:
    """Whether outcomes (n, 2) are those of independent dropout: both taps by the geometric law, and cut independently of each other."""
    law = torch.tensor([rate * (1 - rate) ** k for k in range(layers)] + [(1 - rate) ** layers], dtype=torch.float64)
    each = all(frequencies(torch.bincount(found[:, tap], minlength=layers + 1), law) for tap in range(2))
    apart = (found[:, 0] == 0) != (found[:, 1] == 0)
    unequal = torch.tensor([2 * rate * (1 - rate), 1 - 2 * rate * (1 - rate)], dtype=torch.float64)
    return each and frequencies(torch.stack([apart.sum(), (~apart).sum()]), unequal)


def _dropout(plan: Plan, record: Record) -> Failure | None:
    found = cuts(plan, record, TRAIN, DROPPED, RATE)
    if (found is not None and by_the_law(found, len(DROPPED), RATE)) or not _as_asked(plan, record):
        return None  # with wrong scores in eval mode, those in train mode say nothing
    seen = "in train mode the scores are not those of a dropout of 0.3 after each of the last three LeakyReLUs"
    if found is not None:
        seen = "in train mode values are dropped together, or too often or seldom"
    advice = "`nn.Dropout(0.3)` after the second, third and fourth LeakyReLU, and nowhere else."
    expected = "every value dropped by itself with probability 0.3, the others divided by 0.7"
    return Failure(seen, expected, advice, MODULE._called(plan["cases"][SPARSE]))


CLAIMS = (
    MODULE.builds(),
    MODULE.architecture(
        "Convolutions 3→w→2w→4w→8w with kernel 4, stride 2, padding 1, then 8w→1 with kernel 4; all with bias, and no batch norm."
    ),
    MODULE.runs(),
    Claim("scores", "computes the scores as asked", _right_scores),
    Claim("gradient", "lets the gradient through to the images", _gradient),
    Claim("dropout", "drops values after the last three LeakyReLUs in training", _dropout),
    MODULE.inputs_unchanged(),
)

Explains = Callable[[Plan, Record], bool]
_failing = once_a_verdict(lambda plan, record: failing(CLAIMS, plan, record))


def _ran(plan: Plan, record: Record) -> bool:
    return not failing((claim for claim in CLAIMS if claim.gate), plan, record)


def _relative(*relatives: dict[str, Any]) -> Explains:
    """`explains`: the scores in eval mode are those of one of these relatives of the reference."""

    def explains(plan: Plan, record: Record) -> bool:
        return (
            _ran(plan, record)
            and not _as_asked(plan, record)
            and any(_same_scores(plan, record, **relative) for relative in relatives)
        )

    return explains


def _slopes(slope: float) -> list[dict[str, Any]]:
    """Relatives in which all LeakyReLUs, or one of them, have this slope."""
    each = [
        tuple(slope if i in changed else 0.2 for i in range(4)) for changed in ((0, 1, 2, 3), (0,), (1,), (2,), (3,))
    ]
    return [{"slopes": slopes} for slopes in each]


def _dropped(*ways: tuple[tuple[int, ...], float]) -> Explains:
    """`explains`: nothing else is wrong, and dropout after these layers with this rate explains the scores in train mode."""

    def explains(plan: Plan, record: Record) -> bool:
        if _failing(plan, record) != {"dropout"}:
            return False
        found = ((cuts(plan, record, TRAIN, *way), way) for way in ways)
        return any(f is not None and by_the_law(f, len(layers), rate) for f, (layers, rate) in found)

    return explains


def _no_dropout(plan: Plan, record: Record) -> bool:
    if _failing(plan, record) != {"dropout"}:
        return False
    return close(scores(record, SPARSE, TRAIN), scores(record, SPARSE, EVAL))


def _in_eval(plan: Plan, record: Record) -> bool:
    if not _ran(plan, record) or _as_asked(plan, record):
        return False
    found = cuts(plan, record, EVAL, DROPPED, RATE)
    return found is not None and by_the_law(found, len(DROPPED), RATE)


def _of_channels(plan: Plan, record: Record) -> bool:
    """Both taps, which look at one channel, are always cut together, and not in all images alike."""
    if _failing(plan, record) != {"dropout"}:
        return False
    found = cuts(plan, record, TRAIN, DROPPED, RATE)
    return found is not None and bool((found[:, 0] == found[:, 1]).all()) and len(found.unique()) > 1


def _shaped(*shapes: Callable[[int], tuple[int, ...]]) -> Explains:
    """`explains`: the scores of n images come in one of these shapes, in every case."""

    def explains(plan: Plan, record: Record) -> bool:
        runs = [
            (len(case["args"][0]), run["value"])
            for case, found in zip(plan["cases"], record["cases"], strict=True)
            for run in found["runs"]
        ]
        return bool(runs) and any(
            all(value["kind"] == "tensor" and value["data"].shape == shape(n) for n, value in runs) for shape in shapes
        )

    return explains


def _batch_norm(plan: Plan, record: Record) -> bool:
    return any("BatchNorm" in kind for found in record["cases"] for kind in found["module"]["layers"])


def _no_bias(plan: Plan, record: Record) -> bool:
    """All convolutions are there, and biases are missing."""
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        wanted = [tuple(p.shape) for p in Reference(*case["construct"]).parameters()]
        seen = [tuple(shape) for _, shape in found["module"]["parameters"] or []]
        missing = [shape for shape in wanted if shape not in seen]
        if not missing or any(len(shape) > 1 for shape in missing) or len(seen) + len(missing) != len(wanted):
            return False
    return True


MISCONCEPTIONS = (
    Misconception(
        "batch_norm",
        "the critic has batch norm layers",
        "The critic has batch norm: the score of an image then depends on the other images of its batch, and the penalty, which is about each image "
        "by itself, makes no sense.",
        wrong.batch_norm,
        _batch_norm,
    ),
    Misconception(
        "sigmoid_at_the_end",
        "the score goes through a sigmoid",
        "The scores go through a sigmoid, as in a discriminator: a critic's scores may be any numbers.",
        wrong.sigmoid_at_the_end,
        _relative({"end": torch.sigmoid}),
    ),
    Misconception(
        "activation_at_the_end",
        "the score goes through one more activation (LeakyReLU or tanh)",
        "The scores go through one more activation: the last convolution gives the score as it is.",
        wrong.activation_at_the_end,
        _relative({"end": lambda s: F.leaky_relu(s, 0.2)}, {"end": torch.tanh}),
    ),
    Misconception(
        "axes_of_one",
        "the scores are returned with axes of size one: (B, 1, 1, 1) or (B, 1)",
        "The scores have axes of size one left: return one number per image, shape (B,).",
        wrong.axes_of_one,
        _shaped(lambda n: (n, 1, 1, 1), lambda n: (n, 1)),
    ),
    Misconception(
        "squeezed",
        "squeeze() without an axis drops the batch axis, too, when there is one image",
        "With one image the batch axis is gone: `squeeze()` drops every axis of size one. `flatten()` gives (B,) for every B.",
        wrong.squeezed,
        _shaped(lambda n: (n,) if n > 1 else ()),
    ),
    Misconception(
        "default_slope",
        "a LeakyReLU (or all of them) has PyTorch's default slope 0.01",
        "A LeakyReLU has slope 0.01, PyTorch's default: this exercise asks for 0.2 everywhere. (The book's second one slipped to Keras's default, 0.3.)",
        wrong.default_slope,
        _relative(*_slopes(0.01)),
    ),
    Misconception(
        "book_slope",
        "a LeakyReLU (or all of them) has Keras's default slope 0.3, as one of the book's has",
        "A LeakyReLU has slope 0.3, Keras's default, which slipped into the book's second layer: this exercise asks for 0.2 everywhere.",
        wrong.book_slope,
        _relative(*_slopes(0.3)),
    ),
    Misconception(
        "relu",
        "the activations are ReLUs instead of LeakyReLUs",
        "The activations are plain ReLUs: this exercise asks for LeakyReLU with slope 0.2, which lets a gradient through everywhere.",
        wrong.relu,
        _relative({"slopes": (0.0, 0.0, 0.0, 0.0)}),
    ),
    Misconception(
        "no_bias",
        "the convolutions have no biases, as in the DCGAN",
        "Convolutions are without bias, as in the DCGAN, where batch norm has one: here they need their own.",
        wrong.no_bias,
        _no_bias,
    ),
    Misconception(
        "no_dropout",
        "there is no dropout",
        "Nothing is dropped in train mode: `nn.Dropout(0.3)` is missing after the second, third and fourth LeakyReLU.",
        wrong.no_dropout,
        _no_dropout,
    ),
    Misconception(
        "dropout_after_the_first",
        "there is a dropout after the first LeakyReLU, too",
        "The first LeakyReLU is followed by dropout, too, as in the DCGAN's discriminator: this exercise asks for it after the last three.",
        wrong.dropout_after_the_first,
        _dropped(((1, 2, 3, 4), 0.3)),
    ),
    Misconception(
        "other_rate",
        "the dropout has another probability than 0.3 (a multiple of 0.1, or a quarter)",
        "The dropout has another probability: this exercise asks for 0.3.",
        wrong.other_rate,
        _dropped(*((DROPPED, rate) for rate in (0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.7))),
    ),
    Misconception(
        "dropout_of_channels",
        "whole channels are dropped (Dropout2d) instead of single values",
        "Whole channels are dropped: this exercise asks for `nn.Dropout`, which drops every value by itself, not `nn.Dropout2d`.",
        wrong.dropout_of_channels,
        _of_channels,
    ),
    Misconception(
        "dropout_in_eval",
        "dropout is active in eval mode, too: F.dropout without training=self.training",
        "Values are dropped in eval mode, too: `F.dropout` does not know the mode unless it is told, by `training=self.training`. `nn.Dropout` knows.",
        wrong.dropout_in_eval,
        _in_eval,
    ),
)

EXERCISE = Exercise(
    id="wgan_gp/Critic",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Write down the sizes: 64, 32, 16, 8, 4 pixels, then 1. Every convolution but the last halves, and the channels double from w to 8w.",
        "A block is `nn.Conv2d(a, b, 4, 2, 1)`, `nn.LeakyReLU(0.2)` and, but for the first, `nn.Dropout(0.3)`. No batch norm, no sigmoid.",
        "The last convolution, `nn.Conv2d(8 * width, 1, 4)`, gives (B, 1, 1, 1); `nn.Flatten(0)` or `.flatten()` turns it into (B,), for B = 1 as well.",
    ),
)
