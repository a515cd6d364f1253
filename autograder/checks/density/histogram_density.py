"""Check of `density/histogram_density`."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks.density import histogram_density_mistakes as mistakes
from autograder.claims import show
from autograder.claims.calls import CallClaims
from autograder.claims.compare import close, same_values
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record


def oracle(x: torch.Tensor, bins: int, low: float, high: float) -> torch.Tensor:
    """By comparing every point with every edge."""
    edges = torch.linspace(low, high, bins + 1, dtype=torch.float64)
    within = (x[:, :, None] >= edges[:-1]) & (x[:, :, None] < edges[1:])  # (N, 2, bins)
    counts = torch.einsum("ni,nj->ij", within[:, 0].double(), within[:, 1].double())
    return counts / (counts.sum() * ((high - low) / bins) ** 2)


def make_plan(draw: Draw) -> Plan:
    """More points to the lower right, some outside, none near an edge; then points on edges that floats hold exactly; one point; none inside.

    The upper edge of the box is left out: library functions count it in.
    """
    bins = draw.size(4, 6)
    cases = [
        _case(draw, draw.size(50, 70), bins, -1.25, draw.number(0.2, 0.7), "float32"),
        _case(draw, draw.size(40, 60), bins + 3, draw.number(1.1, 2.0), 6.5, "float64"),
        _on_edges(draw, draw.size(30, 45)),
        _case(draw, 1, 3, -0.5, 1.75, "float32", outside=0.0),
        _case(draw, draw.size(5, 9), 2, -0.75, 1.25, "float32", outside=1.0) | {"refuse": True},
    ]
    return {"probe": "call", "cases": [case | {"seed": draw.seed()} for case in cases]}


def _case(draw: Draw, n: int, bins: int, low: float, high: float, dtype: str, outside: float = 0.3) -> dict[str, Any]:
    width = (high - low) / bins
    skewed = [bins * draw.uniform(n, dtype="float64") ** power for power in (0.6, 1.8)]
    cells = torch.stack(skewed).floor()  # (2, n)
    side = (torch.arange(n) + draw.size(0, 1)) % 2  # the axis along which a point may leave the box
    beyond = torch.where(draw.uniform(2, n) < 0.5, -1.0 - cells % 2, bins + cells % 2)
    away = (draw.uniform(n) < outside) & (side == torch.arange(2)[:, None])
    cells = torch.where(away, beyond, cells)
    x = low + width * (cells + draw.uniform(2, n, low=0.05, high=0.95, dtype="float64"))
    return {"args": [x.to(getattr(torch, dtype)).T, bins, low, high]}


def _on_edges(draw: Draw, n: int) -> dict[str, Any]:
    cells = (
        7 * draw.uniform(2, n) ** torch.tensor([[0.7], [1.5]])
    ).floor()  # none in the last: the box is not the points' range
    half = (draw.uniform(2, n) < 0.5).float() / 2  # on the lower edge of the cell, or in its middle
    return {"args": [(-1 + 0.25 * (cells + half)).T, 8, -1.0, 1.0]}


CALLS = CallClaims("histogram_density", oracle, ("density",))


def _integral(plan: Plan, record: Record) -> Failure | None:
    """Density times area sums to one."""
    for case, _, area, density in _answers(plan, record):
        total = density.sum() * area
        if not close(total, torch.tensor(1.0), torch.float32):
            seen = f"it integrates to {show.number(total)} over the box"
            advice = (
                "Sum it and multiply by the area of a cell. What did you divide by, and how many points lie in the box?"
            )
            return Failure(seen, "1", advice, CALLS._called(case))
    return None


def _shares(plan: Plan, record: Record) -> Failure | None:
    """Up to a factor, the values are the counts."""
    for case, truth, _, density in _answers(plan, record):
        seen, wanted = density / density.abs().sum(), truth / truth.sum()
        if not close(seen, wanted, torch.float32):
            i, j = divmod(int((seen - wanted).nan_to_num(1e9).abs().argmax()), len(truth))
            said = f"element [{i}, {j}] holds {show.number(seen[i, j])} of the whole"
            advice = "Take three points whose bins you know, and look which elements are not 0. The first index belongs to x[:, 0]."
            return Failure(said, show.number(wanted[i, j]), advice, CALLS._called(case))
    return None


def _answers(plan: Plan, record: Record) -> list[tuple[dict[str, Any], torch.Tensor, float, torch.Tensor]]:
    """Case, true density, area of a cell and the density that came back, of the cases that have one."""
    rows = []
    for case, call in CALLS._calls(plan, record):
        _, bins, low, high = case["args"]
        rows.append((case, CALLS._truth(case)[0], ((high - low) / bins) ** 2, call["value"]["data"].double()))
    return rows


MISCONCEPTIONS = (
    Misconception(
        "probabilities",
        "the share of the points in each cell (its probability) is returned, not divided by the cell's area",
        "These are probabilities, which sum to 1: a density is a probability per unit of area, so divide by the area of a cell.",
        mistakes.probabilities,
    ),
    Misconception(
        "all_points_counted",
        "divides by the number of all points, those outside the box included",
        "This divides by all points, those outside too. This exercise asks for the density over the box alone: divide by the number of points inside.",
        mistakes.all_points_counted,
    ),
    Misconception(
        "axes_swapped",
        "rows and columns are exchanged: the first index belongs to x[:, 1]",
        "The axes are exchanged: the first index belongs to x[:, 0], the second to x[:, 1]. (A picture needs the transpose, a density does not.)",
        mistakes.axes_swapped,
    ),
    Misconception(
        "rows_from_the_top",
        "laid out like a picture: x[:, 1] falls from row to row, x[:, 0] runs along a row",
        "This is laid out as a picture is drawn, from the top: here element [i, j] is bin i of x[:, 0] and bin j of x[:, 1], both rising.",
        mistakes.rows_from_the_top,
    ),
    Misconception(
        "counts_returned",
        "the numbers of points are returned as they are",
        "These are the numbers of points in each cell: divide by their sum and by the area of a cell.",
        mistakes.counts_returned,
    ),
    Misconception(
        "outside_clamped",
        "points outside the box are counted in the nearest border cell",
        "Points outside the box are counted in the cells at its border: leave them out.",
        mistakes.outside_clamped,
    ),
    Misconception(
        "width_not_squared",
        "divides by the width of a cell instead of its area",
        "This divides by the width of a cell: the cells have two sides, so divide by the area, which is the width squared.",
        mistakes.width_not_squared,
    ),
    Misconception(
        "area_of_the_box",
        "divides by the area of the whole box instead of the area of a cell",
        "This divides by the area of the whole box: a cell's share is spread over the area of that cell only.",
        mistakes.area_of_the_box,
    ),
    Misconception(
        "divided_by_the_number_of_cells",
        "the counts are divided by the number of cells",
        "The counts are divided by the number of cells: divide by the number of points in the box and by the area of a cell.",
        mistakes.divided_by_the_number_of_cells,
    ),
    Misconception(
        "multiplied_by_the_area",
        "the share of the points is multiplied by the cell's area instead of divided by it",
        "The share of each cell is multiplied by its area: per unit of area means divided by it.",
        mistakes.multiplied_by_the_area,
    ),
)

EXERCISE = Exercise(
    id="density/histogram_density",
    make_plan=make_plan,
    claims=(
        CALLS.runs(),
        CALLS.returns(),
        CALLS.dtype(),
        CALLS.finite(),
        Claim("shares", "gives each cell its share of the points in the box", _shares),
        Claim("integral", "integrates to 1 over the box", _integral),
        CALLS.refuses(
            "ValueError",
            "when no point lies in the box",
            "Count the points in the box first; when there is none, `raise ValueError(…)` with a word on why.",
        ),
        CALLS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    same=same_values,
    hints=(
        "(x − low) / width, rounded down, is the number of a point's bin along each axis. Which values does it have for points outside the box?",
        "Number the cells row by row, i · bins + j, and count how often each number occurs (`torch.bincount`). Then: divided by which number of points, and by what area?",
        "Keep `x[((x >= low) & (x < high)).all(dim=1)]`, raise ValueError if nothing is left, count with `minlength=bins * bins`, reshape to "
        "(bins, bins), and divide by (number of points kept) · width².",
    ),
)
