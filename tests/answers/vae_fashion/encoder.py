"""Answers of imaginary students to `vae_fashion/Encoder`: right ones, known mistakes, unlisted mistakes."""

import sys
import warnings
from collections import OrderedDict

import torch
from torch import nn
from torch.distributions import Normal
from torch.nn import functional as F


class Sampling(nn.Module):
    def forward(self, z_mean, z_log_var):
        return z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean)


# ---------------------------------------------------------------- right answers


class Plain(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.mean = nn.Linear(2048, latent_dim)
        self.log_var = nn.Linear(2048, latent_dim)
        self.sampling = Sampling()

    def features(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        return F.relu(self.conv3(x)).flatten(1)

    def forward(self, x):
        h = self.features(x)
        z_mean, z_log_var = self.mean(h), self.log_var(h)
        return z_mean, z_log_var, self.sampling(z_mean, z_log_var)


class SequentialTrunk(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        layers = []
        for c_in, c_out in ((1, 32), (32, 64), (64, 128)):
            layers += [nn.Conv2d(c_in, c_out, kernel_size=3, stride=2, padding=1), nn.ReLU(inplace=True)]
        self.trunk = nn.Sequential(*layers, nn.Flatten())
        self.heads = nn.ModuleDict({"mean": nn.Linear(128 * 4 * 4, latent_dim), "log_var": nn.Linear(2048, latent_dim)})

    def forward(self, x):
        h = self.trunk(x)
        out = {name: head(h) for name, head in self.heads.items()}
        z = Normal(out["mean"], torch.exp(out["log_var"] / 2)).rsample()
        return out["mean"], out["log_var"], z


class RegisteredBackwards(nn.Module):
    """The head of z_log_var is registered first, the first convolution last."""

    def __init__(self, latent_dim):
        super().__init__()
        self.log_var = nn.Linear(2048, latent_dim)
        self.mean = nn.Linear(2048, latent_dim)
        self.third = nn.Conv2d(64, 128, 3, 2, 1)
        self.second = nn.Conv2d(32, 64, 3, 2, 1)
        self.first = nn.Conv2d(1, 32, 3, 2, 1)

    def forward(self, x):
        h = torch.relu(self.third(torch.relu(self.second(torch.relu(self.first(x))))))
        h = h.reshape(len(x), -1)
        z_log_var = self.log_var(h)
        z_mean = self.mean(h)
        z = torch.empty_like(z_mean).normal_() * z_log_var.mul(0.5).exp()
        z += z_mean
        return z_mean, z_log_var, z


class Functional(nn.Module):
    """Bare parameters and functional calls."""

    def __init__(self, latent_dim):
        super().__init__()
        shapes = [(32, 1, 3, 3), (64, 32, 3, 3), (128, 64, 3, 3), (latent_dim, 2048), (latent_dim, 2048)]
        self.weights = nn.ParameterList([nn.Parameter(0.05 * torch.randn(*shape)) for shape in shapes])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(shape[0])) for shape in shapes])

    def forward(self, x):
        for weight, bias in list(zip(self.weights, self.biases, strict=True))[:3]:
            x = F.conv2d(x, weight, bias, stride=2, padding=1).clamp(min=0)
        h = torch.flatten(x, start_dim=1)
        z_mean = F.linear(h, self.weights[3], self.biases[3])
        z_log_var = h @ self.weights[4].T + self.biases[4]
        return z_mean, z_log_var, z_mean + torch.randn(z_mean.shape).to(z_mean) * (z_log_var / 2).exp()


class Unfolded(nn.Module):
    """The convolutions as matrix products."""

    def __init__(self, latent_dim):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, 2, 1) for a, b in ((1, 32), (32, 64), (64, 128))])
        self.heads = nn.ModuleList([nn.Linear(2048, latent_dim) for _ in range(2)])

    def forward(self, x):
        for conv in self.convs:
            size = x.shape[-1] // 2
            patches = F.unfold(x, 3, padding=1, stride=2)
            x = torch.einsum("of,bfl->bol", conv.weight.flatten(1), patches) + conv.bias[:, None]
            x = x.unflatten(2, (size, size)).relu()
        z_mean, z_log_var = (head(x.flatten(1)) for head in self.heads)
        return z_mean, z_log_var, Sampling()(z_mean, z_log_var)


class Nested(nn.Module):
    """Blocks in modules of their own, called by hand."""

    class Block(nn.Module):
        def __init__(self, channels, width):
            super().__init__()
            self.body = nn.Sequential(OrderedDict(conv=nn.Conv2d(channels, width, 3, 2, 1), act=nn.ReLU()))

        def forward(self, x):
            return self.body(x)

    class Heads(nn.Module):
        def __init__(self, latent_dim):
            super().__init__()
            self.mu = nn.Linear(2048, latent_dim)
            self.sigma = nn.Linear(2048, latent_dim)

        def forward(self, h):
            return self.mu(h), self.sigma(h)

    def __init__(self, latent_dim):
        super().__init__()
        self.sample = Sampling()
        self.heads = self.Heads(latent_dim)
        self.trunk = nn.Sequential(self.Block(1, 32), self.Block(32, 64), self.Block(64, 128), nn.Flatten(1))

    def forward(self, x):
        pair = self.heads(self.trunk(x))
        return (*pair, self.sample(*pair))


class ImageByImage(Plain):
    def forward(self, x):
        rows = [super(ImageByImage, self).forward(image[None]) for image in x]
        return tuple(torch.cat(parts) for parts in zip(*rows, strict=True))


class FreshWeights(nn.Module):
    """Other initial values, an extra buffer, layers named by numbers."""

    def __init__(self, latent_dim):
        super().__init__()
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))
        widths = [1, 32, 64, 128]
        for i in range(3):
            conv = nn.Conv2d(widths[i], widths[i + 1], (3, 3), (2, 2), (1, 1))
            nn.init.kaiming_normal_(conv.weight)
            self.add_module(f"layer{i}", conv)
        self.latents = nn.ModuleDict({name: nn.Linear(2048, latent_dim) for name in ("z_log_var", "z_mean")})
        nn.init.zeros_(self.latents["z_log_var"].weight)

    def forward(self, images):
        self.calls += 1
        for i in range(3):
            images = getattr(self, f"layer{i}")(images)
            images = images * (images > 0)
        flat = images.view(images.size(0), 2048)
        mean, log_var = self.latents["z_mean"](flat), self.latents["z_log_var"](flat)
        return mean, log_var, torch.normal(torch.zeros_like(mean), torch.ones_like(mean)) * (log_var / 2).exp() + mean


class Talkative(Plain):
    def forward(self, x):
        print("encoding", tuple(x.shape))
        print("on", x.device, file=sys.stderr)
        warnings.warn("an encoder with two heads", stacklevel=2)
        return super().forward(x)


RIGHT = {
    "plain": Plain,
    "sequential_trunk": SequentialTrunk,
    "registered_backwards": RegisteredBackwards,
    "functional": Functional,
    "unfolded": Unfolded,
    "nested": Nested,
    "image_by_image": ImageByImage,
    "fresh_weights": FreshWeights,
    "talkative": Talkative,
}

# ---------------------------------------------------------------- known mistakes


def trunk(act=nn.ReLU):
    layers = [(nn.Conv2d(a, b, 3, 2, 1), act()) for a, b in ((1, 32), (32, 64), (64, 128))]
    return nn.Sequential(*(layer for pair in layers for layer in pair), nn.Flatten())


class SharedHeads(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.trunk = trunk()
        self.heads = nn.ModuleList([nn.Linear(2048, latent_dim)] * 2)

    def forward(self, x):
        h = self.trunk(x)
        z_mean, z_log_var = [head(h) for head in self.heads]
        return z_mean, z_log_var, Normal(z_mean, (z_log_var / 2).exp()).rsample()


class ActivationOnLogVar(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.trunk = trunk()
        self.heads = nn.ModuleDict(
            {
                "mean": nn.Linear(2048, latent_dim),
                "log_var": nn.Sequential(nn.Linear(2048, latent_dim), nn.LeakyReLU(0.1)),
            }
        )

    def forward(self, x):
        h = self.trunk(x)
        z_mean, z_log_var = (self.heads[name](h) for name in ("mean", "log_var"))
        return z_mean, z_log_var, Normal(z_mean, (z_log_var / 2).exp()).rsample()


class VarianceHead(nn.Module):
    """z is drawn as it should be."""

    def __init__(self, latent_dim):
        super().__init__()
        self.trunk = trunk()
        self.heads = nn.ModuleList([nn.Linear(2048, latent_dim) for _ in range(2)])

    def forward(self, x):
        h = self.trunk(x)
        mean, variance = self.heads[0](h), self.heads[1](h).exp()
        return mean, variance, Normal(mean, variance.sqrt()).rsample()


class ZIsMean(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.trunk = trunk()
        self.heads = nn.ModuleList([nn.Linear(2048, latent_dim) for _ in range(2)])

    def forward(self, x):
        posterior = [head(self.trunk(x)) for head in self.heads]
        return (*posterior, Normal(posterior[0], (posterior[1] / 2).exp()).mean)


class OutputsSwapped(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.trunk = trunk()
        self.heads = nn.ModuleDict({name: nn.Linear(2048, latent_dim) for name in ("z_log_var", "z_mean")})

    def forward(self, x):
        h = self.trunk(x)
        out = {name: head(h) for name, head in self.heads.items()}
        z = Normal(out["z_mean"], (out["z_log_var"] / 2).exp()).rsample()
        return (*out.values(), z)


class ReluMissing(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.trunk = trunk(nn.Identity)
        self.heads = nn.ModuleList([nn.Linear(2048, latent_dim) for _ in range(2)])

    def forward(self, x):
        h = self.trunk(x)
        z_mean, z_log_var = (head(h) for head in self.heads)
        return z_mean, z_log_var, Normal(z_mean, (z_log_var / 2).exp()).rsample()


class HeadUsedTwice(nn.Module):
    """The loop runs over the outputs, but not over the heads."""

    def __init__(self, latent_dim):
        super().__init__()
        self.trunk = trunk()
        self.heads = nn.ModuleList([nn.Linear(2048, latent_dim) for _ in range(2)])

    def forward(self, x):
        h = self.trunk(x)
        mu, log_var = (self.heads[1](h) for _ in self.heads)
        return mu, log_var, Normal(mu, (log_var / 2).exp()).rsample()


MISTAKES = {
    "shared_heads": SharedHeads,
    "activation_on_log_var": ActivationOnLogVar,
    "variance_head": VarianceHead,
    "z_is_mean": ZIsMean,
    "outputs_swapped": OutputsSwapped,
    "relu_missing": ReluMissing,
    "head_used_twice": HeadUsedTwice,
}

# ---------------------------------------------------------------- unlisted mistakes


class OnlyBuilds(Plain):
    def __init__(self, latent_dim):
        super().__init__(latent_dim, 2048)


class OnlyArchitecture(Plain):
    """A 5×5 kernel in the first layer."""

    def __init__(self, latent_dim):
        super().__init__(latent_dim)
        self.conv1 = nn.Conv2d(1, 32, 5, stride=2, padding=2)


class OnlyRuns(Plain):
    """The flattened size is wrong: not flattened at all."""

    def features(self, x):
        return F.relu(self.conv3(F.relu(self.conv2(F.relu(self.conv1(x))))))


class ReturnsPair(Plain):
    def forward(self, x):
        return super().forward(x)[:2]


class ReturnsZ(Plain):
    def forward(self, x):
        return super().forward(x)[2]


class ReturnsNone(Plain):
    def forward(self, x):
        super().forward(x)


class Dictionary(Plain):
    def forward(self, x):
        return dict(zip(("z_mean", "z_log_var", "z"), super().forward(x), strict=True))


class ZFirst(Plain):
    def forward(self, x):
        z_mean, z_log_var, z = super().forward(x)
        return z, z_mean, z_log_var


class Squeezed(Plain):
    """Wrong at B = 1 only."""

    def forward(self, x):
        return tuple(t.squeeze(0) for t in super().forward(x))


class OnlyHeads(Plain):
    """An activation on z_mean."""

    def forward(self, x):
        h = self.features(x)
        z_mean, z_log_var = torch.tanh(self.mean(h)), self.log_var(h)
        return z_mean, z_log_var, self.sampling(z_mean, z_log_var)


class ReluOnBothHeads(Plain):
    def forward(self, x):
        h = self.features(x)
        z_mean, z_log_var = F.relu(self.mean(h)), F.relu(self.log_var(h))
        return z_mean, z_log_var, self.sampling(z_mean, z_log_var)


class LogVarHalved(Plain):
    """Returns log σ instead of log σ²."""

    def forward(self, x):
        z_mean, z_log_var, z = super().forward(x)
        return z_mean, z_log_var / 2, z


class OnlyGradient(Plain):
    """z is a right sample without a gradient."""

    def forward(self, x):
        h = self.features(x)
        z_mean, z_log_var = self.mean(h), self.log_var(h)
        return z_mean, z_log_var, Normal(z_mean, torch.exp(z_log_var / 2)).sample()


class LogVarDetached(Plain):
    def forward(self, x):
        h = self.features(x)
        z_mean, z_log_var = self.mean(h), self.log_var(h).detach()
        return z_mean, z_log_var, self.sampling(z_mean, z_log_var)


class AllDetached(Plain):
    def forward(self, x):
        return tuple(t.detach() for t in super().forward(x))


class OnlySampled(Plain):
    """The variance as the standard deviation."""

    def forward(self, x):
        h = self.features(x)
        z_mean, z_log_var = self.mean(h), self.log_var(h)
        return z_mean, z_log_var, z_mean + torch.exp(z_log_var) * torch.randn_like(z_mean)


class OneNoiseForAll(Plain):
    def forward(self, x):
        h = self.features(x)
        z_mean, z_log_var = self.mean(h), self.log_var(h)
        return z_mean, z_log_var, z_mean + torch.exp(z_log_var / 2) * torch.randn_like(z_mean[:1])


class MeanInEvalMode(Plain):
    """Samples in train mode only."""

    def forward(self, x):
        z_mean, z_log_var, z = super().forward(x)
        return z_mean, z_log_var, z if self.training else z_mean + 0 * z


class SampledTwice(Plain):
    """Noise on top of a sample: the variance is twice too large."""

    def forward(self, x):
        z_mean, z_log_var, z = super().forward(x)
        return z_mean, z_log_var, self.sampling(z, z_log_var)


class OnlyInputsUnchanged(Plain):
    """Doubles x in place after the use of a copy."""

    def forward(self, x):
        outputs = super().forward(x.clone())
        x.data.mul_(2)
        return outputs


class BinarisesInput(Plain):
    def forward(self, x):
        x.data.round_()
        return super().forward(x)


class StrideMissing(nn.Module):
    """Pooling instead of strides: same sizes, other function."""

    def __init__(self, latent_dim):
        super().__init__()
        layers = []
        for a, b in ((1, 32), (32, 64), (64, 128)):
            layers += [nn.Conv2d(a, b, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2)]
        self.trunk = nn.Sequential(*layers, nn.Flatten())
        self.mean, self.log_var = nn.Linear(2048, latent_dim), nn.Linear(2048, latent_dim)

    def forward(self, x):
        h = self.trunk(x)
        z_mean, z_log_var = self.mean(h), self.log_var(h)
        return z_mean, z_log_var, Sampling()(z_mean, z_log_var)


class WithBatchNorm(Plain):
    def __init__(self, latent_dim):
        super().__init__(latent_dim)
        self.bn = nn.BatchNorm2d(32)

    def features(self, x):
        x = F.relu(self.bn(self.conv1(x)))
        return F.relu(self.conv3(F.relu(self.conv2(x)))).flatten(1)


class ExtraLinear(Plain):
    def __init__(self, latent_dim):
        super().__init__(latent_dim)
        self.hidden = nn.Linear(2048, 2048)

    def features(self, x):
        return F.relu(self.hidden(super().features(x)))


class LeakySlope(Plain):
    def features(self, x):
        for conv in (self.conv1, self.conv2, self.conv3):
            x = F.leaky_relu(conv(x), 0.2)
        return x.flatten(1)


class LastReluMissing(Plain):
    def features(self, x):
        return self.conv3(F.relu(self.conv2(F.relu(self.conv1(x))))).flatten(1)


class ChannelsLastFlatten(Plain):
    """Flattens in H, W, C order."""

    def features(self, x):
        h = F.relu(self.conv3(F.relu(self.conv2(F.relu(self.conv1(x))))))
        return h.permute(0, 2, 3, 1).flatten(1)


class NoBiases(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        convs = [nn.Conv2d(a, b, 3, 2, 1, bias=False) for a, b in ((1, 32), (32, 64), (64, 128))]
        self.trunk = nn.Sequential(*(layer for conv in convs for layer in (conv, nn.ReLU())), nn.Flatten())
        self.mean, self.log_var = nn.Linear(2048, latent_dim), nn.Linear(2048, latent_dim)

    def forward(self, x):
        h = self.trunk(x)
        z_mean, z_log_var = self.mean(h), self.log_var(h)
        return z_mean, z_log_var, Sampling()(z_mean, z_log_var)


class FixedLatentDim(Plain):
    """Two latent dimensions, whatever was asked for."""

    def __init__(self, latent_dim):
        super().__init__(2)


class LogVarOfMean(Plain):
    """The second head reads the output of the first."""

    def __init__(self, latent_dim):
        super().__init__(latent_dim)
        self.log_var = nn.Linear(latent_dim, latent_dim)

    def forward(self, x):
        z_mean = self.mean(self.features(x))
        z_log_var = self.log_var(z_mean)
        return z_mean, z_log_var, self.sampling(z_mean, z_log_var)


class NotANumber(Plain):
    def forward(self, x):
        return tuple(t * float("nan") for t in super().forward(x))


class Dropout(Plain):
    def features(self, x):
        return F.dropout(super().features(x), 0.3, self.training)


UNLISTED = {
    "only_builds": OnlyBuilds,
    "only_architecture": OnlyArchitecture,
    "only_runs": OnlyRuns,
    "only_heads": OnlyHeads,
    "only_gradient": OnlyGradient,
    "only_sampled": OnlySampled,
    "only_inputs_unchanged": OnlyInputsUnchanged,
    "returns_pair": ReturnsPair,
    "returns_z": ReturnsZ,
    "returns_none": ReturnsNone,
    "dictionary": Dictionary,
    "z_first": ZFirst,
    "squeezed": Squeezed,
    "relu_on_both_heads": ReluOnBothHeads,
    "log_var_halved": LogVarHalved,
    "log_var_detached": LogVarDetached,
    "all_detached": AllDetached,
    "one_noise_for_all": OneNoiseForAll,
    "mean_in_eval_mode": MeanInEvalMode,
    "sampled_twice": SampledTwice,
    "binarises_input": BinarisesInput,
    "stride_missing": StrideMissing,
    "with_batch_norm": WithBatchNorm,
    "extra_linear": ExtraLinear,
    "leaky_slope": LeakySlope,
    "last_relu_missing": LastReluMissing,
    "channels_last_flatten": ChannelsLastFlatten,
    "no_biases": NoBiases,
    "fixed_latent_dim": FixedLatentDim,
    "log_var_of_mean": LogVarOfMean,
    "not_a_number": NotANumber,
    "dropout": Dropout,
}
