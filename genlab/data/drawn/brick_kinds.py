"""Fifty kinds of brick, by number and name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from genlab.data.drawn import studded, technic
from genlab.data.drawn.mesh import Mesh

KINDS: dict[str, Callable[[], Mesh]] = {
    "3005 brick 1x1": lambda: studded.brick(1, 1),
    "3004 brick 1x2": lambda: studded.brick(2, 1),
    "3622 brick 1x3": lambda: studded.brick(3, 1),
    "3010 brick 1x4": lambda: studded.brick(4, 1),
    "3003 brick 2x2": lambda: studded.brick(2, 2),
    "3002 brick 2x3": lambda: studded.brick(3, 2),
    "3001 brick 2x4": lambda: studded.brick(4, 2),
    "2357 brick corner 1x2x2": lambda: studded.corner(studded.BRICK),
    "3024 plate 1x1": lambda: studded.plate(1, 1),
    "3023 plate 1x2": lambda: studded.plate(2, 1),
    "3623 plate 1x3": lambda: studded.plate(3, 1),
    "3710 plate 1x4": lambda: studded.plate(4, 1),
    "3022 plate 2x2": lambda: studded.plate(2, 2),
    "3021 plate 2x3": lambda: studded.plate(3, 2),
    "3020 plate 2x4": lambda: studded.plate(4, 2),
    "2420 plate corner 1x2x2": lambda: studded.corner(studded.PLATE),
    "3794 plate 1x2 with 1 knob": studded.knob_plate,
    "3070 flat tile 1x1": lambda: studded.tile(1, 1),
    "3069 flat tile 1x2": lambda: studded.tile(2, 1),
    "2431 flat tile 1x4": lambda: studded.tile(4, 1),
    "3068 flat tile 2x2": lambda: studded.tile(2, 2),
    "14769 flat tile round 2x2": studded.disc,
    "3040 roof tile 1x2": lambda: studded.roof(2, 1),
    "3039 roof tile 2x2": lambda: studded.roof(2, 2),
    "3298 roof tile 2x3": lambda: studded.roof(3, 2),
    "3043 ridged roof tile 2x2": lambda: studded.ridge(2),
    "3665 inverted roof tile 1x2": lambda: studded.inverted_roof(1),
    "3660 inverted roof tile 2x2": lambda: studded.inverted_roof(2),
    "54200 roof tile 1x1x2/3": lambda: studded.roof(1, 1, 16, bare=True),
    "85984 roof tile 1x2x2/3": lambda: studded.roof(1, 2, 16, bare=True),
    "3062 round brick 1x1": lambda: studded.round_brick(1, studded.BRICK),
    "3941 round brick 2x2": lambda: studded.round_brick(2, studded.BRICK),
    "4073 round plate 1x1": lambda: studded.round_brick(1, studded.PLATE),
    "4032 round plate 2x2": lambda: studded.round_brick(2, studded.PLATE),
    "4589 nose cone 1x1": lambda: studded.round_brick(1, studded.BRICK, 0.65),
    "3942 nose cone 2x2": lambda: studded.round_brick(2, 2 * studded.BRICK, 0.4),
    "6541 technic brick 1x1": lambda: technic.brick(1),
    "3700 technic brick 1x2": lambda: technic.brick(2),
    "3701 technic brick 1x4": lambda: technic.brick(4),
    "87087 brick 1x1 with 1 knob": lambda: studded.knob_brick(1, 1),
    "11211 brick 1x2 with 2 knobs": lambda: studded.knob_brick(2, 1),
    "4490 arch 1x3": lambda: studded.arch(3),
    "6632 lever 3M": lambda: technic.lever(3, 10, crossed=True),
    "32316 beam 5M": lambda: technic.lever(5, 20, crossed=False),
    "32062 cross axle 2M": lambda: technic.axle(2),
    "2780 peg with friction": lambda: technic.peg("friction", "friction"),
    "43093 bush 2M friction - cross axle": lambda: technic.peg("friction", "axle"),
    "3713 bush for cross axle": lambda: technic.bush(20),
    "6538 cross axle extension": technic.axle_joiner,
    "3647 gear wheel 8 teeth": lambda: technic.gear(8),
}


@cache
def solid(name: str) -> Mesh:
    """The solid of a kind, its middle at the origin."""
    return KINDS[name]().centred()
