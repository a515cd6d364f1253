"""Garments with a trunk: T-shirts, pullovers, shirts, coats and dresses share one cut."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from genlab.data.drawn.cloth import Canvas, Dice
from genlab.data.drawn.shapes import (
    box,
    common,
    cover,
    ellipse,
    grid,
    profile,
    ring,
    strip,
    union,
)

SIDE = 28


@dataclass
class Cut:
    """The measures of a garment in pixels, (B, 1, 1) each; widths are halves."""

    top: Tensor
    hem: Tensor
    neck: Tensor
    shoulder: Tensor
    chest: Tensor
    waist: Tensor
    bottom: Tensor
    drop: Tensor  # from the neck down to the tip of the shoulder
    reach: Tensor  # x of the middle of the cuff
    cuff_y: Tensor
    elbow: Tensor  # how far the elbow stands out
    arm: Tensor  # half-width of the sleeve at the shoulder
    cuff: Tensor  # and at the cuff
    sleeves: Tensor  # 1 where there are any
    waist_at: float = 0.55


@dataclass
class Sewn:
    """A drawn garment before its details: canvas, coordinates, parts and tone."""

    canvas: Canvas
    x: Tensor  # (B, H, W) after the lean of each image
    y: Tensor
    trunk: Tensor  # signed distances
    arms: Tensor
    body: Tensor
    tone: Tensor
    cloth: Tensor  # tone times pattern


def sew(dice: Dice, cut: Cut, tone: Tensor, cloth: Tensor) -> Sewn:
    """Trunk and sleeves in their cloth, with the light from the front and seams between them."""
    x, y = grid(SIDE)
    x = x / dice.normal(0.97, 0.05) + dice.normal(0, 0.25) + dice.normal(0, 0.012) * (y - 14)
    t = (y - cut.top) / (cut.hem - cut.top)  # 0 at the top, 1 at the hem
    fall = cut.drop / (cut.hem - cut.top)
    side = profile(t, (0.22, cut.waist_at, 1.0), (cut.chest, cut.waist, cut.bottom))
    slope = cut.neck + (cut.shoulder - cut.neck) * (t / fall).clamp(0, 1)
    side = torch.where(t < 0.22, slope + (cut.chest - cut.shoulder) * (t / 0.22).clamp(0, 1), side)
    trunk = common(x.abs() - side, cut.top - y, y - cut.hem)
    start = (cut.shoulder - 0.75 * cut.arm, cut.top + cut.drop + 0.35 * cut.arm)
    elbow = ((start[0] + cut.reach) / 2 + cut.elbow, (start[1] + cut.cuff_y) / 2)
    middle = (cut.arm + cut.cuff) / 2
    arms = union(
        strip(x.abs(), y, start, elbow, (cut.arm, middle)),
        strip(x.abs(), y, elbow, (cut.reach, cut.cuff_y), (middle, cut.cuff)),
        ellipse(x.abs(), y, elbow, (middle, middle)),
    )
    arms = torch.where(cut.sleeves > 0, arms, torch.full_like(arms, 99.0))
    canvas = Canvas(dice.count, SIDE)
    body = union(trunk, arms)
    relief = 1 - 0.22 * (x.abs() / (side + 1)).clamp(0, 1) ** 2 * dice.uniform(0, 1)
    canvas.lay(body, cloth * relief)
    # Where a sleeve passes the trunk its edge is in shadow.
    seam = common(ring(trunk, 0.45), arms + 0.3, cut.top + cut.drop - y)
    canvas.shade(seam, dice.uniform(0.25, 0.85))
    canvas.shade(arms, dice.uniform(0.9, 1.25), 1 - cover(trunk))
    return Sewn(canvas, x, y, trunk, arms, body, tone, cloth)


def neckline(sewn: Sewn, dice: Dice, cut: Cut, depth: Tensor, vee: Tensor) -> Tensor:
    """Cuts the neck out and hems it; returns the opening's signed distance."""
    x, y = sewn.x, sewn.y - cut.top
    round_ = ellipse(x, y, (0.0, 0.0), (cut.neck, depth))
    pointed = (x.abs() / cut.neck + y / depth - 1) * cut.neck * 0.7
    opening = torch.where(vee > 0, pointed, round_)
    sewn.canvas.lay(common(ring(opening - 0.5, 0.6), sewn.body), sewn.tone * dice.uniform(0.6, 1.25))
    sewn.canvas.lay(opening, sewn.tone * dice.uniform(0.15, 0.6) * dice.chance(0.6))
    back = common(opening, y - 1.0)
    sewn.canvas.lay(back, sewn.tone * dice.uniform(0.3, 0.8), dice.chance(0.5))
    return opening


def chest_print(sewn: Sewn, dice: Dice, often: float) -> None:
    """A word, badge or picture on the chest."""
    centre = (dice.normal(0, 0.4), dice.uniform(8, 12))
    half = (dice.uniform(1.5, 4.5), dice.uniform(0.8, 4.0))
    oval = dice.chance(0.4)
    x, y = sewn.x, sewn.y
    badge = torch.where(oval > 0, ellipse(x, y, centre, half), box(x, y, centre, half))
    badge = torch.where(dice.chance(0.35) > 0, ring(badge, 0.6), badge)
    tone = sewn.tone + dice.uniform(0.25, 0.6) * torch.where(sewn.tone > 0.5, -1.0, 1.0)
    speckle = 1 + 0.35 * dice.noise(SIDE, SIDE) * dice.chance(0.6)
    sewn.canvas.lay(badge, (tone * speckle).clamp(0, 1), dice.chance(often) * dice.uniform(0.5, 1))


def ribs(sewn: Sewn, dice: Dice, cut: Cut, often: float) -> None:
    """Ribbed hem and cuffs, a little lighter or darker than the cloth."""
    has, factor = dice.chance(often), dice.uniform(0.65, 1.2)
    hem = common(sewn.trunk, cut.hem - dice.uniform(1, 2) - sewn.y)
    cuffs = common(sewn.arms, cut.cuff_y - dice.uniform(1, 2.2) - sewn.y)
    sewn.canvas.shade(union(hem, cuffs), factor, has)


def placket(sewn: Sewn, dice: Dice, cut: Cut, opacity: Tensor, wide: float) -> None:
    """The line down the front where a garment closes, with its shadow and buttons."""
    middle = dice.normal(0, 0.35)
    half = dice.uniform(0.25, wide)
    front = common(sewn.trunk, (sewn.x - middle).abs() - half)
    factor = torch.where(dice.chance(0.6) > 0, dice.uniform(0.3, 0.75), dice.uniform(1.1, 1.3))
    sewn.canvas.shade(front, factor, opacity)
    spacing = dice.uniform(2.8, 4.6)
    down = (sewn.y - cut.top - dice.uniform(2, 4)) / spacing
    off = (down - down.round()) * spacing
    button = ((sewn.x - middle) ** 2 + off**2).sqrt() - dice.uniform(0.35, 0.8)
    contrast = torch.where(sewn.tone > 0.5, dice.uniform(0.1, 0.5), dice.uniform(0.6, 0.95))
    sewn.canvas.lay(common(button, sewn.trunk), contrast, opacity * dice.chance(0.6))


def collar(sewn: Sewn, dice: Dice, cut: Cut, opacity: Tensor, length: tuple[float, float]) -> None:
    """Two leaves folded down from the neck, edged by their own shadow."""
    tip = (dice.uniform(1.2, 3.2), cut.top + dice.uniform(*length))
    leaf = strip(sewn.x.abs(), sewn.y, (cut.neck * 0.9, cut.top - 0.4), tip, (dice.uniform(0.8, 1.5), 0.5))
    sewn.canvas.shade(common(leaf - 0.9, sewn.trunk), dice.uniform(0.3, 0.8), opacity)
    sewn.canvas.lay(leaf, sewn.tone * dice.uniform(0.85, 1.2), opacity)


def pockets(sewn: Sewn, dice: Dice, often: float, y: tuple[float, float]) -> None:
    """Two flaps or slits."""
    centre = (dice.uniform(3.2, 5.5), dice.uniform(*y))
    patch = box(sewn.x.abs(), sewn.y, centre, (dice.uniform(1.0, 2.2), dice.uniform(0.4, 1.6)))
    patch = torch.where(dice.chance(0.5) > 0, ring(patch, 0.4), patch)
    sewn.canvas.shade(common(patch, sewn.trunk), dice.uniform(0.4, 0.8), dice.chance(often))
