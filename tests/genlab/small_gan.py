"""A small GAN with all that makes resuming hard: two networks, two optimizers, an average of weights, batch norm, dropout,
noise in the step, channels-last."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import genlab
from genlab.training import resume

IMAGES = torch.randint(
    0, 256, (70, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(5)
)  # 4 batches of 20 an epoch, the last one short
EPOCHS, BATCH, LATENT_DIM = 3, 20, 4
FIXED = torch.randn(6, LATENT_DIM, generator=torch.Generator().manual_seed(7))


class Generator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ConvTranspose2d(LATENT_DIM, 8, 4, bias=False),
            nn.BatchNorm2d(8),
            nn.LeakyReLU(0.2),
            nn.ConvTranspose2d(8, 1, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z[:, :, None, None])  # (B, 1, 8, 8)


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 8, 4, 2, 1, bias=False),
            nn.BatchNorm2d(8),
            nn.LeakyReLU(0.2),
            nn.Dropout(0.3),
            nn.Conv2d(8, 1, 4, bias=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).flatten()  # (B,)


class Gan:
    """Networks, optimizers and frames of one run; `before(n)`, `between(n)` and `after(n)` are called in its nth step."""

    def __init__(self, **calls: Callable[[int], None]) -> None:
        torch.manual_seed(1)
        self.generator = Generator().to(memory_format=torch.channels_last)
        self.discriminator = Discriminator().to(memory_format=torch.channels_last)
        self.average = AveragedModel(self.generator, multi_avg_fn=get_ema_multi_avg_fn(0.8), use_buffers=True)
        self.g_optimizer = torch.optim.Adam(self.generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
        self.d_optimizer = torch.optim.Adam(self.discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
        self.frames = genlab.Frames()
        self.calls, self.count = calls, 0

    def call(self, when: str, number: int) -> None:
        self.calls.get(when, lambda number: None)(number)

    def step(self, real: Tensor) -> dict[str, float]:
        """One update of the discriminator on noisy labels, and one of the generator."""
        self.count += 1
        self.call("before", self.count)
        self.generator.train()
        self.discriminator.train()
        real = 2 * real - 1
        fake = self.generator(torch.randn(len(real), LATENT_DIM))
        labels = 1 - 0.1 * torch.rand(len(real))
        real_loss = F.binary_cross_entropy_with_logits(self.discriminator(real), labels)
        fake_loss = F.binary_cross_entropy_with_logits(self.discriminator(fake.detach()), 1 - labels)
        d_loss = (real_loss + fake_loss) / 2
        self.d_optimizer.zero_grad()
        d_loss.backward()
        self.d_optimizer.step()
        self.call("between", self.count)
        logits = self.discriminator(self.generator(torch.randn(len(real), LATENT_DIM)))
        g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones(len(real)))
        self.g_optimizer.zero_grad()
        g_loss.backward()
        self.g_optimizer.step()
        self.average.update_parameters(self.generator)
        self.call("after", self.count)
        return {"discriminator": d_loss.item(), "generator": g_loss.item()}

    def draw(self) -> Tensor:
        """The pictures of the fixed noise by the generator, and by its average, in [0, 1]."""
        self.generator.eval()
        self.average.eval()
        with torch.no_grad():
            return (torch.cat([self.generator(FIXED), self.average(FIXED)]) + 1) / 2

    def on_epoch(self, epoch: int, history: genlab.History) -> None:
        self.call("epoch begins", epoch)
        self.frames.add(epoch, self.draw())
        self.call("epoch ends", epoch)

    def train(self, name: str | None = "gan") -> genlab.History:
        state = {
            "generator": self.generator,
            "discriminator": self.discriminator,
            "average": self.average,
            "generator_optimizer": self.g_optimizer,
            "discriminator_optimizer": self.d_optimizer,
            "frames": self.frames,
        }
        settings = {"epochs": EPOCHS, "batch_size": BATCH, "name": name, "state": state}
        return genlab.fit(lambda x: self.step(x), IMAGES, on_epoch=self.on_epoch, **settings)

    def everything(self) -> list[Tensor]:
        """Every tensor of the networks, the optimizers and the frames."""
        networks = (self.generator, self.discriminator, self.average)
        found = [tensor for network in networks for tensor in network.state_dict().values()]
        for optimizer in (self.g_optimizer, self.d_optimizer):
            for one in optimizer.state_dict()["state"].values():
                found += one.values()
        return [*found, *self.frames.images]


def train_until_killed(step: int) -> None:
    """Trains with a checkpoint after every step, and is killed in the middle of one as by a machine that goes away."""
    torch.set_num_threads(1)
    resume.SAVE_SECONDS, resume.SHARE = 0.0, float("inf")
    Gan(between=lambda now: os.kill(os.getpid(), signal.SIGKILL) if now == step else None).train()
