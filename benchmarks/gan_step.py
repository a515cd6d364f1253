"""Images per second of training a DCGAN: the lesson's loop against the plain PyTorch recipe, in one run.

    python benchmarks/gan_step.py [--steps 20] [--rounds 3] [--batch 128] [--width 64] [--workers 2] [--threads 0]

All train the networks of the lesson dcgan on the bricks with Adam, batch by batch, in turns.

- The lesson's loop is `genlab.fit` with everything on that the lesson has on, and the lesson's own train step: batches
  from bytes in memory, which on a GPU lie there; weights channels-last, on a GPU the step as a CUDA graph; averaged
  weights, history, progress, a checkpoint every few seconds.
- The same without one of these, and on a GPU in bfloat16 by autocast.
- The recipe is the widely taught one: a DataLoader with workers that converts image by image, float32, the
  discriminator's gradients of real and of generated images in two passes, five numbers read from the device in each
  step. Once its images are files, as image folders are; once they lie in memory, which spares it the reading.

The recipe's first batch is made before its clock starts, so that starting the workers costs it nothing. The median of
the rounds' ratios counts. On a GPU the lesson's loop must be 1.3 times as fast as the recipe from files. On the
CPU the networks take nearly all the time of either, and there is no limit.

Seen on an H100 (27 November 2026, PyTorch 2.11, --steps 80 --rounds 2), images per second: the lesson's loop 12,900, which
is 1.56 times the recipe from files (8,200) and 1.35 times the one from memory (9,600); without the graph 9,000, channels
first 12,700, in bfloat16 16,100. By itself, without checkpoints and the rest, a step of 128 images took 12.9 ms there,
6.2 of them on the GPU. As a graph it takes 6.2 ms, channels-last 5.5, and in bfloat16 3.8.
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
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

import genlab
from autograder.definitions import load_reference

LIMIT = 1.3
LATENT = 100


class PerImage(TorchDataset[Tensor]):
    """Pictures one by one, from files or from arrays (64, 64) uint8, each turned into floats (1, 64, 64) in [−1, 1]."""

    def __init__(self, pictures: list[Path] | list[np.ndarray]) -> None:
        self.pictures = pictures

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, i: int) -> Tensor:
        picture = self.pictures[i]
        if isinstance(picture, Path):
            with Image.open(picture) as opened:
                picture = np.array(opened.convert("L"))
        return torch.from_numpy(picture)[None].float().div(255).sub(0.5).div(0.5)


class Terminal(io.StringIO):
    """A terminal that nobody sees, so that the progress bar is drawn."""

    def isatty(self) -> bool:
        return True


def adam(network: nn.Module, fused: bool | None = None) -> torch.optim.Optimizer:
    """fused=None leaves the choice to PyTorch, which takes its several-tensors loop on a GPU."""
    return torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999), fused=fused)


def recipe_step(
    generator: nn.Module, discriminator: nn.Module, real: Tensor, g_optimizer: object, d_optimizer: object
) -> None:
    """One step as it is widely taught, with five numbers for the log."""
    loss = nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones(len(real), device=real.device), torch.zeros(len(real), device=real.device)
    discriminator.zero_grad()
    logits = discriminator(real)
    on_real = loss(logits, ones)
    on_real.backward()
    mean_real = logits.sigmoid().mean().item()
    fake = generator(torch.randn(len(real), LATENT, device=real.device))
    logits = discriminator(fake.detach())
    on_fake = loss(logits, zeros)
    on_fake.backward()
    mean_fake = logits.sigmoid().mean().item()
    d_optimizer.step()  # type: ignore[attr-defined]
    generator.zero_grad()
    logits = discriminator(fake)
    fooled = loss(logits, ones)
    fooled.backward()
    g_optimizer.step()  # type: ignore[attr-defined]
    _ = mean_real, mean_fake, logits.sigmoid().mean().item(), (on_real + on_fake).item(), fooled.item()


def main() -> int:
    """Measure all in turns, and print throughputs and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--width", type=int, default=64, help="of the networks; 16 on two CPU cores")
    parser.add_argument("--workers", type=int, default=2, help="of the DataLoader")
    parser.add_argument("--threads", type=int, default=0, help="of torch, for all; 0 for its own choice")
    asked = parser.parse_args()
    if asked.threads:
        torch.set_num_threads(asked.threads)
    lesson, device = load_reference("dcgan"), genlab.device()
    images = genlab.data.load("lego_bricks", size=64, limit=asked.steps * asked.batch).train.images.clone()

    def networks(layout: torch.memory_format) -> tuple[nn.Module, nn.Module]:
        torch.manual_seed(0)
        made = lesson["Generator"](LATENT, width=asked.width), lesson["Discriminator"](width=asked.width)
        return made[0].to(device, memory_format=layout), made[1].to(device, memory_format=layout)

    def wait() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize()

    def by_lesson(layout: torch.memory_format = torch.channels_last, graph: bool = True, half: bool = False) -> float:
        """Seconds of one epoch in the lesson's loop."""
        generator, discriminator = networks(layout)
        fused = True if device.type == "cuda" else None
        g_optimizer, d_optimizer = adam(generator, fused), adam(discriminator, fused)
        train_step = genlab.graphed(lesson["train_step"]) if graph else lesson["train_step"]
        average = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(lesson["AVERAGING"]), use_buffers=True)

        def step(x: Tensor) -> dict[str, float]:
            # weights change within the step, so none may be kept in bfloat16 from one use to the next
            with torch.autocast(device.type, torch.bfloat16, enabled=half, cache_enabled=False):
                losses: dict[str, float] = train_step(
                    generator, discriminator, 2 * x - 1, g_optimizer, d_optimizer, LATENT, 0.1
                )
            average.update_parameters(generator)
            return losses

        for _ in range(5):  # the first ones set things up
            step(images[: asked.batch].to(device) / 255)
        state = {"generator": generator, "discriminator": discriminator, "average": average}
        state |= {"g": g_optimizer, "d": d_optimizer}
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(Terminal()):
            wait()
            began = time.perf_counter()
            genlab.fit(step, images, epochs=1, batch_size=asked.batch, state=state, name="benchmark", live=True)
            wait()
            return time.perf_counter() - began

    def by_recipe(pictures: list[Path] | list[np.ndarray]) -> float:
        """Seconds of one epoch in the recipe's loop, from the moment when the first batch is there."""
        generator, discriminator = networks(torch.contiguous_format)
        optimizers = adam(generator), adam(discriminator)
        real = torch.rand(asked.batch, 1, 64, 64, device=device)
        recipe_step(generator, discriminator, real, *optimizers)  # the first one sets things up
        loader = DataLoader(
            PerImage(pictures), asked.batch, shuffle=True, num_workers=asked.workers, pin_memory=device.type == "cuda"
        )
        batches = iter(loader)
        real = next(batches)
        wait()
        began = time.perf_counter()
        while real is not None:
            recipe_step(generator, discriminator, real.to(device), *optimizers)
            real = next(batches, None)
        wait()
        return time.perf_counter() - began

    loops: dict[str, Callable[[], float]] = {
        "lesson": by_lesson,
        "lesson, channels first": lambda: by_lesson(torch.contiguous_format),
    }
    if device.type == "cuda":
        loops["lesson, no graph"] = lambda: by_lesson(graph=False)
        loops["lesson, bfloat16"] = lambda: by_lesson(half=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GENLAB_CHECKPOINTS"] = folder
        paths = [Path(folder) / f"{i:05}.png" for i in range(len(images))]
        for path, image in zip(paths, images, strict=True):
            Image.fromarray(image[0].numpy()).save(path)
        loops["recipe, files"] = lambda: by_recipe(paths)
        loops["recipe, memory"] = lambda: by_recipe(list(images[:, 0].numpy()))
        seconds: dict[str, list[float]] = {name: [] for name in loops}
        for _ in range(asked.rounds):
            for name, loop in loops.items():
                seconds[name].append(loop())
    print(f"on {device}, {torch.get_num_threads()} threads, width {asked.width}, batches of {asked.batch}:")
    for name, taken in seconds.items():
        ratios = [
            statistics.median(theirs / ours for theirs, ours in zip(seconds[rival], taken, strict=True))
            for rival in ("recipe, files", "recipe, memory")
        ]
        if name == "lesson":
            reached = ratios[0]
        speed = len(images) / statistics.median(taken)
        print(f"{name:32} {speed:9,.0f} images/s   {ratios[0]:5.2f} × files   {ratios[1]:5.2f} × memory")
    if device.type != "cuda":
        return 0
    print(f"the lesson's loop against the recipe from files: {reached:.2f} (limit {LIMIT})")
    return 0 if reached >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
