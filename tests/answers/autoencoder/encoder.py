"""Answers of imaginary students to `autoencoder/Encoder`: right ones, known mistakes, unlisted mistakes."""

import sys
import warnings

import torch
from torch import nn
from torch.nn import functional as F

CHANNELS = ((1, 32), (32, 64), (64, 128))

# ---------------------------------------------------------------- right answers


class Plain(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.embedding = nn.Linear(2048, embedding_dim)

    def features(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        return F.relu(self.conv3(x))

    def forward(self, x):
        return self.embedding(self.features(x).flatten(1))


class InALoop(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        layers = []
        for c_in, c_out in CHANNELS:
            layers += [nn.Conv2d(c_in, c_out, kernel_size=3, stride=2, padding=1), nn.ReLU(inplace=True)]
        self.trunk = nn.Sequential(*layers, nn.Flatten())
        self.head = nn.Linear(128 * 4 * 4, embedding_dim)

    def forward(self, x):
        return self.head(self.trunk(x))


class RegisteredBackwards(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.out = nn.Linear(2048, embedding_dim)
        self.third = nn.Conv2d(64, 128, 3, 2, 1)
        self.second = nn.Conv2d(32, 64, 3, 2, 1)
        self.first = nn.Conv2d(1, 32, 3, 2, 1)

    def forward(self, x):
        h = torch.relu(self.third(torch.relu(self.second(torch.relu(self.first(x))))))
        return self.out(h.reshape(len(x), -1))


class BareParameters(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        shapes = [(32, 1, 3, 3), (64, 32, 3, 3), (128, 64, 3, 3), (embedding_dim, 2048)]
        self.weights = nn.ParameterList([nn.Parameter(0.05 * torch.randn(*shape)) for shape in shapes])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(shape[0])) for shape in shapes])

    def forward(self, x):
        *convolutions, (weight, bias) = zip(self.weights, self.biases, strict=True)
        for kernel, shift in convolutions:
            x = F.conv2d(x, kernel, shift, stride=2, padding=1).clamp(min=0)
        return x.flatten(1) @ weight.T + bias


class Unfolded(nn.Module):
    """The convolutions as matrix products, the linear layer as a convolution over all that is left."""

    def __init__(self, embedding_dim):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, 2, 1) for a, b in CHANNELS])
        self.out = nn.Linear(2048, embedding_dim)

    def forward(self, x):
        for conv in self.convs:
            side = x.shape[-1] // 2
            windows = F.unfold(x, 3, padding=1, stride=2)
            x = torch.einsum("of,bfl->bol", conv.weight.flatten(1), windows) + conv.bias[:, None]
            x = x.unflatten(2, (side, side)).relu()
        return F.conv2d(x, self.out.weight.view(-1, 128, 4, 4), self.out.bias)[:, :, 0, 0]


class EverySecond(nn.Module):
    """Stride 1, and then every second row and column."""

    def __init__(self, embedding_dim):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, padding="same") for a, b in CHANNELS])
        self.out = nn.Linear(2048, embedding_dim)

    def forward(self, x):
        for conv in self.convs:
            x = conv(x)[:, :, ::2, ::2].relu()
        return self.out(x.reshape(x.shape[0], 128 * 4 * 4))


class ImageByImage(Plain):
    def forward(self, x):
        return torch.cat([super(ImageByImage, self).forward(image[None]) for image in x])


class OtherInitialValues(nn.Sequential):
    """A Sequential itself, as Keras starts, with a counter."""

    def __init__(self, embedding_dim):
        convs = [nn.Sequential(nn.Conv2d(a, b, (3, 3), (2, 2), (1, 1)), nn.ReLU()) for a, b in CHANNELS]
        super().__init__(*convs, nn.Flatten(), nn.Linear(2048, embedding_dim))
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))
        for module in self.modules():
            if hasattr(module, "weight"):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)


class Talkative(Plain):
    def forward(self, x):
        print("encoding", tuple(x.shape))
        print("on", x.device, file=sys.stderr)
        warnings.warn("an encoder", stacklevel=2)
        return super().forward(x)


class LazyAndCalled(Plain):
    """A lazy layer that has seen its first input."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.embedding = nn.LazyLinear(embedding_dim)
        self(torch.zeros(1, 1, 32, 32))


RIGHT = {
    "lazy_and_called": LazyAndCalled,
    "plain": Plain,
    "in_a_loop": InALoop,
    "registered_backwards": RegisteredBackwards,
    "bare_parameters": BareParameters,
    "unfolded": Unfolded,
    "every_second": EverySecond,
    "image_by_image": ImageByImage,
    "other_initial_values": OtherInitialValues,
    "talkative": Talkative,
}

# ---------------------------------------------------------------- known mistakes


class OutputActivation(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.embedding = nn.Sequential(nn.Linear(2048, embedding_dim), nn.LeakyReLU(0.2))


class OtherFlattenOrder(Plain):
    """Columns before rows."""

    def forward(self, x):
        return self.embedding(self.features(x).transpose(2, 3).flatten(1))


class ImagesMixed(Plain):
    def forward(self, x):
        return self.embedding(self.features(x).transpose(0, 1).reshape(-1, 2048))


class StridesMissing(Plain):
    """In bare convolutions, found out by the size of the linear layer."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.conv1, self.conv2, self.conv3 = (nn.Conv2d(a, b, 3, padding=1) for a, b in CHANNELS)
        self.embedding = nn.Linear(32 * 32 * 128, embedding_dim)


class Pooling(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        blocks = [(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2)) for a, b in CHANNELS]
        self.layers = nn.Sequential(*(layer for block in blocks for layer in block), nn.Flatten())
        self.embedding = nn.Linear(2048, embedding_dim)

    def forward(self, x):
        return self.embedding(self.layers(x))


class PaddingMissing(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.conv1, self.conv2, self.conv3 = (nn.Conv2d(a, b, 3, stride=2) for a, b in CHANNELS)
        self.embedding = nn.Linear(3 * 3 * 128, embedding_dim)


class ReluMissing(Plain):
    def features(self, x):
        return self.conv3(self.conv2(self.conv1(x)))


MISTAKES = {
    "output_activation": OutputActivation,
    "other_flatten_order": OtherFlattenOrder,
    "images_mixed": ImagesMixed,
    "strides_missing": StridesMissing,
    "pooling": Pooling,
    "padding_missing": PaddingMissing,
    "relu_missing": ReluMissing,
}

# ---------------------------------------------------------------- unlisted mistakes


class OnlyBuilds(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim, 2048)


class OnlyArchitecture(Plain):
    """A 5×5 kernel in the first layer."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.conv1 = nn.Conv2d(1, 32, 5, stride=2, padding=2)


class OnlyRuns(Plain):
    def forward(self, x):
        return self.embedding(self.features(x))


class OnlyValue(Plain):
    """Standardised over the dimensions."""

    def forward(self, x):
        z = super().forward(x)
        return z - z.mean(1, keepdim=True)


class OnlyModes(Plain):
    """Noise in train mode."""

    def forward(self, x):
        z = super().forward(x)
        return z + 0.1 * torch.randn_like(z) if self.training else z


class OnlyGradient(Plain):
    def forward(self, x):
        return super().forward(x).detach()


class OnlyInputsUnchanged(Plain):
    def forward(self, x):
        z = super().forward(x.clone())
        x.data.mul_(2)
        return z


class Dropout(Plain):
    def features(self, x):
        return F.dropout(super().features(x), 0.3, self.training)


class WithBatchNorm(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.norm = nn.BatchNorm2d(32)

    def features(self, x):
        return F.relu(self.conv3(F.relu(self.conv2(F.relu(self.norm(self.conv1(x)))))))


class NormedWithoutParameters(Plain):
    def features(self, x):
        return F.instance_norm(super().features(x))


class HiddenLayer(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.embedding = nn.Sequential(nn.Linear(2048, 64), nn.ReLU(), nn.Linear(64, embedding_dim))


class LeakySlope(Plain):
    def features(self, x):
        for conv in (self.conv1, self.conv2, self.conv3):
            x = F.leaky_relu(conv(x), 0.2)
        return x


class LastReluMissing(Plain):
    def features(self, x):
        return self.conv3(F.relu(self.conv2(F.relu(self.conv1(x)))))


class NoBiases(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        convs = [nn.Conv2d(a, b, 3, 2, 1, bias=False) for a, b in CHANNELS]
        self.trunk = nn.Sequential(*(layer for conv in convs for layer in (conv, nn.ReLU())), nn.Flatten())
        self.out = nn.Linear(2048, embedding_dim)

    def forward(self, x):
        return self.out(self.trunk(x))


class FixedEmbedding(Plain):
    def __init__(self, embedding_dim):
        super().__init__(2)


class TwoHeads(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.log_var = nn.Linear(2048, embedding_dim)

    def forward(self, x):
        h = self.features(x).flatten(1)
        return self.embedding(h), self.log_var(h)


class Squeezed(Plain):
    """Wrong at B = 1 only."""

    def forward(self, x):
        return super().forward(x).squeeze(0)


class Tupled(Plain):
    def forward(self, x):
        return (super().forward(x),)


class ReturnsNone(Plain):
    def forward(self, x):
        super().forward(x)


class Rescaled(Plain):
    """[−1, 1] instead of [0, 1]."""

    def forward(self, x):
        return super().forward(2 * x - 1)


class PaddedAtTheEnd(nn.Module):
    """As Keras pads for stride 2: below and at the right only."""

    def __init__(self, embedding_dim):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, 2) for a, b in CHANNELS])
        self.out = nn.Linear(2048, embedding_dim)

    def forward(self, x):
        for conv in self.convs:
            x = F.relu(conv(F.pad(x, (0, 1, 0, 1))))
        return self.out(x.flatten(1))


class Softmaxed(Plain):
    def forward(self, x):
        return super().forward(x).softmax(1)


class Frozen(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.conv1.requires_grad_(False)


class Lazy(Plain):
    """Its parameters have no shapes before the first call."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.embedding = nn.LazyLinear(embedding_dim)


UNLISTED = {
    "lazy": Lazy,
    "only_builds": OnlyBuilds,
    "only_architecture": OnlyArchitecture,
    "only_runs": OnlyRuns,
    "only_value": OnlyValue,
    "only_modes": OnlyModes,
    "only_gradient": OnlyGradient,
    "only_inputs_unchanged": OnlyInputsUnchanged,
    "dropout": Dropout,
    "with_batch_norm": WithBatchNorm,
    "normed_without_parameters": NormedWithoutParameters,
    "hidden_layer": HiddenLayer,
    "leaky_slope": LeakySlope,
    "last_relu_missing": LastReluMissing,
    "no_biases": NoBiases,
    "fixed_embedding": FixedEmbedding,
    "two_heads": TwoHeads,
    "squeezed": Squeezed,
    "tupled": Tupled,
    "returns_none": ReturnsNone,
    "rescaled": Rescaled,
    "padded_at_the_end": PaddedAtTheEnd,
    "softmaxed": Softmaxed,
    "frozen": Frozen,
}
