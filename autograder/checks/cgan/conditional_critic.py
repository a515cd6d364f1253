"""Check of `cgan/ConditionalCritic`.

In eval mode the learner's scores are compared with those of a reference that carries the learner's weights. In train mode they hold three dropout
masks. The plan makes them readable: with weights of which each unit looks at one pixel of one channel only, every sixteenth pixel of a picture is the
beginning of a chain of four units of its own, and the gradient of the score by this pixel is zero when one of the chain's three masks is, else a
number that the weights tell.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from autograder.checks.cgan import conditional_critic_mistakes as mistakes
from autograder.checks.cgan.conditional_critic_reference import RATES, Reference, first_class, nothing, one_plane, zeros
from autograder.claims import show
from autograder.claims.compare import close
from autograder.claims.conditional import NetworkClaims, answer, carrying, matching, remembered
from autograder.claims.laws import bernoulli
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing
from autograder.probes import Plan, Record

EVAL, ONE, TRAIN = range(3)  # the cases of the plan, in order


def make_plan(draw: Draw) -> Plan:
    """A few images in eval mode, one in float32, and a batch in train mode with readable weights; sizes that all differ."""

    def case(rows: int, width: int, training: bool, dtype: str) -> dict[str, Any]:
        k = draw.size(4, 7)
        labels = torch.cat([torch.tensor([draw.size(1, k - 1), 0]), draw.uniform(rows, high=k).long()])[:rows]
        return {
            "construct": [k, width],
            "args": [draw.uniform(rows, 3, 64, 64, low=-1, dtype=dtype), labels[draw.uniform(rows).argsort()]],
            "cotangents": [draw.uniform(rows, low=0.5, high=2.0, dtype=dtype)],
            "seed": draw.seed(),
            "training": [training],
            "dtype": dtype,
            "disjoint": [2, 4] if training else [],
        }

    cases = [
        case(draw.size(2, 3), 2, False, "float64"),
        case(1, 3, False, "float32"),
        case(draw.size(9, 11), 3, True, "float64"),
    ]
    return {"probe": "transplant", "cases": cases}


class Claims(NetworkClaims):
    """In eval mode there is no chance."""

    exact = (EVAL, ONE)


MODULE = Claims("ConditionalCritic", Reference, ("scores",), ("images", "labels"))


def _chains(plan: Plan, record: Record, rates: tuple[float, ...] = RATES) -> tuple[torch.Tensor, bool] | None:
    """Which chains are kept in the case TRAIN (B, 48), and whether the gradients of these are what they should be; None for another network."""
    found = matching(Reference, plan, record, EVAL)
    rows = record["cases"][TRAIN]["runs"][0]["grads"] if found is not None else []
    if found is None or not rows or rows[0][0] is None:
        return None
    case = plan["cases"][TRAIN]
    images = case["args"][0].clone().requires_grad_()
    scores = carrying(partial(Reference, rates=rates), found, plan, record, TRAIN)(images, case["args"][1])
    truth = torch.autograd.grad((scores * case["cotangents"][0]).sum(), images)[0]
    seen, truth = (gradient[:, :, ::16, ::16].flatten(1) for gradient in (rows[0][0], truth))
    kept = seen != 0
    return kept, close(seen[kept], truth[kept])


def _dropout(plan: Plan, record: Record) -> Failure | None:
    found = _chains(plan, record)
    if found is None:
        return None  # of another network nothing can be said
    kept, right = found
    if right and bernoulli(kept, 0.7**3, int(plan["cases"][TRAIN]["seed"]) + 2**31):
        return None
    share = show.number(kept.double().mean())
    shared = ", but not each value by itself" if right else ""
    seen = (
        f"in train mode the score depends on {share} of the pixels that reach it through one unit in each layer{shared}"
    )
    expected = (
        "0.7³ = 0.343 of them: three dropouts with rate 0.3, each value by itself, and what is kept divided by 0.7"
    )
    advice = (
        "`nn.Dropout(0.3)` stands after the LeakyReLU of the second, third and fourth convolution, and nowhere else."
    )
    return Failure(seen, expected, advice, MODULE._called(plan["cases"][TRAIN]))


CLAIMS = (
    MODULE.builds(),
    MODULE.architecture("Convolutions 3 + num_classes → w → 2w → 2w → 2w → 1, all 4×4 and with bias; no batch norm."),
    MODULE.runs(),
    MODULE.values(
        "the image's three channels, then the label planes; four times convolution, LeakyReLU 0.2; a last convolution to one score",
        "Go through your layers one by one: what stands beside the image, the slope, and nothing after the last convolution.",
    ),
    MODULE.gradient(),
    Claim("dropout", "drops three tenths of the values three times in training", _dropout),
    MODULE.inputs_unchanged(),
)


def _built(plan: Plan, record: Record) -> bool:
    return not failing(CLAIMS[:2], plan, record)


def _not_flat(plan: Plan, record: Record) -> bool:
    """Scores of the right number with axes of size one left over, at B = 1, too."""
    shapes = [(a.shape, len(plan["cases"][c]["args"][0])) for c in (EVAL, ONE) if (a := answer(record, c)) is not None]
    return (
        _built(plan, record)
        and len(shapes) == 2
        and all(len(s) > 1 and s[0] == n and s.numel() == n for s, n in shapes)
    )


def _squeezed(plan: Plan, record: Record) -> bool:
    """Right for several images, and a scalar for one."""
    one = answer(record, ONE)
    return (
        _built(plan, record)
        and one is not None
        and one.ndim == 0
        and matching(Reference, plan, record, EVAL) is not None
    )


@remembered
def _dropout_alone(plan: Plan, record: Record) -> bool:
    return failing(CLAIMS, plan, record) == {"dropout"}


def _drops(rates: tuple[float, ...]) -> Callable[[Plan, Record], bool]:
    """`explains`: nothing but the dropout is wrong, and it is as with these rates."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _dropout_alone(plan, record):
            return False
        found = _chains(plan, record, rates)
        share = float(torch.tensor([1 - rate for rate in rates]).prod())
        return found is not None and found[1] and abs(float(found[0].double().mean()) - share) < 0.15

    return explains


def _any(*explanations: Callable[[Plan, Record], bool]) -> Callable[[Plan, Record], bool]:
    return lambda plan, record: any(explains(plan, record) for explains in explanations)


def _whole_channels(plan: Plan, record: Record) -> bool:
    """The gradients are right, and all chains of a channel share their fate."""
    if not _dropout_alone(plan, record):
        return False
    found = _chains(plan, record)
    if found is None or not found[1]:
        return False
    by_channel = found[0].unflatten(1, (3, 16))
    return bool((by_channel == by_channel[:, :, :1]).all()) and bool(by_channel.any()) and not bool(by_channel.all())


def _normed(vectors: list[tuple[int, ...]], layers: list[str]) -> bool:
    return any("BatchNorm" in name for name in layers)


def _scaled_number(labels: torch.Tensor, num_classes: int, images: torch.Tensor) -> torch.Tensor:
    return one_plane(labels, num_classes, images) / num_classes


MISCONCEPTIONS = (
    Misconception(
        "label_unused",
        "the label does not reach the convolutions: they get the image alone, planes of zeros, or those of class 0",
        "The scores do not depend on the label: a critic that cannot see it cannot mind a wrong one, and the generator will ignore it, too.",
        mistakes.label_unused,
        MODULE.behaves_as(*(partial(Reference, planes=planes) for planes in (nothing, zeros, first_class))),
    ),
    Misconception(
        "added",
        "the label's number is added to the pixels instead of concatenating planes to the channels",
        "The label is added to the image, where it cannot be told from brightness. Concatenate: the planes become channels of their own.",
        mistakes.added,
        MODULE.behaves_as(
            partial(Reference, planes=one_plane, added=True), partial(Reference, planes=_scaled_number, added=True)
        ),
    ),
    Misconception(
        "one_plane",
        "one plane with the label's number is concatenated instead of one-hot planes",
        "There is a single plane, filled with the label's number: classes have no order, so each needs a plane of its own.",
        mistakes.one_plane,
        MODULE.behaves_as(partial(Reference, planes=one_plane)),
    ),
    Misconception(
        "planes_first",
        "the label planes come before the channels of the image instead of after them",
        "The planes come before the image. That learns as well, but this exercise asks for the image first, so that weights can be compared.",
        mistakes.planes_first,
        MODULE.behaves_as(partial(Reference, planes_first=True)),
    ),
    Misconception(
        "other_slope",
        "the LeakyReLUs have another slope than 0.2: 0.01, 0.3, or 0 (ReLU)",
        "The activations have another slope: this exercise asks for LeakyReLU with 0.2. (PyTorch's default is 0.01.)",
        mistakes.other_slope,
        MODULE.behaves_as(*(partial(Reference, slope=slope) for slope in (0.01, 0.3, 0.0))),
    ),
    Misconception(
        "sigmoid",
        "the score goes through a sigmoid",
        "The score goes through a sigmoid. A Wasserstein critic gives no probability: its score may be any number, and differences count.",
        mistakes.sigmoid,
        MODULE.behaves_as(partial(Reference, end=torch.sigmoid)),
    ),
    Misconception(
        "not_flat",
        "the scores keep axes of size one: (B, 1, 1, 1) or (B, 1)",
        "The scores have axes of size one left: return shape (B,), one number for each image.",
        mistakes.not_flat,
        _not_flat,
    ),
    Misconception(
        "squeezed",
        "`squeeze()` without an axis drops the batch axis when there is one image",
        "For a single image the score has lost its batch axis: `squeeze()` drops every axis of size one. `flatten()` keeps one.",
        mistakes.squeezed,
        _squeezed,
    ),
    Misconception(
        "batch_norm",
        "there is batch norm in the critic",
        "There is batch norm in the critic: a score then depends on the other images of the batch, and the gradient penalty is about each by itself.",
        mistakes.batch_norm,
        MODULE.other_layers(_normed),
    ),
    Misconception(
        "dcgan_widths",
        "the channels double every time, w → 2w → 4w → 8w, as in the DCGAN",
        "The channels double every time, as in the DCGAN: this exercise asks for w → 2w → 2w → 2w.",
        mistakes.dcgan_widths,
        MODULE.other_layers(lambda vectors, layers: len(vectors) == 5, partial(Reference, widths=(1, 2, 4, 8))),
    ),
    Misconception(
        "biases_missing",
        "the convolutions have no biases",
        "The convolutions have no biases: the DCGAN's needed none because of batch norm. Here there is none, so keep `bias=True`, the default.",
        mistakes.biases_missing,
        MODULE.other_layers(lambda vectors, layers: not vectors),
    ),
    Misconception(
        "dropout_missing",
        "there is no dropout",
        "Nothing is dropped in train mode: `nn.Dropout(0.3)` is missing after the second, third and fourth LeakyReLU.",
        mistakes.dropout_missing,
        _drops((0.0, 0.0, 0.0, 0.0)),
    ),
    Misconception(
        "other_rate",
        "the three dropouts have another probability than 0.3 (a multiple of 0.1, or a quarter)",
        "The dropouts have another probability: this exercise asks for 0.3.",
        mistakes.other_rate,
        _any(*(_drops((0.0, p, p, p)) for p in (0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.7))),
    ),
    Misconception(
        "dropout_four_times",
        "there is a dropout after the first LeakyReLU, too",
        "There is a dropout after the first LeakyReLU, too: this exercise asks for three, after the second, third and fourth.",
        mistakes.dropout_four_times,
        _drops((0.3, 0.3, 0.3, 0.3)),
    ),
    Misconception(
        "whole_channels",
        "whole channels are dropped (nn.Dropout2d) instead of single values",
        "Whole channels are dropped at once, as by `nn.Dropout2d`: this exercise asks for `nn.Dropout`, each value by itself.",
        mistakes.whole_channels,
        _whole_channels,
    ),
)

EXERCISE = Exercise(
    id="cgan/ConditionalCritic",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Which shape has the stack of an image and its planes? That is what the first convolution takes; after it, nothing is new.",
        "In `forward`: make the planes with your label_planes at the images' size, concatenate images and planes along dim=1, run the layers, flatten.",
        "A block is `nn.Conv2d(a, b, 4, 2, 1)`, `nn.LeakyReLU(0.2)`, `nn.Dropout(0.3)`, the first without dropout; `nn.Conv2d(2 * width, 1, 4)` ends it.",
    ),
    depends=("cgan/label_planes",),
)
