"""Answers of imaginary students to `vae_fashion/vae_loss`: right ones, known mistakes, unlisted mistakes."""

import sys
import warnings
from typing import NamedTuple

import torch
from torch import nn
from torch.distributions import Bernoulli, ContinuousBernoulli, Independent, Normal, kl_divergence
from torch.nn import functional as F


def divergence(z_mean, z_log_var):
    return -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()


def cross_entropy(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1).mean()


def standard(like):
    return Normal(torch.zeros_like(like), torch.ones_like(like))


# ---------------------------------------------------------------- right answers


def plain(logits, x, z_mean, z_log_var, beta):
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.shape[0]
    kl = divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def by_distributions(logits, x, z_mean, z_log_var, beta):
    pixels = Independent(Bernoulli(logits=logits, validate_args=False), 3, validate_args=False)
    recon = -pixels.log_prob(x).mean()
    kl = kl_divergence(Normal(z_mean, torch.exp(z_log_var / 2)), standard(z_mean)).sum(1).mean()
    return torch.add(recon, kl, alpha=beta), recon, kl


def softplus(logits, x, z_mean, z_log_var, beta):
    bce = (F.softplus(logits) - x * logits).sum(dim=(1, 2, 3)).mean()
    kl = (z_mean.square() + z_log_var.expm1() - z_log_var).sum(1).mean() / 2
    return beta * kl + bce, bce, kl


def logaddexp(logits, x, z_mean, z_log_var, beta):
    nll = torch.logaddexp(torch.zeros_like(logits), logits) - x * logits
    losses = [torch.einsum("bchw->", nll) / len(x), divergence(z_mean, z_log_var)]
    total = sum(w * loss for w, loss in zip((1, beta), losses, strict=True))
    return (total, *losses)


def logsigmoid(logits, x, mu, log_var, beta):
    log_likelihood = x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)
    rec = log_likelihood.sum().neg() / logits.size(0)
    kl = divergence(mu, log_var)
    return rec + kl * beta, rec, kl


def two_classes(logits, x, mu, log_var, beta):
    """Every pixel is a soft choice between black and white."""
    scores = torch.stack([torch.zeros_like(logits), logits], dim=1)
    targets = torch.stack([1 - x, x], dim=1)
    rec = F.cross_entropy(scores, targets, reduction="none").sum((1, 2, 3)).mean()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def loops(logits, x, mu, log_var, beta):
    rec = kl = 0.0
    for one_logits, one_x, m, v in zip(logits, x, mu, log_var, strict=True):
        rec = rec + F.binary_cross_entropy_with_logits(one_logits, one_x, reduction="sum")
        for d in range(len(m)):
            kl = kl + 0.5 * (m[d] ** 2 + v[d].exp() - v[d] - 1)
    rec, kl = rec / len(x), kl / len(x)
    return rec + beta * kl, rec, kl


def textbook(logits, x, mu, log_var, beta):
    zero = torch.zeros_like(logits)
    pixel = torch.maximum(logits, zero) - logits * x + torch.log1p(torch.exp(-logits.abs()))
    rec = pixel.view(len(x), -1).sum(-1).mean()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def pixels_times_mean(logits, x, mu, log_var, beta):
    rec = nn.BCEWithLogitsLoss()(logits, x) * x[0].numel()
    kl = divergence(mu, log_var)
    total = rec.clone()
    total += beta * kl
    return total, rec, kl


def vmapped(logits, x, mu, log_var, beta):
    def one(a, t, m, v):
        rec = (F.softplus(a) - t * a).sum()
        kl = 0.5 * (m @ m + (v.exp() - v - 1).sum())
        return rec + beta * kl, rec, kl

    total, rec, kl = torch.vmap(one)(logits, x, mu, log_var)
    return total.mean(), rec.mean(), kl.mean()


class Losses(NamedTuple):
    total: torch.Tensor
    reconstruction: torch.Tensor
    kl: torch.Tensor


def named_tuple(logits, x, mu, log_var, beta):
    rec, kl = cross_entropy(logits, x), divergence(mu, log_var)
    return Losses(total=rec + beta * kl, kl=kl, reconstruction=rec)


def talkative(logits, x, z_mean, z_log_var, beta):
    def mean_of_sums(t):
        return t.reshape(len(t), -1).sum(1).mean()

    recon = mean_of_sums(nn.BCEWithLogitsLoss(reduction="none")(logits, x))
    kl = mean_of_sums(0.5 * (z_mean**2 + z_log_var.exp() - z_log_var - 1))
    print(f"reconstruction {recon.item():.2f}, kl {kl.item():.2f}")
    print("beta", beta, file=sys.stderr)
    warnings.warn("losses are in nats", stacklevel=2)
    return recon + beta * kl, recon, kl


def swapped_sides(logits, x, z_mean, z_log_var, beta):
    """The cross-entropy of the negative: −log(1 − p) is softplus(logit)."""
    recon = (x * F.softplus(-logits) + (1 - x) * F.softplus(logits)).sum() / logits.shape[0]
    kl = divergence(z_mean, z_log_var)
    return torch.stack([recon, beta * kl]).sum(), recon, kl


RIGHT = {
    "plain": plain,
    "by_distributions": by_distributions,
    "softplus": softplus,
    "logaddexp": logaddexp,
    "logsigmoid": logsigmoid,
    "two_classes": two_classes,
    "loops": loops,
    "textbook": textbook,
    "pixels_times_mean": pixels_times_mean,
    "vmapped": vmapped,
    "named_tuple": named_tuple,
    "talkative": talkative,
    "swapped_sides": swapped_sides,
}

# ---------------------------------------------------------------- known mistakes


def beta_on_reconstruction(logits, x, mu, log_var, beta):
    rec = (F.softplus(logits) - x * logits).sum((1, 2, 3)).mean()
    kl = kl_divergence(Normal(mu, torch.exp(log_var / 2)), standard(mu)).sum(1).mean()
    return torch.add(kl, rec, alpha=beta), rec, kl


def pixel_mean(logits, x, mu, log_var, beta):
    rec = -Bernoulli(logits=logits, validate_args=False).log_prob(x).mean()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def batch_not_averaged(logits, x, mu, log_var, beta):
    rec = torch.stack([(F.softplus(a) - t * a).sum() for a, t in zip(logits, x, strict=True)])
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def summed_over_batch(logits, x, mu, log_var, beta):
    rec = 0.0
    for a, t in zip(logits, x, strict=True):
        rec = rec + torch.logaddexp(a, torch.zeros_like(a)).sum() - torch.einsum("chw,chw->", a, t)
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def beta_ignored(logits, x, mu, log_var, beta):
    losses = [
        -Bernoulli(logits=logits, validate_args=False).log_prob(x).sum((1, 2, 3)).mean(),
        kl_divergence(Normal(mu, torch.exp(log_var / 2)), standard(mu)).sum(1).mean(),
    ]
    return (sum(losses), *losses)


def kl_times_beta(logits, x, mu, log_var, beta):
    rec = (F.softplus(logits) - x * logits).sum() / len(x)
    weighted = torch.einsum("bd->", mu**2 + torch.expm1(log_var) - log_var) * (0.5 * beta / len(mu))
    return rec + weighted, rec, weighted


def sigmoid_twice(logits, x, mu, log_var, beta):
    p = 1 / (1 + torch.exp(-logits))
    rec = nn.BCEWithLogitsLoss(reduction="sum")(p, x) / len(p)
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def squared_error(logits, x, mu, log_var, beta):
    difference = torch.sigmoid(logits) - x
    rec = torch.einsum("bchw,bchw->b", difference, difference).mean()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec, kl


def cut_off(logits, x, mu, log_var, beta):
    rec = -Bernoulli(logits=logits, validate_args=False).log_prob(x).sum((1, 2, 3)).mean()
    kl = divergence(mu, log_var)
    return rec + beta * kl, rec.data, kl.data


def sigmoid_then_log(logits, x, z_mean, z_log_var, beta):
    """Not from logits: right for moderate logits; PyTorch clamps the logarithm at −100, so wrong for large ones."""
    reconstruction = F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="sum") / len(x)
    kl = divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


MISTAKES = {
    "beta_on_reconstruction": beta_on_reconstruction,
    "pixel_mean": pixel_mean,
    "batch_not_averaged": batch_not_averaged,
    "summed_over_batch": summed_over_batch,
    "beta_ignored": beta_ignored,
    "kl_times_beta": kl_times_beta,
    "sigmoid_twice": sigmoid_twice,
    "squared_error": squared_error,
    "cut_off": cut_off,
    "sigmoid_then_log": sigmoid_then_log,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(logits, x, z_mean, z_log_var, beta):
    """binary_cross_entropy rejects inputs outside of [0, 1]."""
    reconstruction = F.binary_cross_entropy(logits * 0 + 2, x, reduction="sum") / len(x)
    kl = divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def only_returns(logits, x, z_mean, z_log_var, beta):
    return tuple(loss.reshape(1) for loss in plain(logits, x, z_mean, z_log_var, beta))


def total_alone(logits, x, z_mean, z_log_var, beta):
    return plain(logits, x, z_mean, z_log_var, beta)[0]


def order_changed(logits, x, z_mean, z_log_var, beta):
    total, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return reconstruction, kl, total


def last_two_swapped(logits, x, z_mean, z_log_var, beta):
    total, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return total, kl, reconstruction


def dictionary(logits, x, z_mean, z_log_var, beta):
    names = ("total", "reconstruction", "kl")
    return dict(zip(names, plain(logits, x, z_mean, z_log_var, beta), strict=True))


def python_floats(logits, x, z_mean, z_log_var, beta):
    return tuple(loss.item() for loss in plain(logits, x, z_mean, z_log_var, beta))


def returns_none(logits, x, z_mean, z_log_var, beta):
    plain(logits, x, z_mean, z_log_var, beta)


def only_dtype(logits, x, z_mean, z_log_var, beta):
    return tuple(loss.double() for loss in plain(logits, x, z_mean, z_log_var, beta))


def always_float32(logits, x, z_mean, z_log_var, beta):
    return plain(logits.float(), x.float(), z_mean.float(), z_log_var.float(), beta)


def only_finite(logits, x, z_mean, z_log_var, beta):
    nan = torch.full_like(z_mean, float("nan")).sum()
    return tuple(loss + nan for loss in plain(logits, x, z_mean, z_log_var, beta))


def only_reconstruction(logits, x, z_mean, z_log_var, beta):
    """The total and all gradients are right, the reconstruction that is reported has a constant too much."""
    total, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return total, reconstruction + 0.5, kl


def only_kl(logits, x, z_mean, z_log_var, beta):
    """The total and all gradients are right, the kl that is reported has a constant too much."""
    total, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return total, reconstruction, kl + 0.5


def only_total(logits, x, z_mean, z_log_var, beta):
    """A constant too much in the total: all gradients are right."""
    total, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return total + beta / 2, reconstruction, kl


def only_gradient(logits, x, z_mean, z_log_var, beta):
    """All values are right; the kl inside of the total has no gradient."""
    _, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return reconstruction + beta * kl.detach(), reconstruction, kl


def total_detached(logits, x, z_mean, z_log_var, beta):
    total, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return total.detach(), reconstruction, kl


def all_under_no_grad(logits, x, z_mean, z_log_var, beta):
    with torch.no_grad():
        return plain(logits, x, z_mean, z_log_var, beta)


def only_inputs_unchanged(logits, x, z_mean, z_log_var, beta):
    """Binarises x in place after it was used (a copy is kept for the gradient)."""
    losses = plain(logits, x.clone(), z_mean, z_log_var, beta)
    x.data.round_()
    return losses


def logits_made_probabilities(logits, x, z_mean, z_log_var, beta):
    """The logits are turned into probabilities in place after their use."""
    losses = plain(logits.clone(), x, z_mean, z_log_var, beta)
    logits.data.sigmoid_()
    return losses


def beta_squared(logits, x, z_mean, z_log_var, beta):
    _, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return reconstruction + beta**2 * kl, reconstruction, kl


def convex_combination(logits, x, z_mean, z_log_var, beta):
    _, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return (1 - beta) * reconstruction + beta * kl, reconstruction, kl


def kl_subtracted(logits, x, z_mean, z_log_var, beta):
    _, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return reconstruction - beta * kl, reconstruction, kl


def pixel_mean_and_beta_ignored(logits, x, z_mean, z_log_var, beta):
    """Two mistakes at once."""
    reconstruction = F.binary_cross_entropy_with_logits(logits, x)
    kl = divergence(z_mean, z_log_var)
    return reconstruction + kl, reconstruction, kl


def kl_without_half(logits, x, z_mean, z_log_var, beta):
    reconstruction, kl = cross_entropy(logits, x), 2 * divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def kl_mean_over_latent(logits, x, z_mean, z_log_var, beta):
    reconstruction, kl = cross_entropy(logits, x), divergence(z_mean, z_log_var) / z_mean.shape[1]
    return reconstruction + beta * kl, reconstruction, kl


def mean_over_rows(logits, x, z_mean, z_log_var, beta):
    """Summed over the columns of the images only, averaged over the rows."""
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    reconstruction, kl = bce.sum(-1).mean(), divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def arguments_swapped(logits, x, z_mean, z_log_var, beta):
    reconstruction = F.binary_cross_entropy_with_logits(x, logits, reduction="sum") / len(x)
    kl = divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def continuous_bernoulli(logits, x, z_mean, z_log_var, beta):
    """Another likelihood, with a normalising constant of its own."""
    log_prob = ContinuousBernoulli(logits=logits, validate_args=False).log_prob(x)
    reconstruction, kl = -log_prob.sum((1, 2, 3)).mean(), divergence(z_mean, z_log_var)
    return reconstruction + beta * kl, reconstruction, kl


def labels_smoothed(logits, x, z_mean, z_log_var, beta):
    return plain(logits, 0.98 * x + 0.01, z_mean, z_log_var, beta)


def bits(logits, x, z_mean, z_log_var, beta):
    nats = plain(logits, x, z_mean, z_log_var, beta)
    return tuple(loss / 0.6931471805599453 for loss in nats)


def arithmetic_mean_of_losses(logits, x, z_mean, z_log_var, beta):
    _, reconstruction, kl = plain(logits, x, z_mean, z_log_var, beta)
    return (reconstruction + beta * kl) / 2, reconstruction, kl


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
    "total_alone": total_alone,
    "order_changed": order_changed,
    "last_two_swapped": last_two_swapped,
    "dictionary": dictionary,
    "python_floats": python_floats,
    "returns_none": returns_none,
    "always_float32": always_float32,
    "total_detached": total_detached,
    "all_under_no_grad": all_under_no_grad,
    "logits_made_probabilities": logits_made_probabilities,
    "beta_squared": beta_squared,
    "convex_combination": convex_combination,
    "kl_subtracted": kl_subtracted,
    "pixel_mean_and_beta_ignored": pixel_mean_and_beta_ignored,
    "kl_without_half": kl_without_half,
    "kl_mean_over_latent": kl_mean_over_latent,
    "mean_over_rows": mean_over_rows,
    "arguments_swapped": arguments_swapped,
    "continuous_bernoulli": continuous_bernoulli,
    "labels_smoothed": labels_smoothed,
    "bits": bits,
    "arithmetic_mean_of_losses": arithmetic_mean_of_losses,
}
