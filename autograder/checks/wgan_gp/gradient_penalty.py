"""Check of `wgan_gp/gradient_penalty`.

The critics are known: a linear and a quadratic one, whose gradients are formulas, a convolution, and one that is flat. What they were fed
is recorded, so the weights of the interpolates are read from it, and the penalty and its gradient by every weight of the critic follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.checks.wgan_gp import gradient_penalty_mistakes as wrong
from autograder.claims import show
from autograder.claims.calls import CallClaims
from autograder.claims.laws import standard_normal, uniform
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing, once_a_verdict
from autograder.probes import Plan, Record
from autograder.probes.networks import Quadratic, build_network

MANY, CONV, DOUBLE, ONE, FLAT = range(5)  # the cases, by their place in the plan
Formula = Callable[[torch.Tensor], torch.Tensor]  # slopes (B, C, H, W) → what is returned


def make_plan(draw: Draw) -> Plan:
    """Two calls with many small images and gentle slopes; a convolution; linear layers in float64; one image and a steep slope; a flat critic."""
    c, h, w = 2, 3, 4
    b = draw.size(4, 6)

    def case(kind: dict[str, Any], rows: int, shape: tuple[int, ...], dtype: str, **more: Any) -> dict[str, Any]:
        spec = {**kind, "seed": draw.seed(), "dtype": dtype}
        images = [draw.uniform(rows, *shape, low=-1, dtype=dtype) for _ in range(2)]
        args = [{"network": spec, "spy": True}, *images]
        return {"args": args, "grad": [0, 1, 2], "cotangents": [torch.tensor(1.7)], "seed": draw.seed(), **more}

    quadratic = {"kind": "quadratic", "size": c * h * w, "training": True}
    linear = {"kind": "sequential", "layers": [["flatten"], ["linear", 24, 1], ["flatten", 0]], "training": True}
    layers = [["flatten"], ["linear", 24, 5], ["tanh"], ["linear", 5, 1], ["flatten", 0]]
    conv = [["conv", 3, 4, 3, 2, 1], ["tanh"], ["flatten"], ["linear", 4 * 3 * 4, 1], ["flatten", 0]]
    return {
        "probe": "call",
        "cases": [
            case({**quadratic, "gain": 0.25}, 400, (c, h, w), "float64", calls=2),
            case({"kind": "sequential", "layers": conv, "training": False}, b, (3, 5, 7), "float32"),
            case(
                {"kind": "sequential", "layers": layers, "training": True}, b + 1, (c, h, w), "float64", gathered=True
            ),
            case({**linear, "gain": 4.0}, 1, (c, h, w), "float32"),
            case({**linear, "gain": 0.0}, b, (c, h, w), "float32"),
        ],
    }


def slopes(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """∇ of each image's score by that image, with a graph to the critic: by its formula where it has one."""
    if isinstance(network, Quadratic):
        return (network.a * images.flatten(1) + network.b).view_as(images)
    images = images.clone().requires_grad_()
    return torch.autograd.grad(network(images).sum(), images, create_graph=True)[0]


def penalty(gradient: torch.Tensor) -> torch.Tensor:
    """Mean over the images of (‖∇‖ − 1)²."""
    return (gradient.flatten(1).square().sum(dim=1).sqrt() - 1).square().mean()


def _at_the_middle(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    return penalty(slopes(critic, (real + fake) / 2))


CALLS = CallClaims("gradient_penalty", _at_the_middle, ("penalty",))


def fed(plan: Plan, record: Record, case: int, call: int = 0) -> torch.Tensor:
    """The images (n, C, H, W) that the critic was fed in a call."""
    shape = plan["cases"][case]["args"][1].shape[1:]
    images = [e["inputs"][0].reshape(-1, *shape) for e in record["cases"][case]["calls"][call]["log"]]
    return torch.cat(images) if images else torch.zeros(0, *shape)


def shares(plan: Plan, record: Record, case: int, call: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Share of the real image in each interpolate (B,), and how far each is from the line (B,)."""
    _, real, fake = plan["cases"][case]["args"]
    along, offset = (real - fake).flatten(1), (fed(plan, record, case, call) - fake).flatten(1)
    share = (offset * along).sum(1) / along.square().sum(1)
    return share, (offset - share[:, None] * along).abs().amax(1)


def in_double(plan: Plan, case: int) -> nn.Module:
    """The plan's critic in float64."""
    return build_network({**plan["cases"][case]["args"][0]["network"], "dtype": "float64"})


def truth(plan: Plan, record: Record, case: int, call: int, formula: Formula = penalty) -> tuple[float, torch.Tensor]:
    """The penalty at the learner's interpolates, and its gradient by the critic's weights, as one vector."""
    network = in_double(plan, case)
    value = formula(slopes(network, fed(plan, record, case, call).double()))
    parameters = list(network.parameters())
    grads = torch.autograd.grad(plan["cases"][case]["cotangents"][0] * value, parameters, allow_unused=True)
    flat = [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, grads, strict=True)]
    return value.item(), torch.cat([g.flatten() for g in flat])


def _fed_right(plan: Plan, record: Record) -> Failure | None:
    for case, spec in enumerate(plan["cases"]):
        for call, found in enumerate(record["cases"][case]["calls"]):
            images, b = fed(plan, record, case, call), len(spec["args"][1])
            if len(images) != b or not all(e["grad_enabled"] for e in found["log"]):
                seen = f"the critic was asked about {len(images)} images"
                seen += "" if all(e["grad_enabled"] for e in found["log"]) else ", some of them with gradients disabled"
                advice = "Make one interpolate for each pair of a real image and a fake, and run them through the critic once."
                return Failure(seen, f"one interpolate per pair: {b}", advice, CALLS._called(spec))
    return None


def _on_the_line(plan: Plan, record: Record) -> Failure | None:
    for case, spec in enumerate(plan["cases"]):
        share, distance = shares(plan, record, case)
        if float(distance.max()) > 1e-5 * (1 + float(share.abs().max())):
            off = int((distance > 1e-5).sum())
            seen = f"{off} of the {len(share)} images that the critic was fed are not on the straight line between their real image and their fake"
            advice = "One weight for a whole image: give it the shape (B, 1, 1, 1), so that it is the same for all of the image's pixels."
            return Failure(seen, "weight · real + (1 − weight) · fake", advice, CALLS._called(spec))
    return None


def _shares(plan: Plan, record: Record) -> Failure | None:
    if _on_the_line(plan, record):
        return None  # then there are no weights to judge
    first, second = (shares(plan, record, MANY, call)[0] for call in range(2))
    # float32 has 2²⁴ uniform draws, so two of 800 may agree by chance; that six do happens less than once in 1e13 plans
    repeated = 2 * len(first) - len(torch.cat([first, second]).round(decimals=9).unique()) > 5
    if repeated or not (uniform(first, 0.0, 1.0) and uniform(second, 0.0, 1.0)):
        low, high = show.number(first.min()), show.number(first.max())
        seen = f"the weights of {len(first)} images lie between {low} and {high}, with mean {show.number(first.mean())} and standard deviation {show.number(first.std())}"
        seen += ", and some of them occur twice" if repeated else ""
        advice = "Draw the weights by `torch.rand`, one for each image and new in every call; no seed."
        return Failure(seen, "independent draws of U(0, 1)", advice, CALLS._called(plan["cases"][MANY]))
    return None


def _value(plan: Plan, record: Record) -> Failure | None:
    wrong_case = _differs(plan, record, penalty)
    if wrong_case is None:
        return None
    case, seen, expected = wrong_case
    advice = "Per image: the square root of the sum of squares over C, H and W; minus 1, squared. Then the mean over the images."
    return Failure(f"returned {show.number(seen)}", show.number(expected), advice, CALLS._called(plan["cases"][case]))


def _differs(plan: Plan, record: Record, formula: Formula) -> tuple[int, float, float] | None:
    """The first case, but for the flat critic, whose value is not the formula's at the learner's interpolates: case, seen, expected."""
    for case, found in enumerate(record["cases"]):
        for call, one in enumerate(found["calls"] if case != FLAT else []):
            seen, expected = float(one["value"]["data"]), truth(plan, record, case, call, formula)[0]
            if not abs(seen - expected) <= 2e-4 * max(abs(expected), 1e-2):
                return case, seen, expected
    return None


def _gradient(plan: Plan, record: Record) -> Failure | None:
    if _differs(plan, record, penalty):
        return None  # a wrong value has a wrong gradient
    for case in (MANY, CONV, DOUBLE, ONE):
        seen, expected = _of_critic(plan, record, case), truth(plan, record, case, 0)[1]
        precision = 1e-3 if plan["cases"][case]["args"][1].dtype == torch.float32 else 1e-4  # a number under the root
        if seen is None or not bool((seen - expected).norm() <= precision * expected.norm()):
            said = "no gradient reaches the critic's weights"
            if seen is not None and bool(seen.any()):
                said = f"the gradient by the critic's weights has length {show.number(seen.norm())}"
            advice = "The gradient inside the penalty needs a graph of its own: `create_graph=True`."
            expected_text = f"a gradient of length {show.number(expected.norm())}"
            return Failure(said, expected_text, advice, CALLS._called(plan["cases"][case]))
    return None


def _of_critic(plan: Plan, record: Record, case: int) -> torch.Tensor | None:
    """The gradient by the critic's weights as one vector; None where there is none."""
    rows = record["cases"][case]["calls"][0]["grads"]
    parameters = list(in_double(plan, case).parameters())
    found = rows[0][: len(parameters)] if rows else []
    if all(g is None for g in found):
        return None
    flat = [torch.zeros_like(p) if g is None else g.double() for p, g in zip(parameters, found, strict=True)]
    return torch.cat([g.flatten() for g in flat])


def _detached(plan: Plan, record: Record) -> Failure | None:
    for case, spec in enumerate(plan["cases"]):
        for call in record["cases"][case]["calls"]:
            for name, grad in zip(("real", "fake"), call["grads"][0][-2:] if call["grads"] else [], strict=False):
                if grad is not None and bool((grad != 0).any()):
                    advice = "Detach both first: the penalty teaches the critic, and nothing of it should reach the generator."
                    return Failure(
                        f"a gradient reaches {name}", "a gradient for the critic only", advice, CALLS._called(spec)
                    )
    return None


def _flat(plan: Plan, record: Record) -> Failure | None:
    call = record["cases"][FLAT]["calls"][0]
    value, grads = float(call["value"]["data"]), [g for g in (call["grads"] or [[]])[0] if g is not None]
    finite = all(bool(torch.isfinite(g).all()) for g in grads)
    if abs(value - 1) < 1e-2 and finite:
        return None
    seen = f"where the critic is flat the penalty is {show.number(value)}"
    seen += "" if finite else " and its gradient NaN"
    advice = "The root has no slope at 0: use `.norm(dim=…)` or `torch.linalg.vector_norm`, or add a tiny number under the root."
    return Failure(seen, "1, with a finite gradient", advice, CALLS._called(plan["cases"][FLAT]))


CLAIMS = (
    CALLS.runs(),
    CALLS.returns(),
    Claim("fed", "asks the critic once about one interpolate per image", _fed_right, gate=True),
    Claim("on_the_line", "mixes each real image with its fake by one weight", _on_the_line),
    Claim("shares", "draws the weights from U(0, 1), one per image", _shares),
    Claim("value", "penalises each image by (‖∇‖ − 1)²", _value),
    Claim("gradient", "is differentiable to the critic's weights", _gradient),
    Claim("detached", "lets no gradient through to real and fake", _detached),
    Claim("flat", "stays finite where the critic is flat", _flat),
    CALLS.dtype(),
    CALLS.inputs_unchanged(),
)

Explains = Callable[[Plan, Record], bool]
_failing = once_a_verdict(lambda plan, record: failing(CLAIMS, plan, record))
_ran = once_a_verdict(lambda plan, record: not failing((claim for claim in CLAIMS if claim.gate), plan, record))


def _returned(*formulas: Formula) -> Explains:
    """`explains`: the interpolates are right, and the values are those of one of these formulas."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _ran(plan, record) or _on_the_line(plan, record) or _shares(plan, record):
            return False
        return any(_differs(plan, record, formula) is None for formula in formulas) and bool(_value(plan, record))

    return explains


def _weighted(test: Callable[[torch.Tensor, torch.Tensor], bool]) -> Explains:
    """`explains`: the interpolates are on their lines, the values right, and the weights of two calls pass a test."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _ran(plan, record) or _on_the_line(plan, record) or _differs(plan, record, penalty):
            return False
        return test(*(shares(plan, record, MANY, call)[0] for call in range(2)))

    return explains


def _constant(share: torch.Tensor) -> bool:
    return bool((share - share[0]).abs().max() < 1e-6)


def _one_per_pixel(plan: Plan, record: Record) -> bool:
    """Each pixel, or each column, row or channel of it, has a weight of its own in [0, 1]."""
    if not _ran(plan, record) or not _on_the_line(plan, record) or _differs(plan, record, penalty):
        return False
    _, real, fake = plan["cases"][MANY]["args"]
    each = (fed(plan, record, MANY) - fake) / (real - fake)
    inside = each[(real - fake).abs() > 1e-3]
    return bool(((inside > -1e-6) & (inside < 1 + 1e-6)).all())


def _only(*names: str) -> Explains:
    return lambda plan, record: _failing(plan, record) == set(names)


def _no_graph(plan: Plan, record: Record) -> bool:
    return _only("gradient")(plan, record) and all(_of_critic(plan, record, case) is None for case in (MANY, CONV, ONE))


def _backward(plan: Plan, record: Record) -> bool:
    return _ran(plan, record) and any(call["backward"] for found in record["cases"] for call in found["calls"])


def _fakes_not_detached(plan: Plan, record: Record) -> bool:
    of_fakes = [call["grads"][0][-1] for found in record["cases"] for call in found["calls"] if call["grads"]]
    return _only("detached")(plan, record) and any(g is not None and bool(g.any()) for g in of_fakes)


def _nan_when_flat(plan: Plan, record: Record) -> bool:
    grads = record["cases"][FLAT]["calls"][0]["grads"]
    return _only("flat")(plan, record) and any(bool(g.isnan().any()) for g in grads[0] if g is not None)


def _norms(slopes: torch.Tensor) -> torch.Tensor:
    return slopes.flatten(1).norm(dim=1)


MISCONCEPTIONS = (
    Misconception(
        "normal_weights",
        "the weights are drawn from N(0, 1) instead of U(0, 1), as in the book's code",
        "The weights are drawn from N(0, 1), as in the book's code: two thirds of the points then lie outside of the segment between real and "
        "fake. Draw them by `torch.rand`.",
        wrong.normal_weights,
        _weighted(lambda a, b: all(standard_normal(s.view(20, 20)) for s in (a, b))),
    ),
    Misconception(
        "one_weight_per_batch",
        "a single weight is drawn for the whole batch",
        "One weight is drawn for the whole batch: each image needs a weight of its own, of shape (B, 1, 1, 1).",
        wrong.one_weight_per_batch,
        _weighted(lambda a, b: _constant(a) and _constant(b) and abs(float(a[0] - b[0])) > 1e-6),
    ),
    Misconception(
        "one_weight_per_pixel",
        "each pixel (or channel, row, column) of an image has a weight of its own",
        "The weight differs within an image, so the point is not on the line between real and fake: draw one per image, of shape (B, 1, 1, 1).",
        wrong.one_weight_per_pixel,
        _one_per_pixel,
    ),
    Misconception(
        "midpoint",
        "the weight is always ½ (or another constant between the two): nothing is drawn",
        "The weight is the same in every call: draw one for each image from U(0, 1), so that the whole line is seen.",
        wrong.midpoint,
        _weighted(lambda a, b: _constant(torch.cat([a, b])) and 0.01 < float(a[0]) < 0.99),
    ),
    Misconception(
        "at_real",
        "the gradient is taken at the real images alone",
        "The gradient is taken at the real images: the penalty belongs on the lines between real images and fakes.",
        wrong.at_real,
        _weighted(lambda a, b: bool((torch.cat([a, b]) - 1).abs().max() < 1e-6)),
    ),
    Misconception(
        "at_fake",
        "the gradient is taken at the fakes alone",
        "The gradient is taken at the fakes: the penalty belongs on the lines between real images and fakes.",
        wrong.at_fake,
        _weighted(lambda a, b: bool(torch.cat([a, b]).abs().max() < 1e-6)),
    ),
    Misconception(
        "norm_per_channel",
        "the norm is taken over H and W only: one per channel instead of one per image",
        "There is one norm per channel: the slope of an image is the length of all of its gradient, over C, H and W.",
        wrong.norm_per_channel,
        _returned(lambda s: (s.flatten(2).norm(dim=2) - 1).square().mean()),
    ),
    Misconception(
        "norm_per_pixel",
        "the norm is taken over the channels only (dim=1 of an image that is not flattened): one per pixel",
        "There is one norm per pixel: `dim=1` of (B, C, H, W) are the channels. Flatten each image first.",
        wrong.norm_per_pixel,
        _returned(lambda s: (s.norm(dim=1) - 1).square().mean()),
    ),
    Misconception(
        "norm_of_batch",
        "one norm is taken over the whole batch",
        "There is one norm for the whole batch: each image has a slope of its own.",
        wrong.norm_of_batch,
        _returned(lambda s: (s.norm() - 1).square()),
    ),
    Misconception(
        "no_create_graph",
        "the gradient is taken without create_graph, so the penalty has no gradient by the critic's weights",
        "The value is right, but no gradient reaches the critic: `torch.autograd.grad` needs `create_graph=True`, or the penalty teaches nothing.",
        wrong.no_create_graph,
        _no_graph,
    ),
    Misconception(
        "no_root",
        "the root is missing: the squared norm is compared with 1",
        "The root is missing: this is (‖∇‖² − 1)², not (‖∇‖ − 1)².",
        wrong.no_root,
        _returned(lambda s: (_norms(s).square() - 1).square().mean()),
    ),
    Misconception(
        "not_squared",
        "the distance of the norm from 1 is not squared (signed, or its absolute value)",
        "The distance from 1 is not squared: this is the mean of ‖∇‖ − 1.",
        wrong.not_squared,
        _returned(lambda s: (_norms(s) - 1).mean(), lambda s: (_norms(s) - 1).abs().mean()),
    ),
    Misconception(
        "one_not_subtracted",
        "the norm is squared without the 1: slopes are pulled to 0",
        "The 1 is missing: this is the mean of ‖∇‖², which pulls every slope to 0 instead of 1.",
        wrong.one_not_subtracted,
        _returned(lambda s: _norms(s).square().mean()),
    ),
    Misconception(
        "one_sided",
        "only norms above 1 are penalised",
        "Only slopes above 1 are penalised. Such a one-sided penalty exists, but this exercise asks for (‖∇‖ − 1)² on both sides.",
        wrong.one_sided,
        _returned(lambda s: (_norms(s) - 1).clamp(min=0).square().mean()),
    ),
    Misconception(
        "square_of_mean",
        "the norms are averaged first, and the mean's distance from 1 is squared",
        "This is the square of the mean's distance from 1: steep and flat images cancel. Square for each image, then take the mean.",
        wrong.square_of_mean,
        _returned(lambda s: (_norms(s).mean() - 1).square()),
    ),
    Misconception(
        "mean_score",
        "the gradient of the mean score is taken, which is the slope divided by the batch size",
        "This is the gradient of the batch's mean score, so every slope is divided by the batch size: take that of the sum.",
        wrong.mean_score,
        _returned(lambda s: (_norms(s / len(s)) - 1).square().mean()),
    ),
    Misconception(
        "summed",
        "the penalties of the images are summed instead of averaged",
        "The penalties are summed over the batch: take their mean.",
        wrong.summed,
        _returned(lambda s: (_norms(s) - 1).square().sum()),
    ),
    Misconception(
        "times_ten",
        "the penalty is already multiplied by its usual weight 10",
        "This is ten times the penalty: its weight, gp_weight, belongs to the train step.",
        wrong.times_ten,
        _returned(lambda s: 10 * penalty(s)),
    ),
    Misconception(
        "not_detached",
        "real and fake are not detached, so a gradient reaches the generator",
        "Real images and fakes are not detached: the penalty's gradient runs through the fakes into the generator.",
        wrong.not_detached,
        _fakes_not_detached,
    ),
    Misconception(
        "backward_called",
        "the gradient is taken by .backward(), which also fills the .grad of the critic's weights",
        "`backward()` fills the `.grad` of every weight of the critic on its way: take the gradient by `torch.autograd.grad`, which fills nothing.",
        wrong.backward_called,
        _backward,
    ),
    Misconception(
        "nan_when_flat",
        "the norm is computed by the root of a sum of squares, whose gradient is NaN where the critic is flat",
        "Where the critic is flat the gradient is NaN, since the root has an infinite slope at 0: `.norm(dim=1)` knows, `.sqrt()` does not.",
        wrong.nan_when_flat,
        _nan_when_flat,
    ),
)

EXERCISE = Exercise(
    id="wgan_gp/gradient_penalty",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Draw B weights and give them a shape that broadcasts over C, H and W. The interpolates are a leaf of their own: `.detach()` what you mix, "
        "then `.requires_grad_()`.",
        "`torch.autograd.grad(outputs, inputs, create_graph=True)` wants one number or `grad_outputs`: the sum of the scores will do, since each score "
        "depends on its own image only.",
        "Flatten the gradient to (B, C·H·W), take `.norm(dim=1)`, subtract 1, square, take the mean.",
    ),
)
