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
_LARGE = 40  # the same for faces of 64×64, whose layers are many

Job = tuple[str, int, int, Tensor]  # split, label, seed, positions in the split


def draw(artist: str, splits: dict[str, int], title: str = "Drawing") -> dict[str, Tensor]:
    """The arrays "train_images" (N, H, W) or (N, C, H, W) and "train_labels", … uint8, drawn by `artist`.

    The same machine always gives the same bytes, on any number of cores: every chunk of images has
    a seed of its own, made from split, class and position. Labels are classes (N,), which have equal
    shares of each split, or, from an artist of attributes, (N, A) with 0 and 1.
    """
    module = import_module(f"genlab.data.drawn.{artist}")
    columns = attributes(artist)
    arrays: dict[str, Tensor] = {}
    jobs: list[Job] = []
    for number, (split, count) in enumerate(splits.items(), start=1):
        arrays[f"{split}_images"] = torch.empty(count, *module.SHAPE, dtype=torch.uint8)
        if columns:
            arrays[f"{split}_labels"] = torch.empty(count, len(columns), dtype=torch.uint8)
            classes = torch.zeros(count)
        else:
            mixer = torch.Generator().manual_seed(number)
            classes = (torch.arange(count) % len(module.CLASSES))[torch.randperm(count, generator=mixer)]
            arrays[f"{split}_labels"] = classes.to(torch.uint8)
        for label in range(1 if columns else len(module.CLASSES)):
            chunks = torch.split((classes == label).nonzero()[:, 0], _LARGE if columns else _CHUNK)
            seeds = range(1_000_000 * number + 10_000 * label, 2**31)
            jobs += [(split, label, seed, at) for seed, at in zip(seeds, chunks, strict=False) if len(at)]

    def work(job: Job) -> int:
        split, label, seed, positions = job
        generator = torch.Generator().manual_seed(seed)
        if columns:
            pictures, labels = module.draw(len(positions), generator)
            arrays[f"{split}_labels"][positions] = labels.to(torch.uint8)
        else:
            pictures = module.draw(label, len(positions), generator)
        arrays[f"{split}_images"][positions] = pictures
        return len(positions)

    total, cores = sum(splits.values()), min(4, os.cpu_count() or 1)
    bar = progress_bar(total, title, unit=" images")
    with _one_thread_each(), ThreadPoolExecutor(cores) as pool, bar:
        for done in pool.map(work, jobs):
            bar.update(done)
    return arrays


def attributes(artist: str) -> tuple[str, ...]:
    """The names of the attributes that the artist's pictures carry; none where they have classes."""
    names: tuple[str, ...] = getattr(import_module(f"genlab.data.drawn.{artist}"), "ATTRIBUTES", ())
    return names


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
