"""Find the bug: a discriminator that knows less than nothing."""

import torch
from torch import nn
from torch.nn import functional as F


def mended_train_step(
    generator: nn.Module,
    discriminator: nn.Module,
    real: torch.Tensor,
    generator_optimizer: torch.optim.Optimizer,
    discriminator_optimizer: torch.optim.Optimizer,
    latent_dim: int,
    label_noise: float,
) -> dict[str, float]:
    """A slip of copying: the discriminator's turn empties the generator's gradients, and nobody empties its own."""
    generator.train()
    discriminator.train()
    bce, batch = F.binary_cross_entropy_with_logits, len(real)

    # the discriminator's turn
    z = torch.randn(batch, latent_dim, device=real.device, dtype=real.dtype)
    on_real = discriminator(real)  # (B,)
    on_fake = discriminator(generator(z).detach())
    ones = 1 - label_noise * torch.rand_like(on_real)
    zeros = label_noise * torch.rand_like(on_fake)
    d_loss = 0.5 * (bce(on_real, ones) + bce(on_fake, zeros))
    generator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()

    # the generator's turn
    z = torch.randn(batch, latent_dim, device=real.device, dtype=real.dtype)
    on_fake = discriminator(generator(z))
    g_loss = bce(on_fake, torch.ones_like(on_fake))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}
