"""Wrong answers to `autoencoder/reconstruction_losses`, each a mistake that people make."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def sigmoid_forgotten(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x), F.mse_loss(logits, x).sqrt()


def sigmoid_twice(logits, x):
    p = torch.sigmoid(logits)
    return F.binary_cross_entropy_with_logits(p, x), F.mse_loss(p, x).sqrt()


def sigmoid_then_log(logits, x):
    p = torch.sigmoid(logits)
    return -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).mean(), F.mse_loss(p, x).sqrt()


def summed(logits, x):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    return bce, F.mse_loss(torch.sigmoid(logits), x, reduction="sum").sqrt()


def no_root(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x), F.mse_loss(torch.sigmoid(logits), x)


def absolute_error(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x), F.l1_loss(torch.sigmoid(logits), x)


def root_per_image(logits, x):
    squares = (torch.sigmoid(logits) - x) ** 2
    return F.binary_cross_entropy_with_logits(logits, x), squares.flatten(1).mean(1).sqrt().mean()


def arguments_exchanged(logits, x):
    return F.binary_cross_entropy_with_logits(x, logits), F.mse_loss(torch.sigmoid(x), logits).sqrt()


def outputs_swapped(logits, x):
    return F.mse_loss(torch.sigmoid(logits), x).sqrt(), F.binary_cross_entropy_with_logits(logits, x)


def cut_off(logits, x):
    bce = F.binary_cross_entropy_with_logits(logits, x)
    return bce, F.mse_loss(torch.sigmoid(logits), x).sqrt().detach()
