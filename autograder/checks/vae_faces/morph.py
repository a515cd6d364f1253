"""Check of `vae_faces/morph`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.claims.calls import CallClaims
from autograder.claims.compare import as_tensor, close, same_values
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record


def oracle(z_a: torch.Tensor, z_b: torch.Tensor, steps: int) -> torch.Tensor:
    """Point by point, from the first to the last."""
    return torch.stack([z_a + (z_b - z_a) * k / (steps - 1) for k in range(steps)])


def make_plan(draw: Draw) -> Plan:
    """Codes of unequal lengths at an angle to each other, in both precisions; the smallest number of steps, too; one dimension more than steps and fewer."""
    d = draw.size(5, 8)
    steps = draw.size(9, 12)
    cases = []
    for columns, count, dtype in [
        (d, steps, "float32"),
        (d + 8, 4, "float64"),
        (d + 1, 2, "float32"),
        (2, 3, "float64"),
    ]:
        z_a = draw.uniform(columns, low=0.3, high=1.2, dtype=dtype)
        z_b = draw.uniform(columns, low=-1.5, high=1.9, dtype=dtype)
        z_b[0] = -2.0  # never along z_a
        cases.append({"args": [z_a, z_b, count], "seed": draw.seed()})
    return {"probe": "call", "cases": cases}


def end_missing(z_a, z_b, steps):
    t = (torch.arange(steps) / steps).to(z_a)[:, None]
    return (1 - t) * z_a + t * z_b


def start_missing(z_a, z_b, steps):
    t = (torch.arange(1, steps + 1) / steps).to(z_a)[:, None]
    return (1 - t) * z_a + t * z_b


def both_ends_missing(z_a, z_b, steps):
    t = (torch.arange(1, steps + 1) / (steps + 1)).to(z_a)[:, None]
    return (1 - t) * z_a + t * z_b


def order_reversed(z_a, z_b, steps):
    t = torch.linspace(0, 1, steps).to(z_a)[:, None]
    return t * z_a + (1 - t) * z_b


def spherical(z_a, z_b, steps):
    t = torch.linspace(0, 1, steps).to(z_a)[:, None]
    angle = torch.acos(z_a @ z_b / (z_a.norm() * z_b.norm()))
    return (torch.sin((1 - t) * angle) * z_a + torch.sin(t * angle) * z_b) / torch.sin(angle)


def one_too_many(z_a, z_b, steps):
    t = torch.linspace(0, 1, steps + 1).to(z_a)[:, None]
    return (1 - t) * z_a + t * z_b


def eased(z_a, z_b, steps):
    t = torch.linspace(0, 1, steps).to(z_a)[:, None]
    t = t * t * (3 - 2 * t)
    return (1 - t) * z_a + t * z_b


def added_to_start(z_a, z_b, steps):
    t = torch.linspace(0, 1, steps).to(z_a)[:, None]
    return z_a + t * z_b


def steps_across(z_a, z_b, steps):
    t = torch.linspace(0, 1, steps).to(z_a)
    return (1 - t) * z_a[:, None] + t * z_b[:, None]


CLAIMS = CallClaims("morph", oracle, ("codes",))


def _shares(plan: Plan, record: Record) -> list[torch.Tensor]:
    """How far each code is on the straight line from z_a, at 0, to z_b, at 1, for every case; empty when one has a code elsewhere."""
    shares = []
    for case, call in CLAIMS._calls(plan, record):
        z_a, z_b = (end.double() for end in case["args"][:2])
        seen = as_tensor(call["value"])
        if call["raised"] or seen is None or seen.shape[1:] != z_a.shape or not seen.double().isfinite().all():
            return []
        way = z_b - z_a
        share = (seen.double() - z_a) @ way / (way @ way)
        if not close(seen, z_a + share[:, None] * way, torch.float32):
            return []
        shares.append(share)
    return shares


def _stops_short(start: bool, end: bool) -> Callable[[Plan, Record], bool]:
    """`explains`: an even walk along the line that leaves out its start, its end, or both, by about one of its moves."""

    def left_out(gap: torch.Tensor, move: torch.Tensor) -> bool:
        return bool(gap > 1e-3) and bool(gap < 1.5 * move)

    def explains(plan: Plan, record: Record) -> bool:
        shares = [share for share in _shares(plan, record) if len(share) > 1]
        for share in shares:
            moves, move = share.diff(), share.diff().mean()
            even = close(moves, move.expand_as(moves), torch.float32)
            reached = [(share[0].abs(), start), ((1 - share[-1]).abs(), end)]
            if not even or not all(left_out(gap, move) if out else gap < 1e-3 for gap, out in reached):
                return False
        return bool(shares)

    return explains


def _walks(plan: Plan, record: Record) -> list[tuple[list[Any], torch.Tensor]]:
    """Arguments in float64 and the codes that came back, of every case; empty when one has none of the right form."""
    if any(claim.judge(plan, record) is not None for claim in (CLAIMS.runs(), CLAIMS.returns(), CLAIMS.finite())):
        return []
    rows = []
    for case, call in CLAIMS._calls(plan, record):
        z_a, z_b, steps = case["args"]
        rows.append(([z_a.double(), z_b.double(), steps], call["value"]["data"].double()))
    return rows


def _spherical(plan: Plan, record: Record) -> bool:
    """On a great circle with evenly spaced angles: of the codes as they are, or of their directions with lengths in between."""

    def on_the_arc(z_a: torch.Tensor, z_b: torch.Tensor, steps: int) -> torch.Tensor:
        unit_a, unit_b = z_a / z_a.norm(), z_b / z_b.norm()
        return spherical(unit_a, unit_b, steps)

    def with_lengths(z_a: torch.Tensor, z_b: torch.Tensor, steps: int) -> torch.Tensor:
        t = torch.linspace(0, 1, steps).to(z_a)[:, None]
        return on_the_arc(z_a, z_b, steps) * ((1 - t) * z_a.norm() + t * z_b.norm())

    kinds: list[Callable[..., torch.Tensor]] = [spherical, on_the_arc, with_lengths]
    walks = _walks(plan, record)
    return bool(walks) and any(all(close(seen, kind(*args), torch.float32) for args, seen in walks) for kind in kinds)


def _eased(plan: Plan, record: Record) -> bool:
    """On the straight line from end to end, forwards, the same both ways round, but in uneven steps."""
    walks = _walks(plan, record)
    uneven = False
    for (z_a, z_b, steps), seen in walks:
        way = z_b - z_a
        t = (seen - z_a) @ way / (way @ way)
        line = z_a + t[:, None] * way
        forwards = bool((t.diff() > 0).all()) and close(t[[0, -1]], torch.tensor([0.0, 1.0]), torch.float32)
        if (
            not forwards
            or not close(seen, line, torch.float32)
            or not close(t + t.flip(0), torch.ones_like(t), torch.float32)
        ):
            return False
        uneven |= not close(t, torch.linspace(0, 1, steps).double(), torch.float32)
    return uneven


MISCONCEPTIONS = (
    Misconception(
        "end_missing",
        "the last code, z_b, is left out: the shares are k/steps for k = 0 … steps − 1, or end at 0.9, or there is one code too few",
        "The walk stops one step short of z_b, as in the book's code: both ends belong to it.",
        end_missing,
        _stops_short(start=False, end=True),
    ),
    Misconception(
        "start_missing",
        "the first code, z_a, is left out: the shares are k/steps for k = 1 … steps",
        "The walk starts one step after z_a: both ends belong to it.",
        start_missing,
        _stops_short(start=True, end=False),
    ),
    Misconception(
        "both_ends_missing",
        "both ends are left out: the shares are k/(steps + 1) for k = 1 … steps",
        "Only the points between the two are here: both ends belong to the walk.",
        both_ends_missing,
        _stops_short(start=True, end=True),
    ),
    Misconception(
        "order_reversed",
        "the walk goes from z_b to z_a",
        "The walk goes the wrong way: row 0 is z_a, the last row is z_b.",
        order_reversed,
    ),
    Misconception(
        "spherical",
        "the walk is along a great circle instead of a straight line",
        "This walks along a great circle (slerp), which has its merits for Gaussian codes: this exercise asks for the straight line.",
        spherical,
        _spherical,
    ),
    Misconception(
        "one_too_many",
        "steps + 1 codes are returned: steps counts the moves instead of the codes",
        "There is one code too many: steps counts the codes, both ends included, so there are steps − 1 moves between them.",
        one_too_many,
    ),
    Misconception(
        "eased",
        "the walk is on the straight line, but slower at the ends than in the middle",
        "The walk is on the line from z_a to z_b, but its steps are not equally long: this exercise asks for even ones.",
        eased,
        _eased,
    ),
    Misconception(
        "added_to_start",
        "z_b is added to z_a bit by bit, so that the walk ends at z_a + z_b",
        "The walk ends at z_a + z_b: what has to be added bit by bit is the difference z_b − z_a.",
        added_to_start,
    ),
    Misconception(
        "steps_across",
        "the codes are the columns of the result, (D, steps), instead of its rows",
        "The codes are columns here, (D, steps): one row for each code, (steps, D).",
        steps_across,
    ),
)

EXERCISE = Exercise(
    id="vae_faces/morph",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="For 3 steps the rows are z_a, the point half-way, and z_b. For 2 steps they are the ends alone.",
        precision=torch.float32,  # of torch.linspace as it comes
    ),
    misconceptions=MISCONCEPTIONS,
    same=same_values,
    hints=(
        "A point of the straight line is (1 − t)·z_a + t·z_b. Which values of t does the walk take, the ends included?",
        "`torch.linspace(0, 1, steps)` holds evenly spaced shares with both ends; with an axis more, (steps, 1), they meet z_a (D,) in a table (steps, D).",
    ),
)
