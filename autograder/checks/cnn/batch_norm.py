"""Check of `cnn/batch_norm`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.nn import functional as F

from autograder.checks.cnn import batch_norm_mistakes as mistakes
from autograder.claims import show
from autograder.claims.calls import CallClaims, in_double
from autograder.claims.compare import close
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing
from autograder.probes import Plan, Record

RUNNING = ("running_mean", "running_var")


def oracle(
    x: torch.Tensor,
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    gamma: torch.Tensor,
    beta: torch.Tensor,
    training: bool,
    momentum: float,
    eps: float,
) -> torch.Tensor:
    """PyTorch's own, in float64; the running statistics stay as they are."""
    return F.batch_norm(x, running_mean.clone(), running_var.clone(), gamma, beta, training, momentum, eps)


def make_plan(draw: Draw) -> Plan:
    """Train and eval mode in both precisions, a single image, arguments not contiguous.

    Few values per channel, so that biased and unbiased variances differ; eps large enough to be seen, momentum on both sides of ½, no statistic
    at its starting value.
    """
    cases = []
    for number, (b, c, h, w, training, momentum, dtype) in enumerate(
        [
            (3, 4, 2, 2, True, 0.2, "float32"),
            (4, 3, 1, 2, True, draw.number(0.6, 0.8), "float64"),
            (draw.size(4, 6), 2, 3, 4, False, 0.3, "float32"),
            (1, 5, 3, 2, True, draw.number(0.05, 0.15), "float32"),
            (1, 3, 2, 4, False, 0.4, "float64"),
        ]
    ):
        scale = draw.uniform(c, 1, 1, low=0.4, high=2.5, dtype=dtype)
        x = draw.normal(b, c, h, w, dtype=dtype) * scale + draw.normal(c, 1, 1, std=2.0, dtype=dtype)
        args = [
            x,
            draw.normal(c, std=1.5, dtype=dtype),
            draw.uniform(c, low=0.3, high=3.0, dtype=dtype),
            draw.normal(c, mean=1.2, std=0.5, dtype=dtype) * (-1.0) ** torch.arange(c),
            draw.normal(c, dtype=dtype),
            training,
            momentum,
            draw.number(0.1, 0.3),
        ]
        cotangent = draw.normal(b, c, h, w, dtype=dtype)
        more = {"grad": [0, 3, 4], "cotangents": [cotangent], "seed": draw.seed(), "strided": [0] if number % 2 else []}
        cases.append({"args": args, **more})
    return {"probe": "call", "cases": cases}


CLAIMS = CallClaims("batch_norm", oracle, ("y",))

Case = dict[str, Any]


def _after(plan: Plan, record: Record) -> Iterator[tuple[Case, str, dict[str, Any], torch.Tensor]]:
    """Case, name, encoded value after the call and truth of both running statistics of every case."""
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        truth = [in_double(a) for a in case["args"]]
        F.batch_norm(*truth)  # changes two of them in place
        for index, name in enumerate(RUNNING, start=1):
            yield case, name, found["calls"][0]["args_after"][index], truth[index]


def _running(plan: Plan, record: Record) -> Failure | None:
    for case, name, after, truth in _after(plan, record):
        if after["kind"] != "tensor" or not close(after["data"], truth, torch.float32):
            seen = show.tensor(after["data"]) if after["kind"] == "tensor" else show.value(after)
            before = dict(zip(RUNNING, case["args"][1:3], strict=True))[name]
            expected = f"{show.tensor(truth)} (before the call {show.tensor(before)})"
            advice = (
                "In training: (1 − momentum) times the old value plus momentum times the batch's, in place; the variance with n − 1."
                if case["args"][5]
                else "When training is False the running statistics are used and left as they are."
            )
            return Failure(f"{name} afterwards is {seen}", expected, advice, CLAIMS._called(case))
    return None


def _no_graph(plan: Plan, record: Record) -> Failure | None:
    for case, name, after, _ in _after(plan, record):
        if after["kind"] == "tensor" and after["requires_grad"]:
            seen = f"{name} carries a graph afterwards"
            advice = "Update the running statistics inside `with torch.no_grad():`, or with detached statistics of the batch."
            return Failure(seen, "plain numbers, without a gradient", advice, CLAIMS._called(case))
    return None


def _outputs(plan: Plan, record: Record, training: bool) -> list[tuple[list[Any], torch.Tensor]] | None:
    """Arguments (float64) and result of every call in one mode; None where there is no finite result of the right shape."""
    if failing((CLAIMS.runs(), CLAIMS.returns(), CLAIMS.finite()), plan, record):
        return None
    return [
        (
            [in_double(a) for a in case["args"]],
            found["calls"][0]["value"]["data"].double(),
        )
        for case, found in zip(plan["cases"], record["cases"], strict=True)
        if case["args"][5] == training
    ]


def _normalised_over(axes: tuple[int, ...]) -> Callable[[Plan, Record], bool]:
    """`explains`: right in eval mode; in training the statistics of y are taken over `axes`, with n or n − 1 in the variance."""

    def explains(plan: Plan, record: Record) -> bool:
        in_training, in_eval = (_outputs(plan, record, training) for training in (True, False))
        if in_training is None or in_eval is None:
            return False
        right = all(close(y, oracle(*args), torch.float32) for args, y in in_eval)
        return right and any(
            all(_is_normalised_over(axes, unbiased, args, y) for args, y in in_training) for unbiased in (False, True)
        )

    return explains


def _is_normalised_over(axes: tuple[int, ...], unbiased: bool, args: list[Any], y: torch.Tensor) -> bool:
    x, _, _, gamma, beta, _, _, eps = args
    mean, var = x.mean(axes, keepdim=True), x.var(axes, unbiased=unbiased, keepdim=True)
    seen = gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]
    return close(y, seen, torch.float32)


def _batch_statistics_in_eval(plan: Plan, record: Record) -> bool:
    """Right in training; in eval y is normalised with the statistics of its batch, whether or not the running ones move."""
    in_training, in_eval = (_outputs(plan, record, training) for training in (True, False))
    if in_training is None or in_eval is None:
        return False
    right = all(close(y, oracle(*args), torch.float32) for args, y in in_training)
    return right and any(
        all(_is_normalised_over((0, 2, 3), unbiased, args, y) for args, y in in_eval) for unbiased in (False, True)
    )


def _running_in_training(plan: Plan, record: Record) -> bool:
    """y is normalised with the running statistics in training too, as they were before the update or as they are after it."""
    pairs, in_eval = (_outputs(plan, record, training) for training in (True, False))
    if pairs is None or in_eval is None or not all(close(y, oracle(*args), torch.float32) for args, y in in_eval):
        return False

    def matches(args: list[Any], y: torch.Tensor, updated: bool) -> bool:
        x, running_mean, running_var, gamma, beta, _, _, eps = args
        if updated:
            F.batch_norm(*args)
        return close(y, oracle(x, running_mean, running_var, gamma, beta, False, 0.0, eps), torch.float32)

    return any(
        all(matches([args[0], args[1].clone(), args[2].clone(), *args[3:]], y, updated) for args, y in pairs)
        for updated in (False, True)
    )


def _turned_round(plan: Plan, record: Record) -> bool:
    """Every y is that of the other mode."""
    pairs = [_outputs(plan, record, training) or [] for training in (True, False)]
    swapped = [([*args[:5], not args[5], *args[6:]], y) for some in pairs for args, y in some]
    return bool(swapped) and all(close(y, oracle(*args), torch.float32) for args, y in swapped)


def _running_is(update: Callable[..., None], in_eval: bool = False) -> Callable[[Plan, Record], bool]:
    """`explains`: every claim holds but the running statistics, which are what `update` makes of them.

    in_eval: they move in eval mode as well, where PyTorch's own function takes them up again for its gradient.
    """

    def explains(plan: Plan, record: Record) -> bool:
        if failing(EXERCISE.claims, plan, record) - ({"gradient"} if in_eval else set()) != {"running"}:
            return False
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            x, mean, var, _, _, training, momentum, _ = map(in_double, case["args"])
            if training or in_eval:
                update(x, mean, var, momentum)
            after = found["calls"][0]["args_after"][1:3]
            if not all(
                a["kind"] == "tensor" and close(a["data"], b, torch.float32)
                for a, b in zip(after, (mean, var), strict=True)
            ):
                return False
        return True

    return explains


def _update(
    mean: torch.Tensor, var: torch.Tensor, batch_mean: torch.Tensor, batch_var: torch.Tensor, share: float
) -> None:
    mean.lerp_(batch_mean, share)
    var.lerp_(batch_var, share)


def _as_asked(x: torch.Tensor, mean: torch.Tensor, var: torch.Tensor, momentum: float) -> None:
    _update(mean, var, x.mean((0, 2, 3)), x.var((0, 2, 3)), momentum)


def _as_keras(x: torch.Tensor, mean: torch.Tensor, var: torch.Tensor, momentum: float) -> None:
    _as_asked(x, mean, var, 1 - momentum)


def _biased(x: torch.Tensor, mean: torch.Tensor, var: torch.Tensor, momentum: float) -> None:
    _update(mean, var, x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False), momentum)


def _not_at_all(x: torch.Tensor, mean: torch.Tensor, var: torch.Tensor, momentum: float) -> None:
    pass


MISCONCEPTIONS = (
    Misconception(
        "per_pixel",
        "mean and variance of a batch are taken for each pixel, over the images alone, instead of over images, rows and columns",
        "Every pixel has a mean and a variance of its own: a channel has one of each, over all images, rows and columns of the batch.",
        mistakes.per_pixel,
        _normalised_over((0,)),
    ),
    Misconception(
        "per_image",
        "mean and variance are taken for each image and channel, over rows and columns alone (instance norm)",
        "Every image is normalised for itself (that is called instance norm): take mean and variance over the images of the batch, too.",
        mistakes.per_image,
        _normalised_over((2, 3)),
    ),
    Misconception(
        "keras_momentum",
        "momentum is used as in Keras: as the share of the old running statistics that is kept",
        "Momentum is used in Keras's sense, as the share of the old value that is kept: in PyTorch it is the share of the new one.",
        mistakes.keras_momentum,
        _running_is(_as_keras),
    ),
    Misconception(
        "biased_running_var",
        "the running variance is updated with the biased variance (divided by n instead of n − 1)",
        "The running variance takes up the biased variance: y is normalised with the one that divides by n, but the running one takes n − 1.",
        mistakes.biased_running_var,
        _running_is(_biased),
    ),
    Misconception(
        "unbiased_everywhere",
        "y is normalised in training with the unbiased variance (divided by n − 1 instead of n)",
        "In training y is normalised with the variance that divides by n − 1 (`x.var` does that unless told otherwise): y takes n, only the "
        "running variance takes n − 1.",
        mistakes.unbiased_everywhere,
    ),
    Misconception(
        "eps_outside_the_root",
        "eps is added to the standard deviation, outside the root, instead of to the variance",
        "eps is added after the root: it belongs to the variance, √(var + eps).",
        mistakes.eps_outside_the_root,
    ),
    Misconception(
        "root_forgotten",
        "x − mean is divided by var + eps: the root is missing",
        "The root is missing: divide by the standard deviation √(var + eps), not by the variance.",
        mistakes.root_forgotten,
    ),
    Misconception(
        "batch_statistics_in_eval",
        "when training is False, too, y is normalised with the statistics of its batch",
        "With training=False y is still normalised with the statistics of its batch: there the running ones are used, so that the result for an "
        "image does not depend on its neighbours.",
        mistakes.batch_statistics_in_eval,
        _batch_statistics_in_eval,
    ),
    Misconception(
        "running_statistics_in_training",
        "in training, too, y is normalised with the running statistics",
        "In training y is normalised with the running statistics: there it takes those of the batch at hand.",
        mistakes.running_statistics_in_training,
        _running_in_training,
    ),
    Misconception(
        "training_turned_round",
        "train and eval mode are exchanged",
        "The modes are exchanged: with training=True y is normalised with the running statistics, with training=False with those of the batch.",
        mistakes.training_turned_round,
        _turned_round,
    ),
    Misconception(
        "updated_in_eval",
        "the running statistics are updated when training is False, too (y is right)",
        "y is right, but the running statistics move with training=False, too: then the test images leak into the model.",
        mistakes.updated_in_eval,
        _running_is(_as_asked, in_eval=True),
    ),
    Misconception(
        "never_updated",
        "the running statistics that were passed never change: a new tensor is made, or the update is missing",
        "y is right, but the running statistics that were passed in are unchanged: `running_mean = …` only gives a new tensor that name. Change it "
        "in place and under `torch.no_grad()`, as by `running_mean.mul_(…).add_(…)` or `running_mean[:] = …`.",
        mistakes.never_updated,
        _running_is(_not_at_all),
    ),
    Misconception(
        "running_with_graph",
        "the running statistics are updated outside no_grad, so that they carry the graph of the batch",
        "All numbers are right, but the running statistics carry a graph: it would grow from step to step. Update them inside `torch.no_grad()`.",
        mistakes.running_with_graph,
        lambda plan, record: failing(EXERCISE.claims, plan, record) == {"no_graph"},
    ),
    Misconception(
        "batch_statistics_detached",
        "mean and variance of the batch are cut off from the graph: the values are right, the gradient by x is not",
        "The values are right, but the gradient treats mean and variance of the batch as constants: they depend on x, so leave them in the graph "
        "(only the update of the running statistics is cut off).",
        mistakes.batch_statistics_detached,
    ),
)

EXERCISE: Exercise = Exercise(
    id="cnn/batch_norm",
    make_plan=make_plan,
    claims=(
        CLAIMS.runs(),
        CLAIMS.returns(),
        CLAIMS.dtype(),
        CLAIMS.finite(),
        CLAIMS.value("Print the mean and variance that you divide by: how many numbers are they, and over what?"),
        CLAIMS.gradient(
            "Mean and variance of a batch depend on x and stay in the graph; y is made with torch operations only."
        ),
        Claim("running", "keeps the running statistics", _running),
        Claim("no_graph", "keeps the running statistics free of gradients", _no_graph, recomputed=False),
        CLAIMS.inputs_unchanged(but=RUNNING),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "A channel has one mean and one variance, whatever the number of images and pixels. Which axes of (B, C, H, W) does the mean run over?",
        "`x.mean(dim=(0, 2, 3))` has shape (C,); seen as (C, 1, 1) it fits to x. y takes the variance that divides by n (`unbiased=False`), the running "
        "variance the one that divides by n − 1.",
        "Update inside `with torch.no_grad():` and in place: `running_mean.mul_(1 − momentum).add_(momentum · mean)`. When training is False, skip the "
        "update and normalise with the running statistics.",
    ),
)
