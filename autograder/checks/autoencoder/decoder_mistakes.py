"""Wrong answers to `autoencoder/Decoder`, each a mistake that people make."""

from __future__ import annotations

import torch
from torch import nn


class sigmoid_inside(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.layers = nn.Sequential(
            *(nn.ConvTranspose2d(128, 128, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.ReLU()),
            *(nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 1)),
        )

    def forward(self, z):
        return torch.sigmoid(self.layers(self.linear(z).view(-1, 128, 4, 4)))


class relu_on_logits(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.layers = nn.Sequential(
            *(nn.ConvTranspose2d(128, 128, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.ReLU()),
            *(nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 1)),
        )

    def forward(self, z):
        return torch.relu(self.layers(self.linear(z).view(-1, 128, 4, 4)))


class output_padding_missing(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.layers = nn.Sequential(
            *(nn.ConvTranspose2d(128, 128, 3, 2, 1, 0), nn.ReLU(), nn.ConvTranspose2d(128, 64, 3, 2, 1, 0), nn.ReLU()),
            *(nn.ConvTranspose2d(64, 32, 3, 2, 1, 0), nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 1)),
        )

    def forward(self, z):
        return self.layers(self.linear(z).view(-1, 128, 4, 4))


class last_padding_missing(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.layers = nn.Sequential(
            *(nn.ConvTranspose2d(128, 128, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.ReLU()),
            *(nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 0)),
        )

    def forward(self, z):
        return self.layers(self.linear(z).view(-1, 128, 4, 4))


class other_reshape_order(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.layers = nn.Sequential(
            *(nn.ConvTranspose2d(128, 128, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.ReLU()),
            *(nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 1)),
        )

    def forward(self, z):
        return self.layers(self.linear(z).view(-1, 4, 4, 128).permute(0, 3, 1, 2))


class relu_after_linear(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.layers = nn.Sequential(
            *(nn.ConvTranspose2d(128, 128, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), nn.ReLU()),
            *(nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 1)),
        )

    def forward(self, z):
        return self.layers(torch.relu(self.linear(z)).view(-1, 128, 4, 4))


class relu_missing(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.layers = nn.Sequential(
            *(nn.ConvTranspose2d(128, 128, 3, 2, 1, 1), nn.ConvTranspose2d(128, 64, 3, 2, 1, 1)),
            *(nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.Conv2d(32, 1, 3, 1, 1)),
        )

    def forward(self, z):
        return self.layers(self.linear(z).view(-1, 128, 4, 4))
