"""The mistakes that people make in `vae_fashion/encoder`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch
from torch import nn


class shared_heads(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU(), nn.Flatten()),
        )
        self.head = nn.Linear(2048, latent_dim)

    def forward(self, x):
        z_mean = z_log_var = self.head(self.convolutions(x))
        return (z_mean, z_log_var, z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean))


class activation_on_log_var(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU(), nn.Flatten()),
        )
        self.mean_head = nn.Linear(2048, latent_dim)
        self.log_var_head = nn.Linear(2048, latent_dim)

    def forward(self, x):
        hidden = self.convolutions(x)
        z_mean, z_log_var = (self.mean_head(hidden), torch.relu(self.log_var_head(hidden)))
        return (z_mean, z_log_var, z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean))


class head_used_twice(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU(), nn.Flatten()),
        )
        self.mean_head = nn.Linear(2048, latent_dim)
        self.log_var_head = nn.Linear(2048, latent_dim)

    def forward(self, x):
        hidden = self.convolutions(x)
        z_mean, z_log_var = self.mean_head(hidden), self.mean_head(hidden)
        return z_mean, z_log_var, z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean)


class variance_head(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU(), nn.Flatten()),
        )
        self.mean_head = nn.Linear(2048, latent_dim)
        self.log_var_head = nn.Linear(2048, latent_dim)

    def forward(self, x):
        hidden = self.convolutions(x)
        z_mean, z_var = self.mean_head(hidden), torch.exp(self.log_var_head(hidden))
        return z_mean, z_var, z_mean + torch.sqrt(z_var) * torch.randn_like(z_mean)


class z_is_mean(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU(), nn.Flatten()),
        )
        self.mean_head = nn.Linear(2048, latent_dim)
        self.log_var_head = nn.Linear(2048, latent_dim)

    def forward(self, x):
        hidden = self.convolutions(x)
        z_mean, z_log_var = self.mean_head(hidden), self.log_var_head(hidden)
        return z_mean, z_log_var, z_mean


class outputs_swapped(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU(), nn.Flatten()),
        )
        self.mean_head = nn.Linear(2048, latent_dim)
        self.log_var_head = nn.Linear(2048, latent_dim)

    def forward(self, x):
        hidden = self.convolutions(x)
        z_mean, z_log_var = self.mean_head(hidden), self.log_var_head(hidden)
        return (z_log_var, z_mean, z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean))


class relu_missing(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.Conv2d(32, 64, 3, 2, 1), nn.Conv2d(64, 128, 3, 2, 1), nn.Flatten())
        )
        self.mean_head = nn.Linear(2048, latent_dim)
        self.log_var_head = nn.Linear(2048, latent_dim)

    def forward(self, x):
        hidden = self.convolutions(x)
        z_mean, z_log_var = self.mean_head(hidden), self.log_var_head(hidden)
        return (z_mean, z_log_var, z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean))
