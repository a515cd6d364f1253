"""Drawn animals: bird, cat, deer, dog, frog, horse, whole or close up."""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.scene import RGB, Scene, hue, near
from genlab.data.drawn.shapes import Number, common, union

_OUTDOORS = {"field": 0.4, "forest": 0.28, "sand": 0.12, "haze": 0.08, "sky": 0.06, "road": 0.06}
_HOMES = {"indoors": 0.5, "field": 0.17, "haze": 0.11, "road": 0.1, "forest": 0.06, "sand": 0.06}
_COATS: tuple[RGB, ...] = (
    *((0.48, 0.32, 0.18), (0.68, 0.5, 0.3), (0.3, 0.2, 0.13), (0.12, 0.11, 0.11)),
    *((0.88, 0.86, 0.82), (0.5, 0.48, 0.46), (0.72, 0.42, 0.2)),
)
_DARK = torch.full((1, 3, 1, 1), 0.05)


def _legs(scene: Scene, xs: tuple[float, ...], top: Number, length: Tensor, width: float, coat: Tensor) -> None:
    """Legs that stand or walk: each has a stride of its own."""
    for number, x in enumerate(xs):
        foot = x + scene.dice.normal(0, 0.09)
        tone = 0.72 if number % 2 else 0.95
        scene.lay(scene.bar((x, top), (foot, top + length), (width * 1.3, width * 0.8)), coat * tone)


def _eye(scene: Scene, x: Number, y: Number, radius: float = 0.045) -> None:
    scene.lay(scene.oval((x, y), (radius, radius)), _DARK)


def bird(dice: Dice) -> Tensor:
    """A bird on its legs: round body, beak, tail."""
    scene = Scene(
        dice,
        size=(0.6, 1.1),
        tilt=0.2,
        habitats={"forest": 0.3, "field": 0.25, "sky": 0.2, "haze": 0.12, "sand": 0.08, "water": 0.05},
    )
    coat = dice.chance(0.5)[:, None]
    coat = coat * hue(dice, (0.2, 0.9), (0.3, 0.9)) + (1 - coat) * near(dice, *_COATS)
    belly = near(dice, (0.9, 0.88, 0.82), (0.75, 0.6, 0.4), (0.8, 0.4, 0.2))
    beak = near(dice, (0.9, 0.6, 0.15), (0.2, 0.18, 0.16), (0.8, 0.35, 0.15))
    up, neck = dice.uniform(-0.55, -0.3), dice.uniform(0.3, 0.5)
    scene.lay(scene.bar((-0.35, 0.1), (-0.98, dice.uniform(0.0, 0.45)), (0.12, 0.07)), coat * 0.75)
    legs = dice.chance(0.75)
    for x in (-0.05, 0.12):
        scene.lay(
            scene.bar((x, 0.3), (x + dice.normal(0.03, 0.05), dice.uniform(0.6, 0.85)), (0.025, 0.025)),
            beak * 0.8,
            legs,
        )
    radius = dice.uniform(0.28, 0.4)
    scene.lay(scene.oval((0.0, 0.05), (0.52, radius)), coat)
    scene.lay(scene.bar((0.2, -0.05), (neck, up), (0.22, 0.15)), coat)
    scene.lay(scene.oval((0.18, 0.15), (0.3, radius * 0.65)), belly, dice.chance(0.65))
    scene.lay(scene.bar((neck + 0.1, up), (neck + dice.uniform(0.35, 0.5), up + 0.06), (0.09, 0.015)), beak)
    scene.lay(scene.oval((neck, up), (0.2, 0.18)), coat * dice.uniform(0.7, 1.15)[:, None])
    scene.lay(scene.oval((-0.15, 0.0), (0.38, 0.17)), coat * dice.uniform(0.55, 0.85)[:, None])
    _eye(scene, neck + 0.07, up - 0.03)
    return scene.bytes()


def bird_flying(dice: Dice) -> Tensor:
    """A bird on the wing."""
    scene = Scene(
        dice,
        size=(0.7, 1.15),
        tilt=0.35,
        habitats={"sky": 0.45, "haze": 0.25, "water": 0.12, "forest": 0.1, "field": 0.08},
    )
    coat = near(dice, *_COATS, (0.25, 0.35, 0.5))
    lift, bend = dice.uniform(-0.75, 0.45), dice.uniform(0.2, 0.5)
    scene.lay(scene.bar((0.1, -0.05), (0.0 - bend, lift - 0.1), (0.2, 0.05)), coat * 0.75)
    scene.lay(scene.bar((-0.3, 0.0), (-0.8, 0.1), (0.07, 0.16)), coat * 0.85)
    scene.lay(scene.oval((0.05, 0.0), (0.45, 0.15)), coat)
    scene.lay(scene.oval((0.5, -0.07), (0.15, 0.12)), coat * 1.1)
    scene.lay(scene.bar((0.6, -0.07), (0.8, -0.03), (0.05, 0.01)), near(dice, (0.9, 0.6, 0.15), (0.2, 0.18, 0.16)))
    scene.lay(scene.bar((0.05, 0.0), (-0.1, lift * 0.5), (0.2, 0.2)), coat * 0.9)
    scene.lay(scene.bar((-0.1, lift * 0.5), (-0.15 - bend, lift), (0.2, 0.03)), coat * dice.uniform(0.5, 0.9)[:, None])
    return scene.bytes()


def _fur(scene: Scene, coat: Tensor, tabby: Tensor) -> Tensor:
    """A coat, striped where `tabby` is 1, as colours (B, 3, 32, 32)."""
    dice = scene.dice
    waves = torch.sin(scene.x * dice.uniform(9, 15) + 2.5 * torch.sin(scene.y * 3) + dice.uniform(0, 6))
    return coat * (1 + (0.25 * tabby * waves)[:, None])


def cat_face(dice: Dice) -> Tensor:
    """A cat's head from the front, close up: pointed ears, bright eyes, short muzzle."""
    scene = Scene(dice, size=(0.8, 1.25), tilt=0.16, habitats=_HOMES)
    coat = near(dice, *_COATS, (0.6, 0.55, 0.48))
    fur = _fur(scene, coat, dice.chance(0.5))
    spread, tip = dice.uniform(0.34, 0.5), dice.uniform(-0.95, -0.75)
    scene.lay(scene.oval((dice.uniform(-0.3, 0.3), 0.9), (0.75, 0.55)), fur * 0.85)
    for sign in (-1, 1):
        scene.lay(scene.bar((sign * spread * 0.85, -0.2), (sign * (spread + 0.1), tip), (0.27, 0.02)), fur * 0.9)
        inner = near(dice, (0.75, 0.5, 0.48), (0.3, 0.22, 0.2))
        scene.lay(scene.bar((sign * spread * 0.9, -0.3), (sign * (spread + 0.08), tip + 0.15), (0.13, 0.02)), inner)
    scene.lay(scene.oval((0.0, 0.0), (0.65, dice.uniform(0.5, 0.58))), fur)
    scene.lay(scene.oval((0.0, 0.26), (0.27, 0.19)), near(dice, (0.92, 0.9, 0.86)), dice.chance(0.6))
    iris = near(dice, (0.75, 0.75, 0.25), (0.45, 0.65, 0.35), (0.45, 0.65, 0.85), (0.8, 0.55, 0.2))
    for sign in (-1, 1):
        scene.lay(scene.oval((sign * 0.28, -0.06), (0.13, 0.1)), iris)
        scene.lay(scene.oval((sign * 0.28, -0.06), (dice.uniform(0.03, 0.08), 0.09)), _DARK)
    scene.lay(scene.oval((0.0, 0.15), (0.07, 0.05)), near(dice, (0.75, 0.45, 0.45), (0.25, 0.15, 0.15)))
    return scene.bytes()


def cat(dice: Dice) -> Tensor:
    """A cat that sits or crouches: round back, small head with pointed ears, long tail."""
    scene = Scene(dice, size=(0.72, 1.1), tilt=0.12, habitats=_HOMES)
    coat = near(dice, *_COATS, (0.6, 0.55, 0.48))
    fur = _fur(scene, coat, dice.chance(0.5))
    tall = dice.uniform(0.3, 0.62)  # crouching … sitting
    x, y = dice.uniform(0.25, 0.5), 0.1 - tall
    curl = dice.uniform(-0.4, 0.5)
    scene.lay(scene.bar((-0.45, 0.5), (-0.9, curl), (0.08, 0.06)), fur * 0.85)
    scene.lay(scene.oval((-0.1, 0.25), (0.58, 0.2 + tall / 2)), fur)
    scene.lay(scene.bar((0.1, 0.35), (x, y), (0.34, 0.2)), fur)
    for foot in (0.2, 0.42):
        scene.lay(scene.bar((foot, 0.3), (foot + 0.03, 0.7), (0.09, 0.08)), fur * 0.9)
    for sign in (-1, 1):
        scene.lay(scene.bar((x + sign * 0.16, y - 0.1), (x + sign * 0.21, y - 0.42), (0.12, 0.015)), fur * 0.85)
    scene.lay(scene.oval((x, y), (0.3, 0.25)), fur * 1.05)
    iris = near(dice, (0.75, 0.75, 0.25), (0.45, 0.65, 0.35), (0.8, 0.55, 0.2))
    for sign in (-1, 1):
        scene.lay(scene.oval((x + 0.05 + sign * 0.12, y - 0.02), (0.055, 0.05)), iris)
    scene.lay(scene.oval((x + 0.06, y + 0.1), (0.04, 0.03)), near(dice, (0.75, 0.45, 0.45), (0.25, 0.15, 0.15)))
    return scene.bytes()


def dog_face(dice: Dice) -> Tensor:
    """A dog's head from the front, close up: hanging ears, long muzzle with a dark nose."""
    scene = Scene(dice, size=(0.8, 1.25), tilt=0.16, habitats=_HOMES)
    coat = near(dice, *_COATS)
    ear = coat * dice.uniform(0.45, 1.0)[:, None]
    scene.lay(scene.oval((dice.uniform(-0.3, 0.3), 0.95), (0.75, 0.5)), coat * 0.85)
    scene.lay(scene.oval((0.0, -0.08), (0.56, dice.uniform(0.5, 0.62))), coat)
    hang = dice.uniform(0.1, 0.5)
    for sign in (-1, 1):
        scene.lay(scene.bar((sign * 0.45, -0.4), (sign * dice.uniform(0.6, 0.75), hang), (0.12, 0.2)), ear)
    muzzle = near(dice, (0.92, 0.9, 0.86), (0.7, 0.55, 0.4), (0.25, 0.2, 0.18))
    scene.lay(scene.oval((0.0, 0.25), (0.28, dice.uniform(0.25, 0.36))), muzzle)
    scene.lay(scene.bar((0.0, -0.5), (0.0, 0.1), (0.08, 0.14)), muzzle, dice.chance(0.4))
    for sign in (-1, 1):
        _eye(scene, sign * 0.24, -0.12, 0.075)
    scene.lay(scene.oval((0.0, 0.17), (0.13, 0.1)), _DARK)
    scene.lay(scene.oval((0.0, 0.55), (0.09, 0.14)), near(dice, (0.85, 0.45, 0.45)), dice.chance(0.35))
    return scene.bytes()


def _standing(
    scene: Scene, coat: Tensor, *, legs: float, leg_width: float, body: tuple[float, float], neck: tuple[float, float]
) -> tuple[Tensor, Tensor]:
    """Legs, body and neck of a four-legged animal; gives where the head is."""
    dice = scene.dice
    length = legs * dice.uniform(0.8, 1.15)
    x, y = 0.6 + dice.normal(neck[0], 0.1), dice.normal(neck[1], 0.13)
    bottom = 0.05 + body[1] * 0.5
    _legs(scene, (-0.5, -0.38, 0.3, 0.44), bottom, length, leg_width, coat)
    scene.lay(scene.oval((-0.05, 0.0), (body[0], body[1] * dice.uniform(0.9, 1.15))), coat)
    return x, y


def dog(dice: Dice) -> Tensor:
    """A dog on its legs: short neck, hanging or pricked ears, muzzle, raised tail."""
    scene = Scene(dice, size=(0.72, 1.1), tilt=0.1, habitats=_HOMES)
    coat = near(dice, *_COATS)
    scene.lay(scene.bar((-0.5, -0.05), (-0.88, dice.uniform(-0.55, 0.2)), (0.07, 0.04)), coat * 0.9)
    x, y = _standing(scene, coat, legs=0.5, leg_width=0.085, body=(0.58, 0.24), neck=(-0.05, -0.38))
    scene.lay(scene.bar((0.3, -0.05), (x, y), (0.24, 0.17)), coat)
    scene.lay(
        scene.bar((x, y + 0.05), (x + dice.uniform(0.28, 0.4), y + 0.1), (0.14, 0.09)),
        coat * dice.uniform(0.8, 1.2)[:, None],
    )
    scene.lay(scene.oval((x, y), (0.22, 0.2)), coat)
    scene.lay(
        scene.bar((x - 0.08, y - 0.12), (x - 0.16, y + dice.uniform(0.08, 0.25)), (0.09, 0.11)),
        coat * dice.uniform(0.5, 0.85)[:, None],
    )
    scene.lay(scene.oval((x + 0.36, y + 0.05), (0.06, 0.05)), _DARK)
    _eye(scene, x + 0.1, y - 0.04)
    scene.lay(scene.oval((0.25, 0.12), (0.25, 0.14)), near(dice, (0.92, 0.9, 0.86)), dice.chance(0.3))
    return scene.bytes()


def deer(dice: Dice) -> Tensor:
    """A deer: slender legs, upright neck, large ears, some with antlers or spots."""
    scene = Scene(dice, size=(0.72, 1.08), tilt=0.09, habitats=_OUTDOORS)
    coat = near(dice, (0.55, 0.38, 0.22), (0.66, 0.46, 0.28), (0.42, 0.32, 0.22), (0.5, 0.42, 0.34))
    x, y = _standing(scene, coat, legs=0.68, leg_width=0.045, body=(0.54, 0.21), neck=(0.0, -0.5))
    scene.lay(scene.oval((-0.57, -0.05), (0.08, 0.11)), near(dice, (0.92, 0.9, 0.85)))
    scene.lay(scene.bar((0.34, 0.0), (x, y), (0.18, 0.085)), coat)
    antlers = dice.chance(0.5)
    horn = near(dice, (0.5, 0.4, 0.28), (0.72, 0.64, 0.52))
    for sign, tone in ((-1, 0.8), (1, 1.0)):
        tip = (x - 0.05 + sign * dice.uniform(0.15, 0.4), y - dice.uniform(0.4, 0.6))
        scene.lay(scene.bar((x - 0.03, y - 0.08), tip, (0.035, 0.025)), horn * tone, antlers)
        middle = ((x - 0.03 + tip[0]) / 2, (y - 0.08 + tip[1]) / 2)
        scene.lay(scene.bar(middle, (middle[0] + 0.16, middle[1] - 0.2), (0.03, 0.02)), horn * tone, antlers)
        scene.lay(scene.bar((x - 0.04, y - 0.04), (x - 0.06 + sign * 0.2, y - 0.2), (0.03, 0.055)), coat * 0.8)
    scene.lay(
        scene.bar((x - 0.02, y), (x + dice.uniform(0.25, 0.32), y + dice.uniform(0.05, 0.2)), (0.12, 0.055)), coat
    )
    _eye(scene, x + 0.06, y - 0.02, 0.035)
    spots = dice.chance(0.3)
    for spot in range(5):
        centre = (-0.4 + 0.17 * spot, -0.08 + 0.05 * (-1) ** spot)
        scene.lay(scene.oval(centre, (0.035, 0.03)), near(dice, (0.9, 0.85, 0.75)), spots)
    return scene.bytes()


def horse(dice: Dice) -> Tensor:
    """A horse: heavy body, strong slanting neck with a mane, long head, hanging tail."""
    scene = Scene(dice, size=(0.75, 1.12), tilt=0.09, habitats=_OUTDOORS)
    coat = near(
        dice,
        (0.48, 0.28, 0.15),
        (0.36, 0.2, 0.12),
        (0.12, 0.1, 0.1),
        (0.85, 0.83, 0.8),
        (0.55, 0.53, 0.52),
        (0.66, 0.46, 0.26),
    )
    mane = near(dice, (0.08, 0.07, 0.07), (0.3, 0.2, 0.12), (0.8, 0.75, 0.65))
    scene.lay(scene.bar((-0.55, -0.12), (-0.8, dice.uniform(0.3, 0.6)), (0.07, 0.13)), mane)
    x, y = _standing(scene, coat, legs=0.6, leg_width=0.07, body=(0.58, 0.26), neck=(0.0, -0.45))
    scene.lay(scene.bar((0.3, -0.02), (x, y), (0.27, 0.13)), coat)
    scene.lay(scene.bar((0.12, -0.2), (x - 0.1, y - 0.08), (0.08, 0.08)), mane)
    scene.lay(scene.bar((x - 0.06, y - 0.06), (x - 0.04, y - 0.24), (0.06, 0.02)), coat * 0.85)
    drop = dice.uniform(0.2, 0.42)
    scene.lay(scene.bar((x - 0.03, y), (x + 0.6 - drop, y + drop), (0.14, 0.09)), coat)
    scene.lay(
        scene.bar((x + 0.05, y - 0.02), (x + 0.5 - drop, y + drop * 0.8), (0.03, 0.03)),
        near(dice, (0.92, 0.9, 0.86)),
        dice.chance(0.35),
    )
    _eye(scene, x + 0.05, y - 0.01, 0.035)
    saddle = union(scene.block((-0.05, -0.22), (0.17, 0.08), 0.03), scene.bar((-0.02, -0.2), (0.0, 0.15), (0.07, 0.05)))
    scene.lay(saddle, hue(dice, (0.3, 0.9), (0.2, 0.7)), dice.chance(0.2))
    return scene.bytes()


def frog(dice: Dice) -> Tensor:
    """A frog: squat body, bent hind legs, bulging eyes, wide mouth."""
    scene = Scene(
        dice,
        size=(0.68, 1.15),
        tilt=0.22,
        habitats={"forest": 0.35, "field": 0.2, "sand": 0.15, "water": 0.12, "indoors": 0.1, "haze": 0.08},
    )
    skin = near(
        dice,
        (0.35, 0.52, 0.2),
        (0.48, 0.55, 0.25),
        (0.45, 0.36, 0.22),
        (0.3, 0.34, 0.22),
        (0.75, 0.45, 0.15),
        spread=0.12,
    )
    belly = near(dice, (0.85, 0.82, 0.6), (0.6, 0.62, 0.4))
    flat, x = dice.uniform(0.3, 0.45), dice.uniform(0.15, 0.4)
    scene.lay(scene.oval((-0.55, 0.28), (0.36, 0.27)), skin * 0.8)
    scene.lay(scene.bar((-0.65, 0.52), (-0.15, 0.58), (0.09, 0.07)), skin * 0.75)
    scene.lay(scene.oval((-0.05, 0.15), (0.66, flat)), skin)
    for foot in (0.15, 0.42):
        scene.lay(scene.bar((foot, 0.25), (foot + dice.uniform(-0.05, 0.2), 0.62), (0.1, 0.07)), skin * 0.9)
    scene.lay(scene.oval((x, -0.05), (0.45, 0.3)), skin * 1.05)
    scene.lay(scene.oval((x + 0.1, 0.16), (0.36, 0.14)), belly, dice.chance(0.7))
    for sign, tone in ((-1, 0.9), (1, 1.0)):
        eye = (x + 0.02 + sign * 0.25, -0.3)
        scene.lay(scene.oval(eye, (0.15, 0.14)), skin * tone)
        scene.lay(scene.oval(eye, (0.085, 0.085)), near(dice, (0.85, 0.7, 0.2), (0.75, 0.35, 0.15), (0.15, 0.12, 0.1)))
        _eye(scene, eye[0] + 0.02, eye[1], 0.05)
    mouth = common(scene.oval((x + 0.05, -0.05), (0.42, 0.2)).abs() - 0.02, 0.02 - scene.y)
    scene.lay(mouth, skin * 0.45)
    spots = dice.chance(0.5)
    for _ in range(4):
        centre = (dice.uniform(-0.5, 0.2), dice.uniform(-0.05, 0.25))
        scene.lay(scene.oval(centre, (0.08, 0.06)), skin * 0.5, spots)
    return scene.bytes()
