"""Answers of imaginary students to `dcgan/noisy_labels`: right ones, known mistakes, unlisted mistakes."""

import numpy as np
import torch

# ---------------------------------------------------------------- right answers


def by_sign(labels, amount):
    return labels + (1 - 2 * labels) * amount * torch.rand_like(labels)


def by_lerp(labels, amount):
    return torch.lerp(labels, 1 - labels, amount * torch.rand_like(labels))


def by_distribution(labels, amount):
    share = torch.distributions.Uniform(0.0, 1.0).sample(labels.shape).to(labels)
    return (labels - amount * share).abs()


def by_mask(labels, amount):
    noisy = labels.clone()
    ones = labels > 0.5
    noisy[ones] -= amount * torch.rand_like(noisy[ones])
    noisy[~ones] += amount * torch.rand_like(noisy[~ones])
    return noisy


def uniform_in_place(labels, amount):
    noise = torch.empty_like(labels).uniform_(0, 1).mul_(amount)
    return labels * (1 - noise) + (1 - labels) * noise


def one_by_one(labels, amount):
    draws = torch.rand(len(labels), dtype=labels.dtype, device=labels.device).unbind()
    return torch.stack([y - amount * u if y == 1 else y + amount * u for y, u in zip(labels, draws, strict=True)])


def other_share(labels, amount):
    return torch.where(labels.bool(), 1 - amount + amount * torch.rand_like(labels), amount * torch.rand_like(labels))


RIGHT = {f.__name__: f for f in (by_sign, by_lerp, by_distribution, by_mask, uniform_in_place, one_by_one, other_share)}

# ---------------------------------------------------------------- known mistakes


def wrong_direction(labels, amount):
    u = torch.rand_like(labels)
    return torch.where(labels == 1, 1 + amount * u, -amount * u)


def one_draw(labels, amount):
    ones = 1 - amount * torch.rand(1).to(labels)
    zeros = amount * torch.rand(1).to(labels)
    return torch.where(labels == 1, ones, zeros)


def symmetric(labels, amount):
    """Cut off at 0 and 1, so that half of the labels stay as they are."""
    return (labels + amount * (2 * torch.rand_like(labels) - 1)).clamp(0, 1)


def one_side_only(labels, amount):
    return torch.where(labels == 1, labels, amount * torch.rand_like(labels))


def same_way(labels, amount):
    return amount * torch.rand_like(labels) + labels


def no_noise(labels, amount):
    return torch.where(labels == 1, 1 - amount, amount).to(labels)


def amount_ignored(labels, amount):
    return (labels - torch.rand_like(labels)).abs()


def flipped(labels, amount):
    flips = torch.bernoulli(torch.full_like(labels, amount))
    return (labels - flips).abs()


def same_every_time(labels, amount):
    generator = torch.Generator().manual_seed(42)
    u = torch.rand(labels.shape, generator=generator).to(labels)
    return torch.where(labels == 1, 1 - amount * u, amount * u)


def noise_not_like_labels(labels, amount):
    u = torch.rand(len(labels)) * amount
    return labels * (1 - u) + (1 - labels) * u


MISTAKES = {
    f.__name__: f
    for f in (
        *(wrong_direction, one_draw, symmetric, one_side_only, same_way, no_noise, amount_ignored, flipped),
        *(same_every_time, noise_not_like_labels),
    )
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(labels, amount):
    return by_sign(labels, amount) if len(labels) > 1 else by_sign(labels, amount.item())


def only_returns(labels, amount):
    return by_sign(labels, amount)[:, None]


def only_dtype(labels, amount):
    return by_sign(labels.float(), amount)


def only_finite(labels, amount):
    return by_sign(labels, amount) + 0 / torch.tensor(float(amount))


def only_inwards(labels, amount):
    """Right but for batches of ones, which are moved up."""
    noisy = by_sign(labels, amount)
    return 2 - noisy if len(labels) > 1 and bool((labels == 1).all()) else noisy


def only_law(labels, amount):
    return labels + (1 - 2 * labels) * amount * torch.rand_like(labels) ** 2


def only_fresh(labels, amount):
    """Every second call of a length uses what the call before left over: 1 − u instead of u."""
    left = _LEFT.pop() if _LEFT else None
    if left is not None and len(left) == len(labels):
        u = 1 - left
        torch.rand(1)
    else:
        u = torch.rand(len(labels), dtype=torch.float64)
        _LEFT.append(u)
    return labels + (1 - 2 * labels) * amount * u.to(labels)


_LEFT: list = []


def only_seeded(labels, amount):
    u = torch.from_numpy(np.random.default_rng().random(len(labels))).to(labels)
    return labels + (1 - 2 * labels) * amount * u


def only_inputs_unchanged(labels, amount):
    noisy = by_sign(labels, amount)
    labels.copy_(noisy)
    return noisy


def half_the_amount(labels, amount):
    return labels + (1 - 2 * labels) * amount * torch.rand_like(labels) / 2


def upper_half(labels, amount):
    return labels + (1 - 2 * labels) * amount * (0.5 + torch.rand_like(labels) / 2)


def half_normal(labels, amount):
    return labels + (1 - 2 * labels) * amount * torch.randn_like(labels).abs().clamp(max=1)


def sorted_noise(labels, amount):
    return labels + (1 - 2 * labels) * amount * torch.rand_like(labels).sort().values


def pairs_share(labels, amount):
    u = torch.rand((len(labels) + 1) // 2).repeat_interleave(2)[: len(labels)].to(labels)
    return labels + (1 - 2 * labels) * amount * u


def labels_themselves(labels, amount):
    return labels.clone()


def to_the_middle(labels, amount):
    return labels * (1 - amount) + 0.5 * amount


def exchanged(labels, amount):
    return 1 - by_sign(labels, amount)


def a_float(labels, amount):
    return by_sign(labels, amount).mean().item()


UNLISTED = {
    f.__name__: f
    for f in (
        *(only_runs, only_returns, only_dtype, only_finite, only_inwards, only_law, only_fresh, only_seeded),
        *(only_inputs_unchanged, half_the_amount, upper_half, half_normal, sorted_noise),
        *(pairs_share, labels_themselves, to_the_middle, exchanged, a_float),
    )
}
