"""T-shirt, pullover, coat, shirt and dress from one cut with different measures; trousers."""

from __future__ import annotations

from typing import Any

import torch

from genlab.data.drawn.cloth import Canvas, Dice, base_tone, pattern
from genlab.data.drawn.shapes import common, grid, profile, ring
from genlab.data.drawn.tops import (
    SIDE,
    Cut,
    chest_print,
    collar,
    neckline,
    placket,
    pockets,
    ribs,
    sew,
)


def _short(dice: Dice) -> Cut:
    """The measures of something with short sleeves or none."""
    shoulder = dice.normal(7.8, 0.7)
    length = dice.uniform(0.0, 1.0)  # of the sleeve: a cap, or nearly to the elbow
    waist = dice.normal(6.9, 0.7)
    return Cut(
        top=dice.uniform(0.2, 1.6),
        hem=dice.uniform(25.8, 28.2),
        neck=dice.normal(3.6, 0.6),
        shoulder=shoulder,
        chest=waist + dice.normal(0.4, 0.3),
        waist=waist,
        bottom=waist + dice.normal(0.3, 0.6),
        drop=dice.uniform(0.8, 2.6),
        reach=(shoulder + 2.0 + 3.2 * length).clamp_max(12.9),
        cuff_y=5.5 + 4.5 * length + dice.normal(0, 0.7),
        elbow=torch.zeros(dice.count, 1, 1),
        arm=dice.uniform(2.2, 3.0),
        cuff=dice.uniform(1.8, 2.8),
        sleeves=dice.chance(0.86),
    )


def _long(dice: Dice) -> Cut:
    """The measures of something with long sleeves hanging down."""
    waist = dice.normal(6.6, 0.7)
    shoulder = dice.normal(7.6, 0.6)
    hem = dice.uniform(24.5, 28.2)
    return Cut(
        top=dice.uniform(0.1, 1.4),
        hem=hem,
        neck=dice.normal(3.2, 0.5),
        shoulder=shoulder,
        chest=waist + dice.normal(0.3, 0.3),
        waist=waist,
        bottom=waist + dice.normal(0.2, 0.6),
        drop=dice.uniform(0.9, 2.6),
        reach=dice.normal(10.8, 0.8).clamp(8.8, 12.4),
        cuff_y=(hem + dice.normal(-0.6, 1.3)).clamp(18, 28),
        elbow=dice.normal(0.7, 0.35),
        arm=dice.uniform(2.1, 2.9),
        cuff=dice.uniform(1.0, 1.7),
        sleeves=torch.ones(dice.count, 1, 1),
    )


def _mix(first: Cut, second: Cut, mask: torch.Tensor) -> Cut:
    """The first cut where the mask is 1, else the second."""
    chosen: dict[str, Any] = {
        name: torch.where(mask > 0, value, getattr(second, name))
        for name, value in vars(first).items()
        if name != "waist_at"
    }
    return Cut(**chosen)


def tshirt(dice: Dice) -> Canvas:
    """T-shirts and tops: short sleeves, a few long or none; prints and stripes."""
    cut = _mix(_short(dice), _long(dice), dice.chance(0.95))
    tone = base_tone(dice)
    sewn = sew(dice, cut, tone, tone * pattern(dice, SIDE, plain=0.5, plaid=0.0))
    neckline(sewn, dice, cut, dice.uniform(1.4, 4.6), dice.chance(0.2))
    chest_print(sewn, dice, 0.4)
    ribs(sewn, dice, cut, 0.25)
    return sewn.canvas


def pullover(dice: Dice) -> Canvas:
    """Pullovers: long sleeves, ribbed hem, round or rolled neck, stripes and prints."""
    cut = _long(dice)
    tone = base_tone(dice, dark=0.3)
    sewn = sew(dice, cut, tone, tone * pattern(dice, SIDE, plain=0.5, plaid=0.0))
    neckline(sewn, dice, cut, dice.uniform(0.8, 2.8), dice.chance(0.15))
    chest_print(sewn, dice, 0.22)
    ribs(sewn, dice, cut, 0.6)
    collar(sewn, dice, cut, dice.chance(0.06), (2.0, 3.5))
    return sewn.canvas


def shirt(dice: Dice) -> Canvas:
    """Shirts and blouses: buttoned or not, any sleeve; the class that overlaps with the others."""
    cut = _mix(_short(dice), _long(dice), dice.chance(0.42))
    tone = base_tone(dice)
    sewn = sew(dice, cut, tone, tone * pattern(dice, SIDE, plain=0.38, plaid=0.2))
    neckline(sewn, dice, cut, dice.uniform(0.8, 4.0), dice.chance(0.35))
    buttoned = dice.chance(0.62)
    placket(sewn, dice, cut, buttoned * dice.uniform(0.4, 1), 0.6)
    collar(sewn, dice, cut, buttoned * dice.chance(0.8), (1.8, 4.0))
    pockets(sewn, dice, 0.15, (8, 11))
    ribs(sewn, dice, cut, 0.25)
    return sewn.canvas


def coat(dice: Dice) -> Canvas:
    """Coats and jackets: open or zipped front, lapels or hood, pockets; longer than a pullover."""
    cut = _long(dice)
    cut.hem = cut.hem.clamp_min(26.5)
    cut.neck = cut.neck * dice.uniform(0.8, 1.15)
    tone = base_tone(dice, dark=0.25)
    sewn = sew(dice, cut, tone, tone * pattern(dice, SIDE, plain=0.7, plaid=0.04, stripes=0.08))
    neckline(sewn, dice, cut, dice.uniform(0.8, 2.4), dice.chance(0.3))
    hooded, lapels, _ = dice.choice(0.3, 0.5, 0.2)
    x, y = sewn.x.abs(), sewn.y
    deep = cut.top + dice.uniform(5, 11)  # where the lapels meet
    gap = common((x / dice.uniform(1.6, 3.0) + (y - cut.top) / (deep - cut.top) - 1) * 1.5, sewn.trunk)
    sewn.canvas.lay(gap, tone * dice.uniform(0.1, 0.7), lapels * dice.chance(0.6))
    collar(sewn, dice, cut, lapels, (3.5, 8.0))
    hood = common(ring(((x / 4.6) ** 2 + ((y - 1.5) / dice.uniform(3.0, 4.5)) ** 2 - 1) * 1.8, 0.8), sewn.body)
    sewn.canvas.shade(hood, dice.uniform(0.5, 0.8), hooded)
    placket(sewn, dice, cut, dice.chance(0.85) * dice.uniform(0.5, 1), 0.9)
    pockets(sewn, dice, 0.4, (15, 20))
    belt = common(sewn.trunk, (y - dice.uniform(13, 17)).abs() - 0.7)
    sewn.canvas.shade(belt, dice.uniform(0.4, 0.8), dice.chance(0.12))
    ribs(sewn, dice, cut, 0.2)
    return sewn.canvas


def dress(dice: Dice) -> Canvas:
    """Dresses: narrow waist, skirt from pencil to bell, any sleeve."""
    waist = dice.normal(4.1, 0.6).clamp(2.6, 5.6)
    shoulder = waist + dice.normal(1.1, 0.5)
    long = dice.chance(0.25)
    length = dice.uniform(0, 1)
    flare = dice.choice(0.5, 0.5)[0] * dice.uniform(0.5, 5.0)
    cut = Cut(
        top=dice.uniform(0.0, 1.2),
        hem=dice.uniform(25.8, 28.2),
        neck=dice.normal(2.4, 0.4).clamp(1.4, 3.4),
        shoulder=shoulder,
        chest=waist + dice.normal(0.7, 0.4),
        waist=waist,
        bottom=waist + dice.normal(0.9, 0.5) + flare,
        drop=dice.uniform(0.5, 1.8),
        reach=(shoulder + torch.where(long > 0, dice.uniform(1.6, 4.0), 1.0 + 1.9 * length)),
        cuff_y=torch.where(long > 0, dice.uniform(11, 18), 4.0 + 2.5 * length),
        elbow=long * dice.normal(0.4, 0.3),
        arm=dice.uniform(1.2, 2.0),
        cuff=dice.uniform(0.9, 1.7),
        sleeves=torch.maximum(long, dice.chance(0.45)),
    )
    cut.waist_at = 0.42
    tone = base_tone(dice)
    sewn = sew(dice, cut, tone, tone * pattern(dice, SIDE, plain=0.5, plaid=0.02))
    neckline(sewn, dice, cut, dice.uniform(0.8, 5.5), dice.chance(0.3))
    band = common(sewn.trunk, (sewn.y - dice.uniform(9.5, 13)).abs() - dice.uniform(0.4, 1.0))
    sewn.canvas.shade(band, dice.uniform(0.4, 1.2), dice.chance(0.4))
    placket(sewn, dice, cut, dice.chance(0.1), 0.5)
    return sewn.canvas


def trouser(dice: Dice) -> Canvas:
    """Trousers from shorts-wide to skinny, legs together or apart, one knee sometimes bent."""
    x, y = grid(SIDE)
    x = x + dice.normal(0, 0.3)
    top, hem = dice.uniform(0.0, 1.0), dice.uniform(26.3, 28.2)
    t = (y - top) / (hem - top)
    hip, ankle = dice.normal(4.9, 0.6), dice.uniform(1.1, 2.9)  # half-widths of seat and of one leg
    crotch = dice.uniform(0.26, 0.36)
    spread = dice.uniform(0.05, 2.6) * dice.uniform(0.3, 1)  # of the gap at the hem, a half-width
    outer = profile(
        t,
        (0.0, crotch, 0.65, 1.0),
        (hip - dice.uniform(0.3, 1.4), hip, (hip + spread + 2 * ankle) / 2, spread + 2 * ankle),
    )
    inner = spread * ((t - crotch) / (1 - crotch)).clamp_min(0) ** dice.uniform(0.6, 1.2)
    bend = dice.normal(0, 0.9) * dice.chance(0.4) * (t - crotch).clamp_min(0) * 3
    bent = x + bend
    trunk = common(bent.abs() - outer, top - y, y - hem)
    gap = common(bent.abs() - inner, (crotch - t) * 20)
    tone = base_tone(dice, dark=0.2)
    canvas = Canvas(dice.count, SIDE)
    relief = 1 - 0.25 * (bent.abs() / (outer + 1)).clamp(0, 1) ** 2 * dice.uniform(0, 1)
    canvas.lay(trunk, tone * pattern(dice, SIDE, plain=0.72, plaid=0.0, stripes=0.15) * relief)
    canvas.lay(gap, 0.0)
    seam = common(bent.abs() - 0.5, (crotch - t) * 20, trunk)
    canvas.shade(seam, dice.uniform(0.15, 0.6))
    crease = common(ring(bent.abs() - (inner + outer) / 2, 0.4), trunk, (0.2 - t) * 20)
    canvas.shade(crease, dice.uniform(0.8, 1.25), dice.chance(0.5))
    band = common(trunk, y - top - dice.uniform(1, 2.2))
    canvas.shade(band, dice.uniform(0.6, 1.2), dice.chance(0.6))
    fly = common(bent.abs() - 0.4, y - top - 6, trunk)
    canvas.shade(fly, dice.uniform(0.6, 0.9), dice.chance(0.5))
    return canvas
