"""Shapes as signed distances on the pixel grid, for many images at once.

Every quantity is (B, 1, 1), (B, H, 1) or (B, H, W) and broadcasts. Distances are in pixels,
negative inside. x runs to the right from the middle of the picture, y down from its top.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

Number = Tensor | float


def grid(side: int) -> tuple[Tensor, Tensor]:
    """The pixel centres: x (1, 1, W) from −side/2 to side/2 and y (1, H, 1) from 0 to side."""
    centres = torch.arange(side) + 0.5
    return (centres - side / 2).view(1, 1, side), centres.view(1, side, 1)


def cover(distance: Tensor, softness: Number = 1.0) -> Tensor:
    """How much of each pixel lies inside, 0 to 1: the shape's antialiased picture."""
    return (0.5 - distance / softness).clamp(0, 1)


def union(*distances: Tensor) -> Tensor:
    """The distance to all shapes together."""
    total = distances[0]
    for distance in distances[1:]:
        total = torch.minimum(total, distance)
    return total


def common(*distances: Tensor) -> Tensor:
    """The distance to what the shapes have in common."""
    total = distances[0]
    for distance in distances[1:]:
        total = torch.maximum(total, distance)
    return total


def smoothstep(t: Tensor) -> Tensor:
    """0 below 0, 1 above 1, an S in between."""
    t = t.clamp(0, 1)
    return t * t * (3 - 2 * t)


def profile(t: Tensor, knots: Sequence[Number], values: Sequence[Number]) -> Tensor:
    """The curve through `values` at `knots`, smooth in between and constant outside."""
    curve = values[0] + torch.zeros_like(t)
    for i in range(len(knots) - 1):
        step = smoothstep((t - knots[i]) / (knots[i + 1] - knots[i]))
        curve = curve + (values[i + 1] - values[i]) * step
    return curve


def polyline(t: Tensor, knots: Sequence[Number], values: Sequence[Number]) -> Tensor:
    """The broken line through `values` at `knots`, constant outside."""
    line = values[0] + torch.zeros_like(t)
    for i in range(len(knots) - 1):
        step = ((t - knots[i]) / (knots[i + 1] - knots[i])).clamp(0, 1)
        line = line + (values[i + 1] - values[i]) * step
    return line


def strip(
    x: Tensor,
    y: Tensor,
    start: tuple[Number, Number],
    end: tuple[Number, Number],
    radii: tuple[Number, Number],
) -> Tensor:
    """The distance to a straight band with flat ends whose half-width goes from one to another."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = torch.as_tensor(dx * dx + dy * dy).sqrt().clamp_min(1e-3)
    px, py = x - start[0], y - start[1]
    along = (px * dx + py * dy) / length  # pixels from the start
    across = (px * dy - py * dx).abs() / length
    half = radii[0] + (radii[1] - radii[0]) * (along / length).clamp(0, 1)
    return common(across - half, -along, along - length)


def ellipse(x: Tensor, y: Tensor, centre: tuple[Number, Number], radii: tuple[Number, Number]) -> Tensor:
    """About the distance to an ellipse (exact for a circle)."""
    u, v = (x - centre[0]) / radii[0], (y - centre[1]) / radii[1]
    rho = (u * u + v * v).sqrt()
    scale = ((u / radii[0]) ** 2 + (v / radii[1]) ** 2).sqrt().clamp_min(1e-3)
    return rho * (rho - 1) / scale


def box(
    x: Tensor,
    y: Tensor,
    centre: tuple[Number, Number],
    half: tuple[Number, Number],
    corner: Number = 0.0,
) -> Tensor:
    """The distance to a rectangle with rounded corners."""
    qx, qy = (x - centre[0]).abs() - half[0] + corner, (y - centre[1]).abs() - half[1] + corner
    outside = (qx.clamp_min(0) ** 2 + qy.clamp_min(0) ** 2).sqrt()
    return outside + torch.maximum(qx, qy).clamp_max(0) - corner


def ring(distance: Tensor, half: Number) -> Tensor:
    """The distance to a band of this half-width along the shape's outline."""
    return distance.abs() - half
