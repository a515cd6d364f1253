"""The known mistakes of `dcgan/noisy_labels`, each by itself."""

import torch


def wrong_direction(labels, amount):
    return labels + (2 * labels - 1) * amount * torch.rand_like(labels)


def one_draw(labels, amount):
    return labels + (1 - 2 * labels) * amount * torch.rand((), dtype=labels.dtype, device=labels.device)


def symmetric(labels, amount):
    return labels + amount * (2 * torch.rand_like(labels) - 1)


def one_side_only(labels, amount):
    return labels - labels * amount * torch.rand_like(labels)


def same_way(labels, amount):
    return labels - amount * torch.rand_like(labels)


def no_noise(labels, amount):
    return labels + (1 - 2 * labels) * amount


def amount_ignored(labels, amount):
    return labels + (1 - 2 * labels) * torch.rand_like(labels)


def flipped(labels, amount):
    return torch.where(torch.rand_like(labels) < amount, 1 - labels, labels)


def same_every_time(labels, amount):
    torch.manual_seed(0)
    return labels + (1 - 2 * labels) * amount * torch.rand_like(labels)


def noise_not_like_labels(labels, amount):
    return labels + (1 - 2 * labels) * amount * torch.rand(labels.shape)
