"""Answers of imaginary students to `wgan_gp/critic_loss`: right ones, known mistakes, unlisted mistakes."""

import warnings

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def two_means(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean()


def negated(real_scores, fake_scores):
    return -(torch.mean(real_scores) - torch.mean(fake_scores))


def mean_of_differences(real_scores, fake_scores):
    """Right, since both batches are of one size."""
    return torch.mean(fake_scores - real_scores)


def by_sums(real_scores, fake_scores):
    return fake_scores.sum() / len(fake_scores) - real_scores.sum() / real_scores.shape[0]


def by_labels(real_scores, fake_scores):
    """The usual trick: labels −1 and 1."""
    scores = torch.cat([real_scores, fake_scores])
    labels = torch.cat([-torch.ones_like(real_scores), torch.ones_like(fake_scores)])
    return 2 * (labels * scores).mean()


def one_by_one(real_scores, fake_scores):
    total = 0
    for real, fake in zip(real_scores, fake_scores, strict=True):
        total = total + fake - real
    print("critic loss:", total)
    warnings.warn("slow", stacklevel=2)
    return total / len(real_scores)


RIGHT = {
    "two_means": two_means,
    "negated": negated,
    "mean_of_differences": mean_of_differences,
    "by_sums": by_sums,
    "by_labels": by_labels,
    "one_by_one": one_by_one,
}

# ---------------------------------------------------------------- known mistakes


def wrong_sign(real_scores, fake_scores):
    return torch.sub(real_scores, fake_scores).mean()


def cross_entropy(real_scores, fake_scores):
    criterion = nn.BCEWithLogitsLoss()
    scores = torch.cat([real_scores, fake_scores])
    labels = torch.cat([torch.ones_like(real_scores), torch.zeros_like(fake_scores)])
    return criterion(scores, labels)


def squashed(real_scores, fake_scores):
    real, fake = real_scores.sigmoid(), fake_scores.sigmoid()
    return (fake - real).mean()


def summed(real_scores, fake_scores):
    return torch.sum(fake_scores - real_scores)


def halved(real_scores, fake_scores):
    return 0.5 * fake_scores.mean() - 0.5 * real_scores.mean()


def added(real_scores, fake_scores):
    return (real_scores + fake_scores).mean()


def distance(real_scores, fake_scores):
    return torch.abs(real_scores.mean() - fake_scores.mean())


def per_image(real_scores, fake_scores):
    return -real_scores + fake_scores


MISTAKES = {
    "wrong_sign": wrong_sign,
    "cross_entropy": cross_entropy,
    "squashed": squashed,
    "summed": summed,
    "halved": halved,
    "added": added,
    "distance": distance,
    "per_image": per_image,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(real_scores, fake_scores):
    return fake_scores.mean() - real.mean()  # noqa: F821


def only_returns(real_scores, fake_scores):
    return {"loss": fake_scores.mean() - real_scores.mean()}


def only_dtype(real_scores, fake_scores):
    loss = fake_scores.mean() - real_scores.mean()
    return loss.double() if loss.dtype == torch.float32 else loss.float()


def only_finite(real_scores, fake_scores):
    """The standard deviation of a single score is not a number."""
    return (fake_scores.mean() - real_scores.mean()) * (1 + 0 * real_scores.std())


def only_value(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean() + 1


def only_gradient(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.detach().mean()


def only_inputs_unchanged(real_scores, fake_scores):
    loss = fake_scores.mean() - real_scores.mean()
    real_scores.zero_()
    return loss


def as_float(real_scores, fake_scores):
    return fake_scores.mean().item() - real_scores.mean().item()


def detached(real_scores, fake_scores):
    with torch.no_grad():
        return fake_scores.mean() - real_scores.mean()


def fakes_only(real_scores, fake_scores):
    return fake_scores.mean()


def real_only(real_scores, fake_scores):
    return -real_scores.mean()


def medians(real_scores, fake_scores):
    return fake_scores.median() - real_scores.median()


def hinge(real_scores, fake_scores):
    return F.relu(1 - real_scores).mean() + F.relu(1 + fake_scores).mean()


def squared(real_scores, fake_scores):
    return (fake_scores.mean() - real_scores.mean()) ** 2


def least_squares(real_scores, fake_scores):
    return (real_scores - 1).square().mean() + fake_scores.square().mean()


def normalised(real_scores, fake_scores):
    scores = torch.cat([real_scores, fake_scores])
    return (fake_scores.mean() - real_scores.mean()) / (scores.std() + 1e-8)


def clamped(real_scores, fake_scores):
    return fake_scores.clamp(-1, 1).mean() - real_scores.clamp(-1, 1).mean()


def tanh_first(real_scores, fake_scores):
    return fake_scores.tanh().mean() - real_scores.tanh().mean()


def of_the_first(real_scores, fake_scores):
    return fake_scores[0] - real_scores[0]


def two_values(real_scores, fake_scores):
    return fake_scores.mean(), real_scores.mean()


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
    "fakes_only": fakes_only,
    "real_only": real_only,
    "medians": medians,
    "hinge": hinge,
    "squared": squared,
    "least_squares": least_squares,
    "normalised": normalised,
    "clamped": clamped,
    "tanh_first": tanh_first,
    "of_the_first": of_the_first,
    "two_values": two_values,
}
