"""The mistakes that people make in `vae_fashion/sampling`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch
from torch import nn


class exp_log_var_as_std(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(z_log_var) * torch.randn_like(z_mean)


class log_var_as_std(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + z_log_var * torch.randn_like(z_mean)


class one_noise_per_batch(nn.Module):
    def forward(self, z_mean, z_log_var):
        epsilon = torch.randn((), dtype=z_mean.dtype, device=z_mean.device)
        return z_mean + torch.exp(0.5 * z_log_var) * epsilon


class one_noise_per_image(nn.Module):
    def forward(self, z_mean, z_log_var):
        epsilon = torch.randn_like(z_mean[:, :1])
        return z_mean + torch.exp(0.5 * z_log_var) * epsilon


class one_noise_per_dimension(nn.Module):
    def forward(self, z_mean, z_log_var):
        epsilon = torch.randn_like(z_mean[:1])
        return z_mean + torch.exp(0.5 * z_log_var) * epsilon


class uniform_noise(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(0.5 * z_log_var) * torch.rand_like(z_mean)


class fixed_noise(nn.Module):
    def __init__(self):
        super().__init__()
        self.epsilon = None

    def forward(self, z_mean, z_log_var):
        if self.epsilon is None or self.epsilon.shape != z_mean.shape:
            self.epsilon = torch.randn_like(z_mean)
        return z_mean + torch.exp(0.5 * z_log_var) * self.epsilon


class reseeded(nn.Module):
    def forward(self, z_mean, z_log_var):
        torch.manual_seed(0)
        return z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean)


class detached(nn.Module):
    def forward(self, z_mean, z_log_var):
        with torch.no_grad():
            return z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean)


class noise_not_like_input(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(0.5 * z_log_var) * torch.randn(z_mean.shape)


class mean_left_out(nn.Module):
    def forward(self, z_mean, z_log_var):
        return torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean)


class no_noise(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean
