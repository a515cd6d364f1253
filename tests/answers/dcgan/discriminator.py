"""Answers of imaginary students to `dcgan/Discriminator`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


class Numbered(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, 4, 2, 1, bias=False)
        self.conv2 = nn.Conv2d(width, width * 2, 4, 2, 1, bias=False)
        self.conv3 = nn.Conv2d(width * 2, width * 4, 4, 2, 1, bias=False)
        self.conv4 = nn.Conv2d(width * 4, width * 8, 4, 2, 1, bias=False)
        self.conv5 = nn.Conv2d(width * 8, 1, 4, 1, 0, bias=False)
        self.bn2, self.bn3, self.bn4 = (nn.BatchNorm2d(width * k) for k in (2, 4, 8))

    def drop(self, x):
        return F.dropout(x, 0.3, self.training)

    def forward(self, x):
        x = self.drop(F.leaky_relu(self.conv1(x), 0.2))
        x = self.drop(F.leaky_relu(self.bn2(self.conv2(x)), 0.2))
        x = self.drop(F.leaky_relu(self.bn3(self.conv3(x)), 0.2))
        x = self.drop(F.leaky_relu(self.bn4(self.conv4(x)), 0.2))
        return self.conv5(x).view(-1)


class DroppedBefore(Numbered):
    """Dropout before the LeakyReLU is the same: what is 0 stays 0."""

    def forward(self, x):
        x = F.leaky_relu(self.drop(self.conv1(x)), 0.2)
        for conv, norm in ((self.conv2, self.bn2), (self.conv3, self.bn3), (self.conv4, self.bn4)):
            x = F.leaky_relu(self.drop(norm(conv(x))), 0.2)
        return self.conv5(x).flatten()


class OwnMask(Numbered):
    def drop(self, x):
        return x * (torch.rand(x.shape) < 0.7) / 0.7 if self.training else x


class OneSequential(nn.Sequential):
    def __init__(self, width=64):
        layers, c_in = [], 1
        for times in (1, 2, 4, 8):
            layers.append(nn.Conv2d(c_in, times * width, 4, 2, 1, bias=False))
            if times > 1:
                layers.append(nn.BatchNorm2d(times * width))
            layers += [nn.LeakyReLU(0.2, inplace=True), nn.Dropout(0.3)]
            c_in = times * width
        super().__init__(*layers, nn.Conv2d(c_in, 1, 4, bias=False), nn.Flatten(0))


class SharedDropout(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.dropout = nn.Dropout(p=0.3)
        self.norms = nn.ModuleList([nn.BatchNorm2d(8 * width), nn.BatchNorm2d(4 * width), nn.BatchNorm2d(2 * width)])
        self.head = nn.Conv2d(8 * width, 1, kernel_size=4, bias=False)
        self.body = nn.ModuleList(
            nn.Conv2d(max(1, c // 2) if c > width else 1, c, 4, 2, 1, bias=False)
            for c in (8 * width, 4 * width, 2 * width, width)
        )

    def forward(self, x):
        for i in (3, 2, 1, 0):
            x = self.body[i](x)
            x = self.dropout(F.leaky_relu(x if i == 3 else self.norms[i](x), 0.2))
        return self.head(x)[:, 0, 0, 0]


RIGHT = {c.__name__: c for c in (Numbered, DroppedBefore, OwnMask, OneSequential, SharedDropout)}

# ---------------------------------------------------------------- known mistakes


def network(
    bend=0.2, end=torch.flatten, bias=False, normed=(1, 2, 3), momentum=0.1, last=False, drop=lambda: nn.Dropout(0.3)
):
    """A class of discriminators with one thing changed."""

    class Other(nn.Module):
        def __init__(self, width=64):
            super().__init__()
            c = [1, width, 2 * width, 4 * width, 8 * width]
            self.convs = nn.ModuleList(nn.Conv2d(c[i], c[i + 1], 4, 2, 1, bias=bias) for i in range(4))
            self.norms = nn.ModuleDict({str(i): nn.BatchNorm2d(c[i + 1], momentum=momentum) for i in normed})
            self.out = nn.Conv2d(8 * width, 1, 4, bias=bias)
            self.dropout = drop()

        def forward(self, x):
            for i, conv in enumerate(self.convs):
                x = conv(x)
                norm = self.norms[str(i)] if i in normed else torch.clone
                x = norm(F.leaky_relu(x, bend)) if last else F.leaky_relu(norm(x), bend)
                x = self.dropout(x)
            return end(self.out(x))

    return Other


class AlwaysDropped(nn.Module):
    def forward(self, x):
        return F.dropout(x, p=0.3, training=True)


MISTAKES = {
    "sigmoid_inside": network(end=lambda y: 1 / (1 + torch.exp(-y.flatten()))),
    "not_flattened": network(end=lambda y: y.flatten(1)),
    "squeezed": network(end=torch.squeeze),
    "norm_on_first_layer": network(normed=(0, 1, 2, 3)),
    "no_norm": network(normed=()),
    "conv_biases": network(bias=True),
    "relu": network(bend=0.0),
    "pytorch_slope": network(bend=0.01),
    "norm_after_activation": network(last=True),
    "dropout_missing": network(drop=nn.Identity),
    "other_rate": network(drop=lambda: nn.Dropout(0.7)),
    "channels_dropped": network(drop=lambda: nn.Dropout2d(0.3)),
    "dropout_in_eval": network(drop=AlwaysDropped),
    "keras_momentum": network(momentum=0.01),
}

# ---------------------------------------------------------------- unlisted mistakes


class only_builds:
    def __init__(self, width=64):
        self.network = Numbered(width)


class only_architecture(Numbered):
    def __init__(self, width=32):
        super().__init__(width)


class only_runs(Numbered):
    def forward(self, x):
        return super().forward(x).mean()


class only_logits(Numbered):
    """The logits come out a tenth too large."""

    def forward(self, x):
        return 1.1 * super().forward(x)


class only_dropout(Numbered):
    """The last block drops nothing."""

    def forward(self, x):
        x = self.drop(F.leaky_relu(self.conv1(x), 0.2))
        x = self.drop(F.leaky_relu(self.bn2(self.conv2(x)), 0.2))
        x = self.drop(F.leaky_relu(self.bn3(self.conv3(x)), 0.2))
        return self.conv5(F.leaky_relu(self.bn4(self.conv4(x)), 0.2)).view(-1)


class only_statistics(Numbered):
    def __init__(self, width=64):
        super().__init__(width)
        self.bn2.momentum = 0.4


class only_gradient(Numbered):
    def forward(self, x):
        return super().forward(x.detach())


class only_inputs_unchanged(Numbered):
    def forward(self, x):
        y = super().forward(x.clone())
        x.data.clamp_(-0.5, 0.5)
        return y


class one_mask_per_batch(Numbered):
    def drop(self, x):
        return x * (torch.rand(x.shape[1:]) < 0.7) / 0.7 if self.training else x


class not_scaled(Numbered):
    def drop(self, x):
        return x * (torch.rand(x.shape) < 0.7) if self.training else x


class dropped_on_the_input(Numbered):
    def forward(self, x):
        return super().forward(self.drop(x))


class keeps_three_tenths(Numbered):
    def drop(self, x):
        return F.dropout(x, 0.7, self.training) * 0.3 / 0.7


class pooled_head(Numbered):
    def forward(self, x):
        return super().forward(x) * 0 + x.mean((1, 2, 3))


class tanh_at_the_end(Numbered):
    def forward(self, x):
        return super().forward(x).tanh()


class frozen_head(Numbered):
    def __init__(self, width=64):
        super().__init__(width)
        self.conv5.weight.requires_grad_(False)


class linear_head(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.body = nn.Sequential(*list(OneSequential(width))[:-2])
        self.head = nn.Linear(8 * width * 16, 1)

    def forward(self, x):
        return self.head(self.body(x).flatten(1))[:, 0]


UNLISTED = {
    c.__name__: c
    for c in (
        *(only_builds, only_architecture, only_runs, only_logits, only_dropout, only_statistics, only_gradient),
        *(only_inputs_unchanged, one_mask_per_batch, not_scaled, dropped_on_the_input, keeps_three_tenths),
        *(pooled_head, tanh_at_the_end, frozen_head, linear_head),
    )
}
