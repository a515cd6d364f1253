"""Check of `cnn/dropout`.

The judge never asks for a seeded answer. It reads the mask from the result, y ≠ 0, tests its law, and compares everything else with this mask:
y = mask · x/(1 − p), and for weights w the gradient of (w·y) by x is w · mask/(1 − p).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.checks.cnn import dropout_mistakes as mistakes
from autograder.claims import show
from autograder.claims.calls import CallClaims
from autograder.claims.compare import close
from autograder.claims.laws import bernoulli
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing, once_a_verdict
from autograder.probes import Plan, Record

RARE, OFTEN, MANY, NONE, ALL, EVAL, EVAL_ALL = range(7)  # the cases of the plan, in order
RANDOM = (RARE, OFTEN, MANY)
CALLS_MADE = 240  # of the case MANY, with 16 values: enough to see that always as many are dropped


def make_plan(draw: Draw) -> Plan:
    """p well below and above ½, a small input many times over, p = 0, p = 1, and eval mode; float64, batch size 1, no value of x near 0."""

    def case(shape: tuple[int, ...], p: float, training: bool, dtype: str = "float32", **more: Any) -> dict[str, Any]:
        sign = draw.normal(*shape, dtype=dtype).sign()
        return {
            "args": [sign * draw.uniform(*shape, low=0.5, high=2.0, dtype=dtype), p, training],
            "grad": [0],
            "cotangents": [draw.normal(*shape, dtype=dtype)],
            "seed": draw.seed(),
        } | more

    rare, often = draw.number(0.2, 0.35), draw.number(0.65, 0.8)
    cases = [
        case((2 * draw.size(12, 15), 12, 5, 4), rare, True),
        case((draw.size(40, 50), draw.size(60, 70)), often, True, "float64"),
        case((1, 4, 2, 2), draw.number(0.3, 0.4), True, calls=CALLS_MADE, grad=[], cotangents=[]),
        case((3, 4), 0.0, True),
        case((2, 3, 5, 4), 1.0, True, "float64"),
        case((4, 3, 2, 5), draw.number(0.2, 0.4), False),
        case((1, 7), 1.0, False, "float64"),
    ]
    return {"probe": "call", "cases": cases}


def _identity(x: torch.Tensor, p: float, training: bool) -> torch.Tensor:
    return x  # for shape and dtype


CALLS = CallClaims("dropout", _identity, ("y",))


def _x(plan: Plan, case: int) -> torch.Tensor:
    x: torch.Tensor = plan["cases"][case]["args"][0]
    return x


@once_a_verdict
def _ys(record: Record, case: int) -> torch.Tensor:
    """What the calls gave: (calls, …)."""
    return torch.stack([call["value"]["data"] for call in record["cases"][case]["calls"]])


def _called(plan: Plan, case: int) -> str:
    return show.call("dropout", CALLS.parameters, plan["cases"][case]["args"])


def _kept(plan: Plan, record: Record, case: int) -> torch.Tensor:
    """The mask (rows, values): a row for each image, or for each call where there are many."""
    return (_ys(record, case) != 0).flatten(0, 1).flatten(1)


def _seed(plan: Plan, case: int) -> int:
    return int(plan["cases"][case]["seed"]) + 2**31


@once_a_verdict
def _law(plan: Plan, record: Record, keep: Callable[[float], float] = lambda p: 1 - p) -> Failure | None:
    for case in RANDOM:
        p, kept = plan["cases"][case]["args"][1], _kept(plan, record, case)
        if not bernoulli(kept, keep(p), _seed(plan, case)):
            mean = float(kept.double().mean())
            part = "none" if mean == 0 else "all" if mean == 1 else f"a share of {show.number(mean)}"
            share = f"{part} of the values were kept"
            seen = f"{share}, over {CALLS_MADE} calls" if case == MANY else share
            if abs(mean - keep(p)) < 0.08:
                seen += ", but not independently of each other"
            expected = f"each value kept with probability 1 − p = {show.number(1 - p)}, independently of all others and of earlier calls"
            advice = "Draw one uniform number for every element of x, at every call, and compare it with p."
            return Failure(seen, expected, advice, _called(plan, case))
    states = [call["next_draw"] for call in record["cases"][MANY]["calls"]]
    if all(torch.equal(state, states[0]) for state in states):
        seen = "every call leaves torch's random generator in the same state"
        advice = "Leave the seed alone: set inside a function, it makes all later draws the same."
        return Failure(seen, "a generator that goes on from where it was", advice, _called(plan, MANY))
    return None


@once_a_verdict
def _scale(plan: Plan, record: Record, scale: Callable[[float], float] = lambda p: 1 / (1 - p)) -> Failure | None:
    for case in RANDOM:
        x, y, factor = _x(plan, case), _ys(record, case), scale(plan["cases"][case]["args"][1])
        kept = y != 0
        if not close(y[kept], (x * factor).expand_as(y)[kept]):
            seen = f"the values that were kept are {show.number((y / x)[kept][0])} times those of x"
            advice = "With the factor 1/(1 − p) the mean of y is that of x."
            return Failure(seen, f"1/(1 − p) = {show.number(factor)} times", advice, _called(plan, case))
    return None


def _nothing_dropped(plan: Plan, record: Record) -> Failure | None:
    return _must_be(plan, record, NONE, _x(plan, NONE), "for p = 0 every value is kept, times 1.")


def _everything_dropped(plan: Plan, record: Record) -> Failure | None:
    advice = "For p = 1 every value is dropped: choose zeros with `torch.where` or answer this case first, rather than compute 0/0."
    return _must_be(plan, record, ALL, torch.zeros_like(_x(plan, ALL)), advice)


@once_a_verdict
def _eval(plan: Plan, record: Record) -> Failure | None:
    advice = "When training is False nothing is dropped and nothing is scaled: return x."
    for case in (EVAL, EVAL_ALL):
        failure = _must_be(plan, record, case, _x(plan, case), advice)
        if failure:
            return failure
    return None


def _must_be(plan: Plan, record: Record, case: int, truth: torch.Tensor, advice: str) -> Failure | None:
    y = _ys(record, case)[0]
    return None if close(y, truth) else Failure(show.tensor(y), show.tensor(truth), advice, _called(plan, case))


def _gradient(plan: Plan, record: Record) -> Failure | None:
    for case in (RARE, OFTEN, NONE, EVAL):
        (_, p, training), w = plan["cases"][case]["args"], plan["cases"][case]["cotangents"][0]
        y = _ys(record, case)[0]
        truth = w * (y != 0) / (1 - p) if training else w
        rows = record["cases"][case]["calls"][0]["grads"]
        seen = rows[0][0] if rows else None
        if seen is None or not close(seen, truth):
            found = "is missing" if seen is None else f"is {show.tensor(seen)}"
            advice = "y = mask · x/(1 − p), with x itself: no `.detach()`, `.data` or `no_grad` around it."
            expected = f"{show.tensor(truth)}, for the mask that was drawn"
            return Failure(
                f"the gradient of y by x, weighted by random w, {found}", expected, advice, _called(plan, case)
            )
    return None


Judge = Callable[[Plan, Record], Failure | None]


def _came(plan: Plan, record: Record) -> bool:
    return not failing((CALLS.runs(), CALLS.returns()), plan, record)


def _holds(*judges: Judge) -> Callable[[Plan, Record], bool]:
    """`explains`: results came, and none of these judges objects."""
    return lambda plan, record: _came(plan, record) and not any(judge(plan, record) for judge in judges)


@once_a_verdict
def _unscaled_at_zero(plan: Plan, record: Record) -> Failure | None:
    return _scale(plan, record, lambda p: 1.0)


@once_a_verdict
def _times_keep(plan: Plan, record: Record) -> Failure | None:
    return _scale(plan, record, lambda p: 1 - p)


def _scaled_by_keep_in_eval(plan: Plan, record: Record) -> Failure | None:
    _, p, _ = plan["cases"][EVAL]["args"]
    return _must_be(plan, record, EVAL, _x(plan, EVAL) * (1 - p), "")


def _kept_with_p(plan: Plan, record: Record) -> bool:
    if not _came(plan, record) or _law(plan, record, lambda p: p) is not None:
        return False
    return any(_scale(plan, record, scale) is None for scale in (lambda p: 1 / p, lambda p: 1 / (1 - p)))


def _shared(shape: Callable[[torch.Tensor], list[int]]) -> Callable[[Plan, Record], bool]:
    """`explains`: scaled as asked, and the mask is one draw per entry of `shape(x)`, repeated over the rest."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _holds(_scale)(plan, record):
            return False
        masks = {case: _ys(record, case)[0] != 0 for case in (RARE, OFTEN)}
        repeated = all(_is_repeated(mask, shape(_x(plan, case))) for case, mask in masks.items())
        return repeated and bool(masks[RARE].any()) and not bool(masks[RARE].all())

    return explains


def _is_repeated(mask: torch.Tensor, shape: list[int]) -> bool:
    """Whether a mask is constant along the axes on which `shape` is 1."""
    first = mask[tuple(slice(0, n) for n in shape)]
    return torch.equal(first.expand_as(mask), mask)


def _same_every_time(plan: Plan, record: Record) -> bool:
    """Scaled as asked, with a mask that is the same in all of many calls."""
    if not _holds(_scale)(plan, record):
        return False
    kept = _kept(plan, record, MANY)
    return bool((kept == kept[0]).all()) and not bool(kept.all())


def _fails_at_one(plan: Plan, record: Record) -> bool:
    """NaN or a division by zero for p = 1; everything holds once zeros stand there."""
    call = record["cases"][ALL]["calls"][0]
    zeros = call | {"raised": None, "value": {"kind": "tensor", "data": torch.zeros_like(_x(plan, ALL))}}
    mended = [*record["cases"][:ALL], {"calls": [zeros]}, *record["cases"][ALL + 1 :]]
    if failing(EXERCISE.claims, plan, {"cases": mended}):
        return False
    if call["raised"]:
        return bool(call["raised"]["type"] == "ZeroDivisionError")
    return call["value"]["kind"] == "tensor" and bool(call["value"]["data"].isnan().any())


@once_a_verdict
def _nothing_random(plan: Plan, record: Record) -> Failure | None:
    """The opposite of `_law`: y is x in training, or x/(1 − p)."""
    pairs = [(_ys(record, case), _x(plan, case), 1 - plan["cases"][case]["args"][1]) for case in RANDOM]
    kept = all(close(y, x.expand_as(y)) for y, x, _ in pairs) or all(
        close(y, (x / keep).expand_as(y)) for y, x, keep in pairs
    )
    return None if kept else Failure("values were dropped", "none", "")


@once_a_verdict
def _scaled_in_eval(plan: Plan, record: Record) -> Failure | None:
    """The opposite of `_eval`: values are missing in eval mode, the others scaled."""
    (x, p, _), y = plan["cases"][EVAL]["args"], _ys(record, EVAL)[0]
    kept = y != 0
    dropped = not bool(kept.all()) and close(y[kept], (x / (1 - p))[kept])
    return None if dropped else Failure("none were dropped", "some", "")


def _cut_off(plan: Plan, record: Record) -> bool:
    """Right but for the gradient, and that is missing wherever values are dropped."""
    if failing(EXERCISE.claims, plan, record) != {"gradient"}:
        return False
    grads = [record["cases"][case]["calls"][0]["grads"][0][0] for case in (RARE, OFTEN)]
    return all(grad is None or not bool(grad.any()) for grad in grads)


MISCONCEPTIONS = (
    Misconception(
        "no_scaling",
        "the values that are kept are not divided by 1 − p",
        "The values that are kept stay as they are: divide them by 1 − p, or the next layer gets less in training than it does afterwards.",
        mistakes.no_scaling,
        _holds(_law, _unscaled_at_zero, _eval),
    ),
    Misconception(
        "scaled_in_eval",
        "the values are scaled in eval mode, by 1 − p, instead of in training (the original dropout)",
        "This scales by 1 − p in eval mode, as the first paper did: this exercise asks for *inverted* dropout, which divides by 1 − p in "
        "training and does nothing afterwards.",
        mistakes.scaled_in_eval,
        _holds(_law, _unscaled_at_zero, _scaled_by_keep_in_eval),
    ),
    Misconception(
        "multiplied_not_divided",
        "the values that are kept are multiplied by 1 − p instead of divided by it",
        "The values that are kept are multiplied by 1 − p: divide by it, for fewer values have to make up for all.",
        mistakes.multiplied_not_divided,
        _holds(_law, _times_keep),
    ),
    Misconception(
        "keeps_with_p",
        "p is taken for the probability to keep a value, instead of to drop it",
        "Values are kept with probability p: p is the probability with which a value is dropped.",
        mistakes.keeps_with_p,
        _kept_with_p,
    ),
    Misconception(
        "active_in_eval",
        "training is ignored: values are dropped in eval mode, too",
        "Values are dropped with training=False, too: there dropout returns x as it is.",
        mistakes.active_in_eval,
        _holds(_law, _scale, _scaled_in_eval),
    ),
    Misconception(
        "never_active",
        "nothing is dropped, in training neither",
        "Nothing is dropped in training: y is x, whatever p. Does your code get as far as the mask?",
        mistakes.never_active,
        _holds(_nothing_random, _eval),
    ),
    Misconception(
        "training_turned_round",
        "train and eval mode are exchanged: values are dropped when training is False",
        "Values are dropped with training=False, and none with training=True: the condition is the wrong way round.",
        mistakes.training_turned_round,
        _holds(_nothing_random, _scaled_in_eval),
    ),
    Misconception(
        "one_mask_per_sample",
        "there is one draw per image: it is kept or dropped as a whole",
        "Each image is kept or dropped as a whole: draw a number for every single element of x.",
        mistakes.one_mask_per_sample,
        _shared(lambda x: [len(x), *[1] * (x.ndim - 1)]),
    ),
    Misconception(
        "one_mask_per_channel",
        "there is one draw per image and channel: a channel is kept or dropped as a whole (Dropout2d)",
        "Whole channels are kept or dropped (that is `Dropout2d`): draw a number for every single element of x.",
        mistakes.one_mask_per_channel,
        lambda plan, record: (
            _shared(lambda x: [*x.shape[:2], *[1] * (x.ndim - 2)])(plan, record)
            and not _shared(lambda x: [len(x), *[1] * (x.ndim - 1)])(plan, record)
        ),
    ),
    Misconception(
        "one_mask_per_batch",
        "one mask is drawn and used for all images of the batch",
        "All images of the batch share one mask: draw a number for every single element of x, the batch axis included.",
        mistakes.one_mask_per_batch,
        _shared(lambda x: [1, *x.shape[1:]]),
    ),
    Misconception(
        "same_mask_every_time",
        "the mask does not change from call to call: a seed is set inside, or nothing is random",
        "Every call drops the same values: draw a new mask from torch's random generator at every call, and leave its seed alone.",
        mistakes.same_mask_every_time,
        _same_every_time,
    ),
    Misconception(
        "division_by_zero",
        "p = 1 gives NaN or a ZeroDivisionError, by a division by 1 − p, instead of zeros",
        "All is right until p = 1: then something is divided by 0. A probability of 1 drops everything, so the result is zeros.",
        mistakes.division_by_zero,
        _fails_at_one,
    ),
    Misconception(
        "cut_off",
        "the values are right, but the gradient does not pass in training",
        "The values are right, but no gradient passes: draw the mask as you like, and multiply x itself, not a detached copy.",
        mistakes.cut_off,
        _cut_off,
    ),
)

EXERCISE: Exercise = Exercise(
    id="cnn/dropout",
    make_plan=make_plan,
    claims=(
        CALLS.runs(),
        CALLS.returns(),
        CALLS.dtype(),
        Claim("law", "keeps each value with probability 1 − p, independently", _law),
        Claim("scale", "divides what it keeps by 1 − p", _scale),
        Claim("eval", "returns x in eval mode", _eval),
        Claim("nothing_dropped", "drops nothing for p = 0", _nothing_dropped),
        Claim("everything_dropped", "gives zeros for p = 1", _everything_dropped),
        Claim("gradient", "has the right gradient", _gradient),
        CALLS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Dropping is multiplying with 0, keeping with 1: you need a tensor of zeros and ones in the shape of x. What does `torch.rand_like(x) < p` say?",
        "Dividing by 1 − p keeps the mean: a value v becomes v/(1 − p) with probability 1 − p and 0 otherwise. In eval mode the function ends at once.",
        "For p = 1 the quotient is 0/0. `torch.where(kept, x / (1 − p), 0)` would still divide by a Python zero: answer p = 1 in a line of its own.",
    ),
)
