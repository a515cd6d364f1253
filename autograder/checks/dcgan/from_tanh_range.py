"""Check of `dcgan/from_tanh_range`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.claims.calls import CallClaims
from autograder.claims.compare import as_tensor
from autograder.exercise import Draw, Exercise, Misconception, failing
from autograder.probes import Plan, Record

BETWEEN, LEVELS, BEYOND, ONE = range(4)  # the cases of the plan, in order


def oracle(x: torch.Tensor) -> torch.Tensor:
    """The nearest of 256 levels, by the distance to each."""
    levels = torch.arange(256, dtype=torch.float64) / 127.5 - 1
    return (x.double()[..., None] - levels).abs().argmin(dim=-1).to(torch.uint8)


def make_plan(draw: Draw) -> Plan:
    """Values between the levels, up to 0.4 of a step away; the 256 levels themselves; values far beyond [-1, 1]; a single image.

    Images are not square and not contiguous.
    """
    h = draw.size(5, 9)
    w = draw.size(6, 11, h)

    def image(n: int, dtype: str) -> torch.Tensor:
        step = draw.uniform(n, 1, h, w, high=256, dtype="float64").floor().clamp(0, 255)
        aside = draw.uniform(n, 1, h, w, low=0.1, high=0.4, dtype="float64")
        aside *= draw.normal(n, 1, h, w, dtype="float64").sign()
        return ((step + aside).clamp(0, 255) / 127.5 - 1).to(getattr(torch, dtype))

    beyond = draw.uniform(2, 1, h, w, low=1.02, high=4.0) * draw.normal(2, 1, h, w).sign()
    levels = (torch.arange(256, dtype=torch.float32) / 127.5 - 1).reshape(1, 1, 16, 16)
    images = [image(3, "float32"), levels, beyond, image(1, "float64")]
    return {"probe": "call", "cases": [{"args": [x], "seed": draw.seed(), "strided": [0]} for x in images]}


def _seen(record: Record, case: int) -> torch.Tensor | None:
    call = record["cases"][case]["calls"][0]
    return None if call["raised"] else as_tensor(call["value"])


def _scaled(plan: Plan, case: int) -> torch.Tensor:
    scaled: torch.Tensor = (plan["cases"][case]["args"][0].double() + 1) * 127.5
    return scaled


def _equals(record: Record, case: int, expected: torch.Tensor) -> bool:
    seen = _seen(record, case)
    return seen is not None and seen.shape == expected.shape and torch.equal(seen.double(), expected)


def _wrapped(plan: Plan, record: Record) -> bool:
    """Right inside of [-1, 1]; beyond, the rounded value modulo 256, or else what the machine makes of it."""
    if not all(_equals(record, case, _scaled(plan, case).round()) for case in (BETWEEN, ONE)):
        return False
    seen, scaled = _seen(record, BEYOND), _scaled(plan, BEYOND).round()
    return (
        seen is not None
        and seen.shape == scaled.shape
        and seen.dtype == torch.uint8
        and any(
            bool(((seen.double() - bytes_.double()).abs() <= 1).all())  # float32 may round the other way
            for bytes_ in (scaled.remainder(256), scaled.float().to(torch.uint8))
        )
    )


def _truncated(plan: Plan, record: Record) -> bool:
    return all(_equals(record, case, _scaled(plan, case).floor()) for case in (BETWEEN, ONE))


def _line(*lines: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Plan, Record], bool]:
    """`explains`: between the levels, another straight line was rounded (or cut off) and clamped (or wrapped around)."""

    def explains(plan: Plan, record: Record) -> bool:
        cases = (BETWEEN, ONE)
        if all(_equals(record, case, _scaled(plan, case).round()) for case in cases):
            return False  # x · 127.5 + 128, cut off, is right
        for line in lines:
            for whole in (torch.round, torch.floor, torch.trunc):
                for fit in (lambda t: t.clamp(0, 255), lambda t: t.remainder(256)):
                    values = [fit(whole(line(plan["cases"][case]["args"][0].double()))) for case in cases]
                    if all(_equals(record, case, value) for case, value in zip(cases, values, strict=True)):
                        return True
        return False

    return explains


def _floats(plan: Plan, record: Record) -> bool:
    return failing(CLAIMS, plan, record) == {"dtype"} and all(
        (seen := _seen(record, case)) is not None and seen.is_floating_point() for case in range(4)
    )


def _zero_to_one(plan: Plan, record: Record) -> bool:
    seen, truth = _seen(record, BETWEEN), _scaled(plan, BETWEEN) / 255
    return seen is not None and seen.shape == truth.shape and bool(((seen.double() - truth).abs() < 1e-4).all())


def wrap_around(x):
    return ((x + 1) * 127.5).round().to(torch.uint8)


def truncation(x):
    return ((x + 1) * 127.5).clamp(0, 255).to(torch.uint8)


def not_shifted(x):
    return (x * 255).round().clamp(0, 255).to(torch.uint8)


def by_128(x):
    return ((x + 1) * 128).round().clamp(0, 255).to(torch.uint8)


def floats_returned(x):
    return ((x + 1) * 127.5).round().clamp(0, 255)


def zero_to_one_returned(x):
    return (x + 1) / 2


MISCONCEPTIONS = (
    Misconception(
        "wrap_around",
        "the values are not clamped, so that what lies beyond [-1, 1] wraps around: brighter than white comes out dark",
        "Values beyond [-1, 1] wrap around: 260 becomes 4, so the brightest spots come out black. Clamp before the conversion to bytes.",
        wrap_around,
        _wrapped,
    ),
    Misconception(
        "truncation",
        "the conversion to bytes cuts the fraction off instead of rounding",
        "The fraction is cut off: 37.9 becomes 37, and every image gets darker on the way. Round before the conversion to bytes.",
        truncation,
        _truncated,
    ),
    Misconception(
        "not_shifted",
        "x is multiplied by 255 as if it ran from 0 to 1",
        "This is x · 255, as if x ran from 0 to 1: it runs from -1 to 1, so shift it first.",
        not_shifted,
        _line(lambda x: x * 255),
    ),
    Misconception(
        "by_128",
        "128 is used where 127.5 belongs",
        "There is a 128 where 127.5 belongs: some levels come out one too bright (or too dark).",
        by_128,
        _line(lambda x: (x + 1) * 128, lambda x: x * 128 + 127.5, lambda x: x * 127 + 128),
    ),
    Misconception(
        "floats_returned",
        "the values are right, but they are still floats",
        "Every value is right, but they are floats: convert them to bytes, `torch.uint8`, at the end.",
        floats_returned,
        _floats,
    ),
    Misconception(
        "zero_to_one_returned",
        "(x + 1) / 2 is returned, floats in [0, 1], instead of bytes",
        "These are floats from 0 to 1: this exercise asks for bytes from 0 to 255.",
        zero_to_one_returned,
        _zero_to_one,
    ),
)

CALLS = CallClaims("from_tanh_range", oracle, ("images",))
CLAIMS: tuple[Any, ...] = (
    CALLS.runs(),
    CALLS.returns(),
    CALLS.finite(),
    CALLS.value("Follow three values: -1 becomes 0, 1 becomes 255, and 1.3, brighter than white, 255 as well."),
    CALLS.dtype(torch.uint8),
    CALLS.inputs_unchanged(),
)

EXERCISE = Exercise(
    id="dcgan/from_tanh_range",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Turn your to_tanh_range round: first add, then multiply. What may then still be wrong with the numbers, before they can be bytes?",
        "A conversion to uint8 cuts fractions off, and wraps what does not fit. Both have to be dealt with before it.",
        "Scale, `.round()`, `.clamp(0, 255)`, `.to(torch.uint8)`, in this order.",
    ),
)
