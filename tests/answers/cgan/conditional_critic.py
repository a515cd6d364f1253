"""Answers of imaginary students to `cgan/ConditionalCritic`: right ones, known mistakes, unlisted mistakes."""

import sys

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


class Written(nn.Module):
    """Written out; the parts of `forward` can be exchanged by those who inherit."""

    bias = True

    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        a, b, c, d = self.widths(width)
        self.conv1 = nn.Conv2d(self.channels(), a, 4, stride=2, padding=1, bias=self.bias)
        self.conv2 = nn.Conv2d(a, b, 4, stride=2, padding=1, bias=self.bias)
        self.conv3 = nn.Conv2d(b, c, 4, stride=2, padding=1, bias=self.bias)
        self.conv4 = nn.Conv2d(c, d, 4, stride=2, padding=1, bias=self.bias)
        self.conv5 = nn.Conv2d(d, 1, 4, bias=self.bias)

    def widths(self, width):
        return width, 2 * width, 2 * width, 2 * width

    def channels(self):
        return 3 + self.num_classes

    def planes(self, labels, images):
        return F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)

    def join(self, images, planes):
        return torch.cat([images, planes], dim=1)

    def norm(self, x, layer):
        return x

    def act(self, x):
        return F.leaky_relu(x, 0.2)

    def drop(self, x, layer):
        return F.dropout(x, 0.3, self.training) if layer > 1 else x

    def end(self, x):
        return x.flatten()

    def forward(self, images, labels):
        x = self.join(images, self.planes(labels, images))
        for layer, conv in enumerate((self.conv1, self.conv2, self.conv3, self.conv4), start=1):
            x = self.drop(self.act(self.norm(conv(x), layer)), layer)
        return self.end(self.conv5(x))


class OneSequential(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.k = num_classes
        self.net = nn.Sequential(
            *(nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)),
            *(nn.Conv2d(width, 2 * width, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)),
            *(nn.Conv2d(2 * width, 2 * width, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True), nn.Dropout(0.3)),
            *(nn.Conv2d(2 * width, 2 * width, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)),
            *(nn.Conv2d(2 * width, 1, 4, 1, 0), nn.Flatten(start_dim=0)),
        )

    def forward(self, images, labels):
        planes = torch.zeros(len(images), self.k, *images.shape[2:], device=images.device, dtype=images.dtype)
        planes[torch.arange(len(labels)), labels] = 1
        return self.net(torch.cat((images, planes), 1))


class RegisteredBackwards(Written):
    """The same layers, registered from the last to the first."""

    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        layers = list(self._modules.items())
        self._modules.clear()
        for name, layer in reversed(layers):
            self.add_module(name, layer)


class DropoutFirst(Written):
    """Dropout before a LeakyReLU is the same as after it: zero stays zero and a factor passes through."""

    def forward(self, images, labels):
        x = self.act(self.conv1(self.join(images, self.planes(labels, images))))
        for conv in (self.conv2, self.conv3, self.conv4):
            x = self.act(F.dropout(conv(x), 0.3, self.training))
        return self.conv5(x)[:, 0, 0, 0]


class DropoutByHand(Written):
    def drop(self, x, layer):
        if not self.training or layer == 1:
            return x
        return x * torch.bernoulli(torch.full_like(x, 0.7)) / 0.7


class LastByMatrix(Written):
    """The last convolution covers the whole map, so it is a scalar product."""

    def forward(self, images, labels):
        x = self.join(images, self.planes(labels, images))
        for layer, conv in enumerate((self.conv1, self.conv2, self.conv3, self.conv4), start=1):
            x = self.drop(torch.maximum(conv(x), 0.2 * conv(x)), layer)
        return torch.einsum("bchw,chw->b", x, self.conv5.weight[0]) + self.conv5.bias


class CodesKept(Written):
    """A table of one-hot codes is a buffer of the module."""

    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        self.register_buffer("codes", torch.eye(num_classes))

    def planes(self, labels, images):
        return self.codes[labels][:, :, None, None].expand(-1, -1, *images.shape[2:])


class Talkative(Written):
    def forward(self, images, labels):
        print("forward", tuple(images.shape), file=sys.stderr)
        return super().forward(images, labels)


RIGHT = {
    "Written": Written,
    "OneSequential": OneSequential,
    "RegisteredBackwards": RegisteredBackwards,
    "DropoutFirst": DropoutFirst,
    "DropoutByHand": DropoutByHand,
    "LastByMatrix": LastByMatrix,
    "CodesKept": CodesKept,
    "Talkative": Talkative,
}

# ---------------------------------------------------------------- known mistakes


class label_unused(Written):
    """There are planes, those of class 0 for every image."""

    def planes(self, labels, images):
        return super().planes(torch.zeros_like(labels), images)


class added(Written):
    def channels(self):
        return 3

    def planes(self, labels, images):
        return (labels / self.num_classes).view(-1, 1, 1, 1).to(images)

    def join(self, images, planes):
        return images + planes


class one_plane(Written):
    def channels(self):
        return 4

    def planes(self, labels, images):
        return torch.ones_like(images[:, :1]) * labels.view(-1, 1, 1, 1)


class planes_first(Written):
    def join(self, images, planes):
        return torch.cat((planes, images), dim=-3)


class other_slope(Written):
    def act(self, x):
        return F.relu(x)


class sigmoid(Written):
    def end(self, x):
        return x.flatten().sigmoid()


class not_flat(Written):
    def end(self, x):
        return x.view(-1, 1)


class squeezed(Written):
    def end(self, x):
        return x.squeeze()


class batch_norm(Written):
    """As in the DCGAN: batch norm from the second layer on, and no biases."""

    bias = False

    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        self.norms = nn.ModuleList(nn.BatchNorm2d(2 * width) for _ in range(3))

    def norm(self, x, layer):
        return self.norms[layer - 2](x) if layer > 1 else x


class dcgan_widths(Written):
    def widths(self, width):
        return tuple(width * 2**i for i in range(4))


class biases_missing(Written):
    bias = False


class dropout_missing(Written):
    def drop(self, x, layer):
        return x


class other_rate(Written):
    def drop(self, x, layer):
        return F.dropout(x, 0.2, self.training) if layer > 1 else x


class dropout_four_times(Written):
    def drop(self, x, layer):
        return F.dropout(x, 0.3, self.training)


class whole_channels(Written):
    def drop(self, x, layer):
        return F.dropout2d(x, 0.3, self.training) if layer > 1 else x


MISTAKES = {
    "label_unused": label_unused,
    "added": added,
    "one_plane": one_plane,
    "planes_first": planes_first,
    "other_slope": other_slope,
    "sigmoid": sigmoid,
    "not_flat": not_flat,
    "squeezed": squeezed,
    "batch_norm": batch_norm,
    "dcgan_widths": dcgan_widths,
    "biases_missing": biases_missing,
    "dropout_missing": dropout_missing,
    "other_rate": other_rate,
    "dropout_four_times": dropout_four_times,
    "whole_channels": whole_channels,
}

# ---------------------------------------------------------------- unlisted mistakes


class only_builds(nn.Module):
    def __init__(self):
        super().__init__()


class only_architecture(Written):
    """A linear layer more."""

    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        self.head = nn.Linear(1, 1)

    def end(self, x):
        return self.head(x.flatten(1)).flatten()


class only_runs(Written):
    def end(self, x):
        return x.mean()


class only_scores(Written):
    def end(self, x):
        return x.flatten() if self.training else 1.01 * x.flatten()


class only_gradient(Written):
    """Cut in eval mode alone."""

    def forward(self, images, labels):
        return super().forward(images if self.training else images.detach(), labels)


class only_dropout(Written):
    """One mask for all images."""

    def drop(self, x, layer):
        return x * F.dropout(torch.ones_like(x[:1]), 0.3, self.training) if layer > 1 else x


class only_inputs_unchanged(Written):
    def forward(self, images, labels):
        scores = super().forward(images, labels)
        images.data.mul_(0.5)
        return scores


class frozen(Written):
    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        self.conv5.bias.requires_grad_(False)


class two_convolutions_added(Written):
    """Image and planes have a convolution each: the same function, other weights."""

    def channels(self):
        return 3

    def __init__(self, num_classes, width=64):
        super().__init__(num_classes, width)
        self.of_label = nn.Conv2d(num_classes, width, 4, 2, 1, bias=False)

    def forward(self, images, labels):
        x = self.act(self.conv1(images) + self.of_label(self.planes(labels, images)))
        for layer, conv in enumerate((self.conv2, self.conv3, self.conv4), start=2):
            x = self.drop(self.act(conv(x)), layer)
        return self.end(self.conv5(x))


class first_label_for_all(Written):
    def planes(self, labels, images):
        return super().planes(labels[:1].expand(len(images)), images)


class label_of_the_neighbour(Written):
    def planes(self, labels, images):
        return super().planes((labels + 1) % self.num_classes, images)


class half_a_plane(Written):
    def planes(self, labels, images):
        planes = super().planes(labels, images).clone()
        planes[..., 32:] = 0
        return planes


class signs(Written):
    def planes(self, labels, images):
        return 2 * super().planes(labels, images) - 1


class dropout_in_eval(Written):
    def drop(self, x, layer):
        return F.dropout(x, 0.3) if layer > 1 else x


class not_scaled(Written):
    """The mask without the division."""

    def drop(self, x, layer):
        return x * (torch.rand_like(x) > 0.3) if self.training and layer > 1 else x


class dropout_once(Written):
    def drop(self, x, layer):
        return F.dropout(x, 0.3, self.training) if layer == 4 else x


class dropout_on_the_score(Written):
    def drop(self, x, layer):
        return x

    def end(self, x):
        return F.dropout(x.flatten(), 0.3, self.training)


class dropout_on_the_image(Written):
    def drop(self, x, layer):
        return super().drop(x, layer)

    def join(self, images, planes):
        return F.dropout(super().join(images, planes), 0.3, self.training)


class last_activation(Written):
    def end(self, x):
        return self.act(x).flatten()


class tanh_in_the_middle(Written):
    def act(self, x):
        return torch.tanh(x)


class nothing_in_the_middle(Written):
    def act(self, x):
        return x


class averaged(Written):
    """Centred over the batch."""

    def end(self, x):
        return x.flatten() - x.mean()


class with_features(Written):
    def forward(self, images, labels):
        return super().forward(images, labels), labels


class returns_none(Written):
    def forward(self, images, labels):
        super().forward(images, labels)


class scaled_to_unit(Written):
    def forward(self, images, labels):
        return super().forward((images + 1) / 2, labels)


UNLISTED = {
    "only_builds": only_builds,
    "only_architecture": only_architecture,
    "only_runs": only_runs,
    "only_scores": only_scores,
    "only_gradient": only_gradient,
    "only_dropout": only_dropout,
    "only_inputs_unchanged": only_inputs_unchanged,
    "frozen": frozen,
    "two_convolutions_added": two_convolutions_added,
    "first_label_for_all": first_label_for_all,
    "label_of_the_neighbour": label_of_the_neighbour,
    "half_a_plane": half_a_plane,
    "signs": signs,
    "dropout_in_eval": dropout_in_eval,
    "not_scaled": not_scaled,
    "dropout_once": dropout_once,
    "dropout_on_the_score": dropout_on_the_score,
    "dropout_on_the_image": dropout_on_the_image,
    "last_activation": last_activation,
    "tanh_in_the_middle": tanh_in_the_middle,
    "nothing_in_the_middle": nothing_in_the_middle,
    "averaged": averaged,
    "with_features": with_features,
    "returns_none": returns_none,
    "scaled_to_unit": scaled_to_unit,
}
