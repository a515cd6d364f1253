"""Answers of imaginary students to `dcgan/Generator`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


class Numbered(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        self.ct1 = nn.ConvTranspose2d(latent_dim, width * 8, 4, 1, 0, bias=False)
        self.ct2 = nn.ConvTranspose2d(width * 8, width * 4, 4, 2, 1, bias=False)
        self.ct3 = nn.ConvTranspose2d(width * 4, width * 2, 4, 2, 1, bias=False)
        self.ct4 = nn.ConvTranspose2d(width * 2, width, 4, 2, 1, bias=False)
        self.ct5 = nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(width * 8), nn.BatchNorm2d(width * 4)
        self.bn3, self.bn4 = nn.BatchNorm2d(width * 2), nn.BatchNorm2d(width)

    def act(self, x):
        return F.leaky_relu(x, 0.2)

    def forward(self, z):
        x = z.view(z.size(0), -1, 1, 1)
        x = self.act(self.bn1(self.ct1(x)))
        x = self.act(self.bn2(self.ct2(x)))
        x = self.act(self.bn3(self.ct3(x)))
        x = self.act(self.bn4(self.ct4(x)))
        return torch.tanh(self.ct5(x))


class InReverse(Numbered):
    """Registered from the picture's end; the norms come first."""

    def __init__(self, latent_dim, width=64):
        nn.Module.__init__(self)
        for i, c in ((4, width), (3, 2 * width), (2, 4 * width), (1, 8 * width)):
            setattr(self, f"bn{i}", nn.BatchNorm2d(c))
        self.ct5 = nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False)
        self.ct4 = nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False)
        self.ct3 = nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1, bias=False)
        self.ct2 = nn.ConvTranspose2d(8 * width, 4 * width, 4, 2, 1, bias=False)
        self.ct1 = nn.ConvTranspose2d(latent_dim, 8 * width, 4, 1, 0, bias=False)


class OneSequential(nn.Sequential):
    def __init__(self, latent_dim, width=64):
        layers = [nn.Unflatten(1, (latent_dim, 1, 1))]
        c_in = latent_dim
        for i, times in enumerate((8, 4, 2, 1)):
            layers.append(
                nn.ConvTranspose2d(c_in, times * width, 4, stride=1 + (i > 0), padding=int(i > 0), bias=False)
            )
            layers += [nn.BatchNorm2d(times * width), nn.LeakyReLU(0.2, inplace=True)]
            c_in = times * width
        super().__init__(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh())


class Initialised(Numbered):
    """With the paper's initial values, a slope by maximum, and tanh from a sigmoid."""

    def __init__(self, latent_dim, width=64):
        super().__init__(latent_dim, width)
        for parameter in self.parameters():
            if parameter.ndim == 4:
                nn.init.normal_(parameter, 0, 0.02)

    def act(self, x):
        return torch.maximum(x, 0.2 * x)

    def forward(self, z):
        x = z[..., None, None]
        for i in range(1, 5):
            x = self.act(getattr(self, f"bn{i}")(getattr(self, f"ct{i}")(x)))
        return 2 * torch.sigmoid(2 * self.ct5(x)) - 1


class Blocks(nn.Module):
    class Block(nn.Module):
        def __init__(self, c_in, c_out, **how):
            super().__init__()
            self.up, self.norm = nn.ConvTranspose2d(c_in, c_out, 4, bias=False, **how), nn.BatchNorm2d(c_out)

        def forward(self, x):
            x = self.norm(self.up(x))
            return torch.where(x > 0, x, x / 5)

    def __init__(self, latent_dim, width=64):
        super().__init__()
        twice = {"stride": 2, "padding": 1}
        self.first = self.Block(latent_dim, 8 * width)
        self.more = nn.ModuleList(self.Block(2 * c, c, **twice) for c in (4 * width, 2 * width, width))
        self.last = nn.ConvTranspose2d(width, 1, 4, bias=False, **twice)

    def forward(self, z):
        x = self.first(z.reshape(*z.shape, 1, 1))
        for block in self.more:
            x = block(x)
        return self.last(x).tanh()


RIGHT = {c.__name__: c for c in (Numbered, InReverse, OneSequential, Initialised, Blocks)}

# ---------------------------------------------------------------- known mistakes


def network(
    bend=0.2, end=torch.tanh, bias=False, norm=nn.BatchNorm2d, last=False, more=False, paddings=(0, 1, 1, 1, 1)
):
    """A class of generators with one thing changed."""

    class Other(nn.Module):
        def __init__(self, latent_dim, width=64):
            super().__init__()
            c = [latent_dim, 8 * width, 4 * width, 2 * width, width, 1]
            self.up = nn.ModuleList(
                nn.ConvTranspose2d(c[i], c[i + 1], 4, 2 if i else 1, paddings[i], bias=bias) for i in range(5)
            )
            self.norms = nn.ModuleList(norm(c[i + 1]) for i in range(4 + more)) if norm else None

        def forward(self, z):
            x = z.unsqueeze(2).unsqueeze(3)
            for i in range(4):
                x = self.up[i](x)
                if last:
                    x = self.norms[i](F.leaky_relu(x, bend))
                else:
                    x = F.leaky_relu(self.norms[i](x) if norm else x, bend)
            x = self.up[4](x)
            return end(self.norms[4](x) if more else x)

    return Other


MISTAKES = {
    "sigmoid": network(end=torch.sigmoid),
    "no_tanh": network(end=torch.clone),
    "output_norm": network(more=True),
    "wrong_padding": network(paddings=(0, 0, 1, 1, 0)),
    "no_norm": network(norm=None),
    "conv_biases": network(bias=True),
    "relu": network(bend=0.0),
    "pytorch_slope": network(bend=0.01),
    "norm_after_activation": network(last=True),
    "keras_momentum": network(norm=lambda c: nn.BatchNorm2d(c, momentum=0.99)),
}

# ---------------------------------------------------------------- unlisted mistakes


class only_builds:
    def __init__(self, latent_dim, width=64):
        self.network = Numbered(latent_dim, width)

    def __call__(self, z):
        return self.network(z)


class only_architecture(Numbered):
    def __init__(self, latent_dim, width=32):
        super().__init__(latent_dim, width)


class only_runs(Numbered):
    def forward(self, z):
        return super().forward(z)[:, 0]


class only_train_mode(Numbered):
    """Batch norm never uses the batch, though its statistics move."""

    def forward(self, z):
        if not self.training:
            return super().forward(z)
        self.eval()
        y = super().forward(z)
        self.train()
        super().forward(z)
        return y


class only_statistics(Numbered):
    def __init__(self, latent_dim, width=64):
        super().__init__(latent_dim, width)
        for m in self.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.momentum = 0.5


class only_gradient(Numbered):
    def forward(self, z):
        return super().forward(z.detach())


class only_inputs_unchanged(Numbered):
    def forward(self, z):
        y = super().forward(z.clone())
        z.data.zero_()
        return y


class to_zero_one(Numbered):
    def forward(self, z):
        return (super().forward(z) + 1) / 2


class bytes_out(Numbered):
    def forward(self, z):
        return ((super().forward(z) + 1) * 127.5).to(torch.uint8)


class linear_first(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        self.linear = nn.Linear(latent_dim, 8 * width * 16)
        self.rest = nn.Sequential(*list(OneSequential(latent_dim, width))[2:])

    def forward(self, z):
        return self.rest(self.linear(z).view(len(z), -1, 4, 4))


class twice_tanh(Numbered):
    def forward(self, z):
        return super().forward(z).tanh()


class normed_noise(Numbered):
    def forward(self, z):
        return super().forward(F.normalize(z))


class frozen_norms(Numbered):
    def __init__(self, latent_dim, width=64):
        super().__init__(latent_dim, width)
        for p in self.bn1.parameters():
            p.requires_grad_(False)


class mirrored(Numbered):
    def forward(self, z):
        return super().forward(z).flip(3)


class skipped_norm(Numbered):
    def forward(self, z):
        x = self.act(self.bn1(self.ct1(z[:, :, None, None])))
        x = self.act(self.bn2(self.ct2(x)))
        x = self.act(self.bn3(self.ct3(x)))
        return torch.tanh(self.ct5(self.act(self.ct4(x))))


class statistics_of_the_batch(Numbered):
    def __init__(self, latent_dim, width=64):
        super().__init__(latent_dim, width)
        for i, c in ((1, 8 * width), (2, 4 * width), (3, 2 * width), (4, width)):
            setattr(self, f"bn{i}", nn.BatchNorm2d(c, track_running_stats=False))


UNLISTED = {
    c.__name__: c
    for c in (
        *(only_builds, only_architecture, only_runs, only_train_mode, only_statistics, only_gradient),
        *(only_inputs_unchanged, to_zero_one, bytes_out, linear_first, twice_tanh, normed_noise, frozen_norms),
        *(mirrored, skipped_norm, statistics_of_the_batch),
    )
}
