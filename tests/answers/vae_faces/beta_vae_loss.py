"""Answers of imaginary students to `vae_faces/beta_vae_loss`: right ones, known mistakes, unlisted mistakes."""

from typing import NamedTuple

import torch
from torch import nn
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F


def divergence(z_mean, z_log_var):
    return -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()


def distance(x_hat, x):
    return F.mse_loss(x_hat, x, reduction="sum") / len(x)


# ---------------------------------------------------------------- right answers


def plain(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((x_hat - x) ** 2).sum(dim=(1, 2, 3)).mean()
    kl = divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def by_distributions(x_hat, x, z_mean, z_log_var, beta):
    """A Gaussian with σ² = ½, its constant taken away."""
    pixels = Normal(x_hat, torch.full_like(x_hat, 0.5**0.5), validate_args=False)
    constant = 0.5 * torch.log(torch.tensor(torch.pi, dtype=x.dtype))
    reconstruction = -(pixels.log_prob(x) + constant).flatten(1).sum(1).mean()
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    kl = kl_divergence(Normal(z_mean, torch.exp(z_log_var / 2)), prior).sum(1).mean()
    return torch.add(reconstruction, kl, alpha=beta), reconstruction, kl


def mean_times_count(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = nn.MSELoss()(x_hat, x) * x[0].numel()
    kl = (z_mean.square() + z_log_var.expm1() - z_log_var).sum(1).mean() / 2
    return beta * kl + reconstruction, reconstruction, kl


def loops(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = kl = 0.0
    for ours, theirs, m, v in zip(x_hat, x, z_mean, z_log_var, strict=True):
        reconstruction = reconstruction + F.mse_loss(ours, theirs, reduction="sum")
        for d in range(len(m)):
            kl = kl + 0.5 * (m[d] ** 2 + v[d].exp() - v[d] - 1)
    reconstruction, kl = reconstruction / len(x), kl / len(x)
    return reconstruction + beta * kl, reconstruction, kl


def squares_multiplied_out(x_hat, x, z_mean, z_log_var, beta):
    a, b = x_hat.flatten(1), x.flatten(1)
    reconstruction = ((a * a).sum(1) - 2 * (a * b).sum(1) + (b * b).sum(1)).mean()
    kl = divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def einsum(x_hat, x, z_mean, z_log_var, beta):
    difference = x_hat - x
    reconstruction = torch.einsum("bchw,bchw->", difference, difference) / x.shape[0]
    losses = [reconstruction, divergence(z_mean, z_log_var)]
    return (sum(w * loss for w, loss in zip((1, beta), losses, strict=True)), *losses)


def by_distances(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = F.pairwise_distance(x_hat.flatten(1), x.flatten(1), eps=0.0).pow(2).mean()
    kl = divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


class Losses(NamedTuple):
    total: torch.Tensor
    reconstruction: torch.Tensor
    kl: torch.Tensor


def named_tuple(x_hat, x, z_mean, z_log_var, beta):
    reconstruction, kl = distance(x_hat, x), divergence(z_mean, z_log_var)
    return Losses(total=reconstruction + beta * kl, kl=kl, reconstruction=reconstruction)


RIGHT = {
    "plain": plain,
    "by_distributions": by_distributions,
    "mean_times_count": mean_times_count,
    "loops": loops,
    "squares_multiplied_out": squares_multiplied_out,
    "einsum": einsum,
    "by_distances": by_distances,
    "named_tuple": named_tuple,
}

# ---------------------------------------------------------------- known mistakes


def pixel_mean(x_hat, x, mu, log_var, beta):
    rec = ((x_hat - x).flatten(1) ** 2).mean(1).mean(0)
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def channel_mean(x_hat, x, mu, log_var, beta):
    """As Keras' mean_squared_error on channels-last images, with the pixels summed."""
    rec = F.mse_loss(x_hat, x, reduction="sum") / (x.shape[0] * x.shape[1])
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def beta_on_reconstruction(x_hat, x, mu, log_var, beta):
    """In the reconstruction that is returned, too."""
    rec, kl = beta * distance(x_hat, x), divergence(mu, log_var)
    return rec + kl, rec, kl


def book_loss(x_hat, x, mu, log_var, beta):
    rec = torch.mean(beta * torch.square(x - x_hat), dim=(1, 2, 3)).mean()
    kl = divergence(mu, log_var)
    return rec + kl, rec, kl


def root(x_hat, x, mu, log_var, beta):
    """One root of all, as RMSE."""
    rec = F.mse_loss(x_hat, x).sqrt()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def factor_half(x_hat, x, mu, log_var, beta):
    unit = Normal(x_hat, torch.ones_like(x_hat), validate_args=False)
    rec = (unit.log_prob(x_hat) - unit.log_prob(x)).sum((1, 2, 3)).mean()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def absolute_error(x_hat, x, mu, log_var, beta):
    rec = nn.L1Loss(reduction="sum")(x_hat, x) / len(x)
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def cross_entropy(x_hat, x, mu, log_var, beta):
    """The loss of the lesson before, as it is."""
    rec = F.binary_cross_entropy_with_logits(x_hat, x, reduction="none").sum((1, 2, 3)).mean()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def sigmoid_again(x_hat, x, mu, log_var, beta):
    p = 1 / (1 + torch.exp(-x_hat))
    rec = distance(p, x)
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def summed_over_batch(x_hat, x, mu, log_var, beta):
    rec = torch.tensor(0.0, dtype=x.dtype)
    for ours, theirs in zip(x_hat, x, strict=True):
        rec = rec + ((ours - theirs) ** 2).sum()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def batch_not_averaged(x_hat, x, mu, log_var, beta):
    rec = torch.stack([((a - b) ** 2).sum() for a, b in zip(x_hat, x, strict=True)])
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def beta_ignored(x_hat, x, mu, log_var, beta):
    losses = [distance(x_hat, x), divergence(mu, log_var)]
    return (sum(losses), *losses)


def kl_times_beta(x_hat, x, mu, log_var, beta):
    rec, weighted = distance(x_hat, x), beta * divergence(mu, log_var)
    return rec + weighted, rec, weighted


def cut_off(x_hat, x, mu, log_var, beta):
    rec, kl = distance(x_hat, x), divergence(mu, log_var)
    return rec + beta * kl, rec.data, kl.data


MISTAKES = {
    "pixel_mean": pixel_mean,
    "channel_mean": channel_mean,
    "beta_on_reconstruction": beta_on_reconstruction,
    "book_loss": book_loss,
    "root": root,
    "factor_half": factor_half,
    "absolute_error": absolute_error,
    "cross_entropy": cross_entropy,
    "sigmoid_again": sigmoid_again,
    "summed_over_batch": summed_over_batch,
    "batch_not_averaged": batch_not_averaged,
    "beta_ignored": beta_ignored,
    "kl_times_beta": kl_times_beta,
    "cut_off": cut_off,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x_hat, x, z_mean, z_log_var, beta):
    return plain(x_hat, x.flatten(1), z_mean, z_log_var, beta)


def only_returns(x_hat, x, z_mean, z_log_var, beta):
    return tuple(loss.reshape(1) for loss in plain(x_hat, x, z_mean, z_log_var, beta))


def only_dtype(x_hat, x, z_mean, z_log_var, beta):
    return tuple(loss.double() for loss in plain(x_hat, x, z_mean, z_log_var, beta))


def only_finite(x_hat, x, z_mean, z_log_var, beta):
    nan = torch.full_like(z_mean, float("nan")).sum()
    return tuple(loss + nan for loss in plain(x_hat, x, z_mean, z_log_var, beta))


def only_reconstruction(x_hat, x, z_mean, z_log_var, beta):
    total, reconstruction, kl = plain(x_hat, x, z_mean, z_log_var, beta)
    return total, reconstruction + 0.5, kl


def only_kl(x_hat, x, z_mean, z_log_var, beta):
    total, reconstruction, kl = plain(x_hat, x, z_mean, z_log_var, beta)
    return total, reconstruction, kl + 0.5


def only_total(x_hat, x, z_mean, z_log_var, beta):
    total, reconstruction, kl = plain(x_hat, x, z_mean, z_log_var, beta)
    return total + beta / 2, reconstruction, kl


def only_gradient(x_hat, x, z_mean, z_log_var, beta):
    _, reconstruction, kl = plain(x_hat, x, z_mean, z_log_var, beta)
    return reconstruction + beta * kl.detach(), reconstruction, kl


def only_inputs_unchanged(x_hat, x, z_mean, z_log_var, beta):
    losses = plain(x_hat, x.clone(), z_mean, z_log_var, beta)
    x.data.round_()
    return losses


def reconstruction_mistyped(x_hat, x, z_mean, z_log_var, beta):
    """The target in float32, whatever comes."""
    return plain(x_hat.float(), x.float(), z_mean.float(), z_log_var.float(), beta)


def under_no_grad(x_hat, x, z_mean, z_log_var, beta):
    with torch.no_grad():
        return plain(x_hat, x, z_mean, z_log_var, beta)


def total_alone(x_hat, x, z_mean, z_log_var, beta):
    return plain(x_hat, x, z_mean, z_log_var, beta)[0]


def last_two_swapped(x_hat, x, z_mean, z_log_var, beta):
    total, reconstruction, kl = plain(x_hat, x, z_mean, z_log_var, beta)
    return total, kl, reconstruction


def beta_on_both(x_hat, x, z_mean, z_log_var, beta):
    reconstruction, kl = distance(x_hat, x), divergence(z_mean, z_log_var)
    return beta * (reconstruction + kl), reconstruction, kl


def kl_mean_over_latent(x_hat, x, z_mean, z_log_var, beta):
    reconstruction, kl = distance(x_hat, x), divergence(z_mean, z_log_var) / z_mean.shape[1]
    return reconstruction + beta * kl, reconstruction, kl


def kl_without_half(x_hat, x, z_mean, z_log_var, beta):
    reconstruction, kl = distance(x_hat, x), 2 * divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def not_squared(x_hat, x, z_mean, z_log_var, beta):
    reconstruction, kl = (x_hat - x).sum((1, 2, 3)).mean(), divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def clamped(x_hat, x, z_mean, z_log_var, beta):
    return plain(x_hat.clamp(0.05, 0.95), x, z_mean, z_log_var, beta)


def in_bytes(x_hat, x, z_mean, z_log_var, beta):
    return plain(255 * x_hat, 255 * x, z_mean, z_log_var, beta)


def kl_subtracted(x_hat, x, z_mean, z_log_var, beta):
    _, reconstruction, kl = plain(x_hat, x, z_mean, z_log_var, beta)
    return reconstruction - beta * kl, reconstruction, kl


def python_floats(x_hat, x, z_mean, z_log_var, beta):
    return tuple(loss.item() for loss in plain(x_hat, x, z_mean, z_log_var, beta))


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_reconstruction": only_reconstruction,
    "only_kl": only_kl,
    "only_total": only_total,
    "only_gradient": only_gradient,
    "only_inputs_unchanged": only_inputs_unchanged,
    "reconstruction_mistyped": reconstruction_mistyped,
    "under_no_grad": under_no_grad,
    "total_alone": total_alone,
    "last_two_swapped": last_two_swapped,
    "beta_on_both": beta_on_both,
    "kl_mean_over_latent": kl_mean_over_latent,
    "kl_without_half": kl_without_half,
    "not_squared": not_squared,
    "clamped": clamped,
    "in_bytes": in_bytes,
    "kl_subtracted": kl_subtracted,
    "python_floats": python_floats,
}
