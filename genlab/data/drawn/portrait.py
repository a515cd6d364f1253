"""Portraits 64×64 in the making: a backdrop, the pose of a head, and windows on which its parts are laid.

Colours are (B, 3, 1, 1), 0 to 1. Parts are drawn in the head's own coordinates: pixels from its middle,
x to the right and y down; a head is about 32 wide and 38 high.
"""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.scene import RGB, Point, hue
from genlab.data.drawn.shapes import Number, box, common, cover, ellipse, grid, smoothstep, strip

SIDE = 64
_MIDDLE = 33.5  # the row of a head's middle


def pick(dice: Dice, *colours: RGB, vary: float = 0.03) -> Tensor:
    """One of these colours, slightly varied."""
    masks = dice.choice(*[1.0] * len(colours))
    chosen = sum(m[:, None] * torch.tensor(c).view(1, 3, 1, 1) for m, c in zip(masks, colours, strict=True))
    tint = torch.randn(dice.count, 3, 1, 1, generator=dice.generator) * vary
    return (chosen * dice.normal(1, vary)[:, None] + 0.5 * tint).clamp(0.02, 0.98)


class Patch:
    """A window of the pictures: its ink (B, 3, h, w), which `lay` changes, and coordinates x, y (B, h, w)."""

    def __init__(self, ink: Tensor, x: Tensor, y: Tensor) -> None:
        self.ink, self.x, self.y = ink, x, y

    def lay(self, distance: Tensor, colour: Tensor, opacity: Number = 1.0, softness: Number = 1.0) -> None:
        """Covers what lies inside the shape with a colour."""
        alpha = cover(distance, softness) * opacity
        self.ink.lerp_(colour.expand_as(self.ink), alpha[:, None])

    def moved(self, right: Number) -> Patch:
        """The same window, with the origin of its coordinates further to the right."""
        return Patch(self.ink, self.x - right, self.y)

    def oval(self, centre: Point, radii: Point) -> Tensor:
        """The distance to an ellipse."""
        return ellipse(self.x, self.y, centre, radii)

    def pair(self, centre: Point, radii: Point) -> Tensor:
        """The distance to an ellipse and its mirror image."""
        return ellipse(self.x.abs(), self.y, centre, radii)

    def block(self, centre: Point, half: Point, corner: Number = 0.0) -> Tensor:
        """The distance to a rectangle with rounded corners."""
        return box(self.x, self.y, centre, half, corner)

    def bars(self, start: Point, end: Point, radii: Point) -> Tensor:
        """The distance to a straight band, with half-widths at both ends, and its mirror image."""
        return strip(self.x.abs(), self.y, start, end, radii)

    def between(self, top: Tensor, bottom: Tensor, half: Number) -> Tensor:
        """The distance to what lies between two curves, given as rows (B, 1, w), and not further out than `half`."""
        return common(top - self.y, self.y - bottom, self.x.abs() - half)


class Portrait:
    """Pictures (B, 3, 64, 64) before a backdrop, with heads slightly shifted, turned and scaled."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.ink = _backdrop(dice)
        column, row = grid(SIDE)
        u, v = column - dice.normal(0, 1.2), row - _MIDDLE - dice.normal(0, 1.0)
        angle, scale = dice.normal(0, 0.06), dice.normal(1.06, 0.035)
        self.x = (angle.cos() * u + angle.sin() * v) / scale  # (B, 64, 64)
        self.y = (angle.cos() * v - angle.sin() * u) / scale
        self.yaw = dice.normal(0, 1.2)  # how far the features look to the side, in pixels
        self.side = 2 * dice.chance(0.5) - 1  # where the light comes from: −1 left, 1 right

    def window(self, top: int = 0, bottom: int = SIDE, left: int = 0, right: int = SIDE) -> Patch:
        """The part of the pictures between these rows and columns."""
        rows, columns = slice(top, bottom), slice(left, right)
        return Patch(self.ink[:, :, rows, columns], self.x[:, rows, columns], self.y[:, rows, columns])

    def bytes(self) -> Tensor:
        """The pictures as uint8, in light that comes from one side and has a colour of its own."""
        dice = self.dice
        column, row = grid(SIDE)
        fall = dice.uniform(0.02, 0.16) * self.side * column / 32 + dice.uniform(-0.03, 0.08) * (1 - row / 32)
        warmth = dice.normal(0, 0.016)[:, None] * torch.tensor([1.0, 0.1, -1.0]).view(1, 3, 1, 1)
        light = (dice.normal(1, 0.05) + fall)[:, None] * (1 + warmth)
        return ((self.ink * light).clamp(0, 1) * 255).round().to(torch.uint8)


def _backdrop(dice: Dice) -> Tensor:
    """A wall, a sky or a studio's glow: two colours, from top to bottom or outwards, with soft spots of light."""
    x, y = grid(SIDE)
    soft, deep = hue(dice, (0.1, 0.45), (0.75, 0.98)), hue(dice, (0.25, 0.7), (0.25, 0.6))
    dark = dice.chance(0.3)[:, None]
    first = torch.lerp(soft, deep, dark)
    second = first * dice.uniform(0.72, 0.95)[:, None] + hue(dice, (0.2, 0.6), (0.3, 0.9)) * 0.12
    upright, glow, _ = dice.choice(0.45, 0.4, 0.15)
    outwards = ((x * x + (y - 30) ** 2).sqrt() / 40).clamp(0, 1)
    mix = upright * smoothstep(y / SIDE) + glow * outwards
    ink = torch.lerp(first, second, mix[:, None])
    spotted = dice.chance(0.35)
    for _ in range(4):
        centre = dice.uniform(-32, 32), dice.uniform(0, 50)
        radius = dice.uniform(3, 8)
        spot = cover(((x - centre[0]) ** 2 + (y - centre[1]) ** 2).sqrt() - radius, 1.5)
        ink = torch.lerp(ink, ink * 0.75 + 0.25, (spot * spotted * dice.uniform(0.2, 0.6))[:, None])
    return ink.clamp(0, 0.94)
