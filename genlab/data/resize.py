"""Images in the other sizes on offer: a black margin makes them larger, averages make them smaller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor

from genlab.data.cards import Card

T = TypeVar("T")
_AT_ONCE = 64  # images averaged together, which fit into the processor's cache


def other_sizes(card: Card, arrays: Mapping[str, Tensor | T]) -> dict[str, Tensor | T]:
    """The arrays with images (N, C, H, W) in the largest size, from which `load` cuts sizes down to the stored
    one, and for each smaller size an array of its own, "train_images_32", …; what is no tensor stays as it is."""
    margin = (max(card.sizes) - card.stored) // 2
    sized: dict[str, Tensor | T] = {}
    for name, array in arrays.items():
        sized[name] = array
        if name.endswith("_images") and isinstance(array, Tensor):
            images = array.view(-1, card.channels, card.stored, card.stored)
            sized[name] = F.pad(images, (margin,) * 4) if margin else images
            for size in card.smaller:
                sized[f"{name}_{size}"] = averaged(images, size)
    return sized


def averaged(images: Tensor, size: int) -> Tensor:
    """Images (N, C, H, W) uint8 as (N, C, size, size): each pixel the rounded mean of a square of pixels."""
    count, channels, side, _ = images.shape
    ratio = side // size
    small = torch.empty(count, channels, size, size, dtype=torch.uint8)
    for start in range(0, count, _AT_ONCE):
        part = images[start : start + _AT_ONCE]
        total = torch.full((len(part), channels, size, size), ratio * ratio // 2, dtype=torch.int16)
        for row in range(ratio):
            for column in range(ratio):
                total += part[:, :, row::ratio, column::ratio]
        small[start : start + _AT_ONCE] = total // (ratio * ratio)
    return small
