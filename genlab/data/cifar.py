"""The two formats in which CIFAR-10 is published: batches pickled by Python, and batches of bytes."""

from __future__ import annotations

import torch
from torch import Tensor

from genlab.data import unpickle
from genlab.data.errors import DataError

Batch = tuple[Tensor, Tensor]  # images (n, C, side, side) and labels (n,), uint8


def read_python(name: str, content: bytes, count: int, shape: tuple[int, int, int]) -> Batch:
    """A batch of `count` images from a pickled dict of `data` (n, C·H·W) and `labels`; raises DataError."""
    try:
        batch = unpickle.loads(content)
    except unpickle.Unsafe as error:
        raise DataError(f"{name} is not a batch of images: it {error}.") from error
    if isinstance(batch, dict):
        batch = {key.decode("latin1") if isinstance(key, bytes) else key: value for key, value in batch.items()}
        data, labels = batch.get("data"), batch.get("labels")
        if isinstance(data, Tensor) and isinstance(labels, list):
            if data.shape != (count, torch.Size(shape).numel()) or len(labels) != count:
                held = " × ".join(map(str, data.shape))
                raise DataError(f"{name} holds {held} values and {len(labels):,} labels; expected {count:,} images.")
            if not all(type(label) is int and 0 <= label < 256 for label in labels):
                raise DataError(f"{name} has labels that are no class numbers.")
            return data.view(count, *shape), torch.tensor(labels, dtype=torch.uint8)
    raise DataError(f"{name} is not a batch of images: it lacks data and labels.")


def read_binary(name: str, content: bytes, count: int, shape: tuple[int, int, int]) -> Batch:
    """A batch of `count` images from records of one byte of label and C·H·W of pixels; raises DataError."""
    record = 1 + torch.Size(shape).numel()
    if len(content) != count * record:
        much = "is cut short" if len(content) < count * record else "goes on after its last image"
        raise DataError(f"{name} {much}: it has {len(content):,} bytes, expected {count * record:,}.")
    rows = torch.frombuffer(bytearray(content), dtype=torch.uint8).view(count, record)
    return rows[:, 1:].reshape(count, *shape), rows[:, 0].contiguous()
