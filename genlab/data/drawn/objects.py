"""Drawn objects: the ten classes of CIFAR-10, 32×32 in colour, posed before cluttered backgrounds.

Colours, poses, parts and backgrounds are drawn afresh for each image and say little about the
class by themselves; what tells classes apart is shape, wherever it is. So a convolutional network
has much more to go by here than one without, as on photographs.
"""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data.drawn import animals, vehicles
from genlab.data.drawn.cloth import Dice
from genlab.data.drawn.scene import SIDE

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHAPE = (3, SIDE, SIDE)

# For each class the views of it, and their shares.
_VIEWS = (
    ((vehicles.airplane, 1.0),),
    ((vehicles.automobile, 0.65), (vehicles.automobile_front, 0.35)),
    ((animals.bird, 0.65), (animals.bird_flying, 0.35)),
    ((animals.cat, 0.5), (animals.cat_face, 0.5)),
    ((animals.deer, 1.0),),
    ((animals.dog, 0.5), (animals.dog_face, 0.5)),
    ((animals.frog, 1.0),),
    ((animals.horse, 1.0),),
    ((vehicles.ship, 1.0),),
    ((vehicles.truck, 0.7), (vehicles.truck_front, 0.3)),
)

__all__ = ["CLASSES", "SHAPE", "draw"]


def draw(label: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` pictures (count, 3, 32, 32) uint8 of one class, 0 to 9, by chance from `generator`."""
    views = _VIEWS[label]
    pick = torch.multinomial(torch.tensor([share for _, share in views]), count, replacement=True, generator=generator)
    pictures = torch.empty(count, *SHAPE, dtype=torch.uint8)
    for number, (view, _) in enumerate(views):
        where = (pick == number).nonzero()[:, 0]
        if len(where):
            pictures[where] = view(Dice(len(where), generator))
    return pictures
