"""Wrong answers to `autoencoder/Encoder`, each a mistake that people make."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class output_activation(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(2048, embedding_dim)),
        )

    def forward(self, x):
        return torch.relu(self.layers(x))


class other_flatten_order(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU()),
        )
        self.linear = nn.Linear(2048, embedding_dim)

    def forward(self, x):
        return self.linear(self.convolutions(x).permute(0, 2, 3, 1).flatten(1))


class images_mixed(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU()),
        )
        self.linear = nn.Linear(2048, embedding_dim)

    def forward(self, x):
        return self.linear(self.convolutions(x).reshape(2048, -1).T)


class strides_missing(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 1, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 1, 1), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 1, 1), nn.ReLU(), nn.Flatten()),
        )
        self.linear = nn.Linear(128 * 32 * 32, embedding_dim)

    def forward(self, x):
        return self.linear(self.convolutions(x))


class pooling(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 32, 3, 1, 1), nn.Conv2d(32, 64, 3, 1, 1)
        self.third, self.linear = nn.Conv2d(64, 128, 3, 1, 1), nn.Linear(2048, embedding_dim)

    def forward(self, x):
        for convolution in (self.first, self.second, self.third):
            x = F.max_pool2d(torch.relu(convolution(x)), 2)
        return self.linear(x.flatten(1))


class padding_missing(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2), nn.ReLU(), nn.Conv2d(32, 64, 3, 2), nn.ReLU()),
            *(nn.Conv2d(64, 128, 3, 2), nn.ReLU(), nn.Flatten()),
        )
        self.linear = nn.Linear(128 * 3 * 3, embedding_dim)

    def forward(self, x):
        return self.linear(self.convolutions(x))


class relu_missing(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, 2, 1), nn.Conv2d(32, 64, 3, 2, 1), nn.Conv2d(64, 128, 3, 2, 1)),
            *(nn.Flatten(), nn.Linear(2048, embedding_dim)),
        )

    def forward(self, x):
        return self.layers(x)
