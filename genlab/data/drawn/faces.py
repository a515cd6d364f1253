"""Drawn faces: cartoon portraits, 64×64 in colour, each with attributes that carry CelebA's names.

Every attribute shows in the picture and is thrown by itself, with three exceptions: a hair colour
excludes the others, and a mustache is found on men three times as often as on women.
"""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn import features, hair
from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.portrait import SIDE, Portrait

SHAPE = (3, SIDE, SIDE)
ATTRIBUTES = (
    *("Bangs", "Black_Hair", "Blond_Hair", "Brown_Hair", "Eyeglasses", "Gray_Hair", "Male"),
    *("Mouth_Slightly_Open", "Mustache", "Pale_Skin", "Rosy_Cheeks", "Smiling"),
    *("Wearing_Earrings", "Wearing_Hat", "Young"),
)

__all__ = ["ATTRIBUTES", "SHAPE", "draw"]


def draw(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """`count` portraits (count, 3, 64, 64) uint8, and their attributes (count, 15) bool, from `generator`."""
    dice = Dice(count, generator)
    traits = _traits(dice)
    portrait = Portrait(dice)
    head = features.Head(dice, traits)
    style = hair.Style(dice, traits, head)
    hair.behind(portrait, style)
    features.bust(portrait, head, traits)
    features.face(portrait, head, traits, style)
    hair.front(portrait, style)
    features.earrings(portrait, head, traits)
    features.glasses(portrait, traits)
    hair.hat(portrait, style, traits)
    labels = torch.stack([traits[name].flatten() > 0 for name in ATTRIBUTES], dim=1)
    return portrait.bytes(), labels


def _traits(dice: Dice) -> dict[str, Tensor]:
    """Each attribute as (B, 1, 1), 1 or 0."""
    shares = {"Bangs": 0.35, "Eyeglasses": 0.3, "Male": 0.5, "Mouth_Slightly_Open": 0.4, "Pale_Skin": 0.25}
    shares |= {"Rosy_Cheeks": 0.25, "Smiling": 0.5, "Wearing_Earrings": 0.25, "Wearing_Hat": 0.25, "Young": 0.6}
    traits = {name: dice.chance(share) for name, share in shares.items()}
    colours = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair")
    traits |= zip(colours, dice.choice(0.26, 0.26, 0.22, 0.12, 0.14), strict=False)  # the rest: red and dyed hair
    male, often, seldom = traits["Male"], dice.chance(0.3), dice.chance(0.1)
    return traits | {"Mustache": male * often + (1 - male) * seldom}
