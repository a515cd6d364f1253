"""Coloured scenes 32×32: a cluttered background, and an object posed at random in front of it.

Colours are (B, 3, 1, 1), 0 to 1. An object is drawn in coordinates of its own: x to the right and
y down, both about −1 to 1, looking to the right; the scene turns, shifts, scales and mirrors them.
"""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.shapes import Number, box, cover, ellipse, grid, smoothstep, strip

SIDE = 32
Point = tuple[Number, Number]
RGB = tuple[float, float, float]

# The colours above and below the horizon.
HABITATS: dict[str, tuple[RGB, RGB]] = {
    "sky": ((0.45, 0.62, 0.85), (0.72, 0.80, 0.88)),
    "haze": ((0.80, 0.82, 0.84), (0.68, 0.72, 0.76)),
    "water": ((0.62, 0.72, 0.82), (0.22, 0.36, 0.48)),
    "field": ((0.58, 0.66, 0.62), (0.38, 0.48, 0.22)),
    "forest": ((0.24, 0.32, 0.18), (0.36, 0.36, 0.22)),
    "road": ((0.58, 0.58, 0.55), (0.42, 0.41, 0.40)),
    "sand": ((0.70, 0.68, 0.62), (0.68, 0.58, 0.42)),
    "indoors": ((0.62, 0.54, 0.46), (0.46, 0.36, 0.28)),
}


def hue(dice: Dice, saturation: tuple[float, float], value: tuple[float, float]) -> Tensor:
    """A colour of any hue."""
    angle = dice.uniform(0, 6)[:, None]  # (B, 1, 1, 1), in sixths of the colour circle
    offsets = torch.tensor([5.0, 3.0, 1.0]).view(1, 3, 1, 1)
    turn = (angle + offsets) % 6
    dip = torch.minimum(turn, 4 - turn).clamp(0, 1)
    return dice.uniform(*value)[:, None] * (1 - dice.uniform(*saturation)[:, None] * dip)


def near(dice: Dice, *colours: RGB, spread: float = 0.08) -> Tensor:
    """One of these colours, a little lighter or darker, warmer or colder."""
    masks = dice.choice(*[1.0] * len(colours))
    chosen = sum(m[:, None] * torch.tensor(c).view(1, 3, 1, 1) for m, c in zip(masks, colours, strict=True))
    tint = torch.randn(dice.count, 3, 1, 1, generator=dice.generator) * spread / 2
    return (chosen * dice.normal(1, 0.15)[:, None] + tint).clamp(0.02, 0.98)


def _backdrop(dice: Dice, habitats: dict[str, float]) -> Tensor:
    """One of the habitats, chosen by weight: two colours with a horizon between them, and texture."""
    masks = dice.choice(*habitats.values())
    colours = torch.tensor([HABITATS[name] for name in habitats]).view(-1, 2, 3, 1, 1)
    both = sum(m[:, None, None] * c for m, c in zip(masks, colours, strict=True))  # (B, 2, 3, 1, 1)
    tint = torch.randn(dice.count, 2, 3, 1, 1, generator=dice.generator) * 0.07
    both = both * dice.normal(1, 0.22)[:, None, None] + tint
    _, y = grid(SIDE)
    horizon, softness = dice.uniform(4, 26), dice.uniform(1, 14)
    below = smoothstep((y - horizon) / softness + 0.5)[:, None]  # (B, 1, H, 1)
    rough, fine = dice.uniform(0, 0.12), dice.uniform(0, 0.10)
    texture = dice.noise(SIDE, 5) * rough + dice.noise(SIDE, 16) * fine
    return torch.lerp(both[:, 0], both[:, 1], below) + texture[:, None]


class Scene:
    """Pictures (B, 3, 32, 32) in the making, and the coordinates x, y (B, 32, 32) of their objects."""

    def __init__(self, dice: Dice, *, size: tuple[float, float], tilt: float, habitats: dict[str, float]) -> None:
        self.dice = dice
        self.ink = _backdrop(dice, habitats)
        self._clutter()
        pixel_x, pixel_y = grid(SIDE)
        self.scale = dice.uniform(*size) * SIDE / 2  # pixels for one unit
        slack = (SIDE / 2 - 0.8 * self.scale).clamp_min(2.0)
        u = pixel_x - slack * dice.uniform(-1, 1)
        v = pixel_y - SIDE / 2 - 0.7 * slack * dice.uniform(-1, 1)
        angle, mirror = dice.normal(0, tilt), 1 - 2 * dice.chance(0.5)
        squeeze = dice.uniform(0.85, 1.15)
        self.x = mirror * (angle.cos() * u + angle.sin() * v) / (self.scale * squeeze)
        self.y = (angle.cos() * v - angle.sin() * u) / self.scale
        grain = dice.noise(SIDE, 8) * dice.uniform(0.02, 0.14)
        self.light = (1.05 - dice.uniform(-0.05, 0.45) * self.y + grain)[:, None]

    def lay(self, distance: Tensor, colour: Tensor, opacity: Number = 1.0) -> None:
        """Covers what lies inside the shape, its distance in the object's units, with a lit colour."""
        alpha = cover(distance * self.scale) * opacity
        self.ink = torch.lerp(self.ink, colour * self.light, alpha[:, None])

    def oval(self, centre: Point, radii: Point) -> Tensor:
        """The distance to an ellipse."""
        return ellipse(self.x, self.y, centre, radii)

    def block(self, centre: Point, half: Point, corner: Number = 0.0) -> Tensor:
        """The distance to a rectangle with rounded corners."""
        return box(self.x, self.y, centre, half, corner)

    def bar(self, start: Point, end: Point, radii: Point) -> Tensor:
        """The distance to a straight band from one point to another, with its half-widths at both ends."""
        return strip(self.x, self.y, start, end, radii)

    def bytes(self) -> Tensor:
        """The pictures as uint8, after weather, camera and a twig or two in front."""
        self._in_front()
        dice = self.dice
        grey = self.ink.mean((1, 2, 3), keepdim=True)
        contrast, brightness = dice.uniform(0.65, 1.2)[:, None], dice.normal(0, 0.09)[:, None]
        cast = 1 + torch.randn(dice.count, 3, 1, 1, generator=dice.generator) * 0.05
        ink = ((self.ink - grey) * contrast + grey + brightness) * cast
        noise = torch.randn(ink.shape, generator=dice.generator) * dice.uniform(0.005, 0.04)[:, None]
        return ((ink + noise).clamp(0, 1) * 255).round().to(torch.uint8)

    def _clutter(self) -> None:
        """Things behind the object, in colours of the place or their own."""
        dice = self.dice
        x, y = grid(SIDE)
        for number in range(5):
            here = self.ink[:, :, 8 + 4 * number, 16].view(-1, 3, 1, 1)
            strength = dice.uniform(0.02, 0.22)[:, None]
            colour = here + torch.randn(dice.count, 3, 1, 1, generator=dice.generator) * strength
            centre = dice.uniform(-16, 16), dice.uniform(0, 32)
            radii = dice.uniform(1.5, 9), dice.uniform(1.5, 9)
            shape = box(x, y, centre, radii) if number % 2 else ellipse(x, y, centre, radii)
            self.ink = torch.lerp(self.ink, colour, (cover(shape) * dice.chance(0.6))[:, None])

    def _in_front(self) -> None:
        dice = self.dice
        x, y = grid(SIDE)
        for _ in range(2):
            colour = near(dice, (0.25, 0.32, 0.15), (0.35, 0.33, 0.30), (0.70, 0.68, 0.62))
            start, end = dice.uniform(-18, 18), dice.uniform(-18, 18)
            bar = strip(x, y, (start, 34.0), (end, dice.uniform(-4, 30)), (dice.uniform(0.3, 1.3), 0.3))
            self.ink = torch.lerp(self.ink, colour, (cover(bar) * dice.chance(0.22))[:, None])
