"""Check of `vae_fashion/latent_grid`."""

from __future__ import annotations

from typing import Any

import torch

from autograder.claims import show
from autograder.claims.calls import CallClaims
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record


def make_plan(draw: Draw) -> Plan:
    """Odd and even n, and the smallest."""
    n = draw.size(4, 9)
    sizes = [n, draw.size(10, 16), 3, 2, 1]
    return {"probe": "call", "cases": [{"args": [size], "seed": draw.seed()} for size in sizes]}


def _form(n: int) -> torch.Tensor:
    return torch.zeros(n * n, 2)


CALLS = CallClaims("latent_grid", _form, ("points",))


def _grids(plan: Plan, record: Record) -> list[tuple[dict[str, Any], int, torch.Tensor]]:
    """For every case the plan's case, n, and the points as (row, column, coordinate)."""
    rows = []
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        n = case["args"][0]
        rows.append((case, n, found["calls"][0]["value"]["data"].double().reshape(n, n, 2)))
    return rows


def _laid_out(grid: torch.Tensor) -> bool:
    """Whether x depends on the column alone and y on the row alone."""
    x, y = grid[..., 0], grid[..., 1]
    return bool((x - x[:1]).abs().max() < 1e-4) and bool((y - y[:, :1]).abs().max() < 1e-4)


def _layout(plan: Plan, record: Record) -> Failure | None:
    for case, n, grid in _grids(plan, record):
        x = grid[0, :, 0]
        if not _laid_out(grid) or (n > 1 and not bool((x.diff() > 0).all())):
            first = [f"({show.number(a)}, {show.number(b)})" for a, b in grid.reshape(-1, 2)[: min(n, 3)].tolist()]
            seen = f"the first points are {', '.join(first)}"
            expected = "row by row: within a row x rises and y stays the same"
            advice = "Print latent_grid(3): the first three points are the top row, from left to right."
            return Failure(seen, expected, advice, CALLS._called(case))
    return None


def _downwards(plan: Plan, record: Record) -> Failure | None:
    for case, n, grid in _grids(plan, record):
        y = grid[:, 0, 1]
        if n > 1 and not bool((y.diff() < 0).all()):
            seen = f"y goes from {show.number(y[0])} in the first row to {show.number(y[-1])} in the last"
            advice = "Images are drawn from the top: the first row is the top of the map, where y is largest."
            return Failure(seen, "y to fall from row to row", advice, CALLS._called(case))
    return None


def _axes(grid: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The distinct coordinates of both axes, rising, whatever the layout."""
    n = grid.shape[0]
    flat = grid.reshape(-1, 2).sort(dim=0).values.reshape(n, n, 2).mean(dim=1)
    return flat[:, 0], flat[:, 1]


def _quantiles(plan: Plan, record: Record) -> Failure | None:
    for case, n, grid in _grids(plan, record):
        for name, axis in zip(("x", "y"), _axes(grid), strict=True):
            p = torch.special.ndtr(axis)
            even = n < 2 or bool((p.diff() - p.diff().mean()).abs().max() < 1e-4 and p.diff().min() > 1e-6)
            symmetric = bool((p + p.flip(0) - 1).abs().max() < 1e-4)
            if not (even and symmetric):
                values = ", ".join(show.number(v) for v in p[:5].tolist())
                seen = f"the {name} values are normal quantiles of the probabilities {values}{', …' if n > 5 else ''}"
                expected = "probabilities with equal steps, symmetric about ½"
                advice = "First choose n equally spaced probabilities inside (0, 1), then take the inverse of the normal CDF."
                return Failure(seen, expected, advice, CALLS._called(case))
    return None


def _linear(plan: Plan, record: Record) -> bool:
    """The coordinates themselves, not their probabilities, are equally spaced."""
    if not _points_came(plan, record) or _layout(plan, record) or _downwards(plan, record):
        return False
    axes = [axis for _, n, grid in _grids(plan, record) if n > 3 for axis in _axes(grid)]
    return all(bool((a.diff() - a.diff().mean()).abs().max() < 1e-4) and float(a.diff().mean()) > 1e-3 for a in axes)


def _points_came(plan: Plan, record: Record) -> bool:
    return CALLS.runs().judge(plan, record) is None and CALLS.returns().judge(plan, record) is None


def _infinite(ends: str) -> Any:
    """`explains`: infinite coordinates at both ends of the axes, or at one."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _points_came(plan, record):
            return False
        low = high = True
        for _, n, grid in _grids(plan, record):
            if n > 1:
                low &= bool((grid == -torch.inf).any())
                high &= bool((grid == torch.inf).any())
        return (low and high) if ends == "both" else low != high

    return explains


def _otherwise_right(transform: Any) -> Any:
    """`explains`: the points are right once every grid has been transformed."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _points_came(plan, record):
            return False
        cases = [{"calls": [{"value": {"data": transform(g).reshape(n * n, 2)}}]} for _, n, g in _grids(plan, record)]
        mended = {"cases": cases}
        finite = all(bool(torch.isfinite(g).all()) for _, _, g in _grids(plan, record))
        return finite and all(judge(plan, mended) is None for judge in (_layout, _downwards, _quantiles))

    return explains


def quantiles_0_and_1(n):
    axis = torch.special.ndtri(torch.linspace(0, 1, n))
    y, x = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def one_end_infinite(n):
    axis = torch.special.ndtri(torch.arange(1, n + 1) / n)
    y, x = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def linear_spacing(n):
    axis = torch.linspace(-2, 2, n) if n > 1 else torch.zeros(1)
    y, x = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def y_rising(n):
    axis = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def columns_first(n):
    axis = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    x, y = torch.meshgrid(axis, axis.flip(0), indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def coordinates_swapped(n):
    axis = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    y, x = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    return torch.stack([y, x], dim=-1).reshape(-1, 2)


def probabilities_returned(n):
    axis = (torch.arange(n) + 0.5) / n
    y, x = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def _probabilities(plan: Plan, record: Record) -> bool:
    if not _points_came(plan, record):
        return False
    axes = [(n, axis) for _, n, grid in _grids(plan, record) for axis in _axes(grid)]
    inside = all(bool(((axis >= 0) & (axis <= 1)).all()) for _, axis in axes)
    return inside and all(bool((a + a.flip(0) - 1).abs().max() < 1e-4) for _, a in axes)


MISCONCEPTIONS = (
    Misconception(
        "quantiles_0_and_1",
        "the probabilities include 0 and 1, whose quantiles are −∞ and +∞",
        "The border points are infinite: the probabilities include 0 and 1, as in the book's notebook. Stay inside (0, 1).",
        quantiles_0_and_1,
        _infinite("both"),
    ),
    Misconception(
        "one_end_infinite",
        "the probabilities include one of 0 and 1 (k/n), so one border is infinite",
        "One border of the grid is infinite: the probabilities include 0 or 1. Put them in the middles of n equal steps instead.",
        one_end_infinite,
        _infinite("one"),
    ),
    Misconception(
        "linear_spacing",
        "the coordinates themselves are equally spaced, without normal quantiles",
        "The coordinates are equally spaced: the prior is dense in the middle, so the probabilities are what should have equal steps.",
        linear_spacing,
        lambda plan, record: _linear(plan, record) and not _probabilities(plan, record),
    ),
    Misconception(
        "y_rising",
        "y rises from row to row instead of falling",
        "The grid is upside down: y rises from row to row, but the first row is drawn at the top, where y is largest.",
        y_rising,
        _otherwise_right(lambda grid: grid.flip(0)),
    ),
    Misconception(
        "columns_first",
        "the points run column by column instead of row by row",
        "The points run column by column: row by row, x rises within a row.",
        columns_first,
        _otherwise_right(lambda grid: grid.transpose(0, 1)),
    ),
    Misconception(
        "coordinates_swapped",
        "column 0 holds y and column 1 holds x",
        "The two coordinates are exchanged: column 0 is x, column 1 is y.",
        coordinates_swapped,
        _otherwise_right(lambda grid: grid.flip(2)),
    ),
    Misconception(
        "probabilities_returned",
        "the probabilities themselves are returned: the inverse of the normal CDF is missing",
        "These are the probabilities: the inverse of the normal CDF (`torch.special.ndtri`) still has to turn them into coordinates.",
        probabilities_returned,
        _probabilities,
    ),
)

EXERCISE = Exercise(
    id="vae_fashion/latent_grid",
    make_plan=make_plan,
    claims=(
        CALLS.runs(),
        CALLS.returns(),
        CALLS.finite(),
        Claim("quantiles", "has normal quantiles of equally spaced probabilities", _quantiles),
        Claim("layout", "runs row by row, x rising within a row", _layout),
        Claim("downwards", "lets y fall from row to row", _downwards),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "A grid of n equally spaced probabilities, pushed through the inverse normal CDF, is dense where the prior is dense. Which probabilities may not be among them?",
        "The middles of n equal intervals, (k + ½)/n for k = 0 … n − 1, stay inside (0, 1); `torch.special.ndtri` is the inverse CDF.",
        '`torch.meshgrid(y, x, indexing="ij")` with y falling gives the two coordinates row by row; stack x and y along a last axis and reshape to (n·n, 2).',
    ),
)
