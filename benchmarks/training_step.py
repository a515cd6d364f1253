"""What the training loop costs: a step inside `genlab.fit` against the bare model step on the same batches.

    python benchmarks/training_step.py [--steps 100] [--rounds 5]

The model is a VAE of the lesson's size (convolutions 32, 64, 128 on 32×32, two latent dimensions,
batches of 100). The loop runs with everything on that a lesson has on: batches from bytes, a
checkpoint every few seconds, history, progress. Both are measured in the same run, on the same
batches and in the same moments, so that other work on the machine meets both: the ratio is the time
of the whole call of `fit` over the time inside the model steps. At most 1.1.
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

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import genlab

LIMIT = 1.1
BATCH = 100


class VAE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            *(m for a, b in ((1, 32), (32, 64), (64, 128)) for m in (half(a, b), nn.ReLU())),
            nn.Flatten(),
        )
        self.z_mean, self.z_log_var = nn.Linear(2048, 2), nn.Linear(2048, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, 2048),
            nn.Unflatten(1, (128, 4, 4)),
            *(m for a, b in ((128, 128), (128, 64), (64, 32)) for m in (double(a, b), nn.ReLU())),
            nn.Conv2d(32, 1, 3, 1, 1),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        h = self.trunk(x)  # (B, 2048)
        mean, log_var = self.z_mean(h), self.z_log_var(h)  # (B, 2)
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        return self.decoder(z), mean, log_var


def half(c_in: int, c_out: int) -> nn.Module:
    return nn.Conv2d(c_in, c_out, 3, 2, 1)


def double(c_in: int, c_out: int) -> nn.Module:
    return nn.ConvTranspose2d(c_in, c_out, 3, 2, 1, output_padding=1)


def train_step(model: VAE, optimizer: torch.optim.Optimizer, x: Tensor) -> dict[str, float]:
    model.train()
    logits, mean, log_var = model(x)
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    reconstruction = bce.sum(dim=(1, 2, 3)).mean()
    kl = -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(dim=1).mean()
    total = reconstruction + kl
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}


def lesson(images: Tensor) -> tuple[float, float, int]:
    """Seconds of one epoch in the lesson's loop, seconds of these inside the model steps, and their number."""
    torch.manual_seed(0)
    model = VAE().to(genlab.device())
    optimizer = torch.optim.Adam(model.parameters())
    train_step(model, optimizer, images[:BATCH].float() / 255)  # the first one sets things up
    inside: list[float] = []

    def timed(x: Tensor) -> dict[str, float]:
        began = time.perf_counter()
        losses = train_step(model, optimizer, x)  # ends in .item(), which waits for the device
        inside.append(time.perf_counter() - began)
        return losses

    state = {"model": model, "optimizer": optimizer}
    settings = {"epochs": 1, "batch_size": BATCH, "state": state, "name": "benchmark", "live": True}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(Terminal()):
        began = time.perf_counter()
        genlab.fit(timed, images, **settings)
        whole = time.perf_counter() - began
    return whole, sum(inside), len(inside)


class Terminal(io.StringIO):
    """A terminal that nobody sees, so that the progress bar is drawn."""

    def isatty(self) -> bool:
        return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    images = torch.randint(0, 256, (asked.steps * BATCH, 1, 32, 32), dtype=torch.uint8)
    images = images.to(genlab.device())
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GENLAB_CHECKPOINTS"] = folder
        for number in range(asked.rounds):
            whole, inside, steps = lesson(images)
            ratios.append(whole / inside)
            print(
                f"round {number + 1}: model step {1e3 * inside / steps:6.2f} ms, "
                f"lesson's step {1e3 * whole / steps:6.2f} ms, ratio {ratios[-1]:.3f}"
            )
    ratio = statistics.median(ratios)
    print(f"median ratio on {genlab.device()}: {ratio:.3f}   (limit {LIMIT})")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
