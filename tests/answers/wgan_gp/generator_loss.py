"""Answers of imaginary students to `wgan_gp/generator_loss`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def minus_mean(fake_scores):
    return -fake_scores.mean()


def mean_of_minus(fake_scores):
    return torch.mean(-fake_scores)


def by_sum(fake_scores):
    return fake_scores.sum() / -len(fake_scores)


def by_labels(fake_scores):
    return (fake_scores * -torch.ones_like(fake_scores)).mean()


def by_pooling(fake_scores):
    return -F.adaptive_avg_pool1d(fake_scores[None, None], 1).squeeze()


RIGHT = {
    "minus_mean": minus_mean,
    "mean_of_minus": mean_of_minus,
    "by_sum": by_sum,
    "by_labels": by_labels,
    "by_pooling": by_pooling,
}

# ---------------------------------------------------------------- known mistakes


def wrong_sign(fake_scores):
    return torch.sum(fake_scores) / fake_scores.numel()


def cross_entropy(fake_scores):
    return F.softplus(-fake_scores).mean()


def saturating(fake_scores):
    return torch.log(1 - torch.sigmoid(fake_scores)).mean()


def squashed(fake_scores):
    return -nn.Sigmoid()(fake_scores).mean()


def summed(fake_scores):
    return -1 * torch.sum(fake_scores)


def distance(fake_scores):
    return -torch.abs(torch.mean(fake_scores))


def per_image(fake_scores):
    return fake_scores * -1


MISTAKES = {
    "wrong_sign": wrong_sign,
    "cross_entropy": cross_entropy,
    "saturating": saturating,
    "squashed": squashed,
    "summed": summed,
    "distance": distance,
    "per_image": per_image,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(fake_scores):
    return -fake_scores.mean(dim=1)


def only_returns(fake_scores):
    return (-fake_scores.mean(),)


def only_dtype(fake_scores):
    loss = -fake_scores.mean()
    return loss.double() if loss.dtype == torch.float32 else loss.float()


def only_finite(fake_scores):
    return -fake_scores.mean() * (1 + 0 * fake_scores.std())


def only_value(fake_scores):
    return 1 - fake_scores.mean()


def only_gradient(fake_scores):
    """Right value, twice the gradient."""
    mean = fake_scores.mean()
    return mean.detach() - 2 * mean


def only_inputs_unchanged(fake_scores):
    loss = -fake_scores.mean()
    fake_scores.neg_()
    return loss


def as_float(fake_scores):
    return -float(fake_scores.mean())


def detached(fake_scores):
    return -fake_scores.detach().mean()


def median(fake_scores):
    return -fake_scores.median()


def best(fake_scores):
    return -fake_scores.max()


def squared(fake_scores):
    return -fake_scores.square().mean()


def least_squares(fake_scores):
    return (fake_scores - 1).square().mean()


def hinge(fake_scores):
    return F.relu(1 - fake_scores).mean()


def exponential(fake_scores):
    return torch.exp(-fake_scores).mean()


def halved(fake_scores):
    return -fake_scores.mean() / 2


def logarithm(fake_scores):
    return -fake_scores.abs().log().mean()


def clamped(fake_scores):
    return -fake_scores.clamp(min=0).mean()


def none_returned(fake_scores):
    fake_scores.mean()


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "only_inputs_unchanged": only_inputs_unchanged,
    "as_float": as_float,
    "detached": detached,
    "median": median,
    "best": best,
    "squared": squared,
    "least_squares": least_squares,
    "hinge": hinge,
    "exponential": exponential,
    "halved": halved,
    "logarithm": logarithm,
    "clamped": clamped,
    "none_returned": none_returned,
}
