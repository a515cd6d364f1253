"""Answers of imaginary students to `cnn/dropout`: right ones, known mistakes, unlisted mistakes."""

import random
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def library(x, p, training):
    return F.dropout(x, p, training)


def by_the_module(x, p, training):
    return nn.Dropout(p).train(training)(x)


def from_scratch(x, p, training):
    if not training or p == 0:
        return x
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand_like(x) >= p
    return x * kept / (1 - p)


def bernoulli(x, p, training):
    if not training:
        return x
    mask = torch.bernoulli(torch.full_like(x, 1 - p))
    return mask * x / max(1 - p, 1e-12)


def where(x, p, training):
    if training:
        dropped = torch.rand(x.shape, device=x.device) < p
        return torch.where(dropped, torch.zeros_like(x), x / (1 - p if p < 1 else 1))
    return x


def masked_fill(x, p, training):
    if not training:
        return x.clone()
    scale = 0.0 if p == 1.0 else 1.0 / (1.0 - p)
    return x.masked_fill(torch.rand(x.size()) < p, 0.0) * scale


def from_normal_draws(x, p, training):
    if not training or p == 0.0:
        return x
    threshold = torch.distributions.Normal(0.0, 1.0).icdf(torch.tensor(p, dtype=torch.float64))
    kept = torch.randn(x.shape, dtype=torch.float64) > threshold
    return x * kept.to(x.dtype) / (1 - p) if p < 1 else 0 * x


def by_distributions(x, p, training):
    if not training:
        return x
    if p in (0.0, 1.0):
        return x * (1 - p)
    mask = torch.distributions.Bernoulli(probs=1 - p).sample(x.shape).to(x)
    return x * mask / (1 - p)


def by_numpy(x, p, training):
    if not training or p == 1:
        return x if not training else x * 0
    kept = np.random.default_rng().random(tuple(x.shape)) >= p
    return x * torch.from_numpy(kept).to(x.device) / (1 - p)


def one_by_one(x, p, training):
    """Python's random numbers."""
    if not training or p == 1:
        return x if not training else torch.zeros_like(x)
    kept = torch.tensor([random.random() >= p for _ in range(x.numel())]).reshape(x.shape)
    return torch.where(kept, x / (1 - p), torch.zeros_like(x))


def talkative(x, p, training):
    print("dropping", p, file=sys.stderr)
    return from_scratch(x, p, training)


RIGHT = {
    "library": library,
    "by_the_module": by_the_module,
    "from_scratch": from_scratch,
    "bernoulli": bernoulli,
    "where": where,
    "masked_fill": masked_fill,
    "from_normal_draws": from_normal_draws,
    "by_distributions": by_distributions,
    "by_numpy": by_numpy,
    "one_by_one": one_by_one,
    "talkative": talkative,
}

# ---------------------------------------------------------------- known mistakes


def no_scaling(x, p, training):
    if training:
        return x.masked_fill(torch.rand(x.shape) < p, 0)
    return x


def scaled_in_eval(x, p, training):
    if training:
        return x * torch.bernoulli(torch.full_like(x, 1 - p))
    return (1 - p) * x


def multiplied_not_divided(x, p, training):
    if not training:
        return x
    return x * torch.bernoulli(torch.full_like(x, 1 - p)) * (1 - p)


def keeps_with_p(x, p, training):
    """The mask is turned round, the scale is not."""
    if not training:
        return x
    mask = torch.bernoulli(torch.full_like(x, p))
    return x * mask / (1 - p) if p < 1 else x * 0


def active_in_eval(x, p, training):
    return F.dropout(x, p)


def never_active(x, p, training):
    """Scaled as if values had been dropped."""
    return x / (1 - p) if training and p < 1 else F.dropout(x, p, training=False)


def training_turned_round(x, p, training):
    return F.dropout(x, p, not training)


def one_mask_per_sample(x, p, training):
    if not training or p == 1:
        return x if not training else x * 0
    kept = torch.bernoulli(torch.full((len(x),), 1 - p, dtype=x.dtype))
    return torch.einsum("b...,b->b...", x, kept) / (1 - p)


def one_mask_per_channel(x, p, training):
    if x.ndim == 4:
        return F.dropout2d(x, p, training)
    return F.dropout(x, p, training)


def one_mask_per_batch(x, p, training):
    if not training:
        return x
    mask = F.dropout(torch.ones_like(x[0]), p)
    return x * mask


def same_mask_every_time(x, p, training):
    if not training or p == 1:
        return x if not training else x * 0
    kept = torch.rand(x.shape, generator=torch.Generator().manual_seed(42)) >= p
    return x * kept / (1 - p)


def division_by_zero(x, p, training):
    if not training:
        return x
    scale = 1 / (1 - p)
    return scale * x * torch.bernoulli(torch.full_like(x, 1 - p))


def cut_off(x, p, training):
    if training:
        with torch.no_grad():
            return F.dropout(x, p)
    return x


MISTAKES = {
    "no_scaling": no_scaling,
    "scaled_in_eval": scaled_in_eval,
    "multiplied_not_divided": multiplied_not_divided,
    "keeps_with_p": keeps_with_p,
    "active_in_eval": active_in_eval,
    "never_active": never_active,
    "training_turned_round": training_turned_round,
    "one_mask_per_sample": one_mask_per_sample,
    "one_mask_per_channel": one_mask_per_channel,
    "one_mask_per_batch": one_mask_per_batch,
    "same_mask_every_time": same_mask_every_time,
    "division_by_zero": division_by_zero,
    "cut_off": cut_off,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x, p, training):
    return F.dropout(x, p, trainning=training)


def only_returns(x, p, training):
    return F.dropout(x, p, training).flatten(1)[None]


def only_dtype(x, p, training):
    return F.dropout(x, p, training).float()


def only_law(x, p, training):
    """A value out of two in a row is dropped together with its neighbour."""
    if not training or p in (0.0, 1.0):
        return x if p < 1 or not training else x * 0
    draws = torch.rand((*x.shape[:-1], (x.shape[-1] + 1) // 2)).repeat_interleave(2, dim=-1)[..., : x.shape[-1]]
    return x * (draws >= p) / (1 - p)


def only_scale(x, p, training):
    """The mean is kept exactly: divided by the share that was kept."""
    if not training or p in (0.0, 1.0):
        return x if p < 1 or not training else x * 0
    kept = torch.rand(x.shape) >= p
    y = x * kept / (1 - p)
    return y + 0.03 * y.detach()


def only_eval(x, p, training):
    return F.dropout(x, p) if training else x + 0.1


def only_nothing_dropped(x, p, training):
    if training and p == 0.0:
        return x + 0.1
    return F.dropout(x, p, training)


def only_everything_dropped(x, p, training):
    if training and p == 1.0:
        return x
    return F.dropout(x, p, training)


def only_gradient(x, p, training):
    """The gradient of what is dropped, too."""
    if not training or p == 1.0:
        return F.dropout(x, p, training)
    y = F.dropout(x, p)
    return y.detach() + (x - x.detach()) / (1 - p)


def only_inputs_unchanged(x, p, training):
    y = F.dropout(x, p, training).clone()
    x.data.mul_(0.5)
    return y


def in_place(x, p, training):
    return F.dropout(x, p, training, inplace=True) if training else x


def gaussian(x, p, training):
    """Gaussian dropout: multiplied with N(1, p/(1 − p))."""
    if not training or p in (0.0, 1.0):
        return F.dropout(x, p, training)
    return x * (1 + (p / (1 - p)) ** 0.5 * torch.randn_like(x))


def alpha(x, p, training):
    return F.alpha_dropout(x, p, training)


def exactly_that_many(x, p, training):
    """As many as expected are dropped, chosen at random."""
    if not training or p in (0.0, 1.0):
        return F.dropout(x, p, training)
    kept = torch.ones(x.numel())
    kept[torch.randperm(x.numel())[: round(p * x.numel())]] = 0
    return x * kept.reshape(x.shape).to(x) / (1 - p)


def always_half(x, p, training):
    return F.dropout(x, 0.5, training)


def scale_of_p(x, p, training):
    if not training or p in (0.0, 1.0):
        return F.dropout(x, p, training)
    return x * (torch.rand_like(x) >= p) * (1 + p)


def per_row(x, p, training):
    """One draw for every row of pixels."""
    if not training or p in (0.0, 1.0):
        return F.dropout(x, p, training)
    return x * (torch.rand(*x.shape[:-1], 1) >= p) / (1 - p)


def returns_none(x, p, training):
    F.dropout(x, p, training)


def dropped_twice(x, p, training):
    return F.dropout(F.dropout(x, p, training), p, training)


def seeded_afterwards(x, p, training):
    """The first call draws freely, all later ones the same."""
    y = F.dropout(x, p, training)
    torch.manual_seed(0)
    return y


def in_a_tuple(x, p, training):
    """A comma too many."""
    return (F.dropout(x, p, training),)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_law": only_law,
    "only_scale": only_scale,
    "only_eval": only_eval,
    "only_nothing_dropped": only_nothing_dropped,
    "only_everything_dropped": only_everything_dropped,
    "only_gradient": only_gradient,
    "only_inputs_unchanged": only_inputs_unchanged,
    "in_place": in_place,
    "gaussian": gaussian,
    "alpha": alpha,
    "exactly_that_many": exactly_that_many,
    "always_half": always_half,
    "scale_of_p": scale_of_p,
    "per_row": per_row,
    "returns_none": returns_none,
    "dropped_twice": dropped_twice,
    "seeded_afterwards": seeded_afterwards,
    "in_a_tuple": in_a_tuple,
}
