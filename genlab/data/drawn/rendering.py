"""Many views of one solid at once: perspective, a depth buffer, smooth shading, fine pixels averaged."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from genlab.data.drawn.mesh import Mesh

_FINE = 3  # fine pixels on a side of each pixel
_SHADES = 1 << 16  # levels of brightness while drawing
_DEPTHS = float(1 << 24)


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
    count, fine = len(turns), side * _FINE
    placed = torch.einsum("bij,tkj->btki", turns, mesh.corners)
    near = distance[:, None, None] / (distance[:, None, None] + placed[..., 2])  # 1 at the origin's depth
    x = (placed[..., 0] * near * scale[:, None, None] + shift[:, None, None, 0] + side / 2) * _FINE
    y = (placed[..., 1] * near * scale[:, None, None] + shift[:, None, None, 1] + side / 2) * _FINE
    # The plane of 1/depth and of brightness over each triangle; a triangle seen from outside has a negative area.
    x1, x2, y1, y2 = x[..., 1] - x[..., 0], x[..., 2] - x[..., 0], y[..., 1] - y[..., 0], y[..., 2] - y[..., 0]
    area = x1 * y2 - x2 * y1
    view, triangle = (area < -1e-3).nonzero(as_tuple=True)
    pick = (view, triangle)
    x, y, area = x[pick], y[pick], area[pick]  # (M, 3), (M, 3), (M,)
    x1, x2, y1, y2 = x1[pick] / area, x2[pick] / area, y1[pick] / area, y2[pick] / area
    planes = []
    for values, levels in ((near[pick], _DEPTHS), (shade[pick], _SHADES - 1.0)):
        values = values * levels
        v1, v2 = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
        planes += [values[:, 0], v1 * y2 - v2 * y1, v2 * x1 - v1 * x2]  # value at corner 0, slopes along x and y
    # The rows of fine pixels that each triangle meets.
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
    dx, dy = left + 0.5 - x[:, 0][of], centre - y[:, 0][of]
    depth, shade_at = (planes[k][of] + planes[k + 1][of] * dx + planes[k + 2][of] * dy for k in (0, 3))
    place = (view[of] * fine + row) * fine + left.long()
    # Depth and brightness in one number, so that the nearest wins with its own brightness.
    span, step = _repeat(width)
    slope, shade_slope = planes[1][of], planes[4][of]
    depths = (depth[span] + slope[span] * step).long().clamp_min(1)
    shades = (shade_at[span] + shade_slope[span] * step).long().clamp(0, _SHADES - 1)
    buffer = torch.zeros(count * fine * fine, dtype=torch.int64)
    buffer.scatter_reduce_(0, place[span] + step, depths * _SHADES + shades, "amax")
    pictures = (buffer % _SHADES).view(count, 1, fine, fine) / (_SHADES - 1.0)
    return F.avg_pool2d(pictures, _FINE)[:, 0]


def _repeat(counts: Tensor) -> tuple[Tensor, Tensor]:
    """For each entry i, `counts[i]` times: i, and 0, 1, … within its run."""
    index = torch.arange(len(counts)).repeat_interleave(counts)
    ends = counts.cumsum(0)
    return index, torch.arange(len(index)) - (ends - counts)[index]
