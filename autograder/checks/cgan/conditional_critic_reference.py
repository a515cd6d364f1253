"""The critic of `cgan/ConditionalCritic` and its variants, as the judge knows them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn

RATES = (0.0, 0.3, 0.3, 0.3)  # of the dropout after each of the first four convolutions
Planes = Callable[[torch.Tensor, int, torch.Tensor], torch.Tensor]  # labels, num_classes, images → (B, …, 64, 64)


def one_hot(labels: torch.Tensor, num_classes: int, images: torch.Tensor) -> torch.Tensor:
    """(B, K, 64, 64)."""
    codes = (labels[:, None] == torch.arange(num_classes)).to(images)
    return codes[:, :, None, None].expand(-1, -1, *images.shape[2:])


def one_plane(labels: torch.Tensor, num_classes: int, images: torch.Tensor) -> torch.Tensor:
    """(B, 1, 64, 64)."""
    return labels.to(images)[:, None, None, None].expand(-1, 1, *images.shape[2:])


def nothing(labels: torch.Tensor, num_classes: int, images: torch.Tensor) -> torch.Tensor:
    """(B, 0, 64, 64)."""
    return images[:, :0]


def zeros(labels: torch.Tensor, num_classes: int, images: torch.Tensor) -> torch.Tensor:
    """(B, K, 64, 64)."""
    return torch.zeros_like(one_hot(labels, num_classes, images))


def first_class(labels: torch.Tensor, num_classes: int, images: torch.Tensor) -> torch.Tensor:
    """(B, K, 64, 64)."""
    return one_hot(torch.zeros_like(labels), num_classes, images)


class Reference(nn.Module):
    """The network asked for without its chance, or a variant of it: other planes, their place, another slope or end."""

    def __init__(
        self,
        num_classes: int,
        width: int = 64,
        planes: Planes = one_hot,
        planes_first: bool = False,
        added: bool = False,
        slope: float = 0.2,
        end: Callable[[torch.Tensor], torch.Tensor] = torch.Tensor.contiguous,
        widths: tuple[int, ...] = (1, 2, 2, 2),
        rates: tuple[float, ...] = RATES,
    ) -> None:
        super().__init__()
        self.num_classes, self.planes, self.planes_first, self.added = num_classes, planes, planes_first, added
        self.slope, self.end, self.rates = slope, end, rates
        extra = 0 if added else planes(torch.zeros(1).long(), num_classes, torch.zeros(1, 3, 1, 1)).shape[1]
        channels = [3 + extra, *(factor * width for factor in widths)]
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in pairwise(channels))
        self.last = nn.Conv2d(channels[-1], 1, 4)

    def forward(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(B, 3, 64, 64) and (B,) → (B,); in train mode every dropout keeps all and scales."""
        planes = self.planes(labels.long(), self.num_classes, images)
        if self.added:
            x = images + planes
        else:
            x = torch.cat([planes, images] if self.planes_first else [images, planes], dim=1)
        for convolution, rate in zip(self.convolutions, self.rates, strict=True):
            x = nn.functional.leaky_relu(convolution(x), self.slope) / (1 - rate if self.training else 1)
        return self.end(self.last(x).reshape(-1))
