"""Answers of imaginary students to `cgan/ConditionalGenerator`: right ones, known mistakes, unlisted mistakes."""

import itertools
import sys

import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


class Blocks(nn.Module):
    """Written out; the parts of `forward` can be exchanged by those who inherit."""

    bias = False

    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.latent_dim, self.num_classes, self.width = latent_dim, num_classes, width
        self.up1 = nn.ConvTranspose2d(self.size(), 2 * width, 4, 1, 0, bias=self.bias)
        self.up2 = nn.ConvTranspose2d(2 * width, 2 * width, 4, 2, 1, bias=self.bias)
        self.up3 = nn.ConvTranspose2d(2 * width, 2 * width, 4, 2, 1, bias=self.bias)
        self.up4 = nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=self.bias)
        self.up5 = nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=self.bias)
        self.norms()

    def size(self):
        return self.latent_dim + self.num_classes

    def norms(self):
        self.n1, self.n2 = nn.BatchNorm2d(2 * self.width), nn.BatchNorm2d(2 * self.width)
        self.n3, self.n4 = nn.BatchNorm2d(2 * self.width), nn.BatchNorm2d(self.width)

    def code(self, labels, z):
        return F.one_hot(labels, self.num_classes).to(z)

    def join(self, z, code):
        return torch.cat([z, code], dim=1)

    def block(self, up, norm, x):
        return self.act(norm(up(x)))

    def act(self, x):
        return F.leaky_relu(x, 0.2)

    def end(self, x):
        return torch.tanh(x)

    def forward(self, z, labels):
        x = self.join(z, self.code(labels, z))[..., None, None]
        for up, norm in ((self.up1, self.n1), (self.up2, self.n2), (self.up3, self.n3), (self.up4, self.n4)):
            x = self.block(up, norm, x)
        return self.end(self.up5(x))


class OneSequential(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        w, half = 2 * width, width
        self.register_buffer("codes", torch.eye(num_classes), persistent=False)
        self.codes_of = num_classes
        self.net = nn.Sequential(
            nn.Unflatten(1, (latent_dim + num_classes, 1, 1)),
            *(nn.ConvTranspose2d(latent_dim + num_classes, w, 4, bias=False), nn.BatchNorm2d(w), nn.LeakyReLU(0.2)),
            *(nn.ConvTranspose2d(w, w, 4, 2, 1, bias=False), nn.BatchNorm2d(w), nn.LeakyReLU(0.2, inplace=True)),
            *(nn.ConvTranspose2d(w, w, 4, 2, 1, bias=False), nn.BatchNorm2d(w), nn.LeakyReLU(0.2)),
            *(nn.ConvTranspose2d(w, half, 4, 2, 1, bias=False), nn.BatchNorm2d(half), nn.LeakyReLU(0.2)),
            *(nn.ConvTranspose2d(half, 3, 4, 2, 1, bias=False), nn.Tanh()),
        )

    def forward(self, z, labels):
        code = torch.zeros(len(z), self.codes_of).to(z).scatter_(1, labels[:, None], 1)
        return self.net(torch.hstack([z, code]))


class RegisteredBackwards(Blocks):
    """The same layers, registered from the last to the first."""

    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__(latent_dim, num_classes, width)
        layers = list(self._modules.items())
        self._modules.clear()
        for name, layer in reversed(layers):
            self.add_module(name, layer)


class FirstByMatrix(Blocks):
    """A transposed convolution of one pixel is a product of matrices."""

    def forward(self, z, labels):
        x = self.join(z, self.code(labels, z))
        x = torch.einsum("bi,iohw->bohw", x, self.up1.weight)
        x = self.act(self.n1(x))
        for up, norm in ((self.up2, self.n2), (self.up3, self.n3), (self.up4, self.n4)):
            x = self.block(up, norm, x)
        return 2 * torch.sigmoid(2 * self.up5(x)) - 1


class OwnInitialisation(Blocks):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__(latent_dim, num_classes, width)
        for module in self.modules():
            if isinstance(module, nn.ConvTranspose2d):
                nn.init.normal_(module.weight, 0.0, 0.02)
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.weight, 1.0, 0.02)

    def act(self, x):
        return torch.where(x > 0, x, 0.2 * x)


class Talkative(Blocks):
    def forward(self, z, labels):
        print("forward", tuple(z.shape), file=sys.stderr)
        return super().forward(z, labels)


RIGHT = {
    "Blocks": Blocks,
    "OneSequential": OneSequential,
    "RegisteredBackwards": RegisteredBackwards,
    "FirstByMatrix": FirstByMatrix,
    "OwnInitialisation": OwnInitialisation,
    "Talkative": Talkative,
}

# ---------------------------------------------------------------- known mistakes


class label_unused(Blocks):
    """There is room for the code, and nothing in it."""

    def code(self, labels, z):
        return torch.zeros(len(z), self.num_classes).to(z)


class batch_axis(Blocks):
    def join(self, z, code):
        return torch.vstack([z, code])


class label_as_number(Blocks):
    def size(self):
        return self.latent_dim + 1

    def code(self, labels, z):
        return labels.to(z).unsqueeze(1)


class code_first(Blocks):
    def join(self, z, code):
        return torch.hstack((code, z))


class other_slope(Blocks):
    def act(self, x):
        return x.clamp(min=0)


class norm_after_activation(Blocks):
    def block(self, up, norm, x):
        return norm(self.act(up(x)))


class sigmoid(Blocks):
    def end(self, x):
        return 1 / (1 + torch.exp(-x))


class tanh_missing(Blocks):
    def end(self, x):
        return x


class norm_on_output(Blocks):
    def norms(self):
        super().norms()
        self.n5 = nn.BatchNorm2d(3)

    def end(self, x):
        return torch.tanh(self.n5(x))


class norm_missing(Blocks):
    """No batch norm, so the layers have biases."""

    bias = True

    def norms(self):
        self.n1 = self.n2 = self.n3 = self.n4 = nn.Identity()


class biases(Blocks):
    bias = True


MISTAKES = {
    "label_unused": label_unused,
    "batch_axis": batch_axis,
    "label_as_number": label_as_number,
    "code_first": code_first,
    "other_slope": other_slope,
    "norm_after_activation": norm_after_activation,
    "sigmoid": sigmoid,
    "tanh_missing": tanh_missing,
    "norm_on_output": norm_on_output,
    "norm_missing": norm_missing,
    "biases": biases,
}

# ---------------------------------------------------------------- unlisted mistakes


class only_builds(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()


class only_architecture(Blocks):
    """A layer more, of 3×3 pixels, at the end."""

    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__(latent_dim, num_classes, width)
        self.smooth = nn.Conv2d(3, 3, 3, padding=1, bias=False)

    def end(self, x):
        return torch.tanh(self.smooth(x))


class only_runs(Blocks):
    def forward(self, z, labels):
        return super().forward(z, labels).permute(0, 2, 3, 1)


class only_images(Blocks):
    def end(self, x):
        return torch.tanh(1.1 * x)


class only_gradient(Blocks):
    def forward(self, z, labels):
        return super().forward(z.detach(), labels)


class only_statistics(Blocks):
    def norms(self):
        super().norms()
        self.n3.momentum = 0.01


class only_inputs_unchanged(Blocks):
    def forward(self, z, labels):
        images = super().forward(z, labels)
        z.data.zero_()
        return images


class frozen(Blocks):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__(latent_dim, num_classes, width)
        self.up5.weight.requires_grad_(False)


class embedding(Blocks):
    """A learnt vector for each label."""

    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__(latent_dim, num_classes, width)
        self.table = nn.Embedding(num_classes, num_classes)

    def code(self, labels, z):
        return self.table(labels)


class first_label_for_all(Blocks):
    def code(self, labels, z):
        return super().code(labels[:1].expand(len(z)), z)


class label_of_the_neighbour(Blocks):
    def code(self, labels, z):
        return super().code((labels + 1) % self.num_classes, z)


class cold_code(Blocks):
    def code(self, labels, z):
        return 1 - super().code(labels, z)


class code_of_signs(Blocks):
    def code(self, labels, z):
        return 2 * super().code(labels, z) - 1


class four_by_four_missing(Blocks):
    """The first layer with padding, the last made to fit."""

    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__(latent_dim, num_classes, width)
        self.up1.padding = (1, 1)


class first_norm_missing(Blocks):
    def norms(self):
        super().norms()
        self.n1 = nn.Identity()


class one_norm_for_three(Blocks):
    def norms(self):
        super().norms()
        self.n2 = self.n3 = self.n1


class in_eval_always(Blocks):
    def forward(self, z, labels):
        self.eval()
        return super().forward(z, labels)


class dropout_too(Blocks):
    def act(self, x):
        return F.dropout(super().act(x), 0.3, self.training)


class dcgan_widths(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        widths = [latent_dim + num_classes, 8 * width, 4 * width, 2 * width, width]
        layers = []
        for i, (a, b) in enumerate(itertools.pairwise(widths)):
            layers += [nn.ConvTranspose2d(a, b, 4, 1 + (i > 0), int(i > 0), bias=False)]
            layers += [nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]
        self.net = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z, labels):
        return self.net(torch.cat([z, F.one_hot(labels, self.num_classes).to(z)], 1)[:, :, None, None])


class grey(Blocks):
    def end(self, x):
        return torch.tanh(x.mean(1, keepdim=True).expand(-1, 3, -1, -1))


class unit_range(Blocks):
    def end(self, x):
        return (torch.tanh(x) + 1) / 2


class clamped(Blocks):
    def end(self, x):
        return x.clamp(-1, 1)


class normalised_noise(Blocks):
    def join(self, z, code):
        return torch.cat([F.normalize(z, dim=1), code], dim=1)


class with_labels(Blocks):
    def forward(self, z, labels):
        return super().forward(z, labels), labels


class returns_none(Blocks):
    def forward(self, z, labels):
        super().forward(z, labels)


UNLISTED = {
    "only_builds": only_builds,
    "only_architecture": only_architecture,
    "only_runs": only_runs,
    "only_images": only_images,
    "only_gradient": only_gradient,
    "only_statistics": only_statistics,
    "only_inputs_unchanged": only_inputs_unchanged,
    "frozen": frozen,
    "embedding": embedding,
    "first_label_for_all": first_label_for_all,
    "label_of_the_neighbour": label_of_the_neighbour,
    "cold_code": cold_code,
    "code_of_signs": code_of_signs,
    "four_by_four_missing": four_by_four_missing,
    "first_norm_missing": first_norm_missing,
    "one_norm_for_three": one_norm_for_three,
    "in_eval_always": in_eval_always,
    "dropout_too": dropout_too,
    "dcgan_widths": dcgan_widths,
    "grey": grey,
    "unit_range": unit_range,
    "clamped": clamped,
    "normalised_noise": normalised_noise,
    "with_labels": with_labels,
    "returns_none": returns_none,
}
