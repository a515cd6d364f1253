"""Batches straight from memory or from the GPU: one gather and one conversion per batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import overload

import torch
from torch import Tensor


@overload
def batches(
    images: Tensor,
    batch_size: int,
    *,
    labels: None = None,
    device: torch.device | str | None = None,
    seed: int = 0,
    shuffle: bool = True,
) -> Iterator[Tensor]: ...
@overload
def batches(
    images: Tensor,
    batch_size: int,
    *,
    labels: Tensor,
    device: torch.device | str | None = None,
    seed: int = 0,
    shuffle: bool = True,
) -> Iterator[tuple[Tensor, Tensor]]: ...
def batches(
    images: Tensor,
    batch_size: int,
    *,
    labels: Tensor | None = None,
    device: torch.device | str | None = None,
    seed: int = 0,
    shuffle: bool = True,
) -> Iterator[Tensor] | Iterator[tuple[Tensor, Tensor]]:
    """One pass over the images as float32 batches (B, C, H, W) in [0, 1] on the device.

    images: (N, C, H, W) uint8, divided by 255, or floating point, taken as it is.
    labels: (N,) or (N, …); when given, each batch is a pair (x, labels).
    device: default `genlab.device()`. Anything but the CPU gets the whole set once, as bytes.
    seed:   decides the order, together with nothing else; the global generator is untouched.
    The last batch holds what is left over. Raises ValueError or TypeError before the first batch.
    """
    _check(images, batch_size, labels)
    if device is None:
        import genlab

        device = genlab.device()
    target = torch.device(device)
    images = images.to(target)
    order = None
    if shuffle:
        order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
        order = order.to(target)
    if labels is None:
        return _images(images, batch_size, order)
    labels = labels.to(target)
    return zip(_images(images, batch_size, order), _parts(labels, batch_size, order), strict=True)


def _check(images: Tensor, batch_size: int, labels: Tensor | None) -> None:
    if not isinstance(images, Tensor):
        raise TypeError(f"batches() takes a tensor of images such as data.train.images, not {type(images)}")
    if images.dtype != torch.uint8 and not images.is_floating_point():
        raise TypeError(f"images must be uint8 (0 to 255) or floating point, not {images.dtype}")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, not {batch_size}")
    if labels is not None and len(labels) != len(images):
        raise ValueError(f"{len(images)} images but {len(labels)} labels; pass one split's pair")


def _parts(values: Tensor, batch_size: int, order: Tensor | None) -> Iterator[Tensor]:
    for start in range(0, len(values), batch_size):
        if order is None:
            yield values[start : start + batch_size]
        else:
            yield values.index_select(0, order[start : start + batch_size])


def _images(images: Tensor, batch_size: int, order: Tensor | None) -> Iterator[Tensor]:
    if images.dtype == torch.uint8 and images.device.type == "cpu":
        yield from _on_one_core(images, batch_size, order)
        return
    most = torch.tensor(255.0, device=images.device)  # a number instead would be a product with 1/255 on a GPU
    for part in _parts(images, batch_size, order):
        # A batch is the caller's own: changing it in place must not change the data set.
        x = part.to(torch.float32, copy=True)
        yield x.div_(most) if images.dtype == torch.uint8 else x


def _on_one_core(images: Tensor, batch_size: int, order: Tensor | None) -> Iterator[Tensor]:
    """The same by NumPy, which stays on one core.

    A batch is too small to be worth waking other cores. Torch does so, which takes several times as
    long on an idle machine and hundreds of times on a busy one (benchmarks/batches.py).
    """
    import numpy as np

    values = images.numpy()
    where = None if order is None else order.numpy()
    for start in range(0, len(values), batch_size):
        stop = start + batch_size
        part = values[start:stop] if where is None else values.take(where[start:stop], axis=0)
        yield torch.from_numpy(np.divide(part, np.float32(255), dtype=np.float32))
