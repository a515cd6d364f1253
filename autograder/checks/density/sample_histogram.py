"""Check of `density/sample_histogram`.

The judge finds the cell of every draw and its place (u, v) in it. Under the right law the counts of the cells are binomial, and u, v and
t = (mass of the cells before) + u · (mass of the cell) are uniform: t and v turned into normal numbers are independent of each other and from
draw to draw.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch

from autograder.checks.density import sample_histogram_mistakes as mistakes
from autograder.claims import show
from autograder.claims.calls import CallClaims
from autograder.claims.laws import frequencies, fresh, shared_out, standard_normal
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing, once_a_plan, once_a_verdict
from autograder.probes import Plan, Record

MAIN, DOUBLE, ONE = range(3)  # the cases of the plan, in order
NEAR = 1e-4  # of a cell's width: rounding may carry a draw this far over an edge


def make_plan(draw: Draw) -> Plan:
    """Many draws, twice, from small cells; draws in float64 from large cells; one draw. Uneven densities with empty cells."""
    bins = draw.size(5, 6)
    n = draw.size(2300, 2700)
    low = draw.number(-1.4, -0.6)
    sizes = [
        (bins, low, low + draw.number(1.5, 2.0), n, "float32"),
        (draw.size(3, 4), -4.0, draw.number(5.0, 9.0), draw.size(400, 600), "float64"),
        (3, 1.5, 3.25, 1, "float32"),
    ]
    cases = []
    for number, (cells, left, right, draws, dtype) in enumerate(sizes):
        mass = _uneven(draw, cells)
        density = (mass / ((right - left) / cells) ** 2).to(getattr(torch, dtype))
        calls = 2 if number == MAIN else 1
        cases.append({"args": [density, left, right, draws], "seed": draw.seed(), "calls": calls})
    return {"probe": "call", "cases": cases}


def _uneven(draw: Draw, cells: int) -> torch.Tensor:
    """Masses (cells, cells): heavier in the later rows and the earlier columns, one in four empty, never the same when turned."""
    row, column = torch.meshgrid(torch.arange(cells), torch.arange(cells), indexing="ij")
    mass = (0.3 + draw.uniform(cells, cells, dtype="float64")) * torch.exp(2.2 * (row - column) / cells)
    mass[(row + 2 * column) % 4 == draw.size(0, 3)] = 0.0
    return mass / mass.sum()


def _form(density: torch.Tensor, low: float, high: float, n: int) -> torch.Tensor:
    return torch.zeros(n, 2, dtype=density.dtype)


CALLS = CallClaims("sample_histogram", _form, ("draws",))


@once_a_plan
def _mass(case: dict[str, Any]) -> torch.Tensor:
    density = case["args"][0].double()
    return density / density.sum()


@once_a_verdict
def _positions(plan: Plan, record: Record, case: int, call: int = 0) -> torch.Tensor:
    """The draws (n, 2) in units of cells from the lower left corner of the box."""
    density, low, high, _ = plan["cases"][case]["args"]
    value = record["cases"][case]["calls"][call]["value"]["data"].double()
    return (value - low) / (high - low) * len(density)


@once_a_verdict
def _cells(position: torch.Tensor, mass: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The cell (n, 2) of each draw and whether it is one that has mass (n,); a draw on an edge belongs to a neighbour that has."""
    cell = position.floor()
    good = torch.zeros(len(position), dtype=torch.bool)
    for shift in itertools.product((0.0, -NEAR, NEAR), repeat=2):
        tried = (position + torch.tensor(shift, dtype=torch.float64)).floor()
        inside = ((tried >= 0) & (tried < len(mass))).all(dim=1)
        i, j = tried.clamp(0, len(mass) - 1).long().T
        fits = inside & (mass[i, j] > 0) & ~good
        cell[fits] = tried[fits]
        good |= fits
    return cell.long(), good


def _counts(cell: torch.Tensor, cells: int) -> torch.Tensor:
    """How many draws each cell has, row by row (cells²,)."""
    return torch.bincount(cell[:, 0] * cells + cell[:, 1], minlength=cells * cells)


def _normal(uniform: torch.Tensor) -> torch.Tensor:
    return torch.special.ndtri(uniform.clamp(1e-7, 1 - 1e-7))


@once_a_verdict
def _inside(plan: Plan, record: Record) -> Failure | None:
    for number, case in enumerate(plan["cases"]):
        for call in range(case.get("calls", 1)):
            position, mass = _positions(plan, record, number, call), _mass(case)
            _, good = _cells(position, mass)
            if not bool(good.all()):
                bad = int(good.int().argmin())
                place = record["cases"][number]["calls"][call]["value"]["data"][bad]
                outside = bool(((position[bad] < -NEAR) | (position[bad] > len(mass) + NEAR)).any())
                where = "outside the box" if outside else "in a cell of density 0"
                seen = f"{int((~good).sum())} of {len(good)} draws lie outside the box or in an empty cell, such as "
                seen += f"({show.number(place[0])}, {show.number(place[1])}), {where}"
                advice = "Follow one draw by hand: which row and which column, and where are the edges of that cell?"
                return Failure(seen, "draws in cells that have mass", advice, CALLS._called(case))
    return None


@once_a_verdict
def _by_mass(plan: Plan, record: Record) -> Failure | None:
    for number in (MAIN, DOUBLE):
        case = plan["cases"][number]
        mass = _mass(case)
        counts = _counts(_cells(_positions(plan, record, number), mass)[0], len(mass))
        if not frequencies(counts, mass.flatten()):
            share = counts / counts.sum()
            worst = int((share - mass.flatten()).abs().argmax())
            i, j = divmod(worst, len(mass))
            seen = f"cell [{i}, {j}] got {show.number(share[worst])} of the draws"
            advice = "The chance of a cell is its mass, density × area: do these numbers sum to 1?"
            return Failure(seen, f"about {show.number(mass[i, j])}, its mass", advice, CALLS._called(case))
    return None


@once_a_verdict
def _uniform(plan: Plan, record: Record) -> Failure | None:
    case = plan["cases"][MAIN]
    for call in range(2):
        position = _positions(plan, record, MAIN, call)
        place = position - _cells(position, _mass(case))[0]
        if not standard_normal(_normal(place)):
            spread = ", ".join(f"mean {show.number(p.mean())} and std {show.number(p.std())}" for p in place.T)
            seen = f"inside their cells, in cell widths, the two coordinates have {spread}"
            if bool((place[:, 0] - place[:, 1]).abs().max() < 1e-3):
                seen = "inside its cell every draw lies on the diagonal"
            expected = "independent uniform places: mean 0.5 and std 0.2887 in both, unrelated"
            advice = "Plot a few hundred draws from a histogram of 2×2 cells: each cell should be filled evenly."
            return Failure(seen, expected, advice, CALLS._called(case))
    return None


@once_a_verdict
def _independent(plan: Plan, record: Record) -> Failure | None:
    if _by_mass(plan, record) or _uniform(plan, record):
        return None  # then it can not be told
    case = plan["cases"][MAIN]
    for call in range(2):
        value = record["cases"][MAIN]["calls"][call]["value"]["data"]
        repeated = len(value) - len(value.unique(dim=0))
        if repeated > 2 or not standard_normal(_as_normal(plan, record, call)):
            seen = "the draws depend on each other, or on their place in the list"
            seen = f"{repeated} of the {len(value)} draws are exact copies of others" if repeated > 2 else seen
            advice = "Each draw chooses its cell anew, whatever the draws before it: neither sorted, nor shared out in advance."
            return Failure(seen, "independent draws", advice, CALLS._called(case))
    mass = _mass(case)
    counts = [_counts(_cells(_positions(plan, record, MAIN, call), mass)[0], len(mass)) for call in range(2)]
    if shared_out(torch.stack(counts), mass.flatten()):
        seen = "the counts of the cells are closer to n · mass than chance brings them"
        advice = "Each draw chooses its cell anew, whatever the draws before it: none is shared out in advance."
        return Failure(seen, "independent draws", advice, CALLS._called(case))
    return None


@once_a_verdict
def _as_normal(plan: Plan, record: Record, call: int) -> torch.Tensor:
    """Draws (n, 2) of the main case turned into N(0, 1) numbers by the distribution functions of the right law."""
    mass, position = _mass(plan["cases"][MAIN]), _positions(plan, record, MAIN, call)
    cell, _ = _cells(position, mass)
    place = (position - cell).clamp(0, 1)
    flat = mass.flatten()
    index = cell[:, 0] * len(mass) + cell[:, 1]
    t = (flat.cumsum(0) - flat)[index] + flat[index] * place[:, 0]
    return _normal(torch.stack([t, place[:, 1]], dim=1))


def _fresh(plan: Plan, record: Record) -> Failure | None:
    if _by_mass(plan, record) or _uniform(plan, record) or _independent(plan, record):
        return None
    states = [record["cases"][MAIN]["calls"][call]["next_draw"] for call in range(2)]
    if torch.equal(*states) or not fresh(*(_as_normal(plan, record, call) for call in range(2))):
        seen = "two calls gave the same draws, or draws that depend on each other"
        seen = "two calls left torch's random generator in the same state" if torch.equal(*states) else seen
        advice = "Draw inside the function, and set no seed there."
        return Failure(seen, "new draws in every call", advice, CALLS._called(plan["cases"][MAIN]))
    return None


def _came(plan: Plan, record: Record) -> bool:
    """Whether all cases gave draws of the right form."""
    return not failing((CALLS.runs(), CALLS.returns(), CALLS.finite()), plan, record)


def _places(test: Callable[[torch.Tensor], bool]) -> Callable[[Plan, Record], bool]:
    """`explains`: every draw is in a cell with mass, and the places inside the cells (n, 2) pass a test."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _came(plan, record):
            return False
        position = _positions(plan, record, MAIN)
        cell, good = _cells(position, _mass(plan["cases"][MAIN]))
        return bool(good.all()) and len(cell.unique(dim=0)) > 1 and test(position - position.floor())

    return explains


def _chosen_by(law: Callable[[torch.Tensor, float], torch.Tensor]) -> Callable[[Plan, Record], bool]:
    """`explains`: the cells are chosen with the probabilities law(mass, area of a cell), the places inside them are right."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _came(plan, record):
            return False
        density, low, high, _ = plan["cases"][MAIN]["args"]
        masses = law(_mass(plan["cases"][MAIN]), ((high - low) / len(density)) ** 2)
        position = _positions(plan, record, MAIN)
        cell, good = _cells(position, masses)
        filled = standard_normal(_normal((position - cell).clamp(0, 1)))
        return filled and bool(good.all()) and frequencies(_counts(cell, len(masses)), masses.flatten())

    return explains


def _up_to_one(mass: torch.Tensor, area: float) -> torch.Tensor:
    """What the cells get when uniform numbers are looked up in cumulated densities, which end at 1/area instead of 1."""
    ends = (mass / area).flatten().cumsum(0).clamp(max=1.0)
    return ends.diff(prepend=ends.new_zeros(1)).reshape(mass.shape)


def _centres(place: torch.Tensor) -> bool:
    return bool(((place - 0.5).abs() < 1e-3).all())


def _corners(place: torch.Tensor) -> bool:
    return bool(((place < 1e-3) | (place > 1 - 1e-3)).all())


def _diagonal(place: torch.Tensor) -> bool:
    return bool((place[:, 0] - place[:, 1]).abs().max() < 1e-3) and bool(place.std(dim=0).min() > 0.1)


def _shared(place: torch.Tensor) -> bool:
    moved = (place - place[0] + 0.5) % 1  # rounding at an edge must not look like another place
    return bool(((moved - 0.5).abs() < 1e-3).all()) and not _centres(place) and not _corners(place)


def _cell_units(plan: Plan, record: Record) -> bool:
    if not _came(plan, record):
        return False
    value = record["cases"][MAIN]["calls"][0]["value"]["data"].double()
    cell, good = _cells(value, _mass(plan["cases"][MAIN]))
    masses = _mass(plan["cases"][MAIN])
    return bool(good.all()) and frequencies(_counts(cell, len(masses)), masses.flatten())


def _in_largest(plan: Plan, record: Record) -> bool:
    if not _came(plan, record):
        return False
    position, mass = _positions(plan, record, MAIN), _mass(plan["cases"][MAIN])
    alone = torch.zeros_like(mass).flatten().scatter(0, mass.argmax(), 1.0).reshape(mass.shape)
    return bool(_cells(position, alone)[1].all())


def _without_replacement(plan: Plan, record: Record) -> bool:
    raised = record["cases"][MAIN]["calls"][0]["raised"]
    words = ("without replacement", "replace is False", "replace=False", "larger sample than population")
    return raised is not None and any(word in raised["message"] for word in words)


def _same_every_time(plan: Plan, record: Record) -> bool:
    if not _came(plan, record) or _inside(plan, record) or _by_mass(plan, record) or _uniform(plan, record):
        return False
    first, second = (record["cases"][MAIN]["calls"][call]["value"]["data"] for call in range(2))
    return torch.equal(first, second)


MISCONCEPTIONS = (
    Misconception(
        "cell_centres",
        "the centres of the chosen cells are returned",
        "Every draw is the centre of a cell: inside a cell the density is constant, so any point of it is equally likely.",
        mistakes.cell_centres,
        _places(_centres),
    ),
    Misconception(
        "cell_corners",
        "the corners of the chosen cells are returned",
        "Every draw is the corner of a cell: add a uniform place inside it.",
        mistakes.cell_corners,
        _places(_corners),
    ),
    Misconception(
        "argmax_cell",
        "all draws come from the cell of the largest density",
        "All draws come from the cell with the largest density: each draw chooses a cell at random, by its mass.",
        mistakes.argmax_cell,
        _in_largest,
    ),
    Misconception(
        "density_unnormalised",
        "densities are cumulated as if they were probabilities: uniform numbers are looked up in a sum that does not end at 1",
        "The densities are used as probabilities, but they do not sum to 1: multiply by the area of a cell (or divide by their sum) first.",
        mistakes.density_unnormalised,
        _chosen_by(_up_to_one),
    ),
    Misconception(
        "density_ignored",
        "every cell is equally likely: the density is not used",
        "The draws fill the whole box evenly: the density is not used. Choose a cell by its mass first.",
        mistakes.density_ignored,
        _chosen_by(lambda mass, area: torch.full_like(mass, 1 / mass.numel())),
    ),
    Misconception(
        "axes_swapped",
        "the two coordinates are exchanged: the row of a cell is used for the second coordinate",
        "The coordinates are exchanged: the first index of density belongs to the first coordinate.",
        mistakes.axes_swapped,
        _chosen_by(lambda mass, area: mass.T.contiguous()),
    ),
    Misconception(
        "on_the_diagonal",
        "one uniform number is used for both coordinates of a draw, so all draws lie on the diagonals of the cells",
        "Both coordinates of a draw use the same uniform number, so it lies on its cell's diagonal: draw one for each coordinate.",
        mistakes.on_the_diagonal,
        _places(_diagonal),
    ),
    Misconception(
        "one_offset_for_all",
        "the place inside the cell is drawn once and shared by all draws",
        "All draws sit at the same place of their cells: draw a place for each of them, of shape (n, 2).",
        mistakes.one_offset_for_all,
        _places(_shared),
    ),
    Misconception(
        "cell_units",
        "the coordinates count cells: they are not scaled to the box",
        "These coordinates count cells: multiply by the width of a cell and add low, to get places in the box.",
        mistakes.cell_units,
        _cell_units,
    ),
    Misconception(
        "without_replacement",
        "the cells are drawn without replacement, which fails for more draws than cells",
        "The cells are drawn without replacement, so they run out: one cell may be drawn many times (`replacement=True`).",
        mistakes.without_replacement,
        _without_replacement,
    ),
    Misconception(
        "same_every_time",
        "a seed set inside makes every call return the same draws",
        "Every call gives the same draws: a seed is set inside the function. Set seeds outside.",
        mistakes.same_every_time,
        _same_every_time,
    ),
)


EXERCISE = Exercise(
    id="density/sample_histogram",
    make_plan=make_plan,
    claims=(
        CALLS.runs(),
        CALLS.returns(),
        CALLS.dtype(),
        CALLS.finite(),
        Claim("inside", "draws from cells that have mass, inside the box", _inside, gate=True),
        Claim("by_mass", "chooses each cell by its mass", _by_mass),
        Claim("uniform", "fills the inside of a cell evenly", _uniform),
        Claim("independent", "makes draws that are independent of each other", _independent),
        Claim("fresh", "makes new draws in every call", _fresh),
        CALLS.inputs_unchanged(),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Two steps: which cell, and where in it. The first is a draw of a whole number with given probabilities, the second two uniform numbers.",
        "`torch.multinomial` on the flattened densities draws cells (mind `replacement`). How do you get row and column back from a flat index?",
        "Row = cell // bins, column = cell % bins; a draw is low + width · (row + u, column + v) with u and v uniform on [0, 1), new for every draw.",
    ),
)
