"""Sandals, sneakers and ankle boots, seen from the side with the toe on the left."""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn.cloth import Canvas, Dice, base_tone, pattern
from genlab.data.drawn.shapes import (
    common,
    grid,
    polyline,
    profile,
    ring,
    smoothstep,
    strip,
    union,
)

SIDE = 28


def sneaker(dice: Dice) -> Canvas:
    """Low shoes with a thick sole, laces and stripes; some are high-tops."""
    x, y = grid(SIDE)
    toe, heel = -13.2 + dice.uniform(0, 0.8), 13.3 - dice.uniform(0, 0.8)
    t = (x - toe) / (heel - toe)  # 0 at the toe, 1 at the heel
    sole = dice.uniform(1.2, 2.6)
    high = dice.chance(0.12)
    collar = dice.normal(7.0, 0.8) + high * dice.uniform(3, 6)
    tongue = collar + dice.uniform(0.3, 2.2)
    ground = dice.normal(19.6, 0.6) + high * 2
    ground = ground + dice.uniform(0, 1.2) * (0.25 - t).clamp_min(0) * -4  # the toe lifts a little
    upper = polyline(
        t,
        (0.0, 0.05, 0.14, 0.3, 0.62, 0.7, 0.8, 0.94, 1.0),
        (
            *(dice.uniform(0.8, 2.0), dice.uniform(2.2, 3.2), dice.normal(3.6, 0.4)),
            *(dice.normal(4.8, 0.5), tongue, collar - 0.8, collar - dice.uniform(0.4, 1.6)),
            *(collar + dice.uniform(-0.4, 0.8), collar - dice.uniform(0.8, 2.5)),
        ),
    )
    ends = common(toe - x, x - heel)
    shoe = common(ground - sole - upper - y, y - ground + sole, ends)
    tone = base_tone(dice, dark=0.3)
    canvas = Canvas(dice.count, SIDE)
    cloth = tone * pattern(dice, SIDE, plain=0.62, plaid=0.0, stripes=0.05)
    relief = 1 - 0.3 * dice.uniform(0, 1) * smoothstep((ground - sole - y) / 8)
    canvas.lay(shoe, cloth * relief)
    _panels(canvas, dice, x, y, t, shoe, ground - sole)
    lip = common(ring(ground - sole - upper - y, 0.5), (0.62 - t) * 20, shoe)
    canvas.shade(lip, dice.uniform(0.3, 0.8), dice.chance(0.7))
    bed = common(ground - sole - y, y - ground, ends + 0.15)
    canvas.lay(bed, _contrast(dice, tone))
    tread = common(ground - 0.7 - y, y - ground, ends + 0.6)
    canvas.shade(tread, dice.uniform(0.2, 0.8), dice.chance(0.5))
    return canvas


def ankle_boot(dice: Dice) -> Canvas:
    """Boots over the ankle, on a flat, block or high heel; laces, zip or elastic."""
    x, y = grid(SIDE)
    heeled = dice.chance(0.4)
    toe, heel = -13.4 + dice.uniform(0, 1.2) + 1.5 * heeled, dice.normal(11.8, 0.8).clamp_max(13.2)
    t = (x - toe) / (heel - toe)
    tall = dice.normal(16.5, 2.4) + 2.5 * heeled  # from the sole to the rim
    lift = heeled * dice.uniform(3, 8.5)  # of the heel above the ground
    ground = (14.2 + (tall + lift + 1.5) / 2).clamp_max(27.6)
    foot = ground - lift * smoothstep((t - 0.3) / 0.5)  # the sole's line
    shaft = dice.uniform(0.36, 0.5)  # where the shaft rises, along the foot
    instep = dice.normal(7.4, 0.8)
    upper = profile(
        t,
        (0.0, 0.08, 0.3, shaft, shaft + 0.1),
        (dice.uniform(1.0, 2.4), dice.uniform(3.2, 4.6), dice.uniform(4.8, 6.0), instep, tall + 2),
    )
    rim = ground - lift - tall + dice.normal(0, 0.07) * (x - 6)
    back = heel + dice.normal(0, 0.05) * (y - ground + 6)
    shoe = common(foot - 1.0 - upper - y, rim - y, y - foot + 1.0, toe - x, x - back)
    tone = base_tone(dice, dark=0.25)
    canvas = Canvas(dice.count, SIDE)
    post = strip(
        *(x, y),
        (heel - 2.2, ground - lift - 1.0),
        (heel - 1.6 + dice.uniform(-0.5, 1.0), ground),
        (2.4, dice.uniform(0.5, 2.4)),
    )
    block = common(x - heel, heel - dice.uniform(4.5, 7.0) - x, foot - y, y - ground - 0.2)
    dark_sole = _contrast(dice, tone)
    canvas.lay(torch.where(lift > 0, post, block), dark_sole * 0.9)
    relief = 1 - 0.3 * dice.uniform(0, 1) * smoothstep((t - 0.6) / 0.5)
    canvas.lay(shoe, tone * pattern(dice, SIDE, plain=0.75, plaid=0.0, stripes=0.05) * relief)
    bed = common(foot - dice.uniform(0.9, 1.9) - y, y - foot, toe - x, x - heel)
    canvas.lay(bed, dark_sole)
    _closures(canvas, dice, x, y, t, shoe, (foot, rim, shaft))
    return canvas


def _closures(
    canvas: Canvas,
    dice: Dice,
    x: Tensor,
    y: Tensor,
    t: Tensor,
    shoe: Tensor,
    lines: tuple[Tensor, Tensor, Tensor],
) -> None:
    """Laces, elastic or zip, a strap, and the edge of the shaft."""
    foot, rim, shaft = lines
    laced, elastic, zipped, _ = dice.choice(0.35, 0.2, 0.15, 0.3)
    wave = torch.sin((y - rim) * dice.uniform(1.6, 2.6))
    front = common((t - shaft - 0.1).abs() * 22 - dice.uniform(1.0, 2.0), y - foot + 5, shoe)
    canvas.shade(front, 1 + 0.45 * wave, laced)
    gore = common((t - shaft - 0.3).abs() * 22 - dice.uniform(1.0, 2.4), y - foot + 7, shoe)
    canvas.shade(gore, dice.uniform(0.3, 0.7), elastic)
    line = common((t - shaft - 0.25).abs() * 22 - 0.45, y - foot + 3, shoe)
    canvas.shade(line, dice.uniform(0.4, 0.75), zipped)
    buckle = common((y - foot + dice.uniform(6, 10) + 0.2 * x).abs() - 0.8, shoe)
    canvas.shade(buckle, dice.uniform(0.5, 1.25), dice.chance(0.25))
    edge = common(y - rim - dice.uniform(0.8, 2.0), shoe)
    canvas.shade(edge, dice.uniform(0.4, 1.2), dice.chance(0.5))
    cap = common((t - dice.uniform(0.2, 0.3)).abs() * 22 - 0.5, shoe)
    canvas.shade(cap, dice.uniform(0.5, 0.85), dice.chance(0.3))


def _panels(canvas: Canvas, dice: Dice, x: Tensor, y: Tensor, t: Tensor, shoe: Tensor, base: Tensor) -> None:
    """A sneaker's toe cap, heel patch, laces and side stripes."""
    patch = common((0.8 - t) * 22 + dice.uniform(-1.5, 1.5) - 0.3 * (y - base), shoe)
    canvas.shade(patch, dice.uniform(0.5, 1.3), dice.chance(0.5))
    cap = common((t - dice.uniform(0.14, 0.28)) * 22 + 0.4 * (base - y), shoe)
    canvas.shade(cap, dice.uniform(0.5, 1.3), dice.chance(0.5))
    laces = common((t - 0.42).abs() * 22 - 3.2, base - y - 9, 2.8 - (base - y), shoe)
    zigzag = torch.sin((x + 0.5 * y) * dice.uniform(1.8, 2.8))
    canvas.shade(laces, 1 + 0.35 * zigzag, dice.chance(0.75))
    slant = x + dice.uniform(0.5, 1.3) * (y - base)
    stripes = torch.sin(slant * dice.uniform(1.3, 2.2)) * 1.2 - 0.2
    side = common((t - 0.6).abs() * 22 - dice.uniform(2, 4), y - base + 1, base - 5 - y, shoe)
    canvas.shade(common(side, -stripes), dice.uniform(0.25, 0.6), dice.chance(0.4))
    swoosh = base - 1.2 - dice.uniform(2, 4.5) * smoothstep((t - 0.35) / 0.6) ** 1.5
    wing = common((y - swoosh).abs() - dice.uniform(0.4, 1.0), (0.35 - t) * 22, shoe)
    canvas.shade(wing, dice.uniform(0.3, 1.35), dice.chance(0.4))


def sandal(dice: Dice) -> Canvas:
    """A sole, flat, wedged or high, and straps over the foot that stands on it."""
    x, y = grid(SIDE)
    flat, wedge, high = dice.choice(0.5, 0.2, 0.3)
    toe = -13.4 + dice.uniform(0, 0.8) + 2.0 * high
    heel = 13.4 - dice.uniform(0, 0.8) - 2.0 * high
    t = (x - toe) / (heel - toe)  # 0 at the toe, 1 at the heel
    lift = flat * dice.uniform(0, 1.5) + wedge * dice.uniform(2.5, 6) + high * dice.uniform(7, 12)
    thick = flat * dice.uniform(1.0, 2.8) + (1 - flat) * dice.uniform(0.8, 3.2)
    reach = flat * dice.uniform(3.5, 8) + (1 - flat) * dice.uniform(6.5, 11)  # ankle above heel
    ground = (14.0 + (lift + thick + reach) / 2).clamp_max(27.5)
    bed = ground - thick - lift * smoothstep((t - 0.25) / 0.55)  # the line the foot stands on
    tone = base_tone(dice, dark=0.3)
    sole_tone = _contrast(dice, tone)
    canvas = Canvas(dice.count, SIDE)
    top_of_heel = ground - lift - thick
    post = strip(
        *(x, y),
        (heel - 1.6, top_of_heel + 0.5),
        (heel - dice.uniform(0.6, 2.4), ground),
        (dice.uniform(1.2, 2.6), dice.uniform(0.5, 2.2)),
    )
    canvas.lay(torch.where(high > 0, post, 99.0), sole_tone)
    under = torch.where(wedge > 0, ground, bed + thick)
    sole = common(bed - y, y - under, toe - x, x - heel)
    canvas.lay(sole, sole_tone * (1 + 0.06 * dice.noise(SIDE, 9)))
    canvas.shade(common(sole, y - bed - 0.9), dice.uniform(0.5, 1.3), dice.chance(0.6))
    instep = profile(
        t,
        (0.0, 0.2, 0.45, 0.68),
        (0.8, dice.uniform(2.4, 3.6), dice.uniform(3.6, 5.0).minimum(reach), reach),
    )
    straps = common(_straps(dice, t, bed - y, instep, reach), toe - x, x - heel)
    canvas.lay(straps, tone * pattern(dice, SIDE, plain=0.75, plaid=0.0, stripes=0.05))
    return canvas


def _straps(dice: Dice, t: Tensor, up: Tensor, instep: Tensor, reach: Tensor) -> Tensor:
    """The distance to all straps; `up` is the height above the bed, `instep` that of the foot."""
    foot = common(-up - 0.5, up - instep)
    none = torch.full_like(foot, 99.0)

    def sometimes(distance: Tensor, p: float) -> Tensor:
        return torch.where(dice.chance(p) > 0, distance, none)

    def band(at: Tensor, half: Tensor, slant: Tensor) -> Tensor:
        return common((t - at - slant * up / 24).abs() * 24 - half, foot)

    thin = dice.uniform(0.5, 1.1)
    first = dice.uniform(0.12, 0.26)
    second = first + dice.uniform(0.16, 0.3)
    closed = common(foot, (t - dice.uniform(0.2, 0.4)) * 24)  # a closed toe or a broad mule band
    counter = common((1 - t - 0.06) * 24 - dice.uniform(0.8, 3), up - reach + 0.4, -up - 0.5)
    ankle = common((up - reach + 0.8).abs() - thin, (0.64 - t) * 24)
    front = common((t - 0.66 + 0.012 * (up - reach)).abs() * 24 - thin, foot)
    along = common((up - instep + 0.6).abs() - thin, (0.12 - t) * 24, (t - 0.68) * 24)
    crossed = band(first + 0.1, thin, dice.uniform(1.5, 3.5))
    return union(
        band(first, dice.uniform(0.9, 3.2), dice.normal(0.4, 0.5)),
        sometimes(band(second, dice.uniform(0.7, 2.8), dice.normal(0.3, 0.7)), 0.6),
        sometimes(closed, 0.15),
        sometimes(union(counter, ankle), 0.75),
        sometimes(front, 0.35),
        sometimes(along, 0.3),
        sometimes(crossed, 0.4),
    )


def _contrast(dice: Dice, tone: Tensor) -> Tensor:
    """The sole's tone: white, dark or close to the shoe's."""
    white, dark, same = dice.choice(0.35, 0.3, 0.35)
    near = tone * dice.uniform(0.7, 1.1)
    return white * dice.uniform(0.75, 0.98) + dark * dice.uniform(0.12, 0.4) + same * near
