"""What a drawn face consists of: head, neck and clothes, eyes, nose, mouth, and glasses."""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.hair import Style
from genlab.data.drawn.portrait import Patch, Portrait, pick
from genlab.data.drawn.scene import hue
from genlab.data.drawn.shapes import common, ring, smoothstep, strip, union

Traits = dict[str, Tensor]  # each (B, 1, 1), 1 or 0

_PALE = ((0.99, 0.90, 0.85), (0.985, 0.87, 0.80))
_SKIN = (
    *((0.95, 0.77, 0.62), (0.89, 0.68, 0.51), (0.80, 0.58, 0.40)),
    *((0.66, 0.45, 0.30), (0.51, 0.34, 0.22), (0.40, 0.26, 0.18)),
)
_WHITE, _DARK = torch.full((1, 3, 1, 1), 0.97), torch.tensor([0.11, 0.08, 0.08]).view(1, 3, 1, 1)
_RED = torch.tensor([0.80, 0.22, 0.24]).view(1, 3, 1, 1)
_GOLD = torch.tensor([0.98, 0.80, 0.25]).view(1, 3, 1, 1)
_EYE_X = 6.9  # pixels from the middle of the face to that of an eye


class Head:
    """The measures of heads in pixels, (B, 1, 1) each, and their skin (B, 3, 1, 1)."""

    def __init__(self, dice: Dice, traits: Traits) -> None:
        male, young, pale = traits["Male"], traits["Young"], traits["Pale_Skin"][:, None]
        self.half = dice.normal(14.7, 0.6) + 0.5 * male + 0.8 * young
        self.top = dice.normal(18.6, 0.6)
        self.chin = dice.normal(17.9, 0.6) + 0.9 * male - 2.2 * young
        self.jaw = dice.normal(2.0, 0.12) + 0.75 * male  # the exponent: 2 is oval, 3 nearly square
        self.neck = dice.normal(5.6, 0.3) + 2.0 * male
        self.skin = pale * pick(dice, *_PALE, vary=0.008) + (1 - pale) * pick(dice, *_SKIN, vary=0.025)

    def distance(self, patch: Patch) -> Tensor:
        """The distance to the head's outline: an ellipse above, a jaw of its own shape below."""
        u, v = patch.x.abs() / self.half, patch.y
        above = (u * u + (v / self.top) ** 2).sqrt()
        w = v.clamp_min(0) / self.chin
        below = (u.clamp_min(1e-4) ** self.jaw + w.clamp_min(1e-4) ** self.jaw) ** (1 / self.jaw)
        return (torch.where(v > 0, below, above) - 1) * self.half


def bust(portrait: Portrait, head: Head, traits: Traits) -> None:
    """Shoulders in clothes, and the neck."""
    dice, male = portrait.dice, traits["Male"]
    patch = portrait.window(44)
    cloth = torch.lerp(hue(dice, (0.2, 0.8), (0.3, 0.95)), pick(dice, (0.93, 0.93, 0.9), (0.15, 0.17, 0.22)), 0.35)
    wide = dice.normal(20, 1.2) + 4.5 * male
    shirt = patch.block((0.0, 39.0), (wide, 15.5), 10.0)
    patch.lay(shirt, cloth)
    stripes = common(shirt, torch.sin(patch.y * dice.uniform(1.2, 2.0)) * 2)
    patch.lay(stripes, cloth * 0.72, dice.chance(0.3))
    shade = head.skin * 0.80
    patch.lay(patch.block((0.0, 16.0), (head.neck, 9.5), 3.0), shade)
    deep, round_, rolled, collar = dice.choice(0.25, 0.4, 0.15, 0.2)
    vee = common(patch.x.abs() - 0.8 * (31.5 - patch.y), 22.0 - patch.y)
    patch.lay(vee, shade, deep)
    patch.lay(patch.oval((0.0, 23.5), (head.neck + 1.2, 4.2)), shade, round_)
    patch.lay(patch.block((0.0, 25.0), (head.neck + 0.8, 3.6), 1.5), cloth * 0.86, rolled)
    flap = patch.bars((1.0, 27.5), (head.neck + 1.0, 22.5), (2.4, 1.2))
    patch.lay(flap, torch.lerp(cloth, _WHITE, 0.75), collar)


def face(portrait: Portrait, head: Head, traits: Traits, style: Style) -> None:
    """Ears, the skin in its light, and all features."""
    dice = portrait.dice
    patch = portrait.window(8)
    skin = head.skin
    ear = patch.pair((head.half + 0.4, 2.0), (2.6, 4.0 - 0.5 * traits["Young"]))
    patch.lay(ear, skin * 0.90)
    patch.lay(ear + 1.5, skin * 0.74)
    outline = head.distance(patch)
    patch.lay(outline, skin)
    rim = smoothstep((outline + 8) / 8) * (0.55 - 0.45 * portrait.side * patch.x / 16).clamp(0, 1)
    patch.lay(outline, skin * 0.72, rim * dice.uniform(0.5, 0.9))
    look = portrait.window(16, 60, 8, 56).moved(portrait.yaw)
    _cheeks(look, dice, skin, traits)
    _age(look, dice, skin, traits)
    _nose(look, dice, skin, portrait.side, traits)
    _mouth(portrait.window(36, 60, 14, 50).moved(portrait.yaw), dice, skin, traits)
    _eyes(portrait.window(19, 46, 6, 58).moved(portrait.yaw), dice, skin, traits, style.colour)
    _mustache(portrait.window(34, 54, 14, 50).moved(portrait.yaw), dice, traits, style.colour)


def _cheeks(patch: Patch, dice: Dice, skin: Tensor, traits: Traits) -> None:
    rosy = traits["Rosy_Cheeks"]
    blush = skin * 0.45 + torch.tensor([0.95, 0.30, 0.32]).view(1, 3, 1, 1) * 0.5
    patch.lay(patch.pair((9.6, 7.0), (4.0, 3.1)), blush, rosy * dice.uniform(0.75, 0.95), softness=3.0)


def _age(patch: Patch, dice: Dice, skin: Tensor, traits: Traits) -> None:
    """Lines on the forehead, below the eyes and beside the mouth; freckles on some young faces."""
    old, line = 1 - traits["Young"], skin * 0.58
    x = patch.x.abs()
    for row in (-10.5, -8.0):
        wave = patch.y - row - 0.02 * x * x + 0.4 * torch.sin(x * 0.8)
        patch.lay(common(wave.abs() - 0.45, x - 6.5), line, old * dice.uniform(0.5, 0.9))
    bag = common(ring(patch.pair((_EYE_X, 1.8), (4.6, 3.6)), 0.6), 3.0 - patch.y)
    patch.lay(bag, line, old * dice.uniform(0.6, 1.0))
    fold = patch.bars((4.0, 5.6), (8.2, 12.0), (0.6, 0.9))
    patch.lay(fold, skin * 0.68, old * dice.uniform(0.7, 1.0))
    freckled = traits["Young"] * dice.chance(0.2)
    for spot in ((7.2, 5.0), (9.4, 4.6), (8.4, 6.6), (11.0, 6.2)):
        patch.lay(patch.pair(spot, (0.55, 0.5)), skin * torch.tensor([0.8, 0.65, 0.55]).view(1, 3, 1, 1), freckled)


def _nose(patch: Patch, dice: Dice, skin: Tensor, side: Tensor, traits: Traits) -> None:
    young = traits["Young"]
    length, wide = dice.normal(5.0, 0.35) - 0.8 * young, dice.normal(2.5, 0.25) + 0.35 * traits["Male"] - 0.6 * young
    ridge = strip(patch.x, patch.y, (-0.9 * side, -1.5), (-1.5 * side, length - 0.6), (0.35, 0.9))
    patch.lay(ridge, skin * 0.84, 0.9, softness=1.5)
    patch.lay(patch.oval((0.0, length), (wide, 1.55)), skin * 0.87)
    patch.lay(patch.oval((0.35 * side, length - 0.5), (wide * 0.6, 1.1)), (skin * 1.10).clamp_max(1), softness=1.4)
    patch.lay(patch.pair((wide * 0.55, length + 1.0), (0.65, 0.45)), skin * 0.5)


def _mouth(patch: Patch, dice: Dice, skin: Tensor, traits: Traits) -> None:
    """Closed or open, in a smile (corners up) or at rest."""
    smile, open_, male = traits["Smiling"], traits["Mouth_Slightly_Open"], traits["Male"]
    height = dice.normal(9.8, 0.35) + 0.6 * male - 0.4 * smile - 1.2 * traits["Young"]
    height = height + 1.1 * traits["Mustache"]  # so that the mouth shows below it
    patch = Patch(patch.ink, patch.x, patch.y - height)
    half = smile * dice.uniform(7.0, 8.6) + (1 - smile) * dice.uniform(3.6, 4.8)
    arch = 1 - (patch.x / half) ** 2  # 1 in the middle, 0 at the corners
    paint = pick(dice, (0.78, 0.20, 0.26), (0.86, 0.36, 0.40), (0.66, 0.16, 0.28), (0.88, 0.45, 0.42))
    lip = torch.lerp(torch.lerp(skin * 0.72, _RED, 0.32), paint, 0.85 * (1 - male)[:, None])
    bend = smile * dice.uniform(3.4, 4.8) + (1 - smile) * dice.uniform(-1.1, 0.1)
    shut = 1 - open_
    line = bend * arch
    full = dice.normal(1.1, 0.15) + 0.35 * (1 - male)
    patch.lay(
        patch.between(line - 0.9 * full * arch.clamp_min(0), line + 1.35 * full * arch.clamp_min(0), half), lip, shut
    )
    patch.lay(patch.between(line - 0.65, line + 0.65, half), _DARK * 0.5 + lip * 0.35, shut)
    upper = smile * dice.uniform(0.4, 1.2) - (1 - smile) * dice.uniform(1.0, 1.7)
    lower = smile * dice.uniform(5.4, 6.8) + (1 - smile) * dice.uniform(2.2, 3.4)
    above, below = upper * arch, lower * arch
    patch.lay(patch.between(above - full * 0.9, below + full * 0.9, half + 0.5), lip, open_)
    hole = patch.between(above, below, half)
    patch.lay(hole, _RED * 0.42, open_)
    patch.lay(common(hole, patch.y - above - 0.38 * (lower - upper)), _WHITE, open_ * (0.3 + 0.7 * smile))
    patch.lay(common(hole, patch.oval((0.0, below.amax(-1, keepdim=True)), (half * 0.5, 1.7))), _RED, open_)
    dimple = patch.bars((half + 0.4, -1.2), (half + 1.3, 0.9), (0.4, 0.4))
    patch.lay(dimple, skin * 0.70, smile)


def _eyes(patch: Patch, dice: Dice, skin: Tensor, traits: Traits, hair: Tensor) -> None:
    """Eyes with iris, pupil and highlight, lashes, and brows."""
    male, young, smile = traits["Male"], traits["Young"], traits["Smiling"]
    wide = dice.normal(3.6, 0.18) + 0.8 * young
    high = (dice.normal(2.3, 0.18) + 1.2 * young) * (1 - 0.12 * smile)
    white = patch.pair((_EYE_X, 0.0), (wide, high))
    patch.lay(white - 0.6, skin * 0.72, 0.8)
    patch.lay(white, _WHITE)
    iris = pick(
        dice, (0.30, 0.19, 0.10), (0.42, 0.27, 0.13), (0.25, 0.45, 0.70), (0.30, 0.50, 0.30), (0.45, 0.48, 0.50)
    )
    gaze = dice.normal(0, 0.5), dice.normal(0, 0.25)
    near = Patch(patch.ink, patch.x - _EYE_X * patch.x.sign(), patch.y)  # each eye's own coordinates
    size = dice.normal(2.0, 0.1) + 0.4 * young
    disc = near.oval(gaze, (size, size))
    patch.lay(common(disc, white), iris * 0.6)
    patch.lay(common(disc + 0.55, white), iris)
    patch.lay(common(disc + 1.05, white), _DARK)
    glint = near.oval((gaze[0] + 0.75, gaze[1] - 0.8), (0.75, 0.75))
    patch.lay(common(glint, white), _WHITE)
    fold = common(white - 0.5, near.y - dice.uniform(-1.2, -0.7) + 0.15 * near.x * patch.x.sign())
    patch.lay(fold, skin * 0.86, 1 - young)  # lids that hang with the years
    lid = common(white - 0.75, -white - 0.35, patch.y + 0.3)
    patch.lay(lid, _DARK, 0.55 + 0.45 * (1 - male))
    lash = patch.bars((_EYE_X + wide - 0.8, -1.0), (_EYE_X + wide + 1.3, -2.5), (0.7, 0.35))
    patch.lay(lash, _DARK, 1 - male)
    rise, arch = dice.normal(-5.2, 0.4) - 0.5 * smile - 0.7 * young, dice.uniform(0.4, 1.3)
    thick = dice.normal(0.75, 0.1) + 0.45 * male
    brow = torch.lerp(hair * 0.62, _DARK, 0.15)
    mirrored = patch.x.abs()
    t = (mirrored - 6.8) / 4.4
    curve = rise - arch * (1 - t * t) + 0.5 * t
    patch.lay(common((patch.y - curve).abs() - thick * (1.15 - 0.4 * t), (t.abs() - 1) * 4.4), brow, 0.95)


def _mustache(patch: Patch, dice: Dice, traits: Traits, hair: Tensor) -> None:
    """Of three cuts: straight, hanging, or curled up at the tips."""
    x = patch.x.abs()
    straight, hanging, curled = dice.choice(0.4, 0.3, 0.3)
    half = dice.uniform(6.2, 8.2)
    t = x / half
    way = straight * 0.9 * t * t + hanging * 3.2 * t**2.5 + curled * (2.2 * t - 3.6 * t**3)
    thick = dice.uniform(1.5, 2.0) * (1 - t.clamp(0, 1) ** 2).sqrt() + 0.25
    middle = 7.6 - 1.0 * traits["Young"] + way - 0.5 * (1 - t).clamp_min(0)
    shape = common((patch.y - middle).abs() - thick, x - half)
    patch.lay(shape - 0.6, hair * 0.45, traits["Mustache"] * 0.6)
    patch.lay(shape, hair * 0.78, traits["Mustache"])
    patch.lay(common(shape + 0.7, patch.y - middle), hair * 0.95, traits["Mustache"] * 0.7)


def glasses(portrait: Portrait, traits: Traits) -> None:
    """Round or square frames in any colour, with clear or dark lenses."""
    dice, worn = portrait.dice, traits["Eyeglasses"]
    patch = portrait.window(22, 48, 6, 58).moved(portrait.yaw)
    frame = torch.lerp(
        pick(dice, (0.08, 0.08, 0.10), (0.30, 0.16, 0.10)),
        hue(dice, (0.6, 0.9), (0.4, 0.8)),
        0.6 * dice.chance(0.4)[:, None],
    )
    round_ = dice.chance(0.5)
    radius = dice.uniform(4.8, 5.5)
    mirrored = Patch(patch.ink, patch.x.abs(), patch.y)
    lens = torch.lerp(
        mirrored.block((_EYE_X + 0.3, 0.4), (radius + 0.3, radius * 0.82), 1.6),
        mirrored.oval((_EYE_X + 0.3, 0.4), (radius, radius)),
        round_,
    )
    dark = dice.chance(0.15)
    patch.lay(lens, torch.lerp(_WHITE, frame * 0.5, dark[:, None]), worn * (0.16 + 0.66 * dark))
    shine = common(lens + 1.0, (patch.x + patch.y * 0.8 - _EYE_X * patch.x.sign() + 1.0).abs() - 0.6)
    patch.lay(shine, _WHITE, worn * 0.4)
    thick = dice.uniform(0.55, 0.95)
    bridge = common((patch.y + 0.6 + 0.08 * (2.2 - patch.x.abs())).abs() - thick, patch.x.abs() - 2.4)
    temple = patch.bars((_EYE_X + radius, -0.8), (17.0, -0.3), (thick, thick))
    patch.lay(union(ring(lens, thick), bridge, temple), frame, worn)


def earrings(portrait: Portrait, head: Head, traits: Traits) -> None:
    """Studs or hoops of gold or of any colour."""
    dice, worn = portrait.dice, traits["Wearing_Earrings"]
    patch = portrait.window(34, 56)
    colour = torch.lerp(hue(dice, (0.5, 0.9), (0.7, 0.95)), _GOLD, dice.chance(0.6)[:, None])
    hoop = dice.chance(0.4)
    size = 1.6 + 0.9 * hoop
    stud = patch.pair((head.half + 1.0, 6.6 + size), (size, size))
    patch.lay(stud - 0.5, colour * 0.55, worn * (1 - hoop))
    patch.lay(torch.lerp(stud, ring(stud, 0.6), hoop), colour, worn)
    glint = patch.pair((head.half + 0.7, 6.2 + size), (0.5, 0.5))
    patch.lay(glint, _WHITE, worn * (1 - hoop))
