"""Bricks with holes, levers, axles, pegs, bushes and gears as solids, in LDraw's units: a hole every 20."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from genlab.data.drawn.mesh import Mesh, circle, joined, prism, radial, rectangle
from genlab.data.drawn.studded import BRICK, grid, studs

_ROUND = 28  # corners of a circle that shares its angles with a square: one of them is at 45°


def brick(columns: int) -> Mesh:
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
    parts += [prism(top, 21, BRICK, floor=0.6), prism(top, 0, 3, hole=rim)]
    return joined(*parts, *studs(grid(columns, 1), BRICK, hollow=True))


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
    """A bar with the outline of a cross."""
    return prism(_cross(6, 2), 0, 20.0 * length)


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
        return [prism(_cross(6, 2), 0, length)]
    tube = prism(circle(5.9, 16), 0, length - 8, hole=circle(4.2, 16), hole_light=(0.5, 0.5))
    ridges = prism(rectangle(-1, -6.8, 1, 6.8), 3, length - 6)
    return [tube, *_slit_tube(length - 8, length), ridges]


def peg(lower: str, upper: str) -> Mesh:
    """A pin with a collar between its two ends, each with "friction" or an "axle"."""
    collar = prism(circle(8, 16), -1.6, 1.6, hole=circle(3, 16), hole_light=(0.4, 0.4))
    down = joined(*_peg_half(lower, 20.0)).turned("x", 2)
    return joined(collar, down, *_peg_half(upper, 20.0))


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
