"""Answers of imaginary students to `dcgan/train_step`: right ones, known mistakes, unlisted mistakes.

All are made by `step`, which is written with other calls than the lesson's, with one thing changed.
"""

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def bce(logits, labels):
    return (F.softplus(logits) - labels * logits).mean()


def noise_for(real, latent_dim):
    return torch.randn((real.shape[0], latent_dim), dtype=real.dtype, device=real.device)


def plain(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    """New fakes for the generator; the discriminator's are made without a graph."""
    for network in (generator, discriminator):
        network.train()
    with torch.no_grad():
        fake = generator(noise_for(real, latent_dim))
    d_optimizer.zero_grad()
    a, b = discriminator(real), discriminator(fake)
    d_loss = (bce(a, 1 - label_noise * torch.rand_like(a)) + bce(b, label_noise * torch.rand_like(b))) / 2
    d_loss.backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    g_loss = F.softplus(-discriminator(generator(noise_for(real, latent_dim)))).mean()
    g_loss.backward()
    g_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def fakes_again(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    """The same fakes in both phases; fake images are judged first; gradients are zeroed after each step, too."""
    generator.train(), discriminator.train()
    fake = generator(noise_for(real, latent_dim))
    discriminator.zero_grad()
    b = discriminator(fake.data)
    half = bce(b, label_noise * torch.rand_like(b)) / 2
    half.backward()
    a = discriminator(real)
    other = bce(a, 1 - label_noise * torch.rand_like(a)) / 2
    other.backward()
    d_optimizer.step()
    d_optimizer.zero_grad()
    generator.zero_grad()
    g_loss = -F.logsigmoid(discriminator(fake)).mean()
    g_loss.backward()
    g_optimizer.step()
    g_optimizer.zero_grad()
    return {"generator": float(g_loss), "discriminator": float(half + other)}


def frozen_meanwhile(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    """The discriminator's weights need no gradient in the generator's phase."""
    generator.train(), discriminator.train()
    fake = generator(noise_for(real, latent_dim))
    a, b = discriminator(real), discriminator(fake.detach())
    d_loss = (bce(a, 1 - label_noise * torch.rand_like(a)) + bce(b, label_noise * torch.rand_like(b))) / 2
    d_optimizer.zero_grad(set_to_none=True)
    d_loss.backward()
    d_optimizer.step()
    for parameter in discriminator.parameters():
        parameter.requires_grad_(False)
    g_loss = F.softplus(-discriminator(fake)).mean()
    g_optimizer.zero_grad(set_to_none=True)
    g_loss.backward()
    g_optimizer.step()
    for parameter in discriminator.parameters():
        parameter.requires_grad_(True)
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def by_autograd(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    """Gradients are asked for by name and put in place."""

    def update(network, optimizer, loss):
        weights = list(network.parameters())
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.grad = gradient
        optimizer.step()

    generator.train(), discriminator.train()
    fake = generator(noise_for(real, latent_dim))
    a, b = discriminator(real), discriminator(fake)
    d_loss = (bce(a, 1 - label_noise * torch.rand_like(a)) + bce(b, label_noise * torch.rand_like(b))) / 2
    weights = list(discriminator.parameters())
    for weight, gradient in zip(weights, torch.autograd.grad(d_loss, weights, retain_graph=True), strict=True):
        weight.grad = gradient
    d_optimizer.step()
    g_loss = F.softplus(-discriminator(generator(noise_for(real, latent_dim)))).mean()
    update(generator, g_optimizer, g_loss)
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def undetached_but_zeroed(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    """The discriminator's loss reaches the generator, and what it leaves there is removed."""
    generator.train(), discriminator.train()
    a, b = discriminator(real), discriminator(generator(noise_for(real, latent_dim)))
    d_loss = (bce(a, 1 - label_noise * torch.rand_like(a)) + bce(b, label_noise * torch.rand_like(b))) / 2
    discriminator.zero_grad()
    d_loss.backward()
    d_optimizer.step()
    generator.zero_grad()
    g_loss = nn.BCEWithLogitsLoss()(c := discriminator(generator(noise_for(real, latent_dim))), torch.ones_like(c))
    g_loss.backward()
    g_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


RIGHT = {f.__name__: f for f in (plain, fakes_again, frozen_meanwhile, by_autograd, undetached_but_zeroed)}

# ---------------------------------------------------------------- a step with one thing changed


def step(
    *,
    z=noise_for,
    detach=True,
    reuse=False,
    d_zero=True,
    g_zero=True,
    ones=lambda a, noise: 1 - noise * torch.rand_like(a),
    zeros=lambda b, noise: noise * torch.rand_like(b),
    d_loss_of=lambda a, b, y, n: (bce(a, y) + bce(b, n)) / 2,
    g_loss_of=lambda c, noise: F.softplus(-c).mean(),
    judge=lambda discriminator, real, fake: (discriminator(real), discriminator(fake)),
    d_extra=lambda discriminator: 0.0,
    swapped=False,
    mode=True,
    returned=lambda d, g: {"discriminator": d.item(), "generator": g.item()},
    after=lambda *arguments: None,
):
    def train_step(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
        arguments = (generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise)
        first, second = (g_optimizer, d_optimizer) if swapped else (d_optimizer, g_optimizer)
        if mode:
            generator.train(), discriminator.train()
        fake = generator(z(real, latent_dim))
        a, b = judge(discriminator, real, fake.detach() if detach else fake)
        d_loss = d_loss_of(a, b, ones(a, label_noise), zeros(b, label_noise))
        if d_zero:
            first.zero_grad()
        (d_loss + d_extra(discriminator)).backward()
        first.step()
        c = discriminator(fake if reuse else generator(z(real, latent_dim)))
        g_loss = g_loss_of(c, label_noise)
        if g_zero:
            second.zero_grad()
        g_loss.backward()
        second.step()
        after(*arguments)
        return returned(d_loss, g_loss)

    return train_step


# ---------------------------------------------------------------- known mistakes


def simultaneous(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    generator.train(), discriminator.train()
    fake = generator(noise_for(real, latent_dim))
    a, b = discriminator(real), discriminator(fake)
    d_loss = (bce(a, 1 - label_noise * torch.rand_like(a)) + bce(b, label_noise * torch.rand_like(b))) / 2
    g_loss = F.softplus(-b).mean()
    d_weights, g_weights = list(discriminator.parameters()), list(generator.parameters())
    d_gradients = torch.autograd.grad(d_loss, d_weights, retain_graph=True)
    g_gradients = torch.autograd.grad(g_loss, g_weights)
    for weight, gradient in zip(d_weights + g_weights, d_gradients + g_gradients, strict=True):
        weight.grad = gradient
    d_optimizer.step()
    g_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def generator_first(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    generator.train(), discriminator.train()
    g_optimizer.zero_grad()
    fake = generator(noise_for(real, latent_dim))
    g_loss = F.softplus(-discriminator(fake)).mean()
    g_loss.backward()
    g_optimizer.step()
    d_optimizer.zero_grad()
    a, b = discriminator(real), discriminator(fake.detach())
    d_loss = (bce(a, 1 - label_noise * torch.rand_like(a)) + bce(b, label_noise * torch.rand_like(b))) / 2
    d_loss.backward()
    d_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def leaking(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    """The discriminator's gradients are zeroed too early: before the generator's backward."""
    generator.train(), discriminator.train()
    a, b = discriminator(real), discriminator(generator(noise_for(real, latent_dim)).detach())
    d_loss = (bce(a, 1 - label_noise * torch.rand_like(a)) + bce(b, label_noise * torch.rand_like(b))) / 2
    d_loss.backward()
    d_optimizer.step()
    for network in (generator, discriminator):
        network.zero_grad()
    g_loss = F.softplus(-discriminator(generator(noise_for(real, latent_dim)))).mean()
    g_loss.backward()
    g_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def one_row(real, latent_dim):
    return torch.randn(latent_dim, dtype=real.dtype, device=real.device).expand(len(real), -1)


def twice(*arguments):
    arguments[4].step()


MISTAKES = {
    "fakes_not_detached": step(detach=False, reuse=True),
    "discriminator_steps_again": step(after=twice),
    "leaked_to_discriminator": leaking,
    "stale_gradients": step(d_zero=False, g_zero=False),
    "generator_not_zeroed": step(g_zero=False),
    "one_noise_vector": step(z=one_row, reuse=True),
    "uniform_noise": step(z=lambda real, d: 2 * torch.rand(len(real), d, dtype=real.dtype) - 1),
    "noise_not_like_real": step(z=lambda real, d: torch.randn(len(real), d)),
    "generator_on_zeros": step(g_loss_of=lambda c, noise: F.softplus(c).mean()),
    "saturating": step(g_loss_of=lambda c, noise: F.logsigmoid(-c).mean()),
    "generator_first": generator_first,
    "optimizers_swapped": step(swapped=True, detach=False),
    "label_noise_ignored": step(ones=lambda a, noise: torch.ones_like(a), zeros=lambda b, noise: torch.zeros_like(b)),
    "labels_out_of_range": step(
        ones=lambda a, noise: 1 + noise * torch.rand_like(a), zeros=lambda b, noise: 0 - noise * torch.rand_like(b)
    ),
    "labels_swapped": step(d_loss_of=lambda a, b, y, n: (bce(a, n) + bce(b, y)) / 2),
    "noisy_generator": step(g_loss_of=lambda c, noise: bce(c, 1 - noise * torch.rand_like(c)), reuse=True),
    "half_missing": step(d_loss_of=lambda a, b, y, n: bce(a, y) + bce(b, n)),
    "joint_call": step(judge=lambda discriminator, real, fake: discriminator(torch.cat([fake, real])).flip(0).chunk(2)),
    "simultaneous": simultaneous,
    "mode_as_found": step(mode=False),
    "tensors_returned": step(returned=lambda d, g: {"discriminator": d, "generator": g}),
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    return step()(generator, discriminator, real.flatten(1), g_optimizer, d_optimizer, latent_dim, label_noise).x


def nothing(*arguments):
    return {"discriminator": 0.7, "generator": 0.7}


def frozen(*arguments):
    for parameter in arguments[0].parameters():
        parameter.requires_grad_(False)


def real_to_zero(*arguments):
    arguments[2].zero_()


def nudged(*arguments):
    with torch.no_grad():
        next(arguments[0].parameters()).mul_(1.01)


def decay(discriminator):
    return 0.1 * sum(p.square().sum() for p in discriminator.parameters())


def called_again(*arguments):
    with torch.no_grad():
        arguments[1].eval()(arguments[2])
        arguments[1].train()


def momentum_changed(*arguments):
    for module in arguments[1].modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.zero_()


def eval_for_the_generator(generator, discriminator, real, g_optimizer, d_optimizer, latent_dim, label_noise):
    generator.train(), discriminator.train()
    fake = generator(noise_for(real, latent_dim))
    a, b = discriminator(real), discriminator(fake.detach())
    d_loss = (bce(a, 1 - label_noise * torch.rand_like(a)) + bce(b, label_noise * torch.rand_like(b))) / 2
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()
    discriminator.eval()
    g_loss = F.softplus(-discriminator(fake)).mean()
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item()}


def fakes_fewer(real, latent_dim):
    return torch.randn(len(real) + 1, latent_dim, dtype=real.dtype)


def constant_noise(real, latent_dim):
    generator = torch.Generator().manual_seed(3)
    return torch.randn(len(real), latent_dim, generator=generator, dtype=torch.float64).to(real)


def left_disabled(*arguments):
    torch.set_grad_enabled(False)


def steeper(c, noise):
    """The right value, three times the gradient."""
    loss = F.softplus(-c).mean()
    return 3 * loss - 2 * loss.detach()


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": step(returned=lambda d, g: (d.item(), g.item())),
    "nothing": nothing,
    "only_fed": step(judge=lambda discriminator, real, fake: (discriminator(real.flip(-1)), discriminator(fake))),
    "only_noise": step(z=lambda real, d: 1.5 * noise_for(real, d)),
    "constant_noise": step(z=constant_noise),
    "noise_a_little_small": step(z=lambda real, d: 0.8 * noise_for(real, d)),
    "uniform_noise_of_the_right_size": step(z=lambda real, d: 3**0.5 * (2 * torch.rand_like(noise_for(real, d)) - 1)),
    "only_moved": step(after=nudged),
    "only_discriminator_update": step(d_extra=decay),
    "only_label_noise": step(zeros=lambda b, noise: noise / 2 + 0 * b),
    "only_generator_update": step(g_loss_of=steeper),
    "only_losses": step(returned=lambda d, g: {"discriminator": 2 * d.item(), "generator": g.item()}),
    "only_statistics": step(after=momentum_changed),
    "only_train_mode": step(after=lambda *arguments: arguments[0].eval()),
    "eval_for_the_generator": eval_for_the_generator,
    "only_floats": step(returned=lambda d, g: {"discriminator": d.item(), "generator": g}),
    "only_flags_kept": step(after=frozen),
    "left_disabled": step(after=left_disabled),
    "only_inputs_unchanged": step(after=real_to_zero),
    "swapped_names": step(returned=lambda d, g: {"discriminator": g.item(), "generator": d.item()}),
    "fakes_more": step(z=fakes_fewer),
    "wasserstein": step(g_loss_of=lambda c, noise: -c.mean()),
    "summed": step(g_loss_of=lambda c, noise: F.softplus(-c).sum()),
    "one_label_per_batch": step(
        ones=lambda a, noise: 1 - noise * torch.rand(()).to(a), zeros=lambda b, noise: noise * torch.rand(()).to(b)
    ),
    "real_only": step(d_loss_of=lambda a, b, y, n: bce(a, y) + 0 * b.sum()),
    "too_much_noise": step(
        ones=lambda a, noise: 1 - 2 * noise * torch.rand_like(a), zeros=lambda b, noise: 2 * noise * torch.rand_like(b)
    ),
}
