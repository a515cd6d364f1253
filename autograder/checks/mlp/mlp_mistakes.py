"""The mistakes that people make in `mlp/mlp`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

from torch import nn


class softmax_inside(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Flatten(), nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 150), nn.ReLU()),
            *(nn.Linear(150, 10), nn.Softmax(dim=1)),
        )

    def forward(self, x):
        return self.layers(x)


class log_softmax_inside(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Flatten(), nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 150), nn.ReLU()),
            *(nn.Linear(150, 10), nn.LogSoftmax(dim=1)),
        )

    def forward(self, x):
        return self.layers(x)


class relu_missing(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(3072, 200), nn.Linear(200, 150), nn.Linear(150, 10))

    def forward(self, x):
        return self.layers(x)


class relu_on_output(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Flatten(), nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 150), nn.ReLU()),
            *(nn.Linear(150, 10), nn.ReLU()),
        )

    def forward(self, x):
        return self.layers(x)


class sigmoid_hidden(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Flatten(), nn.Linear(3072, 200), nn.Sigmoid(), nn.Linear(200, 150), nn.Sigmoid()),
            nn.Linear(150, 10),
        )

    def forward(self, x):
        return self.layers(x)


class wrong_flatten(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 150), nn.ReLU(), nn.Linear(150, 10))
        )

    def forward(self, x):
        return self.layers(x.permute(0, 2, 3, 1).flatten(1))
