"""Answers of imaginary students to `autoencoder/Decoder`: right ones, known mistakes, unlisted mistakes."""

import sys
import warnings

import torch
from torch import nn
from torch.nn import functional as F

CHANNELS = ((128, 128), (128, 64), (64, 32))
DOUBLE = {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}

# ---------------------------------------------------------------- right answers


class Plain(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.fc = nn.Linear(embedding_dim, 2048)
        self.up1 = nn.ConvTranspose2d(128, 128, 3, stride=2, padding=1, output_padding=1)
        self.up2 = nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1, output_padding=1)
        self.up3 = nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1)
        self.conv = nn.Conv2d(32, 1, 3, padding=1)

    def start(self, z):
        return self.fc(z).reshape(-1, 128, 4, 4)

    def features(self, z):
        x = F.relu(self.up1(self.start(z)))
        x = F.relu(self.up2(x))
        return F.relu(self.up3(x))

    def forward(self, z):
        return self.conv(self.features(z))


class AllInOne(nn.Sequential):
    def __init__(self, embedding_dim):
        layers = [nn.Linear(embedding_dim, 2048), nn.Unflatten(1, (128, 4, 4))]
        for c_in, c_out in CHANNELS:
            layers += [nn.ConvTranspose2d(c_in, c_out, **DOUBLE), nn.ReLU(inplace=True)]
        super().__init__(*layers, nn.Conv2d(32, 1, 3, 1, 1))


class RegisteredBackwards(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.last = nn.Conv2d(32, 1, 3, 1, 1)
        self.ups = nn.ModuleList([nn.ConvTranspose2d(a, b, **DOUBLE) for a, b in reversed(CHANNELS)])
        self.first = nn.Linear(embedding_dim, 2048)

    def forward(self, z):
        x = self.first(z).unflatten(1, (128, 4, 4))
        for up in reversed(self.ups):
            x = up(x).clamp_min(0)
        return self.last(x)


class BareParameters(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        shapes = [(2048, embedding_dim), (128, 128, 3, 3), (128, 64, 3, 3), (64, 32, 3, 3), (1, 32, 3, 3)]
        self.weights = nn.ParameterList([nn.Parameter(0.05 * torch.randn(*shape)) for shape in shapes])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(n)) for n in (2048, 128, 64, 32, 1)])

    def forward(self, z):
        w, b = list(self.weights), list(self.biases)
        x = (z @ w[0].T + b[0]).view(len(z), 128, 4, 4)
        for k in (1, 2, 3):
            x = torch.relu(F.conv_transpose2d(x, w[k], b[k], 2, 1, 1))
        return F.conv2d(x, w[4], b[4], padding=1)


class OverlapAdd(nn.Module):
    """With the transposed convolutions of exercise 2, by fold."""

    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.ups = nn.ModuleList([nn.ConvTranspose2d(a, b, 3) for a, b in CHANNELS])
        self.out = nn.Conv2d(32, 1, 3)

    def forward(self, z):
        x = self.linear(z).view(-1, 128, 4, 4)
        for up in self.ups:
            side = x.shape[-1]
            stamps = up.weight.flatten(1).T @ x.flatten(2)
            x = F.relu(F.fold(stamps, 2 * side, 3, padding=1, stride=2) + up.bias[:, None, None])
        windows = F.unfold(x, 3, padding=1)
        return (self.out.weight.flatten(1) @ windows + self.out.bias[:, None]).view(-1, 1, 32, 32)


class LargerAndCropped(nn.Module):
    """No padding at all, and a slice of each canvas."""

    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.ups = nn.ModuleList([nn.ConvTranspose2d(a, b, 3, 2) for a, b in CHANNELS])
        self.out = nn.Conv2d(32, 1, 3, 1, 1)

    def forward(self, z):
        x = self.linear(z).view(-1, 128, 4, 4)
        for up in self.ups:
            x = up(x)[:, :, 1:, 1:].relu()
        return self.out(x)


class SizeAsked(Plain):
    """PyTorch finds the output padding itself when it is told the size."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.up1, self.up2, self.up3 = (nn.ConvTranspose2d(a, b, 3, 2, 1) for a, b in CHANNELS)

    def features(self, z):
        x = self.start(z)
        for up, side in ((self.up1, 8), (self.up2, 16), (self.up3, 32)):
            x = F.relu(up(x, output_size=(side, side)))
        return x


class PointByPoint(Plain):
    def forward(self, z):
        return torch.cat([super(PointByPoint, self).forward(point[None]) for point in z])


class OtherInitialValues(AllInOne):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.register_buffer("scale", torch.ones(3))
        for module in self.modules():
            if hasattr(module, "weight"):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)


class Talkative(Plain):
    def forward(self, z):
        print("decoding", tuple(z.shape))
        print("on", z.device, file=sys.stderr)
        warnings.warn("a decoder", stacklevel=2)
        return super().forward(z)


class LazyAndCalled(Plain):
    """A lazy layer that has seen its first input."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.fc = nn.LazyLinear(2048)
        self(torch.zeros(1, embedding_dim))


RIGHT = {
    "lazy_and_called": LazyAndCalled,
    "plain": Plain,
    "all_in_one": AllInOne,
    "registered_backwards": RegisteredBackwards,
    "bare_parameters": BareParameters,
    "overlap_add": OverlapAdd,
    "larger_and_cropped": LargerAndCropped,
    "size_asked": SizeAsked,
    "point_by_point": PointByPoint,
    "other_initial_values": OtherInitialValues,
    "talkative": Talkative,
}

# ---------------------------------------------------------------- known mistakes


class SigmoidInside(AllInOne):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.append(nn.Sigmoid())


class ReluOnLogits(Plain):
    """A leaky one."""

    def forward(self, z):
        return F.leaky_relu(super().forward(z))


class OutputPaddingMissing(Plain):
    """In the last layer alone: 31×31."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.up3 = nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1)


class LastPaddingMissing(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.conv = nn.Conv2d(32, 1, kernel_size=3)


class OtherReshapeOrder(Plain):
    """Columns before rows."""

    def start(self, z):
        return super().start(z).mT


class ReluAfterLinear(Plain):
    def start(self, z):
        return F.relu(super().start(z))


class ReluMissing(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        self.ups = nn.ModuleList([nn.ConvTranspose2d(a, b, **DOUBLE) for a, b in CHANNELS])
        self.out = nn.Conv2d(32, 1, 3, padding="same")

    def forward(self, z):
        x = self.linear(z).view(-1, 128, 4, 4)
        for up in self.ups:
            x = up(x)
        return self.out(x)


MISTAKES = {
    "sigmoid_inside": SigmoidInside,
    "relu_on_logits": ReluOnLogits,
    "output_padding_missing": OutputPaddingMissing,
    "last_padding_missing": LastPaddingMissing,
    "other_reshape_order": OtherReshapeOrder,
    "relu_after_linear": ReluAfterLinear,
    "relu_missing": ReluMissing,
}

# ---------------------------------------------------------------- unlisted mistakes


class OnlyBuilds(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim, 2048)


class OnlyArchitecture(Plain):
    """Kernel 4, which needs no output padding."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.up1 = nn.ConvTranspose2d(128, 128, 4, stride=2, padding=1)


class OnlyRuns(Plain):
    """No reshape."""

    def start(self, z):
        return self.fc(z)


class OnlyValue(Plain):
    def forward(self, z):
        return super().forward(z) + 0.1


class OnlyModes(Plain):
    def forward(self, z):
        logits = super().forward(z)
        return logits + 0.1 * torch.randn_like(logits) if self.training else logits


class OnlyGradient(Plain):
    def forward(self, z):
        with torch.no_grad():
            return super().forward(z)


class OnlyInputsUnchanged(Plain):
    def forward(self, z):
        logits = super().forward(z.clone())
        z.data.clamp_(-1, 1)
        return logits


class TanhOut(Plain):
    def forward(self, z):
        return torch.tanh(super().forward(z))


class Upsampling(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        blocks = [(nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, padding=1), nn.ReLU()) for a, b in CHANNELS]
        self.layers = nn.Sequential(*(layer for block in blocks for layer in block), nn.Conv2d(32, 1, 3, padding=1))

    def forward(self, z):
        return self.layers(self.linear(z).view(-1, 128, 4, 4))


class TransposedOut(Plain):
    """A transposed convolution as the last layer, too."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.conv = nn.ConvTranspose2d(32, 1, 3, 1, 1)


class Resized(Plain):
    """25×25 pixels, scaled up."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.up1, self.up2, self.up3 = (nn.ConvTranspose2d(a, b, 3, 2, 1) for a, b in CHANNELS)

    def forward(self, z):
        return F.interpolate(super().forward(z), (32, 32))


class ExtraRowsOfZeros(Plain):
    """31 pixels and a black one."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.up3 = nn.ConvTranspose2d(64, 32, 3, 2, 1)

    def forward(self, z):
        return F.pad(super().forward(z), (0, 1, 0, 1))


class LastHiddenReluMissing(Plain):
    def features(self, z):
        return self.up3(F.relu(self.up2(F.relu(self.up1(self.start(z))))))


class LeakySlope(Plain):
    def features(self, z):
        x = self.start(z)
        for up in (self.up1, self.up2, self.up3):
            x = F.leaky_relu(up(x), 0.2)
        return x


class WithBatchNorm(Plain):
    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.norm = nn.BatchNorm2d(32)

    def forward(self, z):
        return self.conv(self.norm(self.features(z)))


class Dropout(Plain):
    def features(self, z):
        return F.dropout2d(super().features(z), 0.2, self.training)


class NoBiases(nn.Module):
    def __init__(self, embedding_dim):
        super().__init__()
        self.linear = nn.Linear(embedding_dim, 2048)
        ups = [nn.ConvTranspose2d(a, b, **DOUBLE, bias=False) for a, b in CHANNELS]
        self.layers = nn.Sequential(*(layer for up in ups for layer in (up, nn.ReLU())), nn.Conv2d(32, 1, 3, 1, 1))

    def forward(self, z):
        return self.layers(self.linear(z).view(-1, 128, 4, 4))


class ChannelAxisDropped(Plain):
    def forward(self, z):
        return super().forward(z)[:, 0]


class Squeezed(Plain):
    """Wrong at B = 1 only."""

    def forward(self, z):
        return super().forward(z).squeeze(0)


class FixedEmbedding(Plain):
    def __init__(self, embedding_dim):
        super().__init__(2)


class Tupled(Plain):
    def forward(self, z):
        return (super().forward(z),)


class ReturnsNone(Plain):
    def forward(self, z):
        super().forward(z)


class Batched(Plain):
    """The images of a batch share their mean."""

    def forward(self, z):
        logits = super().forward(z)
        return logits - 0.5 * logits.mean(0, keepdim=True)


class Clamped(Plain):
    def forward(self, z):
        return super().forward(z).clamp(-10, 10)


class Lazy(Plain):
    """Its parameters have no shapes before the first call."""

    def __init__(self, embedding_dim):
        super().__init__(embedding_dim)
        self.fc = nn.LazyLinear(2048)


UNLISTED = {
    "lazy": Lazy,
    "only_builds": OnlyBuilds,
    "only_architecture": OnlyArchitecture,
    "only_runs": OnlyRuns,
    "only_value": OnlyValue,
    "only_modes": OnlyModes,
    "only_gradient": OnlyGradient,
    "only_inputs_unchanged": OnlyInputsUnchanged,
    "tanh_out": TanhOut,
    "upsampling": Upsampling,
    "transposed_out": TransposedOut,
    "resized": Resized,
    "extra_rows_of_zeros": ExtraRowsOfZeros,
    "last_hidden_relu_missing": LastHiddenReluMissing,
    "leaky_slope": LeakySlope,
    "with_batch_norm": WithBatchNorm,
    "dropout": Dropout,
    "no_biases": NoBiases,
    "channel_axis_dropped": ChannelAxisDropped,
    "squeezed": Squeezed,
    "fixed_embedding": FixedEmbedding,
    "tupled": Tupled,
    "returns_none": ReturnsNone,
    "batched": Batched,
    "clamped": Clamped,
}
