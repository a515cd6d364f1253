"""The known mistakes of `wgan_gp/train_step`, each by itself."""

import torch


def same_real(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    generator.train(), critic.train()
    for _ in range(critic_steps):
        images = real[0]
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def one_critic_step(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real[:1]:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def generator_in_the_loop(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
        z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
        generator_loss = -critic(generator(z)).mean()
        generator_optimizer.zero_grad()
        generator_loss.backward()
        generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def generator_first(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def penalty_dropped(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        loss.backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def gp_weight_ignored(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def scores_swapped(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(images).mean() - critic(fake).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def generator_sign(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def same_noise(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    generator.train(), critic.train()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    for images in real:
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def fakes_reused(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def uniform_noise(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    generator.train(), critic.train()
    for images in real:
        z = torch.rand(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.rand(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def noise_not_like_real(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def stale_gradients(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def generator_not_zeroed(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def leaked_to_critic(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
        critic_optimizer.zero_grad()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def leaked_to_generator(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z)
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake.detach(), images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_loss.backward()
    generator_optimizer.step()
    generator_optimizer.zero_grad()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def penalty_reported_weighted(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": gp_weight * penalty.item(), "generator": generator_loss.item()}


def critic_reported_with_penalty(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean() + gp_weight * penalty
        critic_optimizer.zero_grad()
        loss.backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def mode_as_found(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": generator_loss.item()}


def tensors_returned(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images in real:
        z = torch.randn(len(images), latent_dim, device=real.device, dtype=real.dtype)
        fake = generator(z).detach()
        weight = torch.rand(len(images), 1, 1, 1, device=real.device, dtype=real.dtype)
        between = torch.lerp(fake, images, weight).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        penalty = (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(images).mean()
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    z = torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)
    generator_loss = -critic(generator(z)).mean()
    generator_optimizer.zero_grad()
    generator_loss.backward()
    generator_optimizer.step()
    return {"critic": loss.detach(), "gradient_penalty": penalty.detach(), "generator": generator_loss.detach()}
