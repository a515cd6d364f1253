"""The mistakes of `cgan/ConditionalGenerator`, each as a class that stands alone."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class label_unused(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [nn.ConvTranspose2d(latent_dim, c_out, 4, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z, labels):
        return self.layers(z[:, :, None, None])


class batch_axis(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [
            nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4, bias=False),
            nn.BatchNorm2d(c_out),
            nn.LeakyReLU(0.2),
        ]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([z, codes], dim=0)[:, :, None, None])


class label_as_number(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [nn.ConvTranspose2d(latent_dim + 1, c_out, 4, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z, labels):
        return self.layers(torch.cat([z, labels[:, None].to(z)], dim=1)[:, :, None, None])


class code_first(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [
            nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4, bias=False),
            nn.BatchNorm2d(c_out),
            nn.LeakyReLU(0.2),
        ]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([codes, z], dim=1)[:, :, None, None])


class other_slope(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [
            nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4, bias=False),
            nn.BatchNorm2d(c_out),
            nn.LeakyReLU(),
        ]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU()]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([z, codes], dim=1)[:, :, None, None])


class norm_after_activation(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [
            nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4, bias=False),
            nn.LeakyReLU(0.2),
            nn.BatchNorm2d(c_out),
        ]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.LeakyReLU(0.2), nn.BatchNorm2d(c_out)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([z, codes], dim=1)[:, :, None, None])


class sigmoid(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [
            nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4, bias=False),
            nn.BatchNorm2d(c_out),
            nn.LeakyReLU(0.2),
        ]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Sigmoid())

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([z, codes], dim=1)[:, :, None, None])


class tanh_missing(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [
            nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4, bias=False),
            nn.BatchNorm2d(c_out),
            nn.LeakyReLU(0.2),
        ]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False))

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([z, codes], dim=1)[:, :, None, None])


class norm_on_output(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [
            nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4, bias=False),
            nn.BatchNorm2d(c_out),
            nn.LeakyReLU(0.2),
        ]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(
            *layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.BatchNorm2d(3), nn.Tanh()
        )

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([z, codes], dim=1)[:, :, None, None])


class norm_missing(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4, bias=False), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([z, codes], dim=1)[:, :, None, None])


class biases(nn.Module):
    def __init__(self, latent_dim, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        c_out = 2 * width
        layers = [nn.ConvTranspose2d(latent_dim + num_classes, c_out, 4), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(2 * width, 2 * width), (2 * width, 2 * width), (2 * width, width)]:
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, 2, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh())

    def forward(self, z, labels):
        codes = F.one_hot(labels, self.num_classes).to(z)
        return self.layers(torch.cat([z, codes], dim=1)[:, :, None, None])
