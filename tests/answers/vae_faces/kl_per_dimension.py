"""Answers of imaginary students to `vae_faces/kl_per_dimension`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch.distributions import Normal, kl_divergence


def table(z_mean, z_log_var):
    return 0.5 * (z_mean.square() + z_log_var.expm1() - z_log_var)


# ---------------------------------------------------------------- right answers


def plain(z_mean, z_log_var):
    return (-0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp())).mean(dim=0)


def by_distributions(z_mean, z_log_var):
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    return kl_divergence(Normal(z_mean, torch.exp(z_log_var / 2)), prior).mean(0)


def column_by_column(z_mean, z_log_var):
    return torch.stack([table(m, v).mean() for m, v in zip(z_mean.T, z_log_var.T, strict=True)])


def image_by_image(z_mean, z_log_var):
    total = torch.zeros_like(z_mean[0])
    for m, v in zip(z_mean, z_log_var, strict=True):
        total = total + 0.5 * (m * m + v.exp() - v - 1)
    return total / len(z_mean)


def term_by_term(z_mean, z_log_var):
    """The mean of every term by itself: it may be drawn in, for the formula is a sum."""
    return 0.5 * ((z_mean**2).mean(0) + z_log_var.exp().mean(0) - z_log_var.mean(0) - 1)


def einsum(z_mean, z_log_var):
    return torch.einsum("bd->d", table(z_mean, z_log_var)) / z_mean.size(0)


def vmapped(z_mean, z_log_var):
    return torch.vmap(lambda m, v: table(m, v).mean(), in_dims=1)(z_mean, z_log_var)


def in_place_on_its_own(z_mean, z_log_var):
    terms = z_mean * z_mean
    terms += torch.exp(z_log_var)
    terms -= z_log_var + 1
    return terms.mean(dim=0).mul(0.5)


RIGHT = {
    "plain": plain,
    "by_distributions": by_distributions,
    "column_by_column": column_by_column,
    "image_by_image": image_by_image,
    "term_by_term": term_by_term,
    "einsum": einsum,
    "vmapped": vmapped,
    "in_place_on_its_own": in_place_on_its_own,
}

# ---------------------------------------------------------------- known mistakes


def summed(mu, log_var):
    return by_distributions(mu, log_var).sum()


def wrong_sign(mu, log_var):
    return torch.neg(term_by_term(mu, log_var))


def per_image(mu, log_var):
    return torch.einsum("bd->b", table(mu, log_var))


def mean_per_image(mu, log_var):
    return torch.stack([table(m, v).mean() for m, v in zip(mu, log_var, strict=True)])


def sum_over_batch(mu, log_var):
    return torch.einsum("bd->d", table(mu, log_var))


def not_averaged(mu, log_var):
    return torch.stack([table(m, v) for m, v in zip(mu, log_var, strict=True)])


def factor_half_missing(mu, log_var):
    return 2 * by_distributions(mu, log_var)


def averaged_first(mu, log_var):
    mu, log_var = mu.mean(0, keepdim=True), log_var.mean(0, keepdim=True)
    return by_distributions(mu, log_var)


def log_var_as_log_std(mu, log_var):
    return by_distributions(mu, 2 * log_var)


def mean_squared_forgotten(mu, log_var):
    return by_distributions(torch.zeros_like(mu) * mu, log_var)


def one_forgotten(mu, log_var):
    return by_distributions(mu, log_var) + 0.5


def share_of_total(mu, log_var):
    values = term_by_term(mu, log_var)
    return values / values.sum(-1, keepdim=True)


MISTAKES = {
    "summed": summed,
    "wrong_sign": wrong_sign,
    "per_image": per_image,
    "mean_per_image": mean_per_image,
    "sum_over_batch": sum_over_batch,
    "not_averaged": not_averaged,
    "factor_half_missing": factor_half_missing,
    "averaged_first": averaged_first,
    "log_var_as_log_std": log_var_as_log_std,
    "mean_squared_forgotten": mean_squared_forgotten,
    "one_forgotten": one_forgotten,
    "share_of_total": share_of_total,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(z_mean, z_log_var):
    return plain(z_mean, z_log_var.T)


def only_returns(z_mean, z_log_var):
    return plain(z_mean, z_log_var)[:, None]


def only_dtype(z_mean, z_log_var):
    return plain(z_mean, z_log_var).double()


def always_float32(z_mean, z_log_var):
    return plain(z_mean.float(), z_log_var.float())


def only_finite(z_mean, z_log_var):
    return plain(z_mean, z_log_var).log()


def only_value(z_mean, z_log_var):
    """A constant too much: the gradients are right."""
    return plain(z_mean, z_log_var) + 0.01


def only_gradient(z_mean, z_log_var):
    return plain(z_mean, z_log_var.detach())


def under_no_grad(z_mean, z_log_var):
    with torch.no_grad():
        return plain(z_mean, z_log_var)


def only_inputs_unchanged(z_mean, z_log_var):
    kl = plain(z_mean, z_log_var.clone())
    z_log_var.data.exp_()
    return kl


def sorted_values(z_mean, z_log_var):
    return plain(z_mean, z_log_var).sort(descending=True).values


def bits(z_mean, z_log_var):
    return plain(z_mean, z_log_var) / 0.6931471805599453


def reversed_divergence(z_mean, z_log_var):
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    return kl_divergence(prior, Normal(z_mean, torch.exp(z_log_var / 2))).mean(0)


def standard_deviation_of_means(z_mean, z_log_var):
    return z_mean.std(dim=0, correction=0)


def variance_of_draws(z_mean, z_log_var):
    return z_mean.var(dim=0, correction=0) + z_log_var.exp().mean(0)


def kl_of_moments(z_mean, z_log_var):
    """The divergence of the Gaussian that all images make together."""
    mean = z_mean.mean(0)
    variance = z_mean.var(0, correction=0) + z_log_var.exp().mean(0)
    return 0.5 * (mean**2 + variance - variance.log() - 1)


def without_one_image(z_mean, z_log_var):
    return table(z_mean, z_log_var).sum(0) / max(len(z_mean) - 1, 1)


def median(z_mean, z_log_var):
    return table(z_mean, z_log_var).median(dim=0).values


def by_dimensions(z_mean, z_log_var):
    return plain(z_mean, z_log_var) / z_mean.shape[1]


def used_or_not(z_mean, z_log_var):
    return plain(z_mean, z_log_var) > 0.1


def python_list(z_mean, z_log_var):
    return plain(z_mean, z_log_var).tolist()


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "always_float32": always_float32,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "under_no_grad": under_no_grad,
    "only_inputs_unchanged": only_inputs_unchanged,
    "sorted_values": sorted_values,
    "bits": bits,
    "reversed_divergence": reversed_divergence,
    "standard_deviation_of_means": standard_deviation_of_means,
    "variance_of_draws": variance_of_draws,
    "kl_of_moments": kl_of_moments,
    "without_one_image": without_one_image,
    "median": median,
    "by_dimensions": by_dimensions,
    "used_or_not": used_or_not,
    "python_list": python_list,
}
