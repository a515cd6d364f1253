"""Drawn stand-ins: procedural images with the shapes, classes and splits of the real sets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module

import torch
from torch import Tensor

from genlab.data.bar import progress_bar

_CHUNK = 500  # images drawn at once: small enough to stay in the processor's cache


def draw(artist: str, splits: dict[str, int], title: str = "Drawing") -> dict[str, Tensor]:
    """The arrays "train_images" (N, H, W) or (N, C, H, W) and "train_labels" (N,), … uint8, drawn by `artist`.

    The same machine always gives the same bytes, on any number of cores: every chunk of images has
    a seed of its own, made from split, class and position. Classes have equal shares of each split.
    """

    module = import_module(f"genlab.data.drawn.{artist}")
    classes = len(module.CLASSES)
    arrays: dict[str, Tensor] = {}
    jobs: list[tuple[str, int, int, Tensor]] = []  # split, label, seed, positions
    for number, (split, count) in enumerate(splits.items(), start=1):
        mixer = torch.Generator().manual_seed(number)
        labels = (torch.arange(count) % classes)[torch.randperm(count, generator=mixer)]
        arrays[f"{split}_images"] = torch.empty(count, *module.SHAPE, dtype=torch.uint8)
        arrays[f"{split}_labels"] = labels.to(torch.uint8)
        for label in range(classes):
            chunks = torch.split((labels == label).nonzero()[:, 0], _CHUNK)
            seeds = range(1_000_000 * number + 10_000 * label, 2**31)
            jobs += [(split, label, seed, at) for seed, at in zip(seeds, chunks, strict=False)]

    def work(job: tuple[str, int, int, Tensor]) -> int:
        split, label, seed, positions = job
        generator = torch.Generator().manual_seed(seed)
        pictures = module.draw(label, len(positions), generator)
        arrays[f"{split}_images"][positions] = pictures
        return len(positions)

    total, cores = sum(splits.values()), min(4, os.cpu_count() or 1)
    bar = progress_bar(total, title, unit=" images")
    with _one_thread_each(), ThreadPoolExecutor(cores) as pool, bar:
        for done in pool.map(work, jobs):
            bar.update(done)
    return arrays


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keeps torch from splitting each small operation over all cores, which a busy machine punishes.

    Many cores waiting for each other at every step cost up to a hundred times the drawing itself.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
