"""Fifty kinds of brick as solids, in LDraw's units: a stud every 20, a brick 24 high, a plate 8."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from genlab.data.drawn.mesh import Mesh, circle, joined, loft, prism, radial, rectangle

_BRICK, _PLATE, _STUD, _WALL = 24.0, 8.0, 4.0, 4.0
_ROUND = 28  # corners of a circle that shares its angles with a square: one of them is at 45°


def _inside(height: float) -> tuple[float, float]:
    """The light on the walls of a hollow open below: at the opening, and at its ceiling."""
    return 0.8, 0.8 - 0.35 * min(1.0, height / _BRICK)


def _ceiling(height: float) -> float:
    """The light on the ceiling of a hollow."""
    return 0.88 - 0.28 * min(1.0, height / _BRICK)


def _studs(places: list[tuple[float, float]], height: float, hollow: bool = False) -> list[Mesh]:
    hole = circle(3.6) if hollow else None
    stud = prism(circle(6), height, height + _STUD, hole=hole, light=(0.65, 0.95), floor=None)
    return [stud.moved(x, y) for x, y in places]


def _grid(columns: int, rows: int) -> list[tuple[float, float]]:
    """The middles of the squares of a rectangle about the origin."""
    return [(20 * i - 10 * (columns - 1), 20 * j - 10 * (rows - 1)) for i in range(columns) for j in range(rows)]


def _between(columns: int, rows: int) -> list[tuple[float, float]]:
    """Where the tubes stand, or the pins of a single row."""
    return _grid(columns - 1, max(rows - 1, 1)) if columns > 1 else []


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
    if pins:
        support = prism(circle(3.2, 10), 0, height - 3, light=(0.9, 0.55))
    else:
        hole = circle(6)
        support = prism(circle(8), 0, height - 3, hole=hole, light=(0.9, 0.55), hole_light=(0.7, 0.45))
    return [support.moved(x, y) for x, y in places]


def brick(columns: int, rows: int, height: float = _BRICK) -> Mesh:
    """A brick, or a plate, with a stud on each square."""
    return joined(*_body(columns, rows, height), *_studs(_grid(columns, rows), height))


def plate(columns: int, rows: int) -> Mesh:
    return brick(columns, rows, _PLATE)


def tile(columns: int, rows: int) -> Mesh:
    """A plate without studs."""
    return joined(*_body(columns, rows, _PLATE))


def corner(height: float) -> Mesh:
    """Three squares in the shape of an L."""
    low, mid, high = -10.0, 10.0, 30.0
    outline = torch.tensor([[low, low], [high, low], [high, mid], [mid, mid], [mid, high], [low, high]])
    inset = torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [-1, -1], [-1, -1], [1, -1]]) * _WALL
    pins = _supports([(10.0, 0.0), (0.0, 10.0)], height, pins=True)
    return joined(*_shell(outline, outline + inset, height), *pins, *_studs([(0, 0), (20, 0), (0, 20)], height))


def knob_plate() -> Mesh:
    """A plate of two squares with one hollow stud in the middle."""
    return joined(*_body(2, 1, _PLATE), *_studs([(0, 0)], _PLATE, hollow=True))


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


def roof(deep: int, wide: int, height: float = _BRICK, studs: bool = True) -> Mesh:
    """A slope over all but one row of its squares."""
    b = 10.0 * wide
    flat = 10.0 if studs else -7.0
    parts = _sloped(rectangle(-10, -b, 20 * deep - 10, b), rectangle(-10, -b, flat, b), 3, height)
    inside = [(10.0, 0.0)] if deep > 1 and wide == 1 else [(10.0, y) for _, y in _grid(1, wide - 1)]
    if height == _BRICK:
        parts += _supports(inside if deep > 1 else [], 12, pins=wide == 1)
    return joined(*parts, *(_studs([(0, y) for _, y in _grid(1, wide)], height) if studs else []))


def ridge(wide: int) -> Mesh:
    """A slope on two sides."""
    b = 10.0 * wide
    return joined(*_sloped(rectangle(-20, -b, 20, b), rectangle(-1.5, -b, 1.5, b), 3, _BRICK))


def inverted_roof(wide: int) -> Mesh:
    """A slope that leans outwards, broad above."""
    b = 10.0 * wide
    narrow, broad = rectangle(-10, -b, 10, b), rectangle(-10, -b, 30, b)
    inset = torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [1, -1]]) * _WALL
    return joined(
        loft(narrow, broad, 0, 20, hole=(narrow + inset, narrow + inset), hole_light=_inside(_BRICK)),
        prism(broad, 20, _BRICK, floor=0.9),
        *_studs([(x, y) for x in (0, 20) for _, y in _grid(1, wide)], _BRICK),
    )


def round_brick(squares: int, height: float, upper: float = 1.0, studs: bool = True) -> Mesh:
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
    places = _grid(squares, squares) if upper == 1 else [(0.0, 0.0)]
    return joined(*parts, *(_studs(places, height, hollow=squares == 1) if studs else []))


def technic_brick(columns: int) -> Mesh:
    """A brick of one row with holes right through its sides, between the studs."""
    half, holes = 10.0 * columns, max(columns - 1, 1)
    eye, bore = circle(6, 20), circle(8, 20)  # 20 corners, one of them at 45° as those of the square around it
    tube = prism(bore, -9, 9, hole=eye, light=(0.7, 0.7), hole_light=(0.7, 0.7)).turned("x")
    square = 10 * eye / eye.abs().amax(1, keepdim=True)
    side = prism(square, 0, 4, hole=eye, hole_light=(0.75, 0.75)).turned("x")
    parts = []
    for x in (20.0 * i - 10 * (holes - 1) for i in range(holes)):
        parts += [tube.moved(x, 0, 12), side.moved(x, 10, 12), side.moved(x, -6, 12)]
    for left, right in ((-half, 4 - half), (half - 4, half)):
        parts.append(prism(rectangle(left, -10, right, 10), 0, 22))
    if half > 10:
        for left, right in ((-half, 10 - half), (half - 10, half)):
            for front, back in ((-10, -6), (6, 10)):
                parts.append(prism(rectangle(left, front, right, back), 0, 22))
    top, rim = rectangle(-half, -10, half, 10), rectangle(4 - half, -6, half - 4, 6)
    parts += [prism(top, 21, _BRICK, floor=0.6), prism(top, 0, 3, hole=rim)]
    return joined(*parts, *_studs(_grid(columns, 1), _BRICK, hollow=True))


def knob_brick(columns: int, sides: int) -> Mesh:
    """A brick with studs on one long side, or on two opposite ones, as well."""
    knobs = []
    for x, _ in _grid(columns, 1):
        knob = _studs([(0.0, 0.0)], 0, hollow=True)[0]
        knobs += [knob.turned("x").moved(x, -10, 10), knob.turned("x", 3).moved(x, 10, 10)][:sides]
    return joined(brick(columns, 1), *knobs)


def arch(columns: int) -> Mesh:
    """A brick with a round opening beneath."""
    half, radius = 10.0 * columns, 10.0 * (columns - 2)
    legs = [rectangle(s * (half - 10) - 10, 0, s * (half - 10) + 10, _BRICK) for s in (-1, 1)]
    parts = [prism(leg, 0, 20, floor=0.9) for leg in legs]
    steps = 10
    xs = [-radius * math.cos(math.pi * i / steps) for i in range(steps + 1)]
    ys = [min(radius, 17) * math.sin(math.pi * i / steps) for i in range(steps + 1)]
    for x0, x1, y0, y1 in zip(xs, xs[1:], ys, ys[1:], strict=False):
        parts.append(prism(torch.tensor([[x0, y0], [x1, y1], [x1, _BRICK], [x0, _BRICK]]), 0, 20))
    return joined(joined(*parts).turned("x").moved(0, 10), *_studs(_grid(columns, 1), _BRICK))


def _cross(size: float, arm: float, count: int = _ROUND) -> Tensor:
    """The outline of a cross axle, or of the hole for one."""
    x, y = circle(1, count).abs().unbind(1)
    long, short = torch.maximum(x, y), torch.minimum(x, y)
    return radial(torch.minimum(torch.minimum(arm / short, size / long), torch.maximum(arm / short, arm / long)))


def lever(length: int, thickness: float, crossed: bool) -> Mesh:
    """A flat arm with round ends and a hole every 20, at both ends for a cross axle if `crossed`."""
    x, y = circle(1, _ROUND).unbind(1)
    square = 10 / torch.maximum(x.abs(), y.abs())
    parts = []
    for i in range(length):
        joins = (x < 0 if i > 0 else x > 2) | (x > 0 if i < length - 1 else x > 2)  # towards a neighbour
        outer = torch.where(joins, square, 10)
        hole = _cross(6.2, 2.2) if crossed and i in (0, length - 1) else circle(6, _ROUND)
        cell = prism(radial(outer), 0, thickness, hole=hole, hole_light=(0.6, 0.6))
        parts.append(cell.moved(20.0 * i))
    return joined(*parts)


def axle(length: int) -> Mesh:
    outline = _cross(6, 2)
    return prism(outline, 0, 20.0 * length)


def _tube(radius: float, inner: float, bottom: float, top: float) -> Mesh:
    hole = circle(inner, 16)
    return prism(circle(radius, 16), bottom, top, hole=hole, hole_light=(0.5, 0.5))


def _slit_tube(bottom: float, top: float) -> list[Mesh]:
    """The springy end of a peg: two half tubes, with a lip at the end."""
    parts = []
    for half in (0, 1):
        for step in range(5):
            turn = [math.pi * half + 0.3 + (math.pi - 0.6) * (step + k) / 5 for k in (0, 1)]
            for radius, low, high in ((6.0, bottom, top), (6.8, top - 2.2, top)):
                points = [(4.2, turn[0]), (radius, turn[0]), (radius, turn[1]), (4.2, turn[1])]
                piece = torch.tensor([[r * math.cos(t), r * math.sin(t)] for r, t in points])
                parts.append(prism(piece, low, high))
    return parts


def _peg_half(kind: str, length: float) -> list[Mesh]:
    """One end of a peg, standing on the origin."""
    if kind == "axle":
        outline = _cross(6, 2)
        return [prism(outline, 0, length)]
    ridges = [prism(rectangle(-1, -6.8, 1, 6.8), 3, length - 6)] if kind == "friction" else []
    return [_tube(5.9, 4.2, 0, length - 8), *_slit_tube(length - 8, length), *ridges]


def peg(lower: str, upper: str, lengths: tuple[int, int] = (1, 1)) -> Mesh:
    """A pin with a collar between its two ends, each "plain", with "friction" or an "axle"."""
    collar = prism(circle(8, 16), -1.6, 1.6, hole=circle(3, 16), hole_light=(0.4, 0.4))
    down = joined(*_peg_half(lower, 20.0 * lengths[0])).turned("x", 2)
    return joined(collar, down, *_peg_half(upper, 20.0 * lengths[1]))


def bush(height: float) -> Mesh:
    """A sleeve for a cross axle with a flange at one end, or at both if it is high."""
    hole = _cross(6, 2.2)
    places = [(8.0, 0.0, height), (10.0, 0.0, 5.0), (10.0, height - 5, height)][: 3 if height > 10 else 2]
    return joined(*(prism(circle(r, _ROUND), a, b, hole=hole, hole_light=(0.5, 0.5)) for r, a, b in places))


def axle_joiner() -> Mesh:
    """A sleeve two long for two cross axles."""
    hole = _cross(6, 2.2)
    outer, rim = circle(9, _ROUND), circle(10, _ROUND)
    ends = [prism(rim, z, z + 4, hole=hole, hole_light=(0.5, 0.5)) for z in (0.0, 18.0, 36.0)]
    return joined(prism(outer, 0, 40, hole=hole, hole_light=(0.5, 0.5)), *ends)


def gear(teeth: int) -> Mesh:
    """A toothed wheel with a hole for a cross axle."""
    radius, steps = 1.25 * teeth, 8
    wave = torch.tensor([-1.0, -1, 0.2, 1, 1, 1, 0.2, -1]).repeat(teeth) * 2.6
    outline = radial(radius + wave)
    hole = _cross(6, 2.2, teeth * steps)
    return prism(outline, 0, 20 if teeth < 12 else 10, hole=hole, hole_light=(0.6, 0.6))


def disc() -> Mesh:
    """A round tile."""
    return round_brick(2, _PLATE, studs=False)


KINDS: dict[str, Callable[[], Mesh]] = {
    "3005 brick 1x1": lambda: brick(1, 1),
    "3004 brick 1x2": lambda: brick(2, 1),
    "3622 brick 1x3": lambda: brick(3, 1),
    "3010 brick 1x4": lambda: brick(4, 1),
    "3003 brick 2x2": lambda: brick(2, 2),
    "3002 brick 2x3": lambda: brick(3, 2),
    "3001 brick 2x4": lambda: brick(4, 2),
    "2357 brick corner 1x2x2": lambda: corner(_BRICK),
    "3024 plate 1x1": lambda: plate(1, 1),
    "3023 plate 1x2": lambda: plate(2, 1),
    "3623 plate 1x3": lambda: plate(3, 1),
    "3710 plate 1x4": lambda: plate(4, 1),
    "3022 plate 2x2": lambda: plate(2, 2),
    "3021 plate 2x3": lambda: plate(3, 2),
    "3020 plate 2x4": lambda: plate(4, 2),
    "2420 plate corner 1x2x2": lambda: corner(_PLATE),
    "3794 plate 1x2 with 1 knob": knob_plate,
    "3070 flat tile 1x1": lambda: tile(1, 1),
    "3069 flat tile 1x2": lambda: tile(2, 1),
    "2431 flat tile 1x4": lambda: tile(4, 1),
    "3068 flat tile 2x2": lambda: tile(2, 2),
    "14769 flat tile round 2x2": disc,
    "3040 roof tile 1x2": lambda: roof(2, 1),
    "3039 roof tile 2x2": lambda: roof(2, 2),
    "3298 roof tile 2x3": lambda: roof(3, 2),
    "3043 ridged roof tile 2x2": lambda: ridge(2),
    "3665 inverted roof tile 1x2": lambda: inverted_roof(1),
    "3660 inverted roof tile 2x2": lambda: inverted_roof(2),
    "54200 roof tile 1x1x2/3": lambda: roof(1, 1, 16, studs=False),
    "85984 roof tile 1x2x2/3": lambda: roof(1, 2, 16, studs=False),
    "3062 round brick 1x1": lambda: round_brick(1, _BRICK),
    "3941 round brick 2x2": lambda: round_brick(2, _BRICK),
    "4073 round plate 1x1": lambda: round_brick(1, _PLATE),
    "4032 round plate 2x2": lambda: round_brick(2, _PLATE),
    "4589 nose cone 1x1": lambda: round_brick(1, _BRICK, 0.65),
    "3942 nose cone 2x2": lambda: round_brick(2, 2 * _BRICK, 0.4),
    "6541 technic brick 1x1": lambda: technic_brick(1),
    "3700 technic brick 1x2": lambda: technic_brick(2),
    "3701 technic brick 1x4": lambda: technic_brick(4),
    "87087 brick 1x1 with 1 knob": lambda: knob_brick(1, 1),
    "11211 brick 1x2 with 2 knobs": lambda: knob_brick(2, 1),
    "4490 arch 1x3": lambda: arch(3),
    "6632 lever 3M": lambda: lever(3, 10, crossed=True),
    "32316 beam 5M": lambda: lever(5, 20, crossed=False),
    "32062 cross axle 2M": lambda: axle(2),
    "2780 peg with friction": lambda: peg("friction", "friction"),
    "43093 bush 2M friction - cross axle": lambda: peg("friction", "axle"),
    "3713 bush for cross axle": lambda: bush(20),
    "6538 cross axle extension": axle_joiner,
    "3647 gear wheel 8 teeth": lambda: gear(8),
}


@cache
def solid(name: str) -> Mesh:
    """The solid of a kind, its middle at the origin."""
    return KINDS[name]().centred()
