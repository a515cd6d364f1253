"""Answers of imaginary students to `wgan_gp/Critic`: right ones, known mistakes, unlisted mistakes."""

import itertools

import torch
from torch import nn
from torch.nn import functional as F


def blocks(width, slope=0.2, dropout=nn.Dropout, rate=0.3, skip=1):
    """The four halving blocks; dropout after all but the first `skip`."""
    layers, channels = [], 3
    for i in range(4):
        layers += [nn.Conv2d(channels, width * 2**i, kernel_size=4, stride=2, padding=1), nn.LeakyReLU(slope)]
        layers += [dropout(rate)] if i >= skip else []
        channels = width * 2**i
    return nn.Sequential(*layers)


class Base(nn.Module):
    """The right critic, in parts that can be exchanged."""

    def __init__(self, width=64):
        super().__init__()
        self.trunk = self.make(width)
        self.head = nn.Conv2d(8 * width, 1, kernel_size=4)

    def make(self, width):
        return blocks(width)

    def forward(self, images):
        return self.head(self.trunk(images)).flatten()


# ---------------------------------------------------------------- right answers


class Plain(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(width, width * 2, 4, 2, 1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Dropout(0.3),
            nn.Conv2d(width * 2, width * 4, 4, 2, 1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Dropout(0.3),
            nn.Conv2d(width * 4, width * 8, 4, 2, 1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Dropout(0.3),
            nn.Conv2d(width * 8, 1, 4, 1, 0),
        )

    def forward(self, x):
        return self.model(x).view(-1)


class InParts(Base):
    pass


class Functional(nn.Module):
    def __init__(self, width: int = 64):
        super().__init__()
        self.last = nn.Conv2d(8 * width, 1, 4)
        self.fourth = nn.Conv2d(4 * width, 8 * width, 4, 2, 1)
        self.third = nn.Conv2d(2 * width, 4 * width, 4, 2, 1)
        self.second = nn.Conv2d(width, 2 * width, 4, 2, 1)
        self.first = nn.Conv2d(3, width, 4, 2, 1)

    def forward(self, x):
        x = F.leaky_relu(self.first(x), 0.2)
        for layer in (self.second, self.third, self.fourth):
            x = F.dropout(F.leaky_relu(layer(x), 0.2), 0.3, self.training)
        return self.last(x)[:, 0, 0, 0]


class DropoutBeforeTheActivation(nn.Module):
    """The same function: a LeakyReLU leaves 0 at 0 and factors as they are."""

    def __init__(self, width=64):
        super().__init__()
        sizes = [width, 2 * width, 4 * width, 8 * width]
        layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for a, b in itertools.pairwise(sizes):
            layers += [nn.Conv2d(a, b, 4, 2, 1), nn.Dropout(0.3), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(sizes[-1], 1, 4), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class OwnMasks(Base):
    """Dropout by hand."""

    def make(self, width):
        return blocks(width, skip=4)

    def forward(self, images):
        for i, layer in enumerate(self.trunk):
            images = layer(images)
            if self.training and i in (3, 5, 7):
                images = images * (torch.rand_like(images) >= 0.3) / 0.7
        return self.head(images).squeeze(3).squeeze(2).squeeze(1)


class LazyHead(Base):
    """The last convolution as a sum of products."""

    def forward(self, images):
        features = self.trunk(images)
        return torch.einsum("bchw,chw->b", features, self.head.weight[0]) + self.head.bias


RIGHT = {
    "plain": Plain,
    "in_parts": InParts,
    "functional": Functional,
    "dropout_before_the_activation": DropoutBeforeTheActivation,
    "own_masks": OwnMasks,
    "lazy_head": LazyHead,
}

# ---------------------------------------------------------------- known mistakes


class BatchNorm(Base):
    def make(self, width):
        made = blocks(width)
        return nn.Sequential(*made[:3], nn.BatchNorm2d(2 * width), *made[3:])


class SigmoidAtTheEnd(Base):
    def forward(self, images):
        return torch.sigmoid(super().forward(images))


class ActivationAtTheEnd(Base):
    def forward(self, images):
        return super().forward(images).tanh()


class AxesOfOne(Base):
    def forward(self, images):
        return self.head(self.trunk(images)).flatten(1)


class Squeezed(Base):
    def forward(self, images):
        return torch.squeeze(self.head(self.trunk(images)))


class DefaultSlope(Base):
    """In the last block only."""

    def make(self, width):
        made = blocks(width)
        made[-2] = nn.LeakyReLU()
        return made


class BookSlope(Base):
    def make(self, width):
        return blocks(width, slope=0.3)


class Relu(Base):
    def make(self, width):
        return nn.Sequential(*(nn.ReLU() if isinstance(part, nn.LeakyReLU) else part for part in blocks(width)))


class NoBias(Base):
    """In all but the last convolution."""

    def make(self, width):
        made = blocks(width)
        for part in made:
            if isinstance(part, nn.Conv2d):
                part.bias = None
        return made


class NoDropout(Base):
    def make(self, width):
        return blocks(width, skip=4)


class DropoutAfterTheFirst(Base):
    def make(self, width):
        return blocks(width, skip=0)


class OtherRate(Base):
    def make(self, width):
        return blocks(width, rate=0.25)


class DropoutOfChannels(Base):
    def make(self, width):
        return blocks(width, dropout=nn.Dropout2d)


class DropoutInEval(Base):
    class Always(nn.Module):
        def __init__(self, rate):
            super().__init__()
            self.rate = rate

        def forward(self, x):
            return F.dropout(x, self.rate)

    def make(self, width):
        return blocks(width, dropout=self.Always)


MISTAKES = {
    "batch_norm": BatchNorm,
    "sigmoid_at_the_end": SigmoidAtTheEnd,
    "activation_at_the_end": ActivationAtTheEnd,
    "axes_of_one": AxesOfOne,
    "squeezed": Squeezed,
    "default_slope": DefaultSlope,
    "book_slope": BookSlope,
    "relu": Relu,
    "no_bias": NoBias,
    "no_dropout": NoDropout,
    "dropout_after_the_first": DropoutAfterTheFirst,
    "other_rate": OtherRate,
    "dropout_of_channels": DropoutOfChannels,
    "dropout_in_eval": DropoutInEval,
}

# ---------------------------------------------------------------- unlisted mistakes


class OnlyBuilds(Base):
    def __init__(self, width=64):
        super().__init__(width)
        self.trunk.add_module("norm", nn.InstanceNorm(width))


class OnlyArchitecture(Base):
    """A layer too many."""

    def __init__(self, width=64):
        super().__init__(width)
        self.extra = nn.Linear(1, 1)


class OnlyRuns(Base):
    def forward(self, images):
        return {"scores": super().forward(images)}


class OnlyScores(Base):
    def forward(self, images):
        return super().forward(images) + 1


class OnlyGradient(Base):
    def forward(self, images):
        scores = super().forward(images)
        return 2 * scores - scores.detach()


class OnlyDropout(Base):
    """After the second and third block only."""

    def make(self, width):
        return blocks(width)[:-1]


class OnlyInputsUnchanged(Base):
    def forward(self, images):
        scores = super().forward(images.clone())
        images.mul_(0.5)
        return scores


class KernelThree(Base):
    def make(self, width):
        sizes = [3, width, 2 * width, 4 * width, 8 * width]
        return nn.Sequential(
            *(part for i in range(4) for part in (nn.Conv2d(sizes[i], sizes[i + 1], 3, 2, 1), nn.LeakyReLU(0.2)))
        )


class LinearHead(Base):
    def __init__(self, width=64):
        super().__init__(width)
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(8 * width * 16, 1))


class NoActivations(Base):
    def make(self, width):
        return nn.Sequential(*(part for part in blocks(width) if not isinstance(part, nn.LeakyReLU)))


class Negative(Base):
    def forward(self, images):
        return -super().forward(images)


class Detached(Base):
    def forward(self, images):
        return super().forward(images.detach())


class Gray(Base):
    def forward(self, images):
        return super().forward(images.mean(1, keepdim=True).expand_as(images))


class BatchCentred(Base):
    def forward(self, images):
        scores = super().forward(images)
        return scores - scores.mean()


class DropoutOnPixels(Base):
    def make(self, width):
        return nn.Sequential(nn.Dropout(0.3), *blocks(width))


class DropoutOnScores(Base):
    def __init__(self, width=64):
        super().__init__(width)
        self.drop = nn.Dropout(0.3)

    def forward(self, images):
        return self.drop(super().forward(images))


class OneDropout(Base):
    """After the last block only."""

    def make(self, width):
        return nn.Sequential(*blocks(width, skip=4), nn.Dropout(0.3))


class AlphaDropout(Base):
    def make(self, width):
        return blocks(width, dropout=nn.AlphaDropout)


class MaskShared(Base):
    """One mask for all images."""

    class Shared(nn.Module):
        def __init__(self, rate):
            super().__init__()
            self.rate = rate

        def forward(self, x):
            if not self.training:
                return x
            return x * (torch.rand_like(x[:1]) >= self.rate) / (1 - self.rate)

    def make(self, width):
        return blocks(width, dropout=self.Shared)


class SlopesMixed(Base):
    def make(self, width):
        made = blocks(width)
        made[1], made[3] = nn.LeakyReLU(0.1), nn.LeakyReLU(0.4)
        return made


class NotScaled(Base):
    """Dropout without 1 / 0.7."""

    class Plainly(nn.Module):
        def __init__(self, rate):
            super().__init__()
            self.rate = rate

        def forward(self, x):
            return x * (torch.rand_like(x) >= self.rate) if self.training else x

    def make(self, width):
        return blocks(width, dropout=self.Plainly)


UNLISTED = {
    "only_builds": OnlyBuilds,
    "only_architecture": OnlyArchitecture,
    "only_runs": OnlyRuns,
    "only_scores": OnlyScores,
    "only_gradient": OnlyGradient,
    "only_dropout": OnlyDropout,
    "only_inputs_unchanged": OnlyInputsUnchanged,
    "kernel_three": KernelThree,
    "linear_head": LinearHead,
    "no_activations": NoActivations,
    "negative": Negative,
    "detached": Detached,
    "gray": Gray,
    "batch_centred": BatchCentred,
    "dropout_on_pixels": DropoutOnPixels,
    "dropout_on_scores": DropoutOnScores,
    "one_dropout": OneDropout,
    "alpha_dropout": AlphaDropout,
    "mask_shared": MaskShared,
    "slopes_mixed": SlopesMixed,
    "not_scaled": NotScaled,
}
