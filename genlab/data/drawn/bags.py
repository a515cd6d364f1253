"""Bags: a body with a handle, a shoulder strap, a flap, or none of them."""

from __future__ import annotations

import torch

from genlab.data.drawn.cloth import Canvas, Dice, base_tone, pattern
from genlab.data.drawn.shapes import box, common, ellipse, grid, ring

SIDE = 28


def bag(dice: Dice) -> Canvas:
    """Totes, satchels, clutches and shoulder bags."""
    x, y = grid(SIDE)
    x, y = x + dice.normal(0, 0.3), y + dice.normal(0, 0.02) * x
    tote, satchel, clutch = dice.choice(0.35, 0.45, 0.2)
    wide = tote * dice.uniform(8.5, 13.0) + (1 - tote) * dice.uniform(11.0, 13.6)
    tall = tote * dice.uniform(7.5, 10.5) + satchel * dice.uniform(6.5, 9.0)
    tall = tall + clutch * dice.uniform(6.5, 12.0)
    handle = tote * dice.uniform(4, 10) + satchel * dice.chance(0.7) * dice.uniform(2, 8)
    bottom = 14 + (2 * tall + handle) / 2
    bottom = bottom.clamp_max(27.6)
    middle = bottom - tall
    taper = 1 + dice.normal(0, 0.012) * (y - middle) * 2
    body = box(x / taper, y, (0.0, middle), (wide, tall), dice.uniform(0.3, 4.0))
    tone = base_tone(dice, dark=0.3)
    canvas = Canvas(dice.count, SIDE)

    rise = middle - tall  # the upper edge
    arch = ellipse(x, y, (0.0, rise + 0.6), (wide * dice.uniform(0.35, 0.9), handle + 0.6))
    pointed = (x.abs() / (wide * dice.uniform(0.5, 0.95)) + (rise - y) / (handle + 0.5) - 1) * 4
    loop = torch.where(dice.chance(0.3) > 0, pointed, arch)
    strap = common(ring(loop, dice.uniform(0.35, 0.8)), y - rise - 1, 0.7 - handle + 0 * y)
    canvas.lay(strap, tone * dice.uniform(0.6, 1.1))
    sling = common(ring(ellipse(x, y, (0.0, middle), (wide + 0.6, tall * 1.15 + 1)), 0.45), -body)
    canvas.lay(sling, tone * dice.uniform(0.5, 1.0), dice.chance(0.3) * satchel)

    relief = 1 - 0.25 * dice.uniform(-0.3, 1) * ((y - middle) / (tall + 1)).clamp(-1, 1) ** 2
    canvas.lay(body, tone * relief * pattern(dice, SIDE, plain=0.62, plaid=0.04))
    rim = common(ring(body + 0.8, 0.5), body)
    canvas.shade(rim, dice.uniform(0.5, 1.2), dice.chance(0.55))

    down = rise + 2 * tall * dice.uniform(0.3, 0.7)  # where the flap ends
    sag = dice.uniform(0, 4) * (1 - (x / wide) ** 2)
    flap = common((y - down - sag).abs() - 0.45, body)
    canvas.shade(flap, dice.uniform(0.35, 0.75), (1 - tote) * dice.chance(0.7))
    clasp = box(x, y, (0.0, down + sag), (dice.uniform(0.5, 1.6), dice.uniform(0.4, 1.1)))
    canvas.lay(clasp, dice.uniform(0.1, 1.0), (1 - tote) * dice.chance(0.5))
    zip_ = common((y - rise - dice.uniform(1, 2.5)).abs() - 0.4, body + 0.8)
    canvas.shade(zip_, dice.uniform(0.3, 0.8), dice.chance(0.45))
    sides = common((x.abs() - wide * dice.uniform(0.4, 0.8)).abs() - 0.4, body)
    canvas.shade(sides, dice.uniform(0.5, 1.2), dice.chance(0.3))
    return canvas
