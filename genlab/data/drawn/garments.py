"""Drawn garments: the ten Fashion-MNIST classes, 28×28, bright on black.

Every measure is drawn afresh for each image, so classes vary continuously. Shirts borrow the cuts
of T-shirts, pullovers and coats, as real ones do, and cannot always be told from them.
"""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn import shoes
from genlab.data.drawn.bags import bag
from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.tops import SIDE
from genlab.data.drawn.wear import coat, dress, pullover, shirt, trouser, tshirt

CLASSES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
_ARTISTS = (
    *(tshirt, trouser, pullover, dress, coat),
    *(shoes.sandal, shirt, shoes.sneaker, bag, shoes.ankle_boot),
)

SHAPE = (SIDE, SIDE)

__all__ = ["CLASSES", "SHAPE", "draw"]


def draw(label: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` pictures (count, 28, 28) uint8 of one class, 0 to 9, by chance from `generator`."""
    return _ARTISTS[label](Dice(count, generator)).bytes()
