"""What feeding costs in training: the lesson's loop and a DataLoader against a bare loop over ready batches.

    python benchmarks/loader.py [--images 16000] [--batch 32] [--rounds 5] [--threads 1]

All three train the MLP of the lesson mlp by its own train step, for one epoch over the same shuffled images of CIFAR-10
(the drawn ones, where there are no others).

- The bare loop does nothing but the steps: its batches lie ready as floats.
- The lesson's loop is `genlab.fit` with everything on that a lesson has on: batches from bytes, history, progress,
  a checkpoint every few seconds.
- The DataLoader prepares image by image, as a usual lesson does: from bytes to floats in [0, 1], channels first.

On the CPU the clock is the processor's time, so that other work on the machine does not count. The median of the
rounds counts. The lesson's loop may take 1.15 times as long as the bare loop.
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
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

import genlab
from autograder.definitions import load_reference

LIMIT = 1.15


class PerImage(TorchDataset[tuple[Tensor, Tensor]]):
    """Pictures (N, 32, 32, 3) uint8 one by one, each converted when it is asked for."""

    def __init__(self, pictures: Tensor, labels: Tensor) -> None:
        self.pictures, self.labels = pictures, labels

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        return self.pictures[i].permute(2, 0, 1).float() / 255, self.labels[i]


class Terminal(io.StringIO):
    """A terminal that nobody sees, so that the progress bar is drawn."""

    def isatty(self) -> bool:
        return True


def main() -> int:
    """Measure the three in turns, and print throughputs and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=16_000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1, help="of torch, for all three; 1 is steadiest")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    lesson, device = load_reference("mlp"), genlab.device()
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    train = genlab.data.load("cifar10").train
    images, labels = train.images[: asked.images].clone(), train.labels[: asked.images]
    ready = list(genlab.data.batches(images, asked.batch, labels=labels, device=device))
    loader = DataLoader(PerImage(images.permute(0, 2, 3, 1).contiguous(), labels), asked.batch, shuffle=True)

    def fresh() -> tuple[Callable[[Tensor, Tensor], float], dict[str, object]]:
        torch.manual_seed(0)
        model = lesson["MLP"]().to(device)
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
        step: Callable[[Tensor, Tensor], float] = lambda x, y: lesson["train_step"](model, x, y, optimizer)  # noqa: E731
        step(*ready[0])  # the first one sets things up
        return step, {"model": model, "optimizer": optimizer}

    def over(batches: Iterator[tuple[Tensor, Tensor]]) -> float:
        step, _ = fresh()
        began = clock()
        for x, y in batches:
            step(x.to(device), y.to(device))  # ends in .item(), which waits for the device
        return clock() - began

    def fit() -> float:
        step, state = fresh()
        settings = {"epochs": 1, "batch_size": asked.batch, "labels": labels, "state": state, "name": "benchmark"}
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(Terminal()):
            began = clock()
            genlab.fit(step, images, live=True, **settings)
            return clock() - began

    seconds: dict[str, list[float]] = {"bare loop": [], "the lesson's loop": [], "DataLoader": []}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GENLAB_CHECKPOINTS"] = folder
        for _ in range(asked.rounds):
            seconds["bare loop"].append(over(iter(ready)))
            seconds["the lesson's loop"].append(fit())
            seconds["DataLoader"].append(over(iter(loader)))
    bare = seconds["bare loop"]
    for name, found in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(found, bare, strict=True))
        print(f"{name:18} {len(images) / statistics.median(found):8,.0f} images/s, {ratio:.3f} times the bare loop")
    ratio = statistics.median(a / b for a, b in zip(seconds["the lesson's loop"], bare, strict=True))
    rival = statistics.median(a / b for a, b in zip(seconds["DataLoader"], seconds["the lesson's loop"], strict=True))
    print(
        f"on {device}: the lesson's loop takes {ratio:.3f} times the bare loop (limit {LIMIT}), DataLoader {rival:.2f} times the lesson's"
    )
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
