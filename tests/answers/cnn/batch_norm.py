"""Answers of imaginary students to `cnn/batch_norm`: right ones, known mistakes, unlisted mistakes."""

import sys

import torch
from torch import nn
from torch.nn import functional as F

AXES = (0, 2, 3)

# ---------------------------------------------------------------- right answers


def library(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps)


def from_scratch(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if training:
        mean, var = x.mean(AXES), x.var(AXES, unbiased=False)
        n = x.numel() // x.shape[1]
        with torch.no_grad():
            running_mean.mul_(1 - momentum).add_(momentum * mean)
            running_var.mul_(1 - momentum).add_(momentum * var * n / (n - 1))
    else:
        mean, var = running_mean, running_var
    normal = (x - mean.view(1, -1, 1, 1)) / torch.sqrt(var.view(1, -1, 1, 1) + eps)
    return gamma.view(1, -1, 1, 1) * normal + beta.view(1, -1, 1, 1)


def by_lerp(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if training:
        var, mean = torch.var_mean(x, dim=AXES, correction=0)
        running_mean.lerp_(mean.detach(), momentum)
        running_var.lerp_(torch.var(x.detach(), dim=AXES, correction=1), momentum)
    else:
        mean, var = running_mean.clone(), running_var.clone()
    scale = gamma * torch.rsqrt(var + eps)
    return torch.einsum("bchw,c->bchw", x, scale) + (beta - mean * scale)[:, None, None]


def sums_of_squares(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean, running_var
    if training:
        n = x.shape[0] * x.shape[2] * x.shape[3]
        mean = x.sum(AXES) / n
        centred = x - mean[None, :, None, None]
        squares = centred.pow(2).sum(AXES)
        var = squares / n
        running_mean[:] = (1 - momentum) * running_mean + momentum * mean.detach()
        running_var[:] = (1 - momentum) * running_var + momentum * squares.detach() / (n - 1)
    return (x - mean[None, :, None, None]) / (var[None, :, None, None] + eps) ** 0.5 * gamma[
        None, :, None, None
    ] + beta[None, :, None, None]


def channels_first(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    flat = x.transpose(0, 1).flatten(1)  # (C, B·H·W)
    if training:
        with torch.no_grad():
            running_mean += momentum * (flat.mean(1) - running_mean)
            running_var += momentum * (flat.var(1) - running_var)
        normal = (flat - flat.mean(1, keepdim=True)) / (flat.var(1, correction=0, keepdim=True) + eps).sqrt()
    else:
        normal = (flat - running_mean[:, None]) / (running_var[:, None] + eps).sqrt()
    y = normal * gamma[:, None] + beta[:, None]
    return y.reshape(x.shape[1], x.shape[0], *x.shape[2:]).transpose(0, 1)


def one_channel_after_the_other(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    channels = []
    for c in range(x.shape[1]):
        plane = x[:, c]
        if training:
            mean, var = plane.mean(), ((plane - plane.mean()) ** 2).mean()
            running_mean[c] = (1 - momentum) * running_mean[c] + momentum * mean.item()
            running_var[c] = (1 - momentum) * running_var[c] + momentum * plane.var().item()
        else:
            mean, var = running_mean[c], running_var[c]
        channels.append(gamma[c] * (plane - mean) / (var + eps).sqrt() + beta[c])
    return torch.stack(channels, dim=1)


def by_the_module(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    layer = nn.BatchNorm2d(x.shape[1], eps, momentum, affine=False).to(x).train(training)
    layer.running_mean.copy_(running_mean)
    layer.running_var.copy_(running_var)
    y = layer(x)
    running_mean.copy_(layer.running_mean)
    running_var.copy_(layer.running_var)
    return y * gamma[:, None, None] + beta[:, None, None]


def talkative(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    print("training" if training else "testing", file=sys.stderr)
    return from_scratch(x, running_mean, running_var, gamma, beta, training, momentum, eps)


def by_data(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean.clone(), running_var.clone()
    if training:
        mean, var = x.mean(AXES), x.var(AXES, unbiased=False)
        running_mean.data = (1 - momentum) * running_mean + momentum * mean.data
        running_var.data = (1 - momentum) * running_var + momentum * x.data.var(AXES)
    shape = (1, -1, 1, 1)
    return torch.addcmul(
        beta.reshape(shape), gamma.reshape(shape), (x - mean.reshape(shape)) / (var.reshape(shape) + eps).sqrt()
    )


RIGHT = {
    "library": library,
    "from_scratch": from_scratch,
    "by_lerp": by_lerp,
    "sums_of_squares": sums_of_squares,
    "channels_first": channels_first,
    "one_channel_after_the_other": one_channel_after_the_other,
    "by_the_module": by_the_module,
    "talkative": talkative,
    "by_data": by_data,
}

# ---------------------------------------------------------------- known mistakes


def update(x, running_mean, running_var, momentum):
    F.batch_norm(x.detach(), running_mean, running_var, None, None, True, momentum)


def per_pixel(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if not training:
        return library(x, running_mean, running_var, gamma, beta, False, momentum, eps)
    update(x, running_mean, running_var, momentum)
    centred = x - x.mean(0, keepdim=True)
    var = (centred**2).mean(0, keepdim=True)
    return centred / torch.sqrt(var + eps) * gamma[:, None, None] + beta[:, None, None]


def per_image(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if not training:
        return library(x, running_mean, running_var, gamma, beta, False, momentum, eps)
    update(x, running_mean, running_var, momentum)
    return F.instance_norm(x, weight=gamma, bias=beta, eps=eps)


def keras_momentum(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, 1 - momentum, eps)


def biased_running_var(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if training:
        n = x.numel() // x.shape[1]
        y = F.batch_norm(x, running_mean, running_var.clone(), gamma, beta, True, momentum, eps)
        running_var.copy_((1 - momentum) * running_var + momentum * x.detach().var(AXES) * (n - 1) / n)
        return y
    return library(x, running_mean, running_var, gamma, beta, False, momentum, eps)


def unbiased_everywhere(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if not training:
        return library(x, running_mean, running_var, gamma, beta, False, momentum, eps)
    update(x, running_mean, running_var, momentum)
    n = x.numel() // x.shape[1]
    mean = x.sum(AXES, keepdim=True) / n
    var = ((x - mean) ** 2).sum(AXES, keepdim=True) / (n - 1)
    return (x - mean) * torch.rsqrt(var + eps) * gamma[:, None, None] + beta[:, None, None]


def eps_outside_the_root(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if training:
        update(x, running_mean, running_var, momentum)
        mean, std = x.mean(AXES), x.std(AXES, unbiased=False)
    else:
        mean, std = running_mean.clone(), running_var.sqrt()
    scale = gamma / (std + eps)
    return x * scale[:, None, None] + (beta - mean * scale)[:, None, None]


def root_forgotten(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if training:
        update(x, running_mean, running_var, momentum)
        var, mean = torch.var_mean(x, AXES, correction=0)
    else:
        mean, var = running_mean.clone(), running_var.clone()
    scale = gamma / (var + eps)
    return x * scale[:, None, None] + (beta - mean * scale)[:, None, None]


def batch_statistics_in_eval(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, True, momentum, eps)


def running_statistics_in_training(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    y = F.batch_norm(x, running_mean.clone(), running_var.clone(), gamma, beta, False, momentum, eps)
    if training:
        update(x, running_mean, running_var, momentum)
    return y


def training_turned_round(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, not training, momentum, eps)


def updated_in_eval(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    """Changes under autograd's hands what the gradient of y takes up again."""
    y = F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    if not training:
        update(x, running_mean, running_var, momentum)
    return y


def never_updated(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean.clone(), running_var.clone(), gamma, beta, training, momentum, eps)


def running_with_graph(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if training:
        y = F.batch_norm(x, None, None, gamma, beta, True, momentum, eps)
        running_mean.lerp_(x.mean(AXES), momentum)
        running_var.lerp_(x.var(AXES), momentum)
        return y
    return library(x, running_mean, running_var, gamma, beta, False, momentum, eps)


def batch_statistics_detached(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if not training:
        return library(x, running_mean, running_var, gamma, beta, False, momentum, eps)
    with torch.no_grad():
        var, mean = torch.var_mean(x, AXES, correction=0)
        update(x, running_mean, running_var, momentum)
    return F.batch_norm(x, mean, var, gamma, beta, False, 0.0, eps)


MISTAKES = {
    "per_pixel": per_pixel,
    "per_image": per_image,
    "keras_momentum": keras_momentum,
    "biased_running_var": biased_running_var,
    "unbiased_everywhere": unbiased_everywhere,
    "eps_outside_the_root": eps_outside_the_root,
    "root_forgotten": root_forgotten,
    "batch_statistics_in_eval": batch_statistics_in_eval,
    "running_statistics_in_training": running_statistics_in_training,
    "training_turned_round": training_turned_round,
    "updated_in_eval": updated_in_eval,
    "never_updated": never_updated,
    "running_with_graph": running_with_graph,
    "batch_statistics_detached": batch_statistics_detached,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, train=training)


def only_returns(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    y = library(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    return y, running_mean, running_var


def only_dtype(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return library(x, running_mean, running_var, gamma, beta, training, momentum, eps).double()


def only_finite(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    y = library(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    return y + torch.zeros(()).log() * 0


def only_value(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return library(x, running_mean, running_var, gamma, beta, training, momentum, eps) + 0.02


def only_gradient(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return library(x, running_mean, running_var, gamma.detach(), beta, training, momentum, eps)


def only_running(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    y = library(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    running_mean *= 1.05
    return y


def only_inputs_unchanged(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    y = library(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    beta.data.add_(1)
    return y


def gamma_and_beta_exchanged(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return library(x, running_mean, running_var, beta, gamma, training, momentum, eps)


def layer_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    update(x, running_mean, running_var, momentum) if training else None
    y = F.layer_norm(x, x.shape[1:], eps=eps)
    return y * gamma[:, None, None] + beta[:, None, None]


def without_gamma_and_beta(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return (
        F.batch_norm(x, running_mean, running_var, None, None, training, momentum, eps)
        + 0 * (gamma + beta)[:, None, None]
    )


def default_eps(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum)


def default_momentum(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, eps=eps)


def statistics_replaced(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, 1.0, eps)


def only_the_mean_is_kept(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var.clone(), gamma, beta, training, momentum, eps)


def running_std(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    y = F.batch_norm(x, running_mean, running_var.clone(), gamma, beta, training, momentum, eps)
    if training:
        running_var.lerp_(x.detach().std(AXES), momentum)
    return y


def mean_only(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    """Centred, not scaled."""
    mean = x.mean(AXES) if training else running_mean.clone()
    update(x, running_mean, running_var, momentum) if training else None
    return gamma[:, None, None] * (x - mean[:, None, None]) + beta[:, None, None]


def detached(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return library(x, running_mean, running_var, gamma, beta, training, momentum, eps).detach()


def updated_twice(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    update(x, running_mean, running_var, momentum) if training else None
    return library(x, running_mean, running_var, gamma, beta, training, momentum, eps)


def two_mistakes(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    """Keras's momentum and a biased running variance."""
    if training:
        running_mean.lerp_(x.detach().mean(AXES), 1 - momentum)
        running_var.lerp_(x.detach().var(AXES, unbiased=False), 1 - momentum)
    return F.batch_norm(x, running_mean.clone(), running_var.clone(), gamma, beta, training, momentum, eps)


def returns_none(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    library(x, running_mean, running_var, gamma, beta, training, momentum, eps)


def gamma_without_sign(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma.abs(), beta, training, momentum, eps)


def biased_with_graph(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    """The biased variance is kept, and the graph with it."""
    if training:
        running_mean += momentum * (x.mean(AXES) - running_mean)
        running_var += momentum * (x.var(AXES, unbiased=False) - running_var)
        return F.batch_norm(x, None, None, gamma, beta, True, momentum, eps)
    return F.batch_norm(x, running_mean, running_var, gamma, beta, False, momentum, eps)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "only_running": only_running,
    "only_inputs_unchanged": only_inputs_unchanged,
    "gamma_and_beta_exchanged": gamma_and_beta_exchanged,
    "layer_norm": layer_norm,
    "without_gamma_and_beta": without_gamma_and_beta,
    "default_eps": default_eps,
    "default_momentum": default_momentum,
    "statistics_replaced": statistics_replaced,
    "only_the_mean_is_kept": only_the_mean_is_kept,
    "running_std": running_std,
    "mean_only": mean_only,
    "detached": detached,
    "updated_twice": updated_twice,
    "two_mistakes": two_mistakes,
    "returns_none": returns_none,
    "gamma_without_sign": gamma_without_sign,
    "biased_with_graph": biased_with_graph,
}

# of two mistakes at once, the known one that explains the first claim that fails
BESIDE = {"biased_with_graph": "biased_running_var"}
