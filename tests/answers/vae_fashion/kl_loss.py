"""Answers of imaginary students to `vae_fashion/kl_loss`: right ones, known mistakes, unlisted mistakes."""

import math
import sys
import warnings
from functools import reduce

import torch
from torch.distributions import Independent, MultivariateNormal, Normal, kl_divergence
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def formula(z_mean, z_log_var):
    return -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()


def by_distributions(z_mean, z_log_var):
    posterior = Normal(z_mean, torch.exp(z_log_var / 2))
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    return kl_divergence(posterior, prior).sum(-1).mean()


def independent_distributions(mu, log_var):
    q = Independent(Normal(mu, torch.exp(0.5 * log_var)), 1)
    p = Independent(Normal(mu.new_zeros(mu.shape), mu.new_ones(mu.shape)), 1)
    return torch.mean(kl_divergence(q, p))


def full_covariances(mu, log_var):
    eye = torch.eye(mu.shape[1], dtype=mu.dtype, device=mu.device)
    q = MultivariateNormal(mu, scale_tril=torch.diag_embed((log_var / 2).exp()))
    return kl_divergence(q, MultivariateNormal(torch.zeros_like(mu[0]), scale_tril=eye)).mean()


def nested_loops(z_mean, z_log_var):
    batch, dims = z_mean.shape
    total = 0.0
    for i in range(batch):
        for d in range(dims):
            m, v = z_mean[i, d], z_log_var[i, d]
            total = total + (m * m + v.exp() - v - 1) / 2
    return total / batch


def einsum(z_mean, z_log_var):
    squares = torch.einsum("bd,bd->", z_mean, z_mean)
    rest = torch.einsum("bd->", torch.expm1(z_log_var) - z_log_var)
    return (squares + rest) / (2 * len(z_mean))


def entropies(mu, log_var):
    """KL = cross-entropy − entropy."""
    dims = mu.size(1)
    cross = 0.5 * (mu.pow(2) + log_var.exp()).sum(1) + dims / 2 * math.log(2 * math.pi)
    entropy = Normal(mu, log_var.mul(0.5).exp()).entropy().sum(1)
    return (cross - entropy).mean()


def in_place(z_mean, z_log_var):
    terms = z_mean.square()
    terms += z_log_var.exp()
    terms -= z_log_var
    terms -= 1
    return terms.sum(1).mean().div_(2)


def matrix_products(mu, log_var):
    terms = mu.pow(2) + torch.exp(log_var) - 1 - log_var
    ones = torch.ones(mu.shape[1], dtype=mu.dtype, device=mu.device)
    weights = torch.full((mu.shape[0],), 0.5 / mu.shape[0], dtype=mu.dtype, device=mu.device)
    return weights @ terms @ ones


def mean_times_dimension(mu, log_var):
    return 0.5 * mu.shape[1] * torch.mean(mu**2 + log_var.exp() - log_var - 1)


def vmapped(mu, log_var):
    def one(m, v):
        return 0.5 * (torch.dot(m, m) + torch.expm1(v).sum() - v.sum())

    return torch.vmap(one)(mu, log_var).mean(0)


def reduced(mu, log_var):
    columns = list(zip(mu.T, log_var.T, strict=True))
    return reduce(
        lambda kl, c: kl - 0.5 * (1 + c[1] - c[0] ** 2 - c[1].exp()).mean(), columns, torch.zeros_like(mu).sum()
    )


def squared_error_helper(mu, log_var):
    far = F.mse_loss(mu, torch.zeros_like(mu), reduction="sum")
    wide = (log_var.exp() - log_var - 1).sum()
    return torch.stack([far, wide]).sum() / 2 / mu.shape[0]


class OwnFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, mean, log_var):
        ctx.save_for_backward(mean, log_var)
        return (mean.square() + log_var.expm1() - log_var).sum(1).mean() / 2

    @staticmethod
    def backward(ctx, grad):
        mean, log_var = ctx.saved_tensors
        return grad * mean / len(mean), grad * log_var.expm1() / (2 * len(mean))


def own_backward(z_mean, z_log_var):
    return OwnFunction.apply(z_mean, z_log_var)


def talkative(z_mean, z_log_var):
    std = torch.exp(0.5 * z_log_var)
    per_image = torch.sum(std**2 / 2 + z_mean**2 / 2 - 0.5 - torch.log(std), dim=1)
    print("kl per image", per_image.tolist())
    print("done", file=sys.stderr)
    warnings.warn("a KL is never negative", stacklevel=2)
    return per_image.mean()


RIGHT = {
    "formula": formula,
    "by_distributions": by_distributions,
    "independent_distributions": independent_distributions,
    "full_covariances": full_covariances,
    "nested_loops": nested_loops,
    "einsum": einsum,
    "entropies": entropies,
    "in_place": in_place,
    "matrix_products": matrix_products,
    "mean_times_dimension": mean_times_dimension,
    "vmapped": vmapped,
    "reduced": reduced,
    "squared_error_helper": squared_error_helper,
    "own_backward": own_backward,
    "talkative": talkative,
    "lambda": lambda m, v: torch.sum(v.exp() + m * m - v - 1) / (m.shape[0] + m.shape[0]),
}

# ---------------------------------------------------------------- known mistakes


def standard(like):
    return Normal(torch.zeros_like(like), torch.ones_like(like))


def factor_half_missing(mu, log_var):
    kl = 0.0
    for m, v in zip(mu, log_var, strict=True):
        kl = kl + torch.dot(m, m) + torch.expm1(v).sum() - v.sum()
    return kl / len(mu)


def wrong_sign(mu, log_var):
    q = Normal(mu, torch.exp(log_var / 2))
    return kl_divergence(q, standard(mu)).sum(1).mean().neg()


def mean_over_latent(mu, log_var):
    q = Normal(mu, torch.exp(log_var / 2))
    return torch.mean(kl_divergence(q, standard(mu)))


def sum_over_batch(mu, log_var):
    return (torch.einsum("bd,bd->", mu, mu) + torch.einsum("bd->", log_var.expm1() - log_var)) / 2


def log_var_as_variance(mu, log_var):
    kl = 0.0
    for m, v in zip(mu.unbind(1), log_var.unbind(1), strict=True):
        kl = kl - (1 + torch.log(v) - m * m - v).mean() / 2
    return kl


def log_var_as_log_std(mu, log_var):
    return kl_divergence(Normal(mu, log_var.exp()), standard(mu)).sum(-1).mean()


def reversed_kl(mu, log_var):
    q = Normal(mu, torch.exp(log_var / 2))
    return kl_divergence(standard(mu), q).sum(dim=1).mean()


def one_forgotten(mu, log_var):
    kl = 0.0
    for d in range(mu.shape[1]):
        kl += torch.mean(mu[:, d] ** 2 + torch.exp(log_var[:, d]) - log_var[:, d]) * 0.5
    return kl


def mean_squared_forgotten(mu, log_var):
    centred = Normal(torch.zeros_like(mu) + 0 * mu, torch.exp(log_var / 2))
    return kl_divergence(centred, standard(mu)).sum(1).mean()


def mean_not_squared(mu, log_var):
    return (torch.einsum("bd->b", mu) + torch.einsum("bd->b", torch.expm1(log_var) - log_var)).mean() / 2


def per_image(mu, log_var):
    q = Independent(Normal(mu, torch.exp(log_var / 2)), 1)
    return kl_divergence(q, Independent(standard(mu), 1))


def axes_swapped(z_mean, z_log_var):
    """Summed over the batch, averaged over the latent dimensions."""
    return -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=0).mean()


MISTAKES = {
    "factor_half_missing": factor_half_missing,
    "wrong_sign": wrong_sign,
    "mean_over_latent": mean_over_latent,
    "sum_over_batch": sum_over_batch,
    "log_var_as_variance": log_var_as_variance,
    "log_var_as_log_std": log_var_as_log_std,
    "reversed_kl": reversed_kl,
    "one_forgotten": one_forgotten,
    "mean_squared_forgotten": mean_squared_forgotten,
    "mean_not_squared": mean_not_squared,
    "per_image": per_image,
    "axes_swapped": axes_swapped,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(z_mean, z_log_var):
    return formula(z_mean, z_log_var.log_variance)


def only_returns(z_mean, z_log_var):
    return formula(z_mean, z_log_var).reshape(1)


def only_dtype(z_mean, z_log_var):
    return formula(z_mean.double(), z_log_var.double())


def always_float32(z_mean, z_log_var):
    return formula(z_mean, z_log_var).float()


def only_finite(z_mean, z_log_var):
    return formula(z_mean, z_log_var) + torch.log(torch.zeros_like(z_mean)).sum() * 0


def only_value(z_mean, z_log_var):
    """A constant too much: the gradient is right."""
    return formula(z_mean, z_log_var) + 0.05


def only_gradient(z_mean, z_log_var):
    """Right value; the variance is detached."""
    return 0.5 * (z_mean**2 + z_log_var.exp().detach() - z_log_var - 1).sum(1).mean()


def gradient_doubled(z_mean, z_log_var):
    kl = formula(z_mean, z_log_var)
    return 2 * kl - kl.detach()


def detached(z_mean, z_log_var):
    with torch.no_grad():
        return formula(z_mean, z_log_var)


def only_inputs_unchanged(z_mean, z_log_var):
    """Turns z_log_var into the variance after it was used."""
    kl = formula(z_mean, z_log_var)
    z_log_var.data.exp_()
    return kl


def mean_changed_in_place(z_mean, z_log_var):
    squares = z_mean.clone() ** 2
    z_mean.data.pow_(2)
    return 0.5 * (squares + z_log_var.exp() - z_log_var - 1).sum(1).mean()


def point_five_one(z_mean, z_log_var):
    return -0.51 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()


def python_float(z_mean, z_log_var):
    return formula(z_mean, z_log_var).item()


def numpy_scalar(z_mean, z_log_var):
    return formula(z_mean, z_log_var).detach().cpu().numpy()


def returns_none(z_mean, z_log_var):
    formula(z_mean, z_log_var)


def monte_carlo(z_mean, z_log_var):
    """An estimate from one sample: right on average only."""
    q = Normal(z_mean, torch.exp(z_log_var / 2))
    z = q.rsample()
    return (q.log_prob(z) - standard(z_mean).log_prob(z)).sum(1).mean()


def half_missing_and_averaged(z_mean, z_log_var):
    """Two mistakes at once."""
    return (z_mean**2 + z_log_var.exp() - z_log_var - 1).mean()


def wrong_sign_of_log_var(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() + z_log_var - 1).sum(1).mean()


def half_on_first_term_only(z_mean, z_log_var):
    return (0.5 * z_mean**2 + z_log_var.exp() - z_log_var - 1).sum(1).mean()


def two_instead_of_one(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - z_log_var - 2).sum(1).mean()


def entropy_only(z_mean, z_log_var):
    return -0.5 * (z_log_var + 0 * z_mean).sum(1).mean()


def median_over_batch(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - z_log_var - 1).sum(1).median()


def free_bits(z_mean, z_log_var):
    """At least 0.5 nats per dimension."""
    return (0.5 * (z_mean**2 + z_log_var.exp() - z_log_var - 1)).clamp(min=0.5).sum(1).mean()


def divided_by_batch_minus_one(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - z_log_var - 1).sum() / max(len(z_mean) - 1, 1)


def first_image_only(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - z_log_var - 1)[0].sum()


def variance_two_prior(z_mean, z_log_var):
    wide = Normal(torch.zeros_like(z_mean), 2.0 * torch.ones_like(z_mean))
    return kl_divergence(Normal(z_mean, torch.exp(z_log_var / 2)), wide).sum(1).mean()


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "only_inputs_unchanged": only_inputs_unchanged,
    "always_float32": always_float32,
    "gradient_doubled": gradient_doubled,
    "detached": detached,
    "mean_changed_in_place": mean_changed_in_place,
    "point_five_one": point_five_one,
    "python_float": python_float,
    "numpy_scalar": numpy_scalar,
    "returns_none": returns_none,
    "monte_carlo": monte_carlo,
    "half_missing_and_averaged": half_missing_and_averaged,
    "wrong_sign_of_log_var": wrong_sign_of_log_var,
    "half_on_first_term_only": half_on_first_term_only,
    "two_instead_of_one": two_instead_of_one,
    "entropy_only": entropy_only,
    "median_over_batch": median_over_batch,
    "free_bits": free_bits,
    "divided_by_batch_minus_one": divided_by_batch_minus_one,
    "first_image_only": first_image_only,
    "variance_two_prior": variance_two_prior,
}
