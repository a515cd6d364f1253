"""The mistakes of `dcgan/Discriminator`, each an answer that stands alone."""

from __future__ import annotations

from torch import nn


class sigmoid_inside(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x).sigmoid()


class not_flattened(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False))

    def forward(self, x):
        return self.layers(x)


class squeezed(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False))

    def forward(self, x):
        return self.layers(x).squeeze()


class norm_on_first_layer(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)]
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class no_norm(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class conv_biases(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), *norm, nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class relu(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.ReLU(), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class pytorch_slope(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class norm_after_activation(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), nn.LeakyReLU(0.2), *norm, nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class dropout_missing(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class other_rate(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2), nn.Dropout(0.5)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class channels_dropped(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2), nn.Dropout2d(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class keras_momentum(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers: list[nn.Module] = []
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out, momentum=0.9)] if layers else []
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, x):
        return self.layers(x)


class dropout_in_eval(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.blocks = nn.ModuleList()
        for c_in, c_out in [(1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            norm = [nn.BatchNorm2d(c_out)] if len(self.blocks) else []
            self.blocks.append(nn.Sequential(nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2)))
        self.head = nn.Conv2d(8 * width, 1, 4, bias=False)

    def forward(self, x):
        for block in self.blocks:
            x = nn.functional.dropout(block(x), 0.3)
        return self.head(x).flatten()
