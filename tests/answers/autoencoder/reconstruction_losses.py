"""Answers of imaginary students to `autoencoder/reconstruction_losses`: right ones, known mistakes, unlisted mistakes."""

import math
import sys

import torch
from torch import nn
from torch.distributions import Bernoulli
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def library(logits, x):
    return nn.BCEWithLogitsLoss()(logits, x), torch.sqrt(nn.MSELoss()(logits.sigmoid(), x))


def by_softplus(logits, x):
    bce = (F.softplus(logits) - x * logits).mean()
    return bce, ((torch.sigmoid(logits) - x) ** 2).mean() ** 0.5


def by_logsigmoid(logits, x):
    bce = -(x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).mean()
    difference = x - 1 / (1 + torch.exp(-logits.clamp(-60, 60)))
    return bce, difference.square().mean().sqrt()


def by_distribution(logits, x):
    return -Bernoulli(logits=logits, validate_args=False).log_prob(x).mean(), torch.linalg.norm(
        (torch.sigmoid(logits) - x).reshape(-1)
    ) / math.sqrt(x.numel())


def image_by_image(logits, x):
    """Means of equally large images have the mean of everything for a mean."""
    bce = torch.stack([F.binary_cross_entropy_with_logits(a, b) for a, b in zip(logits, x, strict=True)])
    square = torch.stack([F.mse_loss(torch.sigmoid(a), b) for a, b in zip(logits, x, strict=True)])
    return bce.mean(), square.mean().sqrt()


def sums_divided(logits, x):
    count = logits.shape[0] * logits.shape[1] * logits.shape[2] * logits.shape[3]
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / count
    return [bce, torch.dist(torch.sigmoid(logits), x) / count**0.5]


def two_class_cross_entropy(logits, x):
    """A softmax over (0, logit)."""
    both = torch.stack([torch.zeros_like(logits), logits], dim=1)
    bce = F.cross_entropy(both, torch.stack([1 - x, x], dim=1))
    return bce, ((torch.tanh(logits / 2) + 1) / 2 - x).pow(2).mean().sqrt()


def talkative(logits, x):
    print("comparing", tuple(x.shape), file=sys.stderr)
    return library(logits, x)


RIGHT = {
    "library": library,
    "by_softplus": by_softplus,
    "by_logsigmoid": by_logsigmoid,
    "by_distribution": by_distribution,
    "image_by_image": image_by_image,
    "sums_divided": sums_divided,
    "two_class_cross_entropy": two_class_cross_entropy,
    "talkative": talkative,
}

# ---------------------------------------------------------------- known mistakes


def sigmoid_forgotten(logits, x):
    return by_softplus(logits, x)[0], (logits - x).square().mean().sqrt()


def sigmoid_twice(logits, x):
    p = logits.sigmoid()
    return by_softplus(p, x)[0], (p - x).square().mean().sqrt()


def sigmoid_then_log(logits, x):
    p = logits.sigmoid()
    return F.binary_cross_entropy(p, x), (p - x).square().mean().sqrt()


def summed(logits, x):
    """Only the cross-entropy, over the pixels of an image."""
    pixels = F.softplus(logits) - x * logits
    return pixels.flatten(1).sum(1).mean(), library(logits, x)[1]


def no_root(logits, x):
    return library(logits, x)[0], (logits.sigmoid() - x).pow(2).mean()


def absolute_error(logits, x):
    return library(logits, x)[0], ((logits.sigmoid() - x) ** 2).sqrt().mean()


def root_per_image(logits, x):
    roots = [(p.sigmoid() - image).square().mean().sqrt() for p, image in zip(logits, x, strict=True)]
    return library(logits, x)[0], sum(roots) / len(roots)


def arguments_exchanged(logits, x):
    """In the cross-entropy alone."""
    return by_softplus(x, logits)[0], library(logits, x)[1]


def outputs_swapped(logits, x):
    return tuple(reversed(library(logits, x)))


def cut_off(logits, x):
    with torch.no_grad():
        return library(logits, x)


MISTAKES = {
    "sigmoid_forgotten": sigmoid_forgotten,
    "sigmoid_twice": sigmoid_twice,
    "sigmoid_then_log": sigmoid_then_log,
    "summed": summed,
    "no_root": no_root,
    "absolute_error": absolute_error,
    "root_per_image": root_per_image,
    "arguments_exchanged": arguments_exchanged,
    "outputs_swapped": outputs_swapped,
    "cut_off": cut_off,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(logits, x):
    return library(logits.view(-1), x.view(-1))


def only_returns(logits, x):
    return library(logits, x)[0]


def only_dtype(logits, x):
    return tuple(loss.double() for loss in library(logits, x))


def only_finite(logits, x):
    bce, rmse = library(logits, x)
    return bce, rmse * torch.tensor(float("nan")).to(rmse)


def only_bce(logits, x):
    bce, rmse = library(logits, x)
    return bce + 0.01, rmse


def only_rmse(logits, x):
    bce, rmse = library(logits, x)
    return bce, rmse + 0.02


def only_gradient(logits, x):
    """The right values with a gradient that is twice too large."""
    bce, rmse = library(logits, x)
    return 2 * bce - bce.detach(), rmse


def only_inputs_unchanged(logits, x):
    losses = library(logits, x.clone())
    x.data.round_()
    return losses


def numbers(logits, x):
    return tuple(loss.item() for loss in library(logits, x))


def unbiased(logits, x):
    """Divided by n − 1."""
    bce, rmse = library(logits, x)
    return bce, rmse * math.sqrt(x.numel() / (x.numel() - 1) * 1.001)


def bits(logits, x):
    bce, rmse = library(logits, x)
    return bce / math.log(2), rmse


def balanced(logits, x):
    """Bright pixels weigh twice."""
    return F.binary_cross_entropy_with_logits(logits, x, pos_weight=torch.tensor(2.0, dtype=x.dtype)), library(
        logits, x
    )[1]


def one_side_only(logits, x):
    """The term of the dark pixels is left out."""
    return -(x * F.logsigmoid(logits)).mean(), library(logits, x)[1]


def above_the_floor(logits, x):
    """The entropy of the grey pixels is taken off."""
    bce, rmse = library(logits, x)
    return bce - F.binary_cross_entropy(x, x), rmse


def centred(logits, x):
    """Standard deviation of the errors: their mean is taken off."""
    return library(logits, x)[0], (logits.sigmoid() - x).std(unbiased=False)


def clamped(logits, x):
    """The logits are cut off at ±1."""
    bce, rmse = library(logits.clamp(-1, 1), x)
    return bce, rmse


def target_rounded(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x.round()), library(logits, x)[1]


def per_image(logits, x):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return pixels.flatten(1).mean(1), (logits.sigmoid() - x).square().flatten(1).mean(1).sqrt()


def a_dict(logits, x):
    return dict(zip(("bce", "rmse"), library(logits, x), strict=True))


def sum_of_both(logits, x):
    bce, rmse = library(logits, x)
    return bce + rmse, rmse


def first_image_only(logits, x):
    return library(logits[:1], x[:1])


def returns_none(logits, x):
    library(logits, x)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_bce": only_bce,
    "only_rmse": only_rmse,
    "only_gradient": only_gradient,
    "only_inputs_unchanged": only_inputs_unchanged,
    "numbers": numbers,
    "unbiased": unbiased,
    "bits": bits,
    "balanced": balanced,
    "one_side_only": one_side_only,
    "above_the_floor": above_the_floor,
    "centred": centred,
    "clamped": clamped,
    "target_rounded": target_rounded,
    "per_image": per_image,
    "a_dict": a_dict,
    "sum_of_both": sum_of_both,
    "first_image_only": first_image_only,
    "returns_none": returns_none,
}
