"""The mistakes of `dcgan/Generator`, each an answer that stands alone."""

from __future__ import annotations

from torch import nn


class sigmoid(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [
                nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False),
                nn.BatchNorm2d(c_out),
                nn.LeakyReLU(0.2),
            ]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Sigmoid())

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class no_tanh(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [
                nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False),
                nn.BatchNorm2d(c_out),
                nn.LeakyReLU(0.2),
            ]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False))

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class output_norm(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [
                nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False),
                nn.BatchNorm2d(c_out),
                nn.LeakyReLU(0.2),
            ]
        self.layers = nn.Sequential(
            *layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.BatchNorm2d(1), nn.Tanh()
        )

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class wrong_padding(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride = 2 if layers else 1
            layers += [
                nn.ConvTranspose2d(c_in, c_out, 4, stride, 1, bias=False),
                nn.BatchNorm2d(c_out),
                nn.LeakyReLU(0.2),
            ]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class no_norm(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class conv_biases(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [nn.ConvTranspose2d(c_in, c_out, 4, stride, padding), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1), nn.Tanh())

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class relu(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [
                nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False),
                nn.BatchNorm2d(c_out),
                nn.ReLU(),
            ]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class pytorch_slope(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [
                nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False),
                nn.BatchNorm2d(c_out),
                nn.LeakyReLU(),
            ]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class norm_after_activation(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [
                nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False),
                nn.LeakyReLU(0.2),
                nn.BatchNorm2d(c_out),
            ]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class keras_momentum(nn.Module):
    def __init__(self, latent_dim, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [
            (latent_dim, 8 * width),
            (8 * width, 4 * width),
            (4 * width, 2 * width),
            (2 * width, width),
        ]:
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [
                nn.ConvTranspose2d(c_in, c_out, 4, stride, padding, bias=False),
                nn.BatchNorm2d(c_out, momentum=0.9),
                nn.LeakyReLU(0.2),
            ]
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z):
        return self.layers(z[:, :, None, None])
