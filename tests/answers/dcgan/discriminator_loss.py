"""Answers of imaginary students to `dcgan/discriminator_loss`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch import nn
from torch.distributions import Bernoulli
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def plain(real_logits, fake_logits, real_labels, fake_labels):
    loss = nn.BCEWithLogitsLoss()
    return 0.5 * loss(real_logits, real_labels) + 0.5 * loss(fake_logits, fake_labels)


def all_at_once(real_logits, fake_logits, real_labels, fake_labels):
    logits, labels = torch.cat([real_logits, fake_logits]), torch.cat([real_labels, fake_labels])
    return F.binary_cross_entropy_with_logits(logits, labels)


def softplus(real_logits, fake_logits, real_labels, fake_labels):
    real = F.softplus(real_logits) - real_labels * real_logits
    fake = F.softplus(fake_logits) - fake_labels * fake_logits
    return (real + fake).mean() / 2


def by_distribution(real_logits, fake_logits, real_labels, fake_labels):
    pairs = ((real_logits, real_labels), (fake_logits, fake_labels))
    return -sum(Bernoulli(logits=a, validate_args=False).log_prob(y).mean() for a, y in pairs) / 2


def logsigmoid(real_logits, fake_logits, real_labels, fake_labels):
    def bce(a, y):
        return -(y * F.logsigmoid(a) + (1 - y) * F.logsigmoid(-a)).mean()

    return torch.stack([bce(real_logits, real_labels), bce(fake_logits, fake_labels)]).mean()


def two_classes(real_logits, fake_logits, real_labels, fake_labels):
    logits, labels = torch.stack([real_logits, fake_logits]), torch.stack([real_labels, fake_labels])
    scores = torch.stack([torch.zeros_like(logits), logits], dim=-1).flatten(0, 1)
    return F.cross_entropy(scores, torch.stack([1 - labels, labels], dim=-1).flatten(0, 1))


RIGHT = {f.__name__: f for f in (plain, all_at_once, softplus, by_distribution, logsigmoid, two_classes)}

# ---------------------------------------------------------------- known mistakes


def half_missing(real_logits, fake_logits, real_labels, fake_labels):
    return (F.softplus(real_logits) - real_labels * real_logits).mean() + (
        F.softplus(fake_logits) - fake_labels * fake_logits
    ).mean()


def summed_over_batch(real_logits, fake_logits, real_labels, fake_labels):
    return (
        nn.BCEWithLogitsLoss(reduction="sum")(
            torch.cat([real_logits, fake_logits]), torch.cat([real_labels, fake_labels])
        )
        / 2
    )


def not_averaged(real_logits, fake_logits, real_labels, fake_labels):
    real = F.softplus(real_logits) - real_labels * real_logits
    return (real + F.softplus(fake_logits) - fake_labels * fake_logits) / 2


def labels_swapped(real_logits, fake_logits, real_labels, fake_labels):
    return plain(real_logits, fake_logits, fake_labels, real_labels)


def sigmoid_twice(real_logits, fake_logits, real_labels, fake_labels):
    return all_at_once(1 / (1 + torch.exp(-real_logits)), 1 / (1 + torch.exp(-fake_logits)), real_labels, fake_labels)


def sigmoid_then_log(real_logits, fake_logits, real_labels, fake_labels):
    def bce(a, y):
        p = a.sigmoid()
        return -(y * p.log() + (1 - y) * (1 - p).log()).mean()

    return (bce(real_logits, real_labels) + bce(fake_logits, fake_labels)) / 2


def labels_ignored(real_logits, fake_logits, real_labels, fake_labels):
    return (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()) / 2


def fakes_left_out(real_logits, fake_logits, real_labels, fake_labels):
    return (F.softplus(real_logits) - real_labels * real_logits).mean()


def wrong_sign(real_logits, fake_logits, real_labels, fake_labels):
    return -softplus(real_logits, fake_logits, real_labels, fake_labels)


MISTAKES = {
    f.__name__: f
    for f in (
        *(half_missing, summed_over_batch, not_averaged, labels_swapped, sigmoid_twice, sigmoid_then_log),
        *(labels_ignored, fakes_left_out, wrong_sign),
    )
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(real_logits, fake_logits, real_labels, fake_labels):
    return F.binary_cross_entropy(real_logits, real_labels)


def only_returns(*args):
    return plain(*args)[None]


def only_dtype(*args):
    return plain(*args).double() if args[0].dtype == torch.float32 else plain(*args).float()


def only_finite(*args):
    return plain(*args) * torch.log(torch.tensor(-1.0))


def only_value(*args):
    return plain(*args) + 1


def only_gradient(real_logits, fake_logits, real_labels, fake_labels):
    return plain(real_logits, fake_logits.detach(), real_labels, fake_labels)


def only_inputs_unchanged(real_logits, fake_logits, real_labels, fake_labels):
    loss = plain(real_logits, fake_logits, real_labels.clone(), fake_labels)
    real_labels.fill_(1)
    return loss


def no_gradient(*args):
    with torch.no_grad():
        return plain(*args)


def item(*args):
    return plain(*args).item()


def pair(real_logits, fake_logits, real_labels, fake_labels):
    bce = F.binary_cross_entropy_with_logits
    return bce(real_logits, real_labels), bce(fake_logits, fake_labels)


def squared(real_logits, fake_logits, real_labels, fake_labels):
    return (F.mse_loss(real_logits, real_labels) + F.mse_loss(fake_logits, fake_labels)) / 2


def hinge(real_logits, fake_logits, real_labels, fake_labels):
    return (F.relu(1 - real_logits).mean() + F.relu(1 + fake_logits).mean()) / 2


def real_left_out(real_logits, fake_logits, real_labels, fake_labels):
    return F.binary_cross_entropy_with_logits(fake_logits, fake_labels)


def difference(real_logits, fake_logits, real_labels, fake_labels):
    bce = F.binary_cross_entropy_with_logits
    return (bce(real_logits, real_labels) - bce(fake_logits, fake_labels)) / 2


def labels_rounded(real_logits, fake_logits, real_labels, fake_labels):
    return plain(real_logits, fake_logits, (real_labels > 0.55).to(real_labels), fake_labels)


def in_bits(*args):
    return plain(*args) / 0.6931471805599453


UNLISTED = {
    f.__name__: f
    for f in (
        *(only_runs, only_returns, only_dtype, only_finite, only_value, only_gradient, only_inputs_unchanged),
        *(no_gradient, item, pair, squared, hinge, real_left_out, difference, labels_rounded, in_bits),
    )
}
