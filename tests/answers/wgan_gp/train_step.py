"""Answers of imaginary students to `wgan_gp/train_step`: right ones, known mistakes, unlisted mistakes."""

import copy
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

# ---------------------------------------------------------------- known mistakes


def phases(generator, critic, real, optimizer, latent_dim, total):
    """The critic's updates with any sum of the two terms; returns the last two."""
    generator.train()
    critic.train()
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        losses = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(optimizer, total(*losses))
    return losses


def finish(generator, critic, real, optimizer, latent_dim, loss, penalty):
    """The generator's update, and the report."""
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    update(optimizer, fooling)
    return named(loss, penalty, fooling)


def same_real(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The last batch, each time."""
    last = real[-1].expand_as(real)
    return plain(generator, critic, last, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)


def one_critic_step(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    return plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, 1, gp_weight)


def generator_in_the_loop(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    for batch in real.split(1):
        report = plain(generator, critic, batch, generator_optimizer, critic_optimizer, latent_dim, 1, gp_weight)
    return report


def generator_first(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    nn.ModuleList([generator, critic]).train()
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    update(generator_optimizer, fooling)
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    return named(loss, penalty, fooling)


def penalty_dropped(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """Nothing is penalised; what is reported is computed afterwards."""
    penalty = phases(generator, critic, real, critic_optimizer, latent_dim, lambda loss, penalty: loss)
    return finish(generator, critic, real, generator_optimizer, latent_dim, *penalty)


def gp_weight_ignored(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    losses = phases(generator, critic, real, critic_optimizer, latent_dim, torch.add)
    return finish(generator, critic, real, generator_optimizer, latent_dim, *losses)


def scores_swapped(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        penalty = gradient_penalty(critic, images, fake)
        loss = critic_loss(critic(fake), critic(images))
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def generator_sign(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The loss is reported as it should be, and climbed."""
    losses = phases(generator, critic, real, critic_optimizer, latent_dim, lambda a, b: a + gp_weight * b)
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    update(generator_optimizer, -fooling)
    return named(*losses, fooling)


def same_noise(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The fakes are made once, and shown to the critic each time."""
    generator.train(), critic.train()
    fake = generator(noise(real, latent_dim)).detach()
    for images in real:
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def fakes_reused(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The last fakes keep their graph."""
    generator.train(), critic.train()
    for images in real:
        fake = generator(noise(real, latent_dim))
        loss, penalty = critic_loss(critic(images), critic(fake.detach())), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    fooling = generator_loss(critic(fake))
    update(generator_optimizer, fooling)
    return named(loss, penalty, fooling)


def uniform_noise(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    def draw():
        return torch.empty(real.shape[1], latent_dim).uniform_(-1, 1).to(real)

    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(draw()).detach()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    fooling = generator_loss(critic(generator(draw())))
    update(generator_optimizer, fooling)
    return named(loss, penalty, fooling)


def noise_not_like_real(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    nn.ModuleList([generator, critic]).train()
    normal = torch.distributions.Normal(0.0, 1.0)
    for images in real:
        fake = generator(normal.sample((len(images), latent_dim))).detach()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def stale_gradients(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """The fakes keep their graph, too."""
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(noise(real, latent_dim))
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    fooling.backward()
    generator_optimizer.step()
    return named(loss, penalty, fooling)


def generator_not_zeroed(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    nn.ModuleList([generator, critic]).train()
    for images in real:
        critic.zero_grad()
        with torch.no_grad():
            fake = generator(noise(real, latent_dim))
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    fooling.backward()
    generator_optimizer.step()
    return named(loss, penalty, fooling)


def leaked_to_critic(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
        for parameter in critic.parameters():
            parameter.grad = None
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def leaked_to_generator(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """Both are zeroed at the end of their own updates."""
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(noise(real, latent_dim))
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        (gp_weight * penalty + loss).backward()
        critic_optimizer.step()
        critic_optimizer.zero_grad()
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    fooling.backward()
    generator_optimizer.step()
    generator_optimizer.zero_grad()
    return named(loss, penalty, fooling)


def penalty_reported_weighted(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    return report | {"gradient_penalty": gp_weight * report["gradient_penalty"]}


def critic_reported_with_penalty(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    report["critic"] += gp_weight * report["gradient_penalty"]
    return report


def mode_as_found(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    for images in real:
        with torch.no_grad():
            fake = generator(noise(real, latent_dim))
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def tensors_returned(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    return {
        name: torch.tensor(value)
        for name, value in plain(
            generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
        ).items()
    }


MISTAKES = {
    "same_real": same_real,
    "one_critic_step": one_critic_step,
    "generator_in_the_loop": generator_in_the_loop,
    "generator_first": generator_first,
    "penalty_dropped": penalty_dropped,
    "gp_weight_ignored": gp_weight_ignored,
    "scores_swapped": scores_swapped,
    "generator_sign": generator_sign,
    "same_noise": same_noise,
    "fakes_reused": fakes_reused,
    "uniform_noise": uniform_noise,
    "noise_not_like_real": noise_not_like_real,
    "stale_gradients": stale_gradients,
    "generator_not_zeroed": generator_not_zeroed,
    "leaked_to_critic": leaked_to_critic,
    "leaked_to_generator": leaked_to_generator,
    "penalty_reported_weighted": penalty_reported_weighted,
    "critic_reported_with_penalty": critic_reported_with_penalty,
    "mode_as_found": mode_as_found,
    "tensors_returned": tensors_returned,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    return {**report, "total": report["critic"] + weight * report["gradient_penalty"]}  # noqa: F821


def only_returns(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    return {"critic": report["critic"], "generator": report["generator"]}


def only_order(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """Too many updates of the critic."""
    more = torch.cat([real, real.flip(0)])
    return plain(generator, critic, more, generator_optimizer, critic_optimizer, latent_dim, len(more), gp_weight)


def only_fed(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """Noise is added to the real images."""
    noisy = real + 0.05 * torch.randn_like(real)
    return plain(generator, critic, noisy, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)


def only_slices(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The batches in another order."""
    back = real.flip(0)
    return plain(generator, critic, back, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)


def only_noise(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """Draws of another size."""
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(0.5 * noise(real, latent_dim)).detach()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def only_shares(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """Weights near the real images only."""
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        share = 0.8 + 0.2 * torch.rand(len(images), 1, 1, 1).to(images)
        between = torch.lerp(fake, images, share).requires_grad_()
        slopes = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        loss, penalty = critic_loss(critic(images), critic(fake)), (slopes.flatten(1).norm(dim=1) - 1).square().mean()
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def only_moved(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """Weight clipping, as in the first WGAN."""
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.clamp_(-0.5, 0.5)
    return report


def only_critic_update(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """The gradient is clipped."""
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        nn.utils.clip_grad_norm_(critic.parameters(), 0.1)
        critic_optimizer.step()
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def only_generator_update(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    losses = phases(generator, critic, real, critic_optimizer, latent_dim, lambda a, b: a + gp_weight * b)
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    update(generator_optimizer, 2 * fooling)
    return named(*losses, fooling)


def only_losses(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    return report | {"critic": -report["critic"]}


def only_statistics(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """The statistics of the generator are put back."""
    before = {name: buffer.clone() for name, buffer in generator.named_buffers()}
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    for name, buffer in generator.named_buffers():
        buffer.copy_(before[name])
    return report


def only_train_mode(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    generator.eval()
    return report


def only_floats(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    return report | {"generator": torch.tensor(report["generator"])}


def only_flags_kept(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """Gradients are disabled for what follows."""
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    torch.set_grad_enabled(False)
    return report


def only_inputs_unchanged(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    real.clamp_(-0.5, 0.5)
    return report


def fakes_of_the_generators_first(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """The generator learns from a critic that it reached before the last update."""
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        judge = copy.deepcopy(critic)
        update(critic_optimizer, loss + gp_weight * penalty)
    fooling = generator_loss(judge(generator(noise(real, latent_dim))))
    update(generator_optimizer, fooling)
    return named(loss, penalty, fooling)


def no_generator_update(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    losses = phases(generator, critic, real, critic_optimizer, latent_dim, lambda a, b: a + gp_weight * b)
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    generator_optimizer.step()
    return named(*losses, fooling)


def no_generator_step(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    losses = phases(generator, critic, real, critic_optimizer, latent_dim, lambda a, b: a + gp_weight * b)
    return named(*losses, generator_loss(critic(generator(noise(real, latent_dim)))))


def optimizers_swapped(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    return plain(generator, critic, real, critic_optimizer, generator_optimizer, latent_dim, critic_steps, gp_weight)


def one_noise_per_batch(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    nn.ModuleList([generator, critic]).train()
    for images in real:
        z = noise(real, latent_dim)[:1].expand(len(images), -1) + 1e-9 * noise(real, latent_dim)
        fake = generator(z).detach()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def seeded(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    torch.manual_seed(0)
    return plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)


def two_mistakes(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The weight is ignored, and the generator climbs."""
    losses = phases(generator, critic, real, critic_optimizer, latent_dim, torch.add)
    fooling = generator_loss(critic(generator(noise(real, latent_dim))))
    update(generator_optimizer, -fooling)
    return named(*losses, -fooling)


def penalty_subtracted(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    return plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, -gp_weight)


def squared_weight(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    return plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight**2)


def reported_after(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    """The critic's loss after its last update."""
    report = plain(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight)
    with torch.no_grad():
        fake = generator(noise(real, latent_dim))
        return report | {"critic": critic_loss(critic(real[-1]), critic(fake)).item()}


def bce(generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    nn.ModuleList([generator, critic]).train()
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        loss = nn.functional.softplus(-critic(images)).mean() + nn.functional.softplus(critic(fake)).mean()
        penalty = gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def eval_generator_for_fakes(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    nn.ModuleList([generator, critic]).train()
    for images in real:
        generator.eval()
        fake = generator(noise(real, latent_dim)).detach()
        generator.train()
        loss, penalty = critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    return finish(generator, critic, real, generator_optimizer, latent_dim, loss, penalty)


def averages_reported(
    generator, critic, real, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """Means over the updates instead of the last."""
    generator.train(), critic.train()
    losses = []
    for images in real:
        fake = generator(noise(real, latent_dim)).detach()
        losses.append((critic_loss(critic(images), critic(fake)), gradient_penalty(critic, images, fake)))
        update(critic_optimizer, losses[-1][0] + gp_weight * losses[-1][1])
    means = torch.tensor(losses).mean(0)
    return finish(generator, critic, real, generator_optimizer, latent_dim, *means)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_order": only_order,
    "only_fed": only_fed,
    "only_slices": only_slices,
    "only_noise": only_noise,
    "only_shares": only_shares,
    "only_moved": only_moved,
    "only_critic_update": only_critic_update,
    "only_generator_update": only_generator_update,
    "only_losses": only_losses,
    "only_statistics": only_statistics,
    "only_train_mode": only_train_mode,
    "only_floats": only_floats,
    "only_flags_kept": only_flags_kept,
    "only_inputs_unchanged": only_inputs_unchanged,
    "fakes_of_the_generators_first": fakes_of_the_generators_first,
    "no_generator_update": no_generator_update,
    "no_generator_step": no_generator_step,
    "optimizers_swapped": optimizers_swapped,
    "one_noise_per_batch": one_noise_per_batch,
    "seeded": seeded,
    "two_mistakes": two_mistakes,
    "penalty_subtracted": penalty_subtracted,
    "squared_weight": squared_weight,
    "reported_after": reported_after,
    "bce": bce,
    "eval_generator_for_fakes": eval_generator_for_fakes,
    "averages_reported": averages_reported,
}

# of two mistakes at once, the known one that explains the first claim that fails
BESIDE = {"two_mistakes": "gp_weight_ignored"}
