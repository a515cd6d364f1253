"""What feeding costs in training: the lesson's loop and a DataLoader against a bare loop over ready batches.

    python benchmarks/loader.py [--images 50000] [--batch 32] [--rounds 3] [--threads 1]

All train the MLP of the lesson mlp by its own train step, for one epoch over the same shuffled images of CIFAR-10 (the
drawn ones, where there are no others).

- The lesson's loop is `genlab.fit` with everything on that the lesson has on: batches from bytes, mirrored and
  normalised; history, progress, a checkpoint every few seconds.
- The DataLoader does the same to one image after the other, as a usual lesson does: from bytes to floats in [0, 1],
  channels first, mirrored, normalised.
- The bare loop is the same train steps and nothing between them, as if the batches lay ready: the time inside the steps
  of the very same run, so that other work on the machine meets both.

The median of the rounds counts. The lesson's loop may take 1.15 times as long as the bare one.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

import genlab
from autograder.definitions import load_reference

LIMIT = 1.15


class PerImage(TorchDataset[tuple[Tensor, Tensor]]):
    """Pictures (N, 32, 32, 3) uint8 one by one, each converted, mirrored and normalised when it is asked for."""

    def __init__(self, pictures: Tensor, labels: Tensor) -> None:
        self.pictures, self.labels = pictures, labels
        few = pictures[:10_000].float() / 255
        self.mean, self.std = (s.view(3, 1, 1) for s in (few.mean((0, 1, 2)), few.std((0, 1, 2))))

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        x = self.pictures[i].permute(2, 0, 1).float() / 255
        if torch.rand(()) < 0.5:
            x = x.flip(2)
        return (x - self.mean) / self.std, self.labels[i]


class Terminal(io.StringIO):
    """A terminal that nobody sees, so that the progress bar is drawn."""

    def isatty(self) -> bool:
        return True


def main() -> int:
    """Measure both in turns, and print throughputs and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of torch, for both; 1 is steadiest")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    lesson, device = load_reference("mlp"), genlab.device()
    train = genlab.data.load("cifar10").train
    images, labels = train.images[: asked.images].clone(), train.labels[: asked.images]
    loader = DataLoader(PerImage(images.permute(0, 2, 3, 1).contiguous(), labels), asked.batch, shuffle=True)
    normalise, mirrored = lesson["normaliser"](images), lesson["mirrored"]
    inside = [0.0]

    def fresh() -> tuple[Callable[[Tensor, Tensor], float], dict[str, object]]:
        """A step that notes the time inside it, and what it trains."""
        torch.manual_seed(0)
        model = lesson["MLP"]().to(device)
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)

        def step(x: Tensor, y: Tensor) -> float:
            began = time.perf_counter()
            loss: float = lesson["train_step"](model, x, y, optimizer)  # ends in .item(), which waits for the device
            inside[0] += time.perf_counter() - began
            return loss

        step(images[: asked.batch].float().div(255).to(device), labels[: asked.batch].to(device))  # sets things up
        inside[0] = 0.0
        return step, {"model": model, "optimizer": optimizer}

    def fit() -> float:
        step, state = fresh()
        settings = {"epochs": 1, "batch_size": asked.batch, "labels": labels, "state": state, "name": "benchmark"}
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(Terminal()):
            began = time.perf_counter()
            genlab.fit(lambda x, y: step(normalise(mirrored(x)), y), images, live=True, **settings)
            return time.perf_counter() - began

    def by_loader() -> float:
        step, _ = fresh()
        began = time.perf_counter()
        for x, y in loader:
            step(x.to(device), y.to(device))
        return time.perf_counter() - began

    loops = {"lesson": fit, "DataLoader": by_loader}
    ratios: dict[str, list[float]] = {name: [] for name in loops}
    feeding: dict[str, list[float]] = {name: [] for name in loops}  # microseconds outside the steps, per image
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GENLAB_CHECKPOINTS"] = folder
        for number in range(1, asked.rounds + 1):
            for name, loop in loops.items():
                whole = loop()
                ratios[name].append(whole / inside[0])
                feeding[name].append(1e6 * (whole - inside[0]) / len(images))
                speeds = f"{len(images) / whole:7,.0f} images/s, bare {len(images) / inside[0]:7,.0f}"
                print(f"round {number}, {name:10} {speeds}, ratio {whole / inside[0]:.3f}", flush=True)
    ours, theirs = statistics.median(ratios["lesson"]), statistics.median(ratios["DataLoader"])
    print(
        f"on {device}: the lesson's loop takes {ours:.3f} times the bare one (limit {LIMIT}), "
        f"the DataLoader's {theirs:.3f}, which is {theirs / ours:.2f} times the lesson's"
    )
    ours_us, theirs_us = statistics.median(feeding["lesson"]), statistics.median(feeding["DataLoader"])
    print(f"feeding one image: {ours_us:.1f} µs against {theirs_us:.1f} µs, {theirs_us / ours_us:.1f} times as much")
    return 0 if ours <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
