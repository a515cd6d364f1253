"""Chance and cloth: per-image random numbers, tones, patterns and the canvas they go on."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from genlab.data.drawn.shapes import Number, cover, grid


class Dice:
    """Random numbers for `count` images at once, each (count, 1, 1), from one generator."""

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self.count = count
        self.generator = generator

    def uniform(self, low: float, high: float) -> Tensor:
        """Even between two numbers."""
        return low + (high - low) * torch.rand(self.count, 1, 1, generator=self.generator)

    def normal(self, mean: float, deviation: float) -> Tensor:
        """Bell-shaped, cut at two and a half deviations."""
        bell = torch.randn(self.count, 1, 1, generator=self.generator).clamp(-2.5, 2.5)
        return mean + deviation * bell

    def chance(self, p: float) -> Tensor:
        """1 with probability p, else 0."""
        return (torch.rand(self.count, 1, 1, generator=self.generator) < p).float()

    def choice(self, *weights: float) -> list[Tensor]:
        """One mask of 0 and 1 per weight; exactly one of them is 1 in each image."""
        u = torch.rand(self.count, 1, 1, generator=self.generator) * sum(weights)
        masks, low = [], 0.0
        for weight in weights:
            masks.append(((u >= low) & (u < low + weight)).float())
            low += weight
        masks[-1] = masks[-1] + (u >= low).float()
        return masks

    def noise(self, side: int, cells: int) -> Tensor:
        """Smooth noise (count, side, side) with this many cells on a side, about −1 to 1."""
        coarse = torch.randn(self.count, 1, cells, cells, generator=self.generator)
        if cells != side:
            coarse = F.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=True)
        return coarse[:, 0]


class Canvas:
    """Black pictures (B, side, side) on which shapes are laid one over another, 0 to 1."""

    def __init__(self, count: int, side: int) -> None:
        self.ink = torch.zeros(count, side, side)

    def lay(self, distance: Tensor, tone: Number, opacity: Number = 1.0) -> None:
        """Covers what lies inside the shape with a tone."""
        alpha = cover(distance) * opacity
        self.ink = self.ink + alpha * (tone - self.ink)

    def shade(self, distance: Tensor, factor: Number, opacity: Number = 1.0) -> None:
        """Multiplies what lies inside the shape by a factor."""
        self.ink = self.ink * (1 + cover(distance) * opacity * (factor - 1))

    def bytes(self) -> Tensor:
        """The pictures as uint8."""
        return (self.ink.clamp(0, 1) * 255).round().to(torch.uint8)


def base_tone(dice: Dice, dark: float = 0.25) -> Tensor:
    """A brightness per image: mostly light cloth, some of it dark."""
    light, deep = dice.normal(0.87, 0.09), dice.normal(0.46, 0.13)
    is_dark = dice.chance(dark)
    return (is_dark * deep + (1 - is_dark) * light).clamp(0.1, 0.97)


def pattern(dice: Dice, side: int, plain: float, plaid: float = 0.05, stripes: float = 0.3) -> Tensor:
    """A factor (B, side, side) around 1: plain, striped, checked, mottled or all-over print."""
    x, y = grid(side)
    stripes_y, stripes_x = _wave(dice, y), _wave(dice, x)
    rest = 1 - plain - plaid
    _, striped, upright, checked, mottled, printed = dice.choice(
        *(plain, 0.85 * stripes * rest, 0.15 * stripes * rest, plaid),
        *(0.6 * (1 - stripes) * rest, 0.4 * (1 - stripes) * rest),
    )
    strength = dice.uniform(0.1, 0.5)
    wave = striped * stripes_y + upright * stripes_x + checked * 0.6 * (stripes_x + stripes_y)
    spots = mottled * 0.5 * dice.noise(side, 9) + printed * 0.7 * dice.noise(side, 15)
    folds = 0.04 * dice.noise(side, 6)
    grain = 0.015 * dice.noise(side, side)
    return (1 + strength * (wave + spots) + folds + grain).clamp_min(0.05)


def _wave(dice: Dice, axis: Tensor) -> Tensor:
    """Stripes across one axis, −1 to 1, of random width, phase and sharpness."""
    period, phase = dice.uniform(2.2, 7.0), dice.uniform(0, 2 * math.pi)
    return (torch.sin(axis * (2 * math.pi) / period + phase) * dice.uniform(1, 4)).clamp(-1, 1)
