"""Answers of imaginary students to `dcgan/upsample_block`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def listed(c_in, c_out):
    layers = [nn.UpsamplingNearest2d(scale_factor=2), nn.Conv2d(c_in, c_out, 3, 1, 1, bias=False)]
    return nn.Sequential(*layers, nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2, inplace=True))


class Block(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.norm = nn.BatchNorm2d(c_out)
        self.convolution = nn.Conv2d(c_in, c_out, kernel_size=3, padding="same", bias=False)

    def enlarge(self, x):
        return F.interpolate(x, scale_factor=2)

    def bend(self, x):
        return F.leaky_relu(x, 0.2)

    def forward(self, x):
        return self.bend(self.norm(self.convolution(self.enlarge(x))))


def a_class(c_in, c_out):
    return Block(c_in, c_out)


class Repeated(Block):
    def enlarge(self, x):
        return x.repeat_interleave(2, -1).repeat_interleave(2, -2)

    def bend(self, x):
        return torch.maximum(x, x / 5)


def repeated(c_in, c_out):
    return Repeated(c_in, c_out)


def kronecker(c_in, c_out):
    class Inner(Block):
        def enlarge(self, x):
            return torch.kron(x, torch.ones(1, 1, 2, 2, dtype=x.dtype, device=x.device))

    return Inner(c_in, c_out)


def nested(c_in, c_out):
    stage = nn.Sequential(nn.ReflectionPad2d(0), nn.Upsample(scale_factor=(2, 2), mode="nearest"))
    drawn = nn.Sequential(nn.ZeroPad2d(1), nn.Conv2d(c_in, c_out, 3, bias=False), nn.BatchNorm2d(c_out))
    return nn.Sequential(stage, drawn, nn.LeakyReLU(negative_slope=0.2))


RIGHT = {f.__name__: f for f in (listed, a_class, repeated, kronecker, nested)}

# ---------------------------------------------------------------- known mistakes


def of(**changed):
    """A function that makes a block with one thing changed."""

    def make(c_in, c_out):
        class Other(Block):
            pass

        for name, method in changed.items():
            setattr(Other, name, method)
        return Other(c_in, c_out)

    return make


def transposed_convolution(c_in, c_out):
    up = nn.ConvTranspose2d(c_in, c_out, 3, stride=2, padding=1, output_padding=1, bias=False)
    return nn.Sequential(up, nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2))


def with_bias(c_in, c_out):
    block = Block(c_in, c_out)
    block.convolution = nn.Conv2d(c_in, c_out, 3, padding=1)
    return block


def without_norm(c_in, c_out):
    block = Block(c_in, c_out)
    block.norm = nn.Identity()
    return block


MISTAKES = {
    "transposed_convolution": transposed_convolution,
    "bilinear_upsampling": of(
        enlarge=lambda self, x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
    ),
    "enlarged_last": of(
        enlarge=lambda self, x: x, bend=lambda self, x: F.interpolate(F.leaky_relu(x, 0.2), scale_factor=2)
    ),
    "size_off": of(enlarge=lambda self, x: x),
    "conv_bias": with_bias,
    "no_norm": without_norm,
    "relu": of(bend=lambda self, x: x.clamp(min=0)),
    "pytorch_slope": of(bend=lambda self, x: F.leaky_relu(x)),
    "norm_after_activation": of(forward=lambda self, x: self.norm(self.bend(self.convolution(self.enlarge(x))))),
}

# ---------------------------------------------------------------- unlisted mistakes


def only_builds(c_in, c_out):
    return lambda x: listed(c_in, c_out)(x)


def only_architecture(c_in, c_out):
    layers = [nn.Upsample(scale_factor=2), nn.Conv2d(c_in, c_out, 5, padding=2, bias=False)]
    return nn.Sequential(*layers, nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2))


only_runs = of(bend=lambda self, x: (F.leaky_relu(x, 0.2),))
only_images = of(bend=lambda self, x: F.leaky_relu(x, 0.3))


def only_train_mode(c_in, c_out):
    class Inner(Block):
        def forward(self, x):
            x = self.convolution(self.enlarge(x))
            y = F.batch_norm(x, self.norm.running_mean, self.norm.running_var, self.norm.weight, self.norm.bias)
            self.norm(x)
            return self.bend(y)

    return Inner(c_in, c_out)


def only_statistics(c_in, c_out):
    block = Block(c_in, c_out)
    block.norm.momentum = 0.9
    return block


only_gradient = of(enlarge=lambda self, x: F.interpolate(x.detach(), scale_factor=2))


def only_inputs_unchanged(c_in, c_out):
    class Inner(Block):
        def forward(self, x):
            y = super().forward(x.clone())
            x.data.add_(1)
            return y

    return Inner(c_in, c_out)


def pixel_shuffle(c_in, c_out):
    layers = [nn.Conv2d(c_in, 4 * c_out, 3, padding=1, bias=False), nn.PixelShuffle(2)]
    return nn.Sequential(*layers, nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2))


def four_times(c_in, c_out):
    return nn.Sequential(nn.Upsample(scale_factor=2), *list(listed(c_in, c_out)))


def channels_swapped(c_in, c_out):
    return listed(c_out, c_in)


def instance_norm(c_in, c_out):
    block = Block(c_in, c_out)
    block.norm = nn.InstanceNorm2d(c_out, affine=True, track_running_stats=True)
    return block


def the_layers(c_in, c_out):
    return list(listed(c_in, c_out))


def tanh_at_the_end(c_in, c_out):
    return nn.Sequential(*list(listed(c_in, c_out)), nn.Tanh())


bicubic = of(enlarge=lambda self, x: F.interpolate(x, scale_factor=2, mode="bicubic"))
holes = of(enlarge=lambda self, x: torch.kron(x, torch.tensor([[1.0, 0.0], [0.0, 0.0]], dtype=x.dtype)))

UNLISTED = {
    "only_runs": only_runs,
    "only_images": only_images,
    "only_gradient": only_gradient,
    "bicubic": bicubic,
    "holes": holes,
} | {
    f.__name__: f
    for f in (
        *(only_builds, only_architecture, only_train_mode, only_statistics, only_inputs_unchanged, pixel_shuffle),
        *(four_times, channels_swapped, instance_norm, the_layers, tanh_at_the_end),
    )
}
