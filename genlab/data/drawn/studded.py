"""Bricks, plates, tiles, roof tiles and round ones as solids, in LDraw's units: a stud every 20, a brick 24 high."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from genlab.data.drawn.mesh import Mesh, circle, joined, loft, prism, rectangle

BRICK, PLATE, _STUD, _WALL = 24.0, 8.0, 4.0, 4.0


def _inside(height: float) -> tuple[float, float]:
    """The light on the walls of a hollow open below: at the opening, and at its ceiling."""
    return 0.8, 0.8 - 0.35 * min(1.0, height / BRICK)


def _ceiling(height: float) -> float:
    """The light on the ceiling of a hollow."""
    return 0.88 - 0.28 * min(1.0, height / BRICK)


def studs(places: list[tuple[float, float]], height: float, hollow: bool = False) -> list[Mesh]:
    """Studs with their middles at these places, at this height."""
    hole = circle(3.6) if hollow else None
    stud = prism(circle(6), height, height + _STUD, hole=hole, light=(0.65, 0.95), floor=None)
    return [stud.moved(x, y) for x, y in places]


def grid(columns: int, rows: int) -> list[tuple[float, float]]:
    """The middles of the squares of a rectangle about the origin."""
    return [(20 * i - 10 * (columns - 1), 20 * j - 10 * (rows - 1)) for i in range(columns) for j in range(rows)]


def _between(columns: int, rows: int) -> list[tuple[float, float]]:
    """Where the tubes stand, or the pins of a single row."""
    return grid(columns - 1, max(rows - 1, 1)) if columns > 1 else []


def _shell(outline: Tensor, inner: Tensor, height: float) -> list[Mesh]:
    """Walls and a lid over a hollow that is open below."""
    lid = height - 3
    return [
        prism(outline, 0, lid, hole=inner, hole_light=_inside(height)),
        prism(outline, lid, height, floor=_ceiling(height)),
    ]


def _body(columns: int, rows: int, height: float) -> list[Mesh]:
    """A hollow block with its tubes or pins."""
    a, b = 10.0 * columns, 10.0 * rows
    block = _shell(rectangle(-a, -b, a, b), rectangle(_WALL - a, _WALL - b, a - _WALL, b - _WALL), height)
    return block + _supports(_between(columns, rows), height, pins=rows == 1)


def _supports(places: list[tuple[float, float]], height: float, pins: bool) -> list[Mesh]:
    """Pins or tubes with their middles at these places, inside a hollow."""
    if pins:
        support = prism(circle(3.2, 10), 0, height - 3, light=(0.9, 0.55))
    else:
        hole = circle(6)
        support = prism(circle(8), 0, height - 3, hole=hole, light=(0.9, 0.55), hole_light=(0.7, 0.45))
    return [support.moved(x, y) for x, y in places]


def brick(columns: int, rows: int, height: float = BRICK) -> Mesh:
    """A brick, or a plate, with a stud on each square."""
    return joined(*_body(columns, rows, height), *studs(grid(columns, rows), height))


def plate(columns: int, rows: int) -> Mesh:
    """A third as high as a brick."""
    return brick(columns, rows, PLATE)


def tile(columns: int, rows: int) -> Mesh:
    """A plate without studs."""
    return joined(*_body(columns, rows, PLATE))


def corner(height: float) -> Mesh:
    """Three squares in the shape of an L."""
    low, mid, high = -10.0, 10.0, 30.0
    outline = torch.tensor([[low, low], [high, low], [high, mid], [mid, mid], [mid, high], [low, high]])
    inset = torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [-1, -1], [-1, -1], [1, -1]]) * _WALL
    pins = _supports([(10.0, 0.0), (0.0, 10.0)], height, pins=True)
    return joined(*_shell(outline, outline + inset, height), *pins, *studs([(0, 0), (20, 0), (0, 20)], height))


def knob_plate() -> Mesh:
    """A plate of two squares with one hollow stud in the middle."""
    return joined(*_body(2, 1, PLATE), *studs([(0, 0)], PLATE, hollow=True))


def _sloped(lower: Tensor, upper: Tensor, bottom: float, top: float) -> list[Mesh]:
    """A hollow block from one rectangle to another, with an upright edge below."""
    lid = top - 3
    inset = torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [1, -1]]) * _WALL
    share = (lid - bottom) / (top - bottom)
    beneath = torch.lerp(lower, upper, share)
    parts = [loft(beneath, upper, lid, top, floor=_ceiling(top))]
    inner = (lower + inset, beneath + inset.where(beneath[2] - beneath[0] > 2 * _WALL + 1, 0.4 * inset))
    parts.append(loft(lower, beneath, bottom, lid, hole=inner, hole_light=_inside(top), floor=None))
    parts.append(prism(lower, 0, bottom, hole=lower + inset, hole_light=(0.8, 0.75)))
    return parts


def roof(deep: int, wide: int, height: float = BRICK, bare: bool = False) -> Mesh:
    """A slope over all but one row of its squares, or over all if it is bare."""
    b = 10.0 * wide
    flat = -7.0 if bare else 10.0
    parts = _sloped(rectangle(-10, -b, 20 * deep - 10, b), rectangle(-10, -b, flat, b), 3, height)
    inside = [(10.0, 0.0)] if deep > 1 and wide == 1 else [(10.0, y) for _, y in grid(1, wide - 1)]
    if height == BRICK:
        parts += _supports(inside if deep > 1 else [], 12, pins=wide == 1)
    return joined(*parts, *([] if bare else studs([(0, y) for _, y in grid(1, wide)], height)))


def ridge(wide: int) -> Mesh:
    """A slope on two sides."""
    b = 10.0 * wide
    return joined(*_sloped(rectangle(-20, -b, 20, b), rectangle(-1.5, -b, 1.5, b), 3, BRICK))


def inverted_roof(wide: int) -> Mesh:
    """A slope that leans outwards, broad above."""
    b = 10.0 * wide
    narrow, broad = rectangle(-10, -b, 10, b), rectangle(-10, -b, 30, b)
    inset = torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [1, -1]]) * _WALL
    return joined(
        loft(narrow, broad, 0, 20, hole=(narrow + inset, narrow + inset), hole_light=_inside(BRICK)),
        prism(broad, 20, BRICK, floor=0.9),
        *studs([(x, y) for x in (0, 20) for _, y in grid(1, wide)], BRICK),
    )


def round_brick(squares: int, height: float, upper: float = 1.0, bare: bool = False) -> Mesh:
    """A round brick or plate; `upper` is the share of its radius that is left above, less in a cone."""
    radius, lid = 10.0 * squares, height - 3
    below = min(5.0, height / 3) if squares == 1 else 0.0  # small ones stand on a narrow foot
    foot, low, high = circle(0.7 * radius, 16), circle(radius, 16), circle(upper * radius, 16)
    inner = circle((0.6 if squares == 1 else 0.8) * radius, 16)
    parts = [
        loft(low, high, below, lid, hole=(inner, inner * upper), hole_light=_inside(height)),
        prism(high, lid, height, floor=_ceiling(height)),
    ]
    if below:
        parts.append(prism(foot, 0, below, hole=inner, floor=0.95))
    else:
        parts += _supports([(0.0, 0.0)], height, pins=False)
    places = grid(squares, squares) if upper == 1 else [(0.0, 0.0)]
    return joined(*parts, *([] if bare else studs(places, height, hollow=squares == 1)))


def knob_brick(columns: int, sides: int) -> Mesh:
    """A brick with studs on one long side, or on two opposite ones, as well."""
    knobs = []
    for x, _ in grid(columns, 1):
        knob = studs([(0.0, 0.0)], 0, hollow=True)[0]
        knobs += [knob.turned("x").moved(x, -10, 10), knob.turned("x", 3).moved(x, 10, 10)][:sides]
    return joined(brick(columns, 1), *knobs)


def arch(columns: int) -> Mesh:
    """A brick with a round opening beneath."""
    half, radius = 10.0 * columns, 10.0 * (columns - 2)
    legs = [rectangle(s * (half - 10) - 10, 0, s * (half - 10) + 10, BRICK) for s in (-1, 1)]
    parts = [prism(leg, 0, 20, floor=0.9) for leg in legs]
    steps = 10
    xs = [-radius * math.cos(math.pi * i / steps) for i in range(steps + 1)]
    ys = [min(radius, 17) * math.sin(math.pi * i / steps) for i in range(steps + 1)]
    for x0, x1, y0, y1 in zip(xs, xs[1:], ys, ys[1:], strict=False):
        parts.append(prism(torch.tensor([[x0, y0], [x1, y1], [x1, BRICK], [x0, BRICK]]), 0, 20))
    return joined(joined(*parts).turned("x").moved(0, 10), *studs(grid(columns, 1), BRICK))


def disc() -> Mesh:
    """A round tile."""
    return round_brick(2, PLATE, bare=True)
