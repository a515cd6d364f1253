"""The known mistakes of `wgan_gp/gradient_penalty`, each by itself."""

import torch


def normal_weights(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.randn(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def one_weight_per_batch(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(1, 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def one_weight_per_pixel(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand_like(real)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def midpoint(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    between = ((real + fake) / 2).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def at_real(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    between = real.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def at_fake(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    between = fake.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def norm_per_channel(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.norm(dim=(2, 3)) - 1) ** 2).mean()


def norm_per_pixel(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.norm(dim=1) - 1) ** 2).mean()


def norm_of_batch(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slopes.norm() - 1) ** 2


def no_create_graph(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def no_root(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).square().sum(dim=1) - 1) ** 2).mean()


def not_squared(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slopes.flatten(1).norm(dim=1) - 1).mean()


def one_not_subtracted(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slopes.flatten(1).norm(dim=1) ** 2).mean()


def one_sided(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1).clamp(min=0) ** 2).mean()


def square_of_mean(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slopes.flatten(1).norm(dim=1).mean() - 1) ** 2


def mean_score(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).mean(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def summed(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).sum()


def times_ten(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return 10 * ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def not_detached(critic, real, fake):
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = weight * real + (1 - weight) * fake
    between = between if between.requires_grad else between.requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def backward_called(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    critic(between).sum().backward(create_graph=True)
    slopes = between.grad
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def nan_when_flat(critic, real, fake):
    real, fake = real.detach(), fake.detach()
    weight = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    between = (weight * real + (1 - weight) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.square().sum(dim=(1, 2, 3)).sqrt() - 1) ** 2).mean()
