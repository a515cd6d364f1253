"""The images that measures take, checked once and in one place."""

from __future__ import annotations

import torch
from torch import Tensor


def check_images(images: Tensor, shape: torch.Size | tuple[int, ...] | None = None, least: int = 1) -> None:
    """Raises TypeError or ValueError unless `images` are uint8, or float in [0, 1], of shape (N ≥ least, C, H, W).

    shape: the (C, H, W) that they should have; None for any.
    """
    if not isinstance(images, Tensor):
        raise TypeError(f"images should be a tensor (N, C, H, W), not {type(images).__name__}")
    if images.dim() != 4 or (shape is not None and images.shape[1:] != torch.Size(shape)):
        wanted = "(N, C, H, W)" if shape is None else f"(N, {', '.join(map(str, shape))})"
        raise ValueError(f"images should have shape {wanted}, and these have {tuple(images.shape)}")
    if len(images) < least:
        raise ValueError(f"this needs at least {least} images, and there are {len(images)}")
    if images.dtype == torch.uint8:
        return
    if not images.is_floating_point():
        raise TypeError(f"images should be uint8 (0 … 255) or float in [0, 1], not {images.dtype}")
    low, high = images.min().item(), images.max().item()
    if not (low >= -0.001 and high <= 1.001):  # NaN, too
        raise ValueError(
            f"image values should lie in [0, 1], and these run from {low:.3g} to {high:.3g}. "
            "Images of a tanh need (x + 1) / 2 first, logits torch.sigmoid."
        )


def unit(images: Tensor) -> Tensor:
    """Checked images as float32 in [0, 1]."""
    return images.float() / 255 if images.dtype == torch.uint8 else images.float()


def spread_over(count: int, at_most: int) -> Tensor:
    """Up to `at_most` of the indices 0 … count − 1, evenly spread, int64."""
    return torch.linspace(0, count - 1, min(count, at_most)).round().long()
