"""Hair and hats of drawn faces: what hangs behind the head, what falls over it, and what is worn on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.portrait import Patch, Portrait, pick
from genlab.data.drawn.scene import hue
from genlab.data.drawn.shapes import common, ellipse, ring, smoothstep, union

if TYPE_CHECKING:
    from genlab.data.drawn.features import Head

_BLACK = ((0.09, 0.08, 0.09), (0.12, 0.10, 0.11))
_BLOND = ((0.95, 0.82, 0.45), (0.90, 0.74, 0.36), (0.97, 0.88, 0.60))
_BROWN = ((0.36, 0.22, 0.12), (0.45, 0.28, 0.15))
_GRAY = ((0.72, 0.73, 0.75), (0.82, 0.83, 0.85), (0.60, 0.61, 0.64))
_RED = ((0.72, 0.30, 0.12), (0.80, 0.40, 0.18), (0.62, 0.18, 0.16))
_DYED = ((0.90, 0.45, 0.65), (0.30, 0.50, 0.80), (0.45, 0.30, 0.65), (0.25, 0.62, 0.58))


class Style:
    """A cut and colour of hair: measures (B, 1, 1) in pixels, colour (B, 3, 1, 1)."""

    def __init__(self, dice: Dice, traits: dict[str, Tensor], head: Head) -> None:
        male, hat, bangs = traits["Male"], traits["Wearing_Hat"], traits["Bangs"]
        self.head, self.bangs, self.worn = head, bangs, hat
        of_man = dice.choice(0.72, 0.06, 0.08, 0.0, 0.14)
        of_woman = dice.choice(0.12, 0.30, 0.36, 0.14, 0.08)
        short, bob, long, bun, afro = (male * m + (1 - male) * w for m, w in zip(of_man, of_woman, strict=True))
        self.bun = bun * (1 - hat)
        self.volume = 1.6 + dice.uniform(0.3, 1.8) + afro * dice.uniform(3.0, 5.0) * (1 - 0.5 * hat)
        self.length = (
            short * dice.uniform(0, 4)
            + bob * dice.uniform(11, 17)
            + long * dice.uniform(24, 34)
            + bun * dice.uniform(2, 5)
            + afro * dice.uniform(3, 9)
        )
        self.hanging = bob + long
        self.wave = dice.chance(0.35) * dice.uniform(0.6, 1.3) * (bob + long) + afro * dice.uniform(0.5, 1.0)
        self.phase = dice.uniform(0, 6.28)
        self.part = dice.uniform(-8, 8)
        self.brow_line = -12.2 - dice.uniform(0, 1.6) - 1.5 * male * (1 - traits["Young"])
        self.blunt = dice.chance(0.5)
        self.slant = dice.uniform(-0.16, 0.16)
        palettes = (_BLACK, _BLOND, _BROWN, _GRAY, _RED, _DYED)
        kinds = [traits[name] for name in ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair")]
        other, dyed = 1 - sum(kinds, torch.zeros(1)), dice.chance(0.3)
        kinds += [other * (1 - dyed), other * dyed]
        self.colour = sum(
            (kind[:, None] * pick(dice, *palette) for kind, palette in zip(kinds, palettes, strict=True)),
            torch.zeros(1),
        )
        self._strands = dice.uniform(0.9, 1.5), dice.uniform(0.2, 0.6)

    def strands(self, patch: Patch) -> Tensor:
        """The colour (B, 3, h, w), lighter and darker from strand to strand."""
        across, down = self._strands
        return self.colour * (1 + 0.07 * torch.sin(across * patch.x + down * patch.y.abs() + self.phase)[:, None])

    def cap(self, patch: Patch) -> Tensor:
        """The distance to the hair's outline on the head."""
        ripple = self.wave * torch.sin(0.9 * patch.y + 0.5 * patch.x.abs() + self.phase)
        radii = self.head.half + self.volume, self.head.top + self.volume + 0.5
        return ellipse(patch.x, patch.y, (0.0, -0.5), radii) + ripple


def behind(portrait: Portrait, style: Style) -> None:
    """The hair that lies or hangs behind head and shoulders."""
    patch = portrait.window()
    wide = style.head.half + style.volume * 0.8 + 0.5
    ripple = style.wave * torch.sin(0.55 * patch.y + style.phase)
    low = style.length - 2.0
    fall = patch.block((0.0, low / 2), (wide, low / 2 + 2.0), 5.0) + ripple
    knot = patch.oval((0.0, -style.head.top - style.volume - 2.5), (5.5, 5.0))
    cap = common(style.cap(patch), patch.y - 4.0)
    colour = style.strands(patch)
    patch.lay(knot, colour * 0.85, style.bun)
    patch.lay(union(fall, cap), colour * 0.74)


def front(portrait: Portrait, style: Style) -> None:
    """The hair over the forehead, parted or in bangs, and locks beside the face."""
    patch = portrait.window()
    x, half, bangs = patch.x, style.head.half, style.bangs
    u = x.abs() / half
    parted = style.brow_line + 2.4 * smoothstep((x - style.part).abs() / 14) - 1.2
    teeth = (torch.sin(1.25 * x + style.phase) * 1.0) * (1 - style.blunt) + style.slant * x
    cut = -6.1 + teeth + 0.8 * u
    line = torch.lerp(parted, cut, bangs)
    side = style.length.clamp(1.0, 6.0) - 2.5
    edge = torch.lerp(torch.full_like(bangs, 0.70), torch.full_like(bangs, 0.80), bangs)
    line = line + (side - line) * smoothstep((u - edge) / (1.0 - edge))
    cap = style.cap(patch)
    shape = common(cap, patch.y - line)
    lock = patch.bars((half - 0.2, -8.0), (half + 0.9, style.length * 0.8), (2.6, 2.2))
    lock = lock + style.wave * torch.sin(0.55 * patch.y + style.phase)
    colour = style.strands(patch)
    patch.lay(lock, colour * 0.92, style.hanging)
    patch.lay(shape - 0.7, style.colour * 0.6, 0.5)
    patch.lay(shape, colour)
    shine = common(ring(cap + 5.2 + 0.8 * torch.sin(1.1 * x), 1.1), shape + 1.0, u * 12 - 9.5)
    patch.lay(shine, (style.colour * 1.12 + 0.10).clamp_max(1), 0.75, softness=1.5)


def hat(portrait: Portrait, style: Style, traits: dict[str, Tensor]) -> None:
    """A woollen hat, a cap, a hat with a brim or a beret, in any colour."""
    dice, worn = portrait.dice, traits["Wearing_Hat"]
    patch = portrait.window(0, 38).moved(0.4 * portrait.yaw)
    half = style.head.half + style.volume
    colour = torch.lerp(
        hue(dice, (0.45, 0.9), (0.45, 0.95)),
        pick(dice, (0.2, 0.22, 0.28), (0.9, 0.88, 0.82)),
        0.6 * dice.chance(0.35)[:, None],
    )
    second = hue(dice, (0.3, 0.8), (0.5, 0.98))
    wool, cap, brim, beret = (kind * worn for kind in dice.choice(0.3, 0.3, 0.25, 0.15))
    top = -style.head.top - style.volume

    dome = common(patch.oval((0.0, -10.0), (half + 1.2, -top - 8.0)), patch.y + 10.0)
    light = 1 + 0.10 * torch.sin(patch.x * 1.5)[:, None]
    patch.lay(patch.oval((0.0, top - 3.5), (3.6, 3.4)), second, wool)
    patch.lay(dome, colour * light, wool)
    patch.lay(common(dome, (patch.y + 18.0).abs() - 1.3), second, wool * dice.chance(0.5))
    patch.lay(patch.block((0.0, -12.4), (half + 1.6, 2.6), 2.2), colour * 0.80 * light, wool)

    patch.lay(dome, colour, cap)
    front = common(dome, patch.oval((0.0, -14.0), (7.5, 10.0)))
    patch.lay(front, torch.lerp(colour, second, 0.55), cap * dice.chance(0.5))
    patch.lay(patch.oval((0.0, -16.0), (2.8, 2.6)), torch.full((1, 3, 1, 1), 0.95), cap * dice.chance(0.5))
    visor = common(patch.oval((0.0, -10.2), (half * 0.98, 3.8)), patch.y + 9.4 - 0.008 * patch.x**2)
    patch.lay(visor, colour * 0.66, cap)

    crown = patch.block((0.0, (top - 13.0) / 2), (half * 0.80, (-top - 6.0) / 2), 4.0)
    patch.lay(crown, colour, brim)
    patch.lay(common(crown, (patch.y + 14.6).abs() - 1.5), second * 0.8, brim)
    patch.lay(patch.oval((0.0, -12.0), (half + 7.5, 2.7)), colour * 0.82, brim)

    tilt = 0.12 * patch.x * portrait.side
    soft = Patch(patch.ink, patch.x - 2.5 * portrait.side, patch.y - tilt)
    patch.lay(soft.oval((0.0, top - 3.6), (0.7, 2.2)), colour * 0.7, beret)
    patch.lay(soft.oval((0.0, -14.5), (half + 3.6, -top - 12.5)), colour, beret)
    patch.lay(common(dome, (patch.y + 11.0).abs() - 1.1), colour * 0.7, beret)
