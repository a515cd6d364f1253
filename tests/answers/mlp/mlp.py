"""Answers of imaginary students to `mlp/MLP`: right ones, known mistakes, unlisted mistakes."""

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F


def network(*, before=lambda x: x.flatten(1), first=F.relu, second=F.relu, after=lambda x: x):
    """A class that differs from the one asked for in what is done around its layers."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two, self.three = nn.Linear(3072, 200), nn.Linear(200, 150), nn.Linear(150, 10)

        def forward(self, x):
            return after(self.three(second(self.two(first(self.one(before(x)))))))

    return Network


# ---------------------------------------------------------------- right answers


class InReverseOrder(nn.Module):
    """Layers registered last to first."""

    def __init__(self):
        super().__init__()
        self.output = nn.Linear(150, 10)
        self.hidden2 = nn.Linear(200, 150)
        self.hidden1 = nn.Linear(32 * 32 * 3, 200)

    def forward(self, x):
        x = x.view(x.size(0), -1) if x.is_contiguous() else x.reshape(x.size(0), -1)
        x = torch.relu(self.hidden1(x))
        x = torch.relu(self.hidden2(x))
        return self.output(x)


class InAList(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [3072, 200, 150, 10]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])

    def forward(self, x):
        x = torch.flatten(x, start_dim=1)
        for number, layer in enumerate(self.layers):
            x = layer(x)
            if number < 2:
                x = x.clamp(min=0)
        return x


class Inherited(nn.Sequential):
    def __init__(self):
        layers = [nn.Flatten(), nn.Linear(3072, 200), nn.ReLU(inplace=True), nn.Linear(200, 150), nn.ReLU()]
        super().__init__(*layers, nn.Linear(150, 10))


class ByHand(nn.Module):
    """Own parameters and matrix products."""

    def __init__(self):
        super().__init__()
        for number, (n_in, n_out) in enumerate([(3072, 200), (200, 150), (150, 10)]):
            self.register_parameter(f"w{number}", nn.Parameter(torch.randn(n_out, n_in) / n_in**0.5))
            self.register_parameter(f"b{number}", nn.Parameter(torch.zeros(n_out)))

    def forward(self, x):
        h = x.reshape(len(x), 3072)
        h = torch.maximum(h @ self.w0.T + self.b0, torch.zeros((), dtype=h.dtype))
        h = torch.where((a := F.linear(h, self.w1, self.b1)) > 0, a, 0)
        return torch.addmm(self.b2, h, self.w2.mT)


class WithExtras(nn.Module):
    """A buffer and an identity more."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros((), dtype=torch.int64))
        self.trunk = nn.Sequential(nn.Linear(3072, 200), nn.ReLU(), nn.Identity(), nn.Linear(200, 150), nn.ReLU())
        self.head = nn.Linear(150, 10)

    def forward(self, x):
        self.calls += 1
        return self.head(self.trunk(x.flatten(start_dim=1)))


RIGHT = {
    "InReverseOrder": InReverseOrder,
    "InAList": InAList,
    "Inherited": Inherited,
    "ByHand": ByHand,
    "WithExtras": WithExtras,
    "functional": network(),
    "leaky_relu_of_slope_zero": network(first=lambda h: F.leaky_relu(h, 0.0)),
}

# ---------------------------------------------------------------- known mistakes

MISTAKES = {
    "softmax_inside": network(after=lambda a: a.exp() / a.exp().sum(1, keepdim=True)),
    "log_softmax_inside": network(after=lambda a: a - a.logsumexp(1, keepdim=True)),
    "relu_missing": network(first=lambda h: h),
    "relu_on_output": network(after=lambda a: a.clamp(min=0)),
    "sigmoid_hidden": network(first=torch.tanh, second=torch.tanh),
    "wrong_flatten": network(before=lambda x: x.movedim(1, -1).reshape(len(x), 3072)),
}

# ---------------------------------------------------------------- unlisted mistakes


class OnlyBuilds(nn.Module):
    """super().__init__() is missing."""

    def __init__(self):
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(3072, 200))


class OnlyArchitecture(nn.Module):
    """Hidden layers of 150 and 200."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Flatten(), nn.Linear(3072, 150), nn.ReLU(), nn.Linear(150, 200), nn.ReLU(), nn.Linear(200, 10))
        )

    def forward(self, x):
        return self.layers(x)


class NoBias(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Flatten(), nn.Linear(3072, 200, bias=False), nn.ReLU(), nn.Linear(200, 150), nn.ReLU()),
            nn.Linear(150, 10),
        )

    def forward(self, x):
        return self.layers(x)


class OneHiddenLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 10))

    def forward(self, x):
        return self.layers(x)


class UnregisteredLayers(nn.Module):
    """A plain list hides the layers from PyTorch."""

    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3072, 200), nn.Linear(200, 150), nn.Linear(150, 10)]

    def forward(self, x):
        h = self.layers[0](x.flatten(1)).relu()
        return self.layers[2](self.layers[1](h).relu())


class OnlyRuns(nn.Module):
    """Not flattened."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 150), nn.ReLU(), nn.Linear(150, 10))
        )

    def forward(self, x):
        return self.layers(x)


class WithBatchNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Flatten(), nn.Linear(3072, 200), nn.BatchNorm1d(200), nn.ReLU(), nn.Linear(200, 150)),
            *(nn.BatchNorm1d(150), nn.ReLU(), nn.Linear(150, 10)),
        )

    def forward(self, x):
        return self.layers(x)


class OnlyModes(nn.Module):
    """Dropout before the last layer."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Flatten(), nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 150), nn.ReLU(), nn.Dropout(0.3)),
            nn.Linear(150, 10),
        )

    def forward(self, x):
        return self.layers(x)


def overwritten(x):
    flat = x.flatten(1).clone()
    x.data.zero_()
    return flat


def squeezed(a):
    return a.squeeze(0)


class frozen_bias(WithExtras):
    """One bias never learns."""

    def __init__(self):
        super().__init__()
        self.head.bias.requires_grad_(False)


class relu_up_to_six(WithExtras):
    def forward(self, x):
        first, _, _, second, _ = self.trunk
        return self.head(F.relu6(second(F.relu6(first(x.flatten(1))))))


UNLISTED = {
    "only_builds": OnlyBuilds,
    "only_architecture": OnlyArchitecture,
    "no_bias": NoBias,
    "one_hidden_layer": OneHiddenLayer,
    "unregistered_layers": UnregisteredLayers,
    "only_runs": OnlyRuns,
    "with_batch_norm": WithBatchNorm,
    "only_logits": network(first=F.gelu),
    "only_modes": OnlyModes,
    "only_gradient": network(before=lambda x: x.detach().flatten(1)),
    "only_inputs_unchanged": network(before=overwritten),
    "batch_axis_lost": network(after=squeezed),
    "returns_none": network(after=lambda a: None),
    "classes_returned": network(after=lambda a: a.argmax(1)),
    "leaky": network(first=lambda h: F.leaky_relu(h, 0.1), second=lambda h: F.leaky_relu(h, 0.1)),
    "absolute_values": network(first=torch.abs, second=torch.abs),
    "relu_on_image": network(before=lambda x: x.flatten(1).relu()),
    "scaled_image": network(before=lambda x: x.flatten(1) / 255),
    "sigmoid_on_output": network(after=torch.sigmoid),
    "softmax_over_batch": network(after=lambda a: a.softmax(0)),
    "columns_first": network(before=lambda x: x.transpose(2, 3).flatten(1)),
    "clipped_logits": network(after=lambda a: a.clamp(-0.5, 0.5)),
    "one_sigmoid": network(second=torch.sigmoid),
    "double_and_detached": network(first=lambda h: h.detach().relu() * 2),
    "two_outputs": network(after=lambda a: (a, a.softmax(1))),
    "frozen_bias": frozen_bias,
    "relu_up_to_six": relu_up_to_six,
}
