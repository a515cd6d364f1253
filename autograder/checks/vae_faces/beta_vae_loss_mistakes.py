"""The mistakes that people make in `vae_faces/beta_vae_loss`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def pixel_mean(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = F.mse_loss(x_hat, x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def channel_mean(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((x_hat - x) ** 2).mean(dim=1).sum(dim=(1, 2)).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def beta_on_reconstruction(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((x_hat - x) ** 2).flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return beta * reconstruction + kl, reconstruction, kl


def book_loss(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = beta * F.mse_loss(x_hat, x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + kl, reconstruction, kl


def root(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((x_hat - x) ** 2).flatten(1).sum(dim=1).sqrt().mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def factor_half(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = 0.5 * ((x_hat - x) ** 2).flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def absolute_error(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = (x_hat - x).abs().flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def cross_entropy(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = F.binary_cross_entropy(x_hat, x, reduction="sum") / len(x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def sigmoid_again(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((torch.sigmoid(x_hat) - x) ** 2).flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def summed_over_batch(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = F.mse_loss(x_hat, x, reduction="sum")
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def batch_not_averaged(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((x_hat - x) ** 2).flatten(1).sum(dim=1)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def beta_ignored(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((x_hat - x) ** 2).flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + kl, reconstruction, kl


def kl_times_beta(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((x_hat - x) ** 2).flatten(1).sum(dim=1).mean()
    kl = -0.5 * beta * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + kl, reconstruction, kl


def cut_off(x_hat, x, z_mean, z_log_var, beta):
    reconstruction = ((x_hat - x) ** 2).flatten(1).sum(dim=1).mean()
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction.detach(), kl.detach()
