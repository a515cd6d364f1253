"""Answers of imaginary students to `density/gaussian_log_likelihood`: right ones, known mistakes, unlisted mistakes."""

import math

import numpy as np
import torch
from torch.distributions import Independent, MultivariateNormal, Normal
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def formula(x, mean, std):
    z = (x - mean) / std
    return (-0.5 * math.log(2 * math.pi) - std.log() - 0.5 * z * z).sum(1)


def by_normal(x, mean, std):
    return Normal(mean, std).log_prob(x).sum(-1)


def by_independent(x, mean, std):
    return Independent(Normal(loc=mean, scale=std), reinterpreted_batch_ndims=1).log_prob(x)


def full_covariance(x, mean, std):
    return MultivariateNormal(mean, covariance_matrix=torch.diag(std**2)).log_prob(x)


def precision_matrix(x, mean, std):
    d = mean.numel()
    centred = x - mean
    covariance = torch.diag_embed(std.pow(2))
    distance = torch.einsum("nd,de,ne->n", centred, torch.linalg.inv(covariance), centred)
    return -0.5 * (d * math.log(2 * math.pi) + torch.logdet(covariance) + distance)


def nested_loops(x, mean, std):
    rows = []
    for point in x:
        total = 0.0
        for d in range(len(mean)):
            total = total - torch.log(std[d] * math.sqrt(2 * math.pi)) - (point[d] - mean[d]) ** 2 / (2 * std[d] ** 2)
        rows.append(total)
    return torch.stack(rows)


def by_loss_function(x, mean, std):
    variance = (std * std).expand_as(x)
    loss = F.gaussian_nll_loss(mean.expand_as(x), x, variance, full=True, eps=0.0, reduction="none")
    return loss.sum(dim=1).neg()


def vmapped(x, mean, std):
    def one(point):
        return -((point - mean) / std).square().sum() / 2 - std.log().sum() - len(mean) * math.log(2 * math.pi) / 2

    return torch.vmap(one)(x)


def standardised_first(points, centre, spread):
    """The change of variables: a standard normal times the stretch."""
    z = (points - centre) / spread
    return torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1) - spread.log().sum()


def in_place(x, mean, std):
    out = (x - mean).div_(std).square_().mul_(-0.5)
    out = out - torch.log(std)
    out -= 0.5 * np.log(2 * np.pi)
    return out @ torch.ones(x.shape[1], dtype=x.dtype)


RIGHT = {
    "formula": formula,
    "by_normal": by_normal,
    "by_independent": by_independent,
    "full_covariance": full_covariance,
    "precision_matrix": precision_matrix,
    "nested_loops": nested_loops,
    "by_loss_function": by_loss_function,
    "vmapped": vmapped,
    "standardised_first": standardised_first,
    "in_place": in_place,
    "lambda": lambda x, m, s: -(((x - m) / s) ** 2 + (2 * math.pi * s**2).log()).sum(1) / 2,
}

# ---------------------------------------------------------------- known mistakes


def log_2pi_missing(x, mean, std):
    return by_normal(x, mean, std) + 0.5 * x.shape[1] * math.log(2 * math.pi)


def log_2pi_once(x, mean, std):
    z = (x - mean) / std
    return -0.5 * math.log(2 * math.pi) - std.log().sum() - 0.5 * torch.linalg.vector_norm(z, dim=1) ** 2


def log_det_missing(x, mean, std):
    return Normal(torch.zeros_like(mean), torch.ones_like(std)).log_prob((x - mean) / std).sum(1)


def log_det_added(x, mean, std):
    return log_det_missing(x, mean, std) + torch.logdet(torch.diag(std))


def variance_for_std(x, mean, std):
    return MultivariateNormal(mean, scale_tril=torch.diag(std * std)).log_prob(x)


def std_as_variance(x, mean, std):
    return MultivariateNormal(mean, covariance_matrix=torch.diag(std)).log_prob(x)


def std_not_squared(x, mean, std):
    total = 0.0
    for d in range(x.shape[1]):
        constant = math.log(2 * math.pi) / 2 + torch.log(std[d])
        total = total - constant - (x[:, d] - mean[d]).pow(2) / (2 * std[d])
    return total


def half_missing(x, mean, std):
    return by_normal(x, mean, std) - 0.5 * ((x - mean) / std).square().sum(1)


def summed_over_points(x, mean, std):
    total = 0.0
    for point in x:
        total = total + formula(point[None], mean, std)[0]
    return total


def wrong_axis(x, mean, std):
    return torch.einsum("nd->d", Normal(mean, std).log_prob(x))


def one_per_dimension(x, mean, std):
    return -0.5 * (math.log(2 * math.pi) + 2 * std.log() + ((x - mean) / std).pow(2))


def mean_over_dimensions(x, mean, std):
    return formula(x, mean, std) / len(mean)


def density_returned(x, mean, std):
    bells = torch.exp(-((x - mean) ** 2) / (2 * std**2)) / (math.sqrt(2 * math.pi) * std)
    return bells.prod(dim=1)


def log_of_density(x, mean, std):
    """Dimension by dimension, where densities become 0 later than their product does."""
    return torch.stack([torch.exp(formula(x[:, [d]], mean[[d]], std[[d]])) for d in range(len(mean))]).log().sum(dim=0)


def wrong_sign(x, mean, std):
    return (0.5 * ((x - mean) / std) ** 2 + std.log() + math.log(math.sqrt(2 * math.pi))).sum(dim=1)


MISTAKES = {
    "log_2pi_missing": log_2pi_missing,
    "log_2pi_once": log_2pi_once,
    "log_det_missing": log_det_missing,
    "log_det_added": log_det_added,
    "variance_for_std": variance_for_std,
    "std_as_variance": std_as_variance,
    "std_not_squared": std_not_squared,
    "half_missing": half_missing,
    "summed_over_points": summed_over_points,
    "wrong_axis": wrong_axis,
    "one_per_dimension": one_per_dimension,
    "mean_over_dimensions": mean_over_dimensions,
    "density_returned": density_returned,
    "log_of_density": log_of_density,
    "wrong_sign": wrong_sign,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x, mean, std):
    return by_normal(x, mean, std).log_density


def only_returns(x, mean, std):
    return by_normal(x, mean, std)[:, None]


def only_dtype(x, mean, std):
    return by_normal(x.double(), mean.double(), std.double())


def always_float32(x, mean, std):
    return by_normal(x, mean, std).float()


def only_finite(x, mean, std):
    """Far points are cut off at −∞."""
    value = by_normal(x, mean, std)
    return torch.where(value < -100, -torch.inf, value)


def only_value(x, mean, std):
    return by_normal(x, mean, std) + 0.02


def only_gradient(x, mean, std):
    """The right value; the mean is detached."""
    return by_normal(x, mean.detach(), std)


def without_a_graph(x, mean, std):
    with torch.no_grad():
        return by_normal(x, mean, std)


def through_numpy(x, mean, std):
    z = (x.detach().numpy() - mean.detach().numpy()) / std.detach().numpy()
    return torch.from_numpy(
        -0.5 * (z**2).sum(1) - np.log(std.detach().numpy()).sum() - 0.5 * z.shape[1] * np.log(2 * np.pi)
    )


def only_inputs_unchanged(x, mean, std):
    value = by_normal(x, mean, std)
    x.data.sub_(mean.data)
    return value


def clamped(x, mean, std):
    return by_normal(x, mean, std).clamp(min=-50)


def log_of_density_with_epsilon(x, mean, std):
    return torch.log(torch.exp(by_normal(x, mean, std)) + 1e-8)


def log_pi_without_the_two(x, mean, std):
    return (-0.5 * math.log(math.pi) - std.log() - 0.5 * ((x - mean) / std) ** 2).sum(1)


def two_pi_without_the_half(x, mean, std):
    return (-math.log(2 * math.pi) - std.log() - 0.5 * ((x - mean) / std) ** 2).sum(1)


def absolute_distance(x, mean, std):
    return (-0.5 * math.log(2 * math.pi) - std.log() - 0.5 * ((x - mean) / std).abs()).sum(1)


def laplace(x, mean, std):
    return torch.distributions.Laplace(mean, std).log_prob(x).sum(1)


def log_base_two(x, mean, std):
    return by_normal(x, mean, std) / math.log(2)


def mean_std_exchanged(x, mean, std):
    return Normal(std, mean.abs()).log_prob(x).sum(1)


def unit_variance(x, mean, std):
    return Normal(mean, torch.ones_like(std)).log_prob(x).sum(1)


def mean_forgotten(x, mean, std):
    return Normal(0 * mean, std).log_prob(x).sum(1)


def one_deviation_for_all(x, mean, std):
    return Normal(mean, std.mean()).log_prob(x).sum(1)


def log_det_once_per_point_missing_half(x, mean, std):
    """Half of the log-determinant: log σ taken for log σ²/2 once too often."""
    return (-0.5 * math.log(2 * math.pi) - 0.5 * std.log() - 0.5 * ((x - mean) / std) ** 2).sum(1)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "always_float32": always_float32,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "without_a_graph": without_a_graph,
    "through_numpy": through_numpy,
    "only_inputs_unchanged": only_inputs_unchanged,
    "clamped": clamped,
    "log_of_density_with_epsilon": log_of_density_with_epsilon,
    "log_pi_without_the_two": log_pi_without_the_two,
    "two_pi_without_the_half": two_pi_without_the_half,
    "absolute_distance": absolute_distance,
    "laplace": laplace,
    "log_base_two": log_base_two,
    "mean_std_exchanged": mean_std_exchanged,
    "unit_variance": unit_variance,
    "mean_forgotten": mean_forgotten,
    "one_deviation_for_all": one_deviation_for_all,
    "log_det_once_per_point_missing_half": log_det_once_per_point_missing_half,
}
