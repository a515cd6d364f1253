"""Answers of imaginary students to `dcgan/generator_loss`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch import nn
from torch.distributions import Bernoulli
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def plain(fake_logits):
    return nn.BCEWithLogitsLoss()(fake_logits, torch.ones_like(fake_logits))


def softplus(fake_logits):
    return F.softplus(-fake_logits).mean()


def logsigmoid(fake_logits):
    return -F.logsigmoid(fake_logits).mean()


def by_distribution(fake_logits):
    return Bernoulli(logits=fake_logits).log_prob(torch.ones_like(fake_logits)).neg().mean()


def logaddexp(fake_logits):
    return torch.logaddexp(torch.zeros_like(fake_logits), -fake_logits).sum() / len(fake_logits)


def two_classes(fake_logits):
    scores = torch.stack([torch.zeros_like(fake_logits), fake_logits], dim=1)
    return F.cross_entropy(scores, torch.ones(len(fake_logits), dtype=torch.long))


RIGHT = {f.__name__: f for f in (plain, softplus, logsigmoid, by_distribution, logaddexp, two_classes)}

# ---------------------------------------------------------------- known mistakes


def saturating(fake_logits):
    return F.logsigmoid(-fake_logits).mean()


def zeros_as_target(fake_logits):
    return F.softplus(fake_logits).mean()


def wrong_sign(fake_logits):
    return F.logsigmoid(fake_logits).mean()


def summed_over_batch(fake_logits):
    return F.softplus(-fake_logits).sum()


def not_averaged(fake_logits):
    return -F.logsigmoid(fake_logits)


def halved(fake_logits):
    return F.softplus(-fake_logits).mean() / 2


def sigmoid_twice(fake_logits):
    return F.softplus(-fake_logits.sigmoid()).mean()


def sigmoid_then_log(fake_logits):
    return F.binary_cross_entropy(torch.sigmoid(fake_logits), torch.ones_like(fake_logits))


def minus_mean(fake_logits):
    return fake_logits.neg().sum() / len(fake_logits)


MISTAKES = {
    f.__name__: f
    for f in (
        *(saturating, zeros_as_target, wrong_sign, summed_over_batch, not_averaged, halved, sigmoid_twice),
        *(sigmoid_then_log, minus_mean),
    )
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(fake_logits):
    return F.binary_cross_entropy(fake_logits * 0 + 2, torch.ones_like(fake_logits))


def only_returns(fake_logits):
    return softplus(fake_logits).reshape(1)


def only_dtype(fake_logits):
    return softplus(fake_logits.double()).float() if fake_logits.dtype == torch.float64 else softplus(fake_logits)


def only_finite(fake_logits):
    return softplus(fake_logits) / 0


def only_value(fake_logits):
    return softplus(fake_logits) + 0.5


def only_gradient(fake_logits):
    return softplus(fake_logits.detach())


def only_inputs_unchanged(fake_logits):
    loss = softplus(fake_logits.clone())
    fake_logits.data.sigmoid_()
    return loss


def item(fake_logits):
    return softplus(fake_logits).item()


def noisy(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.full_like(fake_logits, 0.9))


def hinge(fake_logits):
    return F.relu(1 - fake_logits).mean()


def squared(fake_logits):
    return F.mse_loss(fake_logits, torch.ones_like(fake_logits))


def half_target(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.full_like(fake_logits, 0.5))


def mean_logit_first(fake_logits):
    return F.softplus(-fake_logits.mean())


def doubled(fake_logits):
    return 2 * softplus(fake_logits)


def worst(fake_logits):
    return F.softplus(-fake_logits).max()


def in_a_dict(fake_logits):
    return {"generator": softplus(fake_logits)}


UNLISTED = {
    f.__name__: f
    for f in (
        *(only_runs, only_returns, only_dtype, only_finite, only_value, only_gradient, only_inputs_unchanged),
        *(item, noisy, hinge, squared, half_target, mean_logit_first, doubled, worst, in_a_dict),
    )
}
