"""Drawn vehicles: airplane, automobile, ship, truck, each from more than one side."""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.scene import Scene, hue, near
from genlab.data.drawn.shapes import common, ellipse, union

_ROADS = {"road": 0.45, "field": 0.12, "haze": 0.15, "sand": 0.1, "forest": 0.1, "sky": 0.08}


def _paint(dice: Dice) -> Tensor:
    """The paint of a vehicle: any colour, or white, grey or black."""
    coloured = dice.chance(0.6)[:, None]
    grey = near(dice, (0.9, 0.9, 0.9), (0.6, 0.6, 0.62), (0.15, 0.15, 0.17))
    return coloured * hue(dice, (0.4, 0.95), (0.35, 0.95)) + (1 - coloured) * grey


def _glass(dice: Dice) -> Tensor:
    return near(dice, (0.12, 0.15, 0.2), (0.3, 0.38, 0.45), (0.6, 0.68, 0.75))


def _wheel(scene: Scene, x: Tensor, y: Tensor, radius: Tensor, rim: Tensor) -> None:
    scene.lay(scene.oval((x, y), (radius, radius)), torch.full((1, 3, 1, 1), 0.08))
    scene.lay(scene.oval((x, y), (radius * 0.5, radius * 0.5)), rim)


def airplane(dice: Dice) -> Tensor:
    """An airplane seen from the side, from above or from anywhere between, at any tilt."""
    scene = Scene(
        dice,
        size=(0.7, 1.1),
        tilt=0.35,
        habitats={"sky": 0.45, "haze": 0.25, "road": 0.1, "field": 0.08, "water": 0.07, "forest": 0.05},
    )
    body = near(dice, (0.92, 0.92, 0.93), (0.7, 0.72, 0.75), (0.35, 0.38, 0.42), spread=0.12)
    wing = body * dice.uniform(0.6, 1.05)[:, None]
    accent = hue(dice, (0.3, 0.9), (0.3, 0.9))
    far, close = dice.uniform(0.15, 0.95), dice.uniform(0.25, 1.0)  # how far each wing reaches up and down
    root, sweep, chord = dice.uniform(-0.05, 0.25), dice.uniform(0.1, 0.6), dice.uniform(0.12, 0.26)
    scene.lay(scene.bar((root, 0.0), (root - sweep, -far), (chord, chord * 0.35)), wing * 0.85)
    scene.lay(scene.bar((-0.78, 0.0), (-0.98, -0.35 * far), (0.12, 0.06)), wing * 0.85)
    thick = dice.uniform(0.10, 0.17)
    hull = union(
        scene.bar((-0.95, -0.02), (0.6, 0.0), (thick * 0.4, thick)),
        scene.oval((0.6, 0.0), (dice.uniform(0.25, 0.4), thick)),
    )
    scene.lay(hull, body)
    scene.lay(scene.bar((-0.72, 0.0), (-0.97, -dice.uniform(0.25, 0.5)), (0.13, 0.08)), accent)
    scene.lay(scene.bar((-0.6, -0.03), (0.65, -0.03), (0.02, 0.025)), _glass(dice), dice.chance(0.6))
    scene.lay(scene.oval((0.75, -0.05), (0.09, 0.05)), _glass(dice))
    scene.lay(scene.bar((root, 0.02), (root - sweep, close), (chord, chord * 0.35)), wing)
    scene.lay(scene.bar((-0.8, 0.0), (-0.98, 0.38 * close), (0.11, 0.06)), wing)
    for part in (0.4, 0.7):
        engine = scene.oval((root - sweep * part + 0.12, close * part), (0.14, 0.055))
        scene.lay(engine, body * 0.6, dice.chance(0.6))
    return scene.bytes()


def automobile(dice: Dice) -> Tensor:
    """A car from the side: low body, cabin in the middle, two wheels."""
    scene = Scene(dice, size=(0.72, 1.08), tilt=0.07, habitats=_ROADS)
    paint, glass, rim = _paint(dice), _glass(dice), near(dice, (0.7, 0.7, 0.72), (0.3, 0.3, 0.3))
    roof, front, back = dice.uniform(-0.52, -0.3), dice.uniform(0.25, 0.5), dice.uniform(-0.85, -0.4)
    slope = dice.uniform(0.15, 0.35)
    scene.lay(scene.oval((0.0, 0.5), (1.0, 0.08)), torch.full((1, 3, 1, 1), 0.12), 0.7)
    cabin = common(
        scene.block(((front + back) / 2, roof / 2 + 0.05), ((front - back) / 2 + slope, -roof / 2 + 0.08), 0.06),
        scene.x - front + slope - slope * (scene.y - roof) / -roof,
        back - scene.x - slope * 0.5 * (scene.y - roof) / -roof,
    )
    scene.lay(cabin, paint * 0.9)
    scene.lay(common(cabin + 0.07, scene.y + 0.02), glass)
    scene.lay(scene.bar((-0.1, roof), (-0.08, 0.0), (0.035, 0.035)), paint * 0.85)
    scene.lay(scene.block((0.0, 0.2), (0.98, 0.22), 0.12), paint)
    scene.lay(scene.bar((-0.95, 0.18), (0.95, 0.18), (0.015, 0.015)), paint * 0.6)
    scene.lay(scene.block((0.93, 0.12), (0.05, 0.06)), near(dice, (0.95, 0.92, 0.75)))
    scene.lay(scene.block((-0.94, 0.12), (0.04, 0.06)), near(dice, (0.7, 0.1, 0.08)))
    radius = dice.uniform(0.17, 0.24)
    for x in (dice.uniform(-0.68, -0.52), dice.uniform(0.5, 0.66)):
        _wheel(scene, x, 0.4 + 0 * x, radius, rim)
    return scene.bytes()


def automobile_front(dice: Dice) -> Tensor:
    """A car seen from the front or the back: windscreen above, lights left and right, wheels below."""
    scene = Scene(dice, size=(0.8, 1.2), tilt=0.06, habitats=_ROADS)
    paint = _paint(dice)
    side = dice.uniform(0.55, 0.72)
    scene.lay(scene.oval((0.0, 0.55), (side + 0.1, 0.09)), torch.full((1, 3, 1, 1), 0.12), 0.7)
    for sign in (-1, 1):
        scene.lay(scene.block((sign * side * 0.8, 0.42), (0.12, 0.18), 0.03), torch.full((1, 3, 1, 1), 0.07))
    roof = dice.uniform(-0.6, -0.42)
    cabin = common(
        scene.block((0.0, roof / 2), (side, -roof / 2 + 0.05), 0.08), scene.x.abs() - side * 0.8 - 0.3 * (scene.y)
    )
    scene.lay(cabin, paint * 0.9)
    scene.lay(common(cabin + 0.08, scene.y + 0.06), _glass(dice))
    scene.lay(scene.block((0.0, 0.2), (side, 0.26), 0.1), paint)
    grille = near(dice, (0.1, 0.1, 0.1), (0.6, 0.6, 0.62))
    scene.lay(scene.block((0.0, dice.uniform(0.15, 0.3)), (side * 0.5, dice.uniform(0.05, 0.1))), grille)
    light = near(dice, (0.95, 0.93, 0.8), (0.95, 0.93, 0.8), (0.75, 0.1, 0.08))
    for sign in (-1, 1):
        scene.lay(scene.oval((sign * side * 0.76, 0.15), (0.11, 0.08)), light)
    scene.lay(scene.block((0.0, 0.4), (0.13, 0.045)), near(dice, (0.9, 0.9, 0.88), (0.9, 0.8, 0.3)), dice.chance(0.7))
    return scene.bytes()


def truck(dice: Dice) -> Tensor:
    """A truck from the side: a tall box behind a cab, or a flat bed, and three wheels."""
    scene = Scene(dice, size=(0.75, 1.1), tilt=0.07, habitats=_ROADS)
    paint, load, rim = _paint(dice), _paint(dice), near(dice, (0.7, 0.7, 0.72), (0.3, 0.3, 0.3))
    top, cab = dice.uniform(-0.62, -0.35), dice.uniform(-0.45, -0.2)
    split = dice.uniform(0.28, 0.5)
    scene.lay(scene.oval((0.0, 0.56), (1.0, 0.08)), torch.full((1, 3, 1, 1), 0.12), 0.7)
    scene.lay(scene.block((0.0, 0.32), (0.93, 0.07)), near(dice, (0.12, 0.12, 0.12), (0.4, 0.4, 0.4)))
    flat = dice.chance(0.25)
    height = top * (1 - flat) + 0.05 * flat
    middle, half = (split - 1.0) / 2, (split + 0.95) / 2
    scene.lay(scene.block((middle, (height + 0.3) / 2), (half, (0.3 - height) / 2), 0.03), load)
    for part in (0.25, 0.5, 0.75):  # the ribs of the box
        x = -0.95 + part * (split + 0.9)
        scene.lay(scene.bar((x, height + 0.05), (x, 0.26), (0.012, 0.012)), load * 0.75, dice.chance(0.5))
    scene.lay(
        scene.block(((split + 1.0) / 2 + 0.02, (cab + 0.38) / 2), ((0.93 - split) / 2, (0.38 - cab) / 2), 0.07), paint
    )
    scene.lay(scene.block(((split + 1.06) / 2, cab * 0.45), ((0.7 - split) / 2, 0.1), 0.03), _glass(dice))
    scene.lay(scene.block((0.93, 0.26), (0.045, 0.045)), near(dice, (0.95, 0.92, 0.75)))
    radius = dice.uniform(0.15, 0.2)
    for x in (dice.uniform(-0.78, -0.66), dice.uniform(-0.42, -0.3), dice.uniform(0.58, 0.7)):
        _wheel(scene, x, 0.42 + 0 * x, radius, rim)
    return scene.bytes()


def truck_front(dice: Dice) -> Tensor:
    """A truck seen from the front: tall and square, a wide windscreen high up, the load behind it."""
    scene = Scene(dice, size=(0.8, 1.15), tilt=0.06, habitats=_ROADS)
    paint = _paint(dice)
    side, top = dice.uniform(0.45, 0.58), dice.uniform(-0.85, -0.62)
    scene.lay(scene.oval((0.0, 0.68), (side + 0.15, 0.09)), torch.full((1, 3, 1, 1), 0.12), 0.7)
    scene.lay(
        scene.block((dice.uniform(-0.15, 0.15), -0.15), (side * 1.12, dice.uniform(0.62, 0.75)), 0.03), _paint(dice)
    )
    for sign in (-1, 1):
        scene.lay(scene.block((sign * side * 0.8, 0.55), (0.12, 0.2), 0.03), torch.full((1, 3, 1, 1), 0.07))
    scene.lay(scene.block((0.0, (top + 0.58) / 2), (side, (0.58 - top) / 2), 0.06), paint)
    scene.lay(scene.block((0.0, top * 0.6), (side * 0.85, dice.uniform(0.12, 0.2)), 0.04), _glass(dice))
    grille = near(dice, (0.1, 0.1, 0.1), (0.65, 0.65, 0.67))
    scene.lay(scene.block((0.0, 0.15), (side * 0.6, dice.uniform(0.1, 0.22))), grille)
    for sign in (-1, 1):
        scene.lay(scene.oval((sign * side * 0.8, 0.35), (0.09, 0.08)), near(dice, (0.95, 0.93, 0.8)))
    scene.lay(scene.block((0.0, 0.5), (side, 0.05)), near(dice, (0.75, 0.75, 0.75), (0.2, 0.2, 0.2)))
    return scene.bytes()


def ship(dice: Dice) -> Tensor:
    """A ship with decks and a funnel, or a boat with sails, its hull in the water."""
    scene = Scene(
        dice,
        size=(0.72, 1.1),
        tilt=0.07,
        habitats={"water": 0.5, "haze": 0.16, "sky": 0.2, "sand": 0.05, "road": 0.05, "field": 0.04},
    )
    hull_paint, white = _paint(dice), near(dice, (0.93, 0.93, 0.92), (0.8, 0.78, 0.72))
    deck, keel = dice.uniform(0.0, 0.15), dice.uniform(0.35, 0.5)
    bow, stern = dice.uniform(0.7, 0.98), dice.uniform(-0.95, -0.7)
    sails = dice.chance(0.4)
    mast, height = dice.uniform(-0.1, 0.2), dice.uniform(-0.98, -0.6)
    rope = near(dice, (0.25, 0.2, 0.15), (0.6, 0.6, 0.6))
    scene.lay(scene.bar((mast, height), (mast, deck), (0.02, 0.035)), rope)
    for sign, reach in ((1, dice.uniform(0.35, 0.6)), (-1, dice.uniform(0.3, 0.65))):
        run = (scene.y - height) / (deck - 0.08 - height)  # 0 at the top of the mast, 1 at the boom
        sail = common(sign * (scene.x - mast) - reach * run, 0.03 - sign * (scene.x - mast), scene.y - deck + 0.08)
        scene.lay(sail, white * (0.95 if sign > 0 else 0.82), sails)
    left, level = dice.uniform(-0.65, -0.4), dice.uniform(-0.3, -0.1)
    for floor in range(2):
        width = dice.uniform(0.3, 0.5) - 0.1 * floor
        middle = left + width
        y = deck + level * (floor + 0.5)
        scene.lay(scene.block((middle, y), (width, -level * 0.52), 0.02), white, 1 - sails)
        scene.lay(
            scene.bar((middle - width * 0.9, y), (middle + width * 0.9, y), (0.025, 0.025)), _glass(dice), 1 - sails
        )
    funnel = scene.block((left + 0.3, deck + 2.4 * level), (0.09, -0.7 * level))
    scene.lay(funnel, hue(dice, (0.5, 0.95), (0.3, 0.9)), (1 - sails) * dice.chance(0.7))
    rise = 0.12 * ((scene.x - stern) / (bow - stern)) ** 3
    hull = common(
        deck - rise - scene.y,
        scene.y - keel,
        scene.x - bow + 0.8 * (scene.y - deck),
        stern + 0.3 * (scene.y - deck) - scene.x,
    )
    scene.lay(hull, hull_paint)
    scene.lay(common(hull, scene.y - deck - 0.07), white, dice.chance(0.5))
    sea = near(dice, (0.25, 0.38, 0.5), (0.2, 0.32, 0.36), (0.4, 0.5, 0.56))
    scene.lay(keel - 0.06 - scene.y + 0.025 * torch.sin(9 * scene.x), sea, dice.uniform(0.5, 1.0) * dice.chance(0.85))
    foam = ellipse(scene.x, scene.y, (bow - 0.3, keel - 0.06), (0.3, 0.035))
    scene.lay(foam, torch.full((1, 3, 1, 1), 0.92), dice.chance(0.5))
    return scene.bytes()
