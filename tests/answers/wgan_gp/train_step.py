"""Answers of imaginary students to `wgan_gp/train_step`: right ones, known mistakes, unlisted mistakes."""

import sys
import warnings

import torch
from torch import nn
from torch.func import functional_call, grad, vmap


def critic_loss(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean()


def generator_loss(fake_scores):
    return -fake_scores.mean()


def gradient_penalty(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, device=real.device, dtype=real.dtype)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def noise(real, latent_dim):
    return torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def named(critic, penalty, generator):
    return {"critic": float(critic), "gradient_penalty": float(penalty), "generator": float(generator)}


# ---------------------------------------------------------------- right answers


def plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    generator.train()
    critic.train()
    for i in range(critic_steps):
        with torch.no_grad():
            fake = generator(noise(real, latent_dim))
        loss = critic_loss(critic(real[i]), critic(fake))
        penalty = gradient_penalty(critic, real[i], fake)
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    generator_optimizer.zero_grad()
    fooling.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": fooling.item()}


def one_joint_call(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """Real images, fakes and interpolates go through the critic together; all gradients are zeroed after the step."""
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(torch.randn(len(images), latent_dim).to(images)).detach()
        share = torch.rand(len(images)).to(images)[:, None, None, None]
        batch = torch.cat([fake, images, fake.lerp(images, share)]).requires_grad_()
        scores = critic(batch)
        on_fake, on_real, on_line = scores.chunk(3)
        slopes = torch.autograd.grad(on_line.sum(), batch, create_graph=True)[0].chunk(3)[2]
        penalty = (slopes.square().sum(dim=(1, 2, 3)).sqrt() - 1).square().mean()
        loss = on_fake.mean() - on_real.mean()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
        critic_optimizer.zero_grad()
    generator_optimizer.zero_grad()
    fooling = -critic(generator(noise(real, latent_dim))).mean()
    fooling.backward()
    generator_optimizer.step()
    generator_optimizer.zero_grad(set_to_none=False)
    critic.zero_grad()
    return named(loss, penalty, fooling)


def all_fakes_first(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """The generator does not move while the critic learns, so all of its images can be made before."""
    generator.train(), critic.train()
    fakes = [generator(noise(real, latent_dim)) for _ in range(critic_steps + 1)]
    for images, fake in zip(real, fakes[:-1], strict=True):
        loss = critic_loss(critic(images), critic(fake.detach()))
        penalty = gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    fooling = generator_loss(critic(fakes[-1]))
    update(generator_optimizer, fooling)
    return named(loss, penalty, fooling)


def not_detached_but_zeroed(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """The fakes keep their graph; what arrives at the generator is zeroed before its own backward."""
    critic.train()
    generator.train()
    for i in range(critic_steps):
        fake = generator(noise(real, latent_dim))
        penalty = gradient_penalty(critic, real[i], fake)
        loss = critic(fake).mean() - critic(real[i]).mean()
        update(critic_optimizer, loss + gp_weight * penalty)
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    update(generator_optimizer, fooling)
    return named(loss.detach(), penalty.detach(), fooling.detach())


def gradients_by_hand(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """autograd.grad instead of backward: nothing leaks anywhere."""
    generator.train(), critic.train()

    def step(network, optimizer, loss):
        parameters = list(network.parameters())
        for parameter, slope in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            parameter.grad = slope
        optimizer.step()

    for images in real.unbind():
        fake = generator(torch.randn((images.shape[0], latent_dim), dtype=images.dtype, device=images.device))
        penalty = gradient_penalty(critic, images, fake)
        loss = critic_loss(critic(images), critic(fake))
        step(critic, critic_optimizer, loss + gp_weight * penalty)
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    step(generator, generator_optimizer, fooling)
    return named(loss, penalty, fooling)


def critic_frozen(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The critic's parameters are frozen while the generator learns, and free again afterwards."""
    generator.train()
    critic.train()
    for i in range(critic_steps):
        with torch.no_grad():
            fake = generator(noise(real, latent_dim))
        losses = critic_loss(critic(real[i]), critic(fake)), gradient_penalty(critic, real[i], fake)
        critic_optimizer.zero_grad()
        (losses[0] + gp_weight * losses[1]).backward()
        critic_optimizer.step()
    critic.requires_grad_(False)
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    generator_optimizer.zero_grad()
    fooling.backward()
    generator_optimizer.step()
    critic.requires_grad_(True)
    return named(*losses, fooling)


def several_backwards(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """Each term has a backward of its own: gradients add up."""
    generator.train(), critic.train()
    count = 0
    while count < critic_steps:
        fake = generator(noise(real, latent_dim)).detach()
        critic_optimizer.zero_grad()
        on_real, on_fake = critic(real[count]).mean(), critic(fake).mean()
        (-on_real).backward()
        on_fake.backward()
        penalty = gradient_penalty(critic, real[count], fake)
        (gp_weight * penalty).backward()
        critic_optimizer.step()
        count += 1
    generator_optimizer.zero_grad()
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    fooling.backward()
    generator_optimizer.step()
    return named(on_fake - on_real, penalty, fooling)


def with_closures(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    nn.ModuleList([generator, critic]).train(True)
    report = {}
    for images in real:

        def closure(images=images):
            critic_optimizer.zero_grad()
            with torch.no_grad():
                fake = generator(noise(real, latent_dim))
            loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
            total = loss + gp_weight * penalty
            total.backward()
            report.update(critic=loss.item(), gradient_penalty=penalty.item())
            return total

        critic_optimizer.step(closure)

    def fool():
        generator_optimizer.zero_grad()
        loss = generator_loss(critic(generator(noise(real, latent_dim))))
        loss.backward()
        report["generator"] = loss.tolist()
        return loss

    generator_optimizer.step(fool)
    return report


def image_by_image(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The critic, which has no batch norm, may see its images one by one; the slopes by torch.func."""
    generator.train()
    critic.train()
    for images in real:
        with torch.no_grad():
            fake = generator(noise(real, latent_dim))
        share = torch.rand(len(images), 1, 1, 1).to(images)
        between = images + share * (fake - images)
        weights = dict(critic.named_parameters())

        def score(image, weights=weights):
            return functional_call(critic, weights, (image[None],))[0]

        slopes = vmap(grad(score))(between)
        penalty = (torch.linalg.vector_norm(slopes, dim=(1, 2, 3)) - 1).pow(2).mean()
        loss = critic_loss(
            torch.cat([critic(image[None]) for image in images]), torch.cat([critic(image[None]) for image in fake])
        )
        update(critic_optimizer, loss + gp_weight * penalty)
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    update(generator_optimizer, fooling)
    return named(loss, penalty, fooling)


def talkative(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    print(report)
    print("one step", file=sys.stderr)
    warnings.warn("training is slow without an accelerator", stacklevel=2)
    return report


RIGHT = {
    "plain": plain,
    "one_joint_call": one_joint_call,
    "all_fakes_first": all_fakes_first,
    "not_detached_but_zeroed": not_detached_but_zeroed,
    "gradients_by_hand": gradients_by_hand,
    "critic_frozen": critic_frozen,
    "several_backwards": several_backwards,
    "with_closures": with_closures,
    "image_by_image": image_by_image,
    "talkative": talkative,
}
