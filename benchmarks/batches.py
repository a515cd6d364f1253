"""Images per second of `genlab.data.batches` against a DataLoader with a per-image transform.

    python benchmarks/batches.py [--images 60000] [--batch 100] [--rounds 3] [--device cpu] [--threads 1]

Both go once over the same images, shuffled, and give float batches of 32×32 in [0, 1]. The
DataLoader does what a usual lesson does: it pads, converts and scales image by image. The best of
the rounds counts; without a network or files of yours the images are the drawn stand-in's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from genlab import data


class PerImage(TorchDataset[Tensor]):
    """The images (N, 1, 28, 28) uint8 one by one, each padded and scaled when it is asked for."""

    def __init__(self, images: Tensor) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i: int) -> Tensor:
        return F.pad(self.images[i].to(torch.float32) / 255, (2, 2, 2, 2))


def rate(make: Callable[[], Iterable[Tensor]], device: torch.device, rounds: int) -> float:
    """Images per second of the fastest of some rounds; a sum over each batch makes it real."""
    best = 0.0
    for _ in range(rounds):
        start, count = time.perf_counter(), 0
        total = torch.zeros((), device=device)
        for x in make():
            total += x.to(device)[:, 0, 16, 16].sum()
            count += len(x)
        total.item()  # waits for the GPU
        best = max(best, count / (time.perf_counter() - start))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=60_000)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1, help="of torch, for both; 1 is steadiest")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    small = data.load("fashion_mnist", size=28).train.images[: options.images]
    large = data.load("fashion_mnist", size=32).train.images[: options.images]
    loader = DataLoader(PerImage(small), options.batch, shuffle=True)
    workers = DataLoader(PerImage(small), options.batch, shuffle=True, num_workers=2)

    ours = rate(lambda: data.batches(large, options.batch, device=device), device, options.rounds)
    rivals = {
        "DataLoader": rate(lambda: loader, device, 1),
        "DataLoader, 2 workers": rate(lambda: workers, device, 1),
    }
    print(f"{'genlab.data.batches':24} {ours:12,.0f} images/s on {device}")
    for name, theirs in rivals.items():
        print(f"{name:24} {theirs:12,.0f} images/s, ratio {ours / theirs:.0f}")


if __name__ == "__main__":
    main()
