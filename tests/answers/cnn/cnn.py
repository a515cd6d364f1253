"""Answers of imaginary students to `cnn/CNN`: right ones, known mistakes, unlisted mistakes."""

import sys
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


class OneSequential(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            *(nn.Conv2d(3, 32, 3, stride=1, padding=1), nn.BatchNorm2d(32), nn.LeakyReLU(0.3)),
            *(nn.Conv2d(32, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.LeakyReLU(0.3)),
            *(nn.Conv2d(32, 64, 3, stride=1, padding=1), nn.BatchNorm2d(64), nn.LeakyReLU(0.3)),
            *(nn.Conv2d(64, 64, 3, stride=2, padding=1), nn.BatchNorm2d(64), nn.LeakyReLU(0.3)),
            *(nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3), nn.Dropout(0.5)),
            nn.Linear(128, 10),
        )

    def forward(self, x):
        return self.net(x)


class Plain(nn.Module):
    """The way of the 60-minute tutorial."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 32, 3, stride=2, padding=1)
        self.bn2 = nn.BatchNorm2d(32)
        self.conv3 = nn.Conv2d(32, 64, 3, padding=1)
        self.bn3 = nn.BatchNorm2d(64)
        self.conv4 = nn.Conv2d(64, 64, 3, stride=2, padding=1)
        self.bn4 = nn.BatchNorm2d(64)
        self.fc1 = nn.Linear(64 * 8 * 8, 128)
        self.bn5 = nn.BatchNorm1d(128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.leaky_relu(self.bn1(self.conv1(x)), 0.3)
        x = F.leaky_relu(self.bn2(self.conv2(x)), 0.3)
        x = F.leaky_relu(self.bn3(self.conv3(x)), 0.3)
        x = F.leaky_relu(self.bn4(self.conv4(x)), 0.3)
        x = F.leaky_relu(self.bn5(self.fc1(torch.flatten(x, 1))), 0.3)
        return self.fc2(F.dropout(x, 0.5, self.training))


class RegisteredBackwards(Plain):
    """The same layers, registered from the last to the first."""

    def __init__(self):
        super().__init__()
        layers = list(self._modules.items())
        self._modules.clear()
        for name, layer in reversed(layers):
            self.add_module(name, layer)


class Block(nn.Module):
    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.norm = nn.BatchNorm2d(c_out)
        self.conv = nn.Conv2d(c_in, c_out, (3, 3), (stride, stride), (1, 1))

    def forward(self, x):
        x = self.norm(self.conv(x))
        return torch.where(x > 0, x, 0.3 * x)


class Blocks(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]
        self.blocks = nn.ModuleList(Block(*size) for size in sizes)
        self.head = nn.Sequential(
            OrderedDict(
                flat=nn.Flatten(),
                hidden=nn.Linear(4096, 128),
                norm=nn.BatchNorm1d(128),
                act=nn.LeakyReLU(negative_slope=0.3, inplace=True),
                drop=nn.Dropout(),
                logits=nn.Linear(128, 10),
            )
        )

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class NormsFirst(nn.Module):
    """All norms are registered before all convolutions; an extra buffer; another initialisation."""

    def __init__(self):
        super().__init__()
        widths = (32, 32, 64, 64)
        self.register_buffer("mean", torch.zeros(3, 1, 1))
        self.norms = nn.ModuleDict({f"n{i}": nn.BatchNorm2d(w) for i, w in enumerate(widths)})
        self.last = nn.Linear(128, 10)
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, 1 + i % 2, 1) for i, (a, b) in enumerate(zip((3, *widths), widths, strict=False))
        )
        self.hidden_norm = nn.BatchNorm1d(128)
        self.hidden = nn.Linear(4096, 128)
        self.dropout = nn.Dropout(0.5)
        for conv in self.convs:
            nn.init.xavier_uniform_(conv.weight)
            nn.init.zeros_(conv.bias)

    def forward(self, x):
        for i, conv in enumerate(self.convs):
            x = F.leaky_relu(self.norms[f"n{i}"](conv(x)), 0.3)
        x = self.hidden(x.reshape(x.shape[0], -1))
        return self.last(self.dropout(F.leaky_relu(self.hidden_norm(x), 0.3)))


class OwnNorm(nn.Module):
    """Batch norm as a layer of one's own."""

    def __init__(self, width):
        super().__init__()
        self.beta = nn.Parameter(torch.zeros(width))
        self.gamma = nn.Parameter(torch.ones(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, x):
        args = self.running_mean, self.running_var, self.gamma, self.beta, self.training
        return F.batch_norm(x, *args, momentum=0.1, eps=1e-5)


class OwnNorms(Plain):
    def __init__(self):
        super().__init__()
        for i, width in enumerate((32, 32, 64, 64, 128), start=1):
            setattr(self, f"bn{i}", OwnNorm(width))


class Talkative(OneSequential):
    def forward(self, x):
        print("forward", tuple(x.shape), file=sys.stderr)
        return super().forward(x)


RIGHT = {
    "OneSequential": OneSequential,
    "Plain": Plain,
    "RegisteredBackwards": RegisteredBackwards,
    "Blocks": Blocks,
    "NormsFirst": NormsFirst,
    "OwnNorms": OwnNorms,
    "Talkative": Talkative,
}

# ---------------------------------------------------------------- known mistakes


class norm_after_activation(Plain):
    def forward(self, x):
        for conv, norm in [
            (self.conv1, self.bn1),
            (self.conv2, self.bn2),
            (self.conv3, self.bn3),
            (self.conv4, self.bn4),
        ]:
            x = norm(F.leaky_relu(conv(x), 0.3))
        x = self.bn5(F.leaky_relu(self.fc1(x.flatten(1)), 0.3))
        return self.fc2(F.dropout(x, 0.5, self.training))


class Sloped(Plain):
    def activation(self, x):
        return F.leaky_relu(x)

    def end(self, x):
        return x

    def drop(self, x):
        return F.dropout(x, 0.5, self.training)

    def forward(self, x):
        for conv, norm in [
            (self.conv1, self.bn1),
            (self.conv2, self.bn2),
            (self.conv3, self.bn3),
            (self.conv4, self.bn4),
        ]:
            x = self.activation(norm(conv(x)))
        x = self.activation(self.bn5(self.fc1(x.flatten(1))))
        return self.end(self.fc2(self.drop(x)))


pytorch_slope = Sloped


class relu(Sloped):
    def activation(self, x):
        return x.clamp(min=0)


class Right(Sloped):
    def activation(self, x):
        return F.leaky_relu(x, 0.3)


class softmax_inside(Right):
    def end(self, x):
        return F.log_softmax(x, dim=1)


class activation_on_logits(Right):
    def end(self, x):
        return F.relu(x)


class strides_exchanged(Right):
    def __init__(self):
        super().__init__()
        for conv, stride in [(self.conv1, 2), (self.conv2, 1), (self.conv3, 2), (self.conv4, 1)]:
            conv.stride = (stride, stride)


class pooling(Right):
    def __init__(self):
        super().__init__()
        self.conv2.stride = self.conv4.stride = (1, 1)

    def forward(self, x):
        x = self.activation(self.bn1(self.conv1(x)))
        x = F.max_pool2d(self.activation(self.bn2(self.conv2(x))), 2)
        x = self.activation(self.bn3(self.conv3(x)))
        x = F.max_pool2d(self.activation(self.bn4(self.conv4(x))), 2)
        return self.fc2(self.drop(self.activation(self.bn5(self.fc1(x.flatten(1))))))


def norms(network):
    return [m for m in network.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]


class keras_eps(OneSequential):
    """A faithful copy of Keras's layers: its momentum, too."""

    def __init__(self):
        super().__init__()
        for norm in norms(self):
            norm.eps, norm.momentum = 1e-3, 0.01


class keras_momentum(OneSequential):
    def __init__(self):
        super().__init__()
        for norm in norms(self):
            norm.momentum = 0.01


class dropout_missing(Right):
    def drop(self, x):
        return x


class other_rate(Right):
    def drop(self, x):
        return F.dropout(x, 0.25, self.training)


class dropout_in_eval(Right):
    def drop(self, x):
        return F.dropout(x)


MISTAKES = {
    "norm_after_activation": norm_after_activation,
    "pytorch_slope": pytorch_slope,
    "relu": relu,
    "softmax_inside": softmax_inside,
    "activation_on_logits": activation_on_logits,
    "strides_exchanged": strides_exchanged,
    "pooling": pooling,
    "keras_eps": keras_eps,
    "keras_momentum": keras_momentum,
    "dropout_missing": dropout_missing,
    "other_rate": other_rate,
    "dropout_in_eval": dropout_in_eval,
}

# ---------------------------------------------------------------- unlisted mistakes


class only_builds(nn.Module):
    def __init__(self, width):
        super().__init__()


class only_architecture(OneSequential):
    """A head of two layers more: without batch norm on the hidden layer."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(*self.net[:14], *self.net[15:])


class only_runs(OneSequential):
    def forward(self, x):
        return self.net(x).squeeze()[None]


class only_logits(OneSequential):
    def forward(self, x):
        return self.net(x) if self.training else 1.01 * self.net(x)


class only_gradient(OneSequential):
    def forward(self, x):
        return self.net(x.detach())


class only_dropout(Right):
    """The mask is shared by the batch."""

    def drop(self, x):
        return x * F.dropout(torch.ones_like(x[:1]), 0.5, self.training)


class only_statistics(OneSequential):
    def __init__(self):
        super().__init__()
        for norm in norms(self):
            norm.momentum = 0.3


class only_inputs_unchanged(OneSequential):
    def forward(self, x):
        y = self.net(x)
        x.data.mul_(0.5)
        return y


class without_bias(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for a, b, s in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(a, b, 3, s, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.3)]
        head = [nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3), nn.Dropout(0.5), nn.Linear(128, 10)]
        self.net = nn.Sequential(*layers, nn.Flatten(), *head)

    def forward(self, x):
        return self.net(x)


class no_padding(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for a, b, s in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(a, b, 3, s), nn.BatchNorm2d(b), nn.LeakyReLU(0.3)]
        head = [nn.Linear(1600, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3), nn.Dropout(0.5), nn.Linear(128, 10)]
        self.net = nn.Sequential(*layers, nn.Flatten(), *head)

    def forward(self, x):
        return self.net(x)


class pixels_first(Plain):
    """Flattened in the order H, W, C."""

    def forward(self, x):
        x = F.leaky_relu(self.bn1(self.conv1(x)), 0.3)
        x = F.leaky_relu(self.bn2(self.conv2(x)), 0.3)
        x = F.leaky_relu(self.bn3(self.conv3(x)), 0.3)
        x = F.leaky_relu(self.bn4(self.conv4(x)), 0.3)
        x = F.leaky_relu(self.bn5(self.fc1(x.permute(0, 2, 3, 1).flatten(1))), 0.3)
        return self.fc2(F.dropout(x, 0.5, self.training))


class slope_two_tenths(Sloped):
    def activation(self, x):
        return F.leaky_relu(x, 0.2)


class norm_missing_in_forward(Right):
    def forward(self, x):
        x = self.activation(self.conv1(x))
        for conv, norm in [(self.conv2, self.bn2), (self.conv3, self.bn3), (self.conv4, self.bn4)]:
            x = self.activation(norm(conv(x)))
        return self.fc2(self.drop(self.activation(self.bn5(self.fc1(x.flatten(1))))))


class dropout_after_every_block(Right):
    def forward(self, x):
        for conv, norm in [
            (self.conv1, self.bn1),
            (self.conv2, self.bn2),
            (self.conv3, self.bn3),
            (self.conv4, self.bn4),
        ]:
            x = self.drop(self.activation(norm(conv(x))))
        return self.fc2(self.drop(self.activation(self.bn5(self.fc1(x.flatten(1))))))


class dropout_on_the_logits(Right):
    def drop(self, x):
        return x

    def end(self, x):
        return F.dropout(x, 0.5, self.training)


class always_in_eval(OneSequential):
    def forward(self, x):
        self.net.eval()
        return self.net(x)


class batch_statistics_always(OneSequential):
    def __init__(self):
        super().__init__()
        for norm in norms(self):
            norm.track_running_stats, norm.running_mean, norm.running_var = False, None, None


class softmax_over_the_batch(Right):
    def end(self, x):
        return x.softmax(dim=0)


class returns_probabilities_too(OneSequential):
    def forward(self, x):
        y = self.net(x)
        return y, y.softmax(1)


class returns_none(OneSequential):
    def forward(self, x):
        self.net(x)


class detached_in_the_middle(Plain):
    def forward(self, x):
        x = F.leaky_relu(self.bn1(self.conv1(x)), 0.3)
        x = F.leaky_relu(self.bn2(self.conv2(x)), 0.3)
        x = F.leaky_relu(self.bn3(self.conv3(x)), 0.3)
        x = F.leaky_relu(self.bn4(self.conv4(x)), 0.3).detach()
        x = F.leaky_relu(self.bn5(self.fc1(x.flatten(1))), 0.3)
        return self.fc2(F.dropout(x, 0.5, self.training))


class frozen_bias(Plain):
    """One bias never learns."""

    def __init__(self):
        super().__init__()
        self.fc2.bias.requires_grad_(False)


class dropout_turned_round(Plain):
    """In eval mode, and not in training."""

    def forward(self, x):
        x = F.leaky_relu(self.bn1(self.conv1(x)), 0.3)
        x = F.leaky_relu(self.bn2(self.conv2(x)), 0.3)
        x = F.leaky_relu(self.bn3(self.conv3(x)), 0.3)
        x = F.leaky_relu(self.bn4(self.conv4(x)), 0.3)
        x = F.leaky_relu(self.bn5(self.fc1(x.flatten(1))), 0.3)
        return self.fc2(F.dropout(x, 0.5, not self.training))


class in_a_tuple(Plain):
    """A comma too many."""

    def forward(self, x):
        return (super().forward(x),)


class nothing_but_nan(Plain):
    def forward(self, x):
        return super().forward(x) * float("nan")


UNLISTED = {
    "only_builds": only_builds,
    "only_architecture": only_architecture,
    "only_runs": only_runs,
    "only_logits": only_logits,
    "only_gradient": only_gradient,
    "only_dropout": only_dropout,
    "only_statistics": only_statistics,
    "only_inputs_unchanged": only_inputs_unchanged,
    "without_bias": without_bias,
    "no_padding": no_padding,
    "pixels_first": pixels_first,
    "slope_two_tenths": slope_two_tenths,
    "norm_missing_in_forward": norm_missing_in_forward,
    "dropout_after_every_block": dropout_after_every_block,
    "dropout_on_the_logits": dropout_on_the_logits,
    "always_in_eval": always_in_eval,
    "batch_statistics_always": batch_statistics_always,
    "softmax_over_the_batch": softmax_over_the_batch,
    "returns_probabilities_too": returns_probabilities_too,
    "returns_none": returns_none,
    "detached_in_the_middle": detached_in_the_middle,
    "frozen_bias": frozen_bias,
    "dropout_turned_round": dropout_turned_round,
    "in_a_tuple": in_a_tuple,
    "nothing_but_nan": nothing_but_nan,
}
