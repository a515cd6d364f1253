"""Solids as triangles: outlines lofted from one height to another, turned, moved and put together.

An outline is (n, 2): corners in the x–y plane, anticlockwise, star-shaped about their mean. Solids
may overlap; what lies inside another is hidden by the depth buffer that draws them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

_SMOOTH = math.cos(math.radians(40))  # faces that meet at a smaller angle are shaded as one curve


@dataclass(frozen=True)
class Mesh:
    """Triangles (T, 3, 3), anticlockwise from outside, with normal (T, 3, 3) and light (T, 3) at each corner.

    light: the share of the light that reaches a corner, 1 in the open and less inside a hollow.
    """

    corners: Tensor
    normals: Tensor
    light: Tensor

    def moved(self, x: float = 0, y: float = 0, z: float = 0) -> Mesh:
        """The solid shifted by (x, y, z)."""
        return Mesh(self.corners + torch.tensor([x, y, z]), self.normals, self.light)

    def turned(self, axis: str, quarters: int = 1) -> Mesh:
        """The solid turned anticlockwise about the axis "x", "y" or "z" by quarters of a full turn."""
        i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
        turn = torch.eye(3)
        turn[[i, i, j, j], [i, j, i, j]] = torch.tensor([0.0, -1.0, 1.0, 0.0])
        turn = torch.linalg.matrix_power(turn, quarters % 4)
        return Mesh(self.corners @ turn.T, self.normals @ turn.T, self.light)

    def centred(self) -> Mesh:
        """The solid with the middle of its extent at the origin."""
        points = self.corners.flatten(0, 1)
        return Mesh(self.corners - (points.amin(0) + points.amax(0)) / 2, self.normals, self.light)

    @property
    def radius(self) -> float:
        """The distance of the farthest corner from the origin."""
        return float(self.corners.norm(dim=-1).max())


def joined(*meshes: Mesh) -> Mesh:
    """All of these solids as one."""
    return Mesh(*(torch.cat([getattr(m, name) for m in meshes]) for name in ("corners", "normals", "light")))


def rectangle(left: float, front: float, right: float, back: float) -> Tensor:
    """The outline of a rectangle (4, 2), from its two opposite corners."""
    return torch.tensor([[left, front], [right, front], [right, back], [left, back]])


def circle(radius: float, count: int = 14) -> Tensor:
    """The outline of a regular polygon (count, 2) that stands for a circle."""
    return radial(torch.full((count,), radius))


def radial(radii: Tensor) -> Tensor:
    """The outline (n, 2) with these distances from the origin, at equal angles."""
    angles = (torch.arange(len(radii)) + 0.5) * (2 * math.pi / len(radii))
    return radii[:, None] * torch.stack([angles.cos(), angles.sin()], 1)


def loft(
    lower: Tensor,
    upper: Tensor,
    bottom: float,
    top: float,
    *,
    hole: tuple[Tensor, Tensor] | None = None,
    light: tuple[float, float] = (1.0, 1.0),
    hole_light: tuple[float, float] = (0.8, 0.8),
    floor: float | None = 1.0,
) -> Mesh:
    """The solid between two outlines (n, 2) at two heights.

    hole:       lower and upper outline (n, 2) of what is taken away.
    light:      of the outer walls below and above; the upper face has the latter.
    hole_light: the same for the walls of the hole.
    floor:      the light of the lower face; None leaves it out.
    """
    low, high = _at(lower, bottom), _at(upper, top)
    parts = [_wall(low, high, light)]
    if hole is None:
        parts.append(_fan(high, light[1]))
        if floor is not None:
            parts.append(_fan(low.flip(0), floor))
    else:
        hole_low, hole_high = _at(hole[0], bottom), _at(hole[1], top)
        parts.append(_wall(hole_low.flip(0), hole_high.flip(0), hole_light))
        parts.append(_ring(high, hole_high, light[1]))
        if floor is not None:
            parts.append(_ring(hole_low, low, floor))
    return joined(*parts)


def prism(
    outline: Tensor,
    bottom: float,
    top: float,
    *,
    hole: Tensor | None = None,
    light: tuple[float, float] = (1.0, 1.0),
    hole_light: tuple[float, float] = (0.8, 0.8),
    floor: float | None = 1.0,
) -> Mesh:
    """The upright solid over one outline (n, 2), with or without an upright hole (n, 2); see `loft`."""
    both = None if hole is None else (hole, hole)
    return loft(outline, outline, bottom, top, hole=both, light=light, hole_light=hole_light, floor=floor)


def _at(outline: Tensor, height: float) -> Tensor:
    """The outline as points (n, 3)."""
    return torch.cat([outline, torch.full((len(outline), 1), float(height))], 1)


def _wall(low: Tensor, high: Tensor, light: tuple[float, float]) -> Mesh:
    """The band between two closed lines (n, 3), seen from the side on which they run to the right."""
    low_next, high_next = low.roll(-1, 0), high.roll(-1, 0)
    across = torch.linalg.cross(low_next - low + high_next - high, (high - low) + (high_next - low_next))
    flat = normalize(across, dim=1)
    before, after = flat.roll(1, 0), flat.roll(-1, 0)
    start = torch.where(((flat * before).sum(1) > _SMOOTH)[:, None], normalize(flat + before, dim=1), flat)
    end = torch.where(((flat * after).sum(1) > _SMOOTH)[:, None], normalize(flat + after, dim=1), flat)
    corners = torch.stack([low, low_next, high_next, low, high_next, high], 1)  # (n, 6, 3)
    normals = torch.stack([start, end, end, start, end, start], 1)
    shades = torch.tensor([light[i] for i in (0, 0, 1, 0, 1, 1)]).expand(len(low), 6)
    return Mesh(corners.reshape(-1, 3, 3), normals.reshape(-1, 3, 3), shades.reshape(-1, 3))


def _ring(outer: Tensor, inner: Tensor, light: float) -> Mesh:
    """The flat face between two closed lines (n, 3)."""
    after, inner_after = outer.roll(-1, 0), inner.roll(-1, 0)
    corners = torch.stack([outer, after, inner_after, outer, inner_after, inner], 1).reshape(-1, 3, 3)
    return _flat(corners, light)


def _fan(outline: Tensor, light: float) -> Mesh:
    """The flat face inside a closed line (n, 3)."""
    middle = outline.mean(0).expand_as(outline)
    return _flat(torch.stack([outline, outline.roll(-1, 0), middle], 1), light)


def _flat(corners: Tensor, light: float) -> Mesh:
    across = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = normalize(across, dim=1)[:, None].expand_as(corners)
    return Mesh(corners, normals, torch.full(corners.shape[:2], light))
