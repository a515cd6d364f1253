"""Many views of one solid at once: perspective, a depth buffer, smooth shading, fine pixels averaged."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from genlab.data.drawn.mesh import Mesh

_FINE = 3  # fine pixels on a side of each pixel
_SHADES = 1 << 16  # levels of brightness while drawing
_DEPTHS = float(1 << 24)  # and of nearness


def rotations(count: int, generator: torch.Generator) -> Tensor:
    """Rotation matrices (count, 3, 3), all equally probable: unit quaternions in every direction."""
    a, b, c, d = F.normalize(torch.randn(count, 4, generator=generator), dim=1).unbind(1)
    rows = [
        torch.stack([a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)], 1),
        torch.stack([2 * (b * c + a * d), a * a - b * b + c * c - d * d, 2 * (c * d - a * b)], 1),
        torch.stack([2 * (b * d - a * c), 2 * (c * d + a * b), a * a - b * b - c * c + d * d], 1),
    ]
    return torch.stack(rows, 1)


def render(
    mesh: Mesh, turns: Tensor, scale: Tensor, shift: Tensor, distance: Tensor, shade: Tensor, side: int
) -> Tensor:
    """Pictures (B, side, side), 0 to 1 on black, of a solid turned in B ways.

    turns:    (B, 3, 3) rotations; then x points right, y down and z away from the viewer.
    scale:    (B,) pixels for one unit of length at the origin.
    shift:    (B, 2) where the origin is seen, in pixels from the middle of the picture.
    distance: (B,) of the viewer from the origin, in units of length.
    shade:    (B, T, 3) brightness, 0 to 1, of each corner.
    """
    fine = side * _FINE
    placed = torch.einsum("bij,tkj->btki", turns, mesh.corners)
    near = distance[:, None, None] / (distance[:, None, None] + placed[..., 2])  # 1 at the origin's depth
    x = (placed[..., 0] * near * scale[:, None, None] + shift[:, None, None, 0] + side / 2) * _FINE
    y = (placed[..., 1] * near * scale[:, None, None] + shift[:, None, None, 1] + side / 2) * _FINE
    faces = _facing(x, y, near * _DEPTHS, shade * (_SHADES - 1.0))
    pictures = _filled(faces, _spans(faces, fine), len(turns), fine)
    return F.avg_pool2d(pictures[:, None], _FINE)[:, 0]


@dataclass(frozen=True)
class _Faces:
    """M triangles that face the viewer: picture (M,), corners x and y (M, 3) in fine pixels, and two planes over them.

    A plane is a value at corner 0 and its slopes along x and y: of 1/depth, which perspective keeps flat, and of brightness.
    """

    view: Tensor
    x: Tensor
    y: Tensor
    depth: tuple[Tensor, Tensor, Tensor]
    shade: tuple[Tensor, Tensor, Tensor]


def _facing(x: Tensor, y: Tensor, depth: Tensor, shade: Tensor) -> _Faces:
    """The triangles, all (B, T, 3), whose outside is seen: those of negative area, as y points down."""
    x1, x2, y1, y2 = x[..., 1] - x[..., 0], x[..., 2] - x[..., 0], y[..., 1] - y[..., 0], y[..., 2] - y[..., 0]
    area = x1 * y2 - x2 * y1
    pick = (area < -1e-3).nonzero(as_tuple=True)
    area = area[pick]
    x1, x2, y1, y2 = x1[pick] / area, x2[pick] / area, y1[pick] / area, y2[pick] / area

    def plane(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        v1, v2 = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
        return values[:, 0], v1 * y2 - v2 * y1, v2 * x1 - v1 * x2

    return _Faces(pick[0], x[pick], y[pick], plane(depth[pick]), plane(shade[pick]))


def _spans(faces: _Faces, fine: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """For each row of fine pixels that a face meets: the face, the row, the first pixel inside, and how many follow."""
    x, y = faces.x, faces.y
    first = (y.amin(1) - 0.5).ceil().clamp(0, fine).long()
    rows = ((y.amax(1) - 0.5).ceil().clamp(0, fine).long() - first).clamp_min(0)
    of, step = _repeat(rows)
    row = first[of] + step
    centre = row + 0.5
    start, end = torch.full_like(centre, 0.0), torch.full_like(centre, float(fine))
    for i, j in ((0, 1), (1, 2), (2, 0)):
        rise = (y[:, j] - y[:, i])[of]
        cross = x[:, i][of] + (centre - y[:, i][of]) * ((x[:, j] - x[:, i])[of] / rise)
        # An edge that goes down the screen bounds from the left, one that goes up from the right.
        start = torch.where(rise > 0, torch.maximum(start, cross), start)
        end = torch.where(rise < 0, torch.minimum(end, cross), end)
    left = (start - 0.5).ceil()
    width = ((end - 0.5).ceil() - left).clamp_min(0).long()
    return of, row, left, width


def _filled(faces: _Faces, spans: tuple[Tensor, Tensor, Tensor, Tensor], count: int, fine: int) -> Tensor:
    """Pictures (B, fine, fine), 0 to 1, of the nearest face at each pixel."""
    of, row, left, width = spans
    dx, dy = left + 0.5 - faces.x[:, 0][of], row + 0.5 - faces.y[:, 0][of]
    depth, shade = (at[of] + along[of] * dx + down[of] * dy for at, along, down in (faces.depth, faces.shade))
    place = (faces.view[of] * fine + row) * fine + left.long()
    span, step = _repeat(width)
    depths = (depth[span] + faces.depth[1][of][span] * step).long().clamp_min(1)
    shades = (shade[span] + faces.shade[1][of][span] * step).long().clamp(0, _SHADES - 1)
    # Depth and brightness in one number, so that the nearest wins with its own brightness, in any order.
    buffer = torch.zeros(count * fine * fine, dtype=torch.int64)
    buffer.scatter_reduce_(0, place[span] + step, depths * _SHADES + shades, "amax")
    return (buffer % _SHADES).view(count, fine, fine) / (_SHADES - 1.0)


def _repeat(counts: Tensor) -> tuple[Tensor, Tensor]:
    """For each entry i, `counts[i]` times: i, and 0, 1, … within its run."""
    index = torch.arange(len(counts)).repeat_interleave(counts)
    ends = counts.cumsum(0)
    return index, torch.arange(len(index)) - (ends - counts)[index]
