"""The known mistakes of `dcgan/train_step`, each by itself."""

import torch
from torch.nn import functional as F


def fakes_not_detached(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake)
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    logits = discriminator(generator(z))
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    g_loss.backward()
    generator_optimizer.step()
    generator_optimizer.zero_grad()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def discriminator_steps_again(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    discriminator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def leaked_to_discriminator(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    d_loss.backward()
    discriminator_optimizer.step()
    discriminator_optimizer.zero_grad()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def stale_gradients(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def generator_not_zeroed(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def one_noise_vector(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(1, latent_dim, device=real.device, dtype=real.dtype).repeat(len(real), 1)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def uniform_noise(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.rand(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def noise_not_like_real(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def generator_on_zeros(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.zeros_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def saturating(generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = -F.binary_cross_entropy_with_logits(logits, torch.zeros_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def optimizers_swapped(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake)
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    generator_optimizer.zero_grad()
    d_loss.backward()
    generator_optimizer.step()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    logits = discriminator(generator(z))
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    discriminator_optimizer.zero_grad()
    g_loss.backward()
    discriminator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def generator_first(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def label_noise_ignored(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones, zeros = torch.ones_like(real_logits), torch.zeros_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def labels_out_of_range(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 + label_noise * torch.rand_like(real_logits)
    zeros = -label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def labels_swapped(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, zeros) + F.binary_cross_entropy_with_logits(fake_logits, ones)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def noisy_generator(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, 1 - label_noise * torch.rand_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def half_missing(generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(
        fake_logits, zeros
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def joint_call(generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(torch.cat([real, fake.detach()])).chunk(2)
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def simultaneous(generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    generator_optimizer.zero_grad()
    discriminator_gradients = [p.grad.clone() for p in discriminator.parameters()]
    g_loss.backward()
    for parameter, gradient in zip(discriminator.parameters(), discriminator_gradients, strict=True):
        parameter.grad = gradient
    discriminator_optimizer.step()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def mode_as_found(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def tensors_returned(
    generator, discriminator, real, generator_optimizer, discriminator_optimizer, latent_dim, label_noise
):
    generator.train(), discriminator.train()
    z = torch.randn(len(real), latent_dim, device=real.device, dtype=real.dtype)
    fake = generator(z)
    real_logits, fake_logits = discriminator(real), discriminator(fake.detach())
    ones = 1 - label_noise * torch.rand_like(real_logits)
    zeros = label_noise * torch.rand_like(fake_logits)
    d_loss = 0.5 * (
        F.binary_cross_entropy_with_logits(real_logits, ones) + F.binary_cross_entropy_with_logits(fake_logits, zeros)
    )
    discriminator_optimizer.zero_grad()
    d_loss.backward()
    discriminator_optimizer.step()
    logits = discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    generator_optimizer.zero_grad()
    g_loss.backward()
    generator_optimizer.step()
    return {"discriminator": d_loss.detach(), "generator": g_loss.detach()}
