"""Answers of imaginary students to `density/fit_gaussian`: right ones, known mistakes, unlisted mistakes."""

import math

import numpy as np
import torch

# ---------------------------------------------------------------- right answers


def by_hand(x):
    mean = x.sum(dim=0) / len(x)
    return mean, ((x - mean) ** 2).mean(dim=0).sqrt()


def library(x):
    return x.mean(0), x.std(0, correction=0)


def old_argument(x):
    return torch.mean(x, 0), torch.std(x, 0, unbiased=False)


def std_mean(x):
    std, mean = torch.std_mean(x, dim=0, correction=0)
    return mean, std


def variance_root(x):
    return [x.mean(dim=0), x.var(dim=0, correction=0) ** 0.5]


def numpy(x):
    array = x.detach().cpu().numpy()
    return torch.from_numpy(array.mean(axis=0)), torch.from_numpy(np.std(array, axis=0))


def loops(x):
    means, stds = [], []
    for column in x.T:
        mean = sum(column) / len(column)
        means.append(mean)
        stds.append((sum((v - mean) ** 2 for v in column) / len(column)).sqrt())
    return torch.stack(means), torch.stack(stds)


def length_of_the_deviations(x):
    mean = x.mean(0)
    return mean, torch.linalg.vector_norm(x - mean, dim=0) / math.sqrt(x.shape[0])


def covariance_diagonal(x):
    mean = x.mean(0)
    centred = x - mean
    return mean, (centred.T @ centred / len(x)).diagonal().sqrt()


def bessel_undone(x):
    n = x.size(0)
    std = x.std(0) * math.sqrt((n - 1) / n) if n > 1 else torch.zeros_like(x[0])
    return x.mean(0), std


RIGHT = {
    "by_hand": by_hand,
    "library": library,
    "old_argument": old_argument,
    "std_mean": std_mean,
    "variance_root": variance_root,
    "numpy": numpy,
    "loops": loops,
    "length_of_the_deviations": length_of_the_deviations,
    "covariance_diagonal": covariance_diagonal,
    "bessel_undone": bessel_undone,
}

# ---------------------------------------------------------------- known mistakes


def bessel(x):
    std, mean = torch.std_mean(x, dim=0)
    return mean, std


def variance_returned(x):
    mean = x.mean(dim=0)
    return mean, ((x - mean) ** 2).mean(dim=0)


def wrong_axis(x):
    """With torch's default of N − 1 on top."""
    return x.mean(-1), x.std(-1)


def over_everything(x):
    """With torch's default of N − 1 on top."""
    std, mean = torch.std_mean(x)
    return mean, std


def swapped(x):
    return tuple(torch.std_mean(x, dim=0, correction=0))


def about_zero(x):
    return x.mean(0), torch.linalg.vector_norm(x, dim=0) / math.sqrt(len(x))


def absolute_deviation(x):
    mean = x.sum(0) / len(x)
    return mean, sum((row - mean).abs() for row in x) / len(x)


def log_std(x):
    return x.mean(0), 0.5 * torch.log(x.var(0, correction=0))


def standard_error(x):
    return x.mean(0), (x.var(0, correction=0) / len(x)).sqrt()


def root_missing_division(x):
    return x.mean(0), torch.linalg.vector_norm(x - x.mean(0), dim=0)


MISTAKES = {
    "bessel": bessel,
    "variance_returned": variance_returned,
    "wrong_axis": wrong_axis,
    "over_everything": over_everything,
    "swapped": swapped,
    "about_zero": about_zero,
    "absolute_deviation": absolute_deviation,
    "log_std": log_std,
    "standard_error": standard_error,
    "root_missing_division": root_missing_division,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x):
    return library(x).mean


def only_returns(x):
    mean, std = library(x)
    return mean[None], std[None]


def stacked(x):
    return torch.stack(library(x))


def as_dict(x):
    mean, std = library(x)
    return {"mean": mean, "std": std}


def mean_alone(x):
    return x.mean(0)


def only_dtype(x):
    return library(x.double())


def always_float32(x):
    mean, std = library(x)
    return mean.float(), std.float()


def only_finite(x):
    """NaN for a single point, where the squares would be divided by 0."""
    mean, std = library(x)
    return mean, std * (len(x) - 1) / (len(x) - 1) if len(x) > 1 else torch.full_like(std, torch.nan)


def only_mean(x):
    return x.median(dim=0).values, library(x)[1]


def only_std(x):
    """A floor under the standard deviation."""
    mean, std = library(x)
    return mean, std + 0.01


def floor_under_std(x):
    mean, std = library(x)
    return mean, std.clamp(min=0.5)


def only_inputs_unchanged(x):
    mean, std = library(x)
    x -= mean
    return mean, std


def range_of_the_points(x):
    return x.mean(0), (x.amax(0) - x.amin(0)) / 2


def middle_of_the_range(x):
    return (x.amax(0) + x.amin(0)) / 2, library(x)[1]


def full_covariance(x):
    centred = x - x.mean(0)
    return x.mean(0), centred.T @ centred / len(x)


def divided_by_n_plus_one(x):
    mean = x.mean(0)
    return mean, ((x - mean) ** 2).sum(0).div(len(x) + 1).sqrt()


def one_std_for_all(x):
    mean, std = library(x)
    return mean, std.mean().expand_as(std)


def first_half(x):
    return library(x[: max(1, len(x) // 2)])


def python_lists(x):
    mean, std = library(x)
    return mean.tolist(), std.tolist()


def precision(x):
    mean, std = library(x)
    return mean, 1 / (std**2 + 1e-6)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "stacked": stacked,
    "as_dict": as_dict,
    "mean_alone": mean_alone,
    "only_dtype": only_dtype,
    "always_float32": always_float32,
    "only_finite": only_finite,
    "only_mean": only_mean,
    "only_std": only_std,
    "floor_under_std": floor_under_std,
    "only_inputs_unchanged": only_inputs_unchanged,
    "range_of_the_points": range_of_the_points,
    "middle_of_the_range": middle_of_the_range,
    "full_covariance": full_covariance,
    "divided_by_n_plus_one": divided_by_n_plus_one,
    "one_std_for_all": one_std_for_all,
    "first_half": first_half,
    "python_lists": python_lists,
    "precision": precision,
}
