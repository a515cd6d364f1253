"""The known mistakes of `wgan_gp/Critic`, each by itself."""

from torch import nn


class batch_norm(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
            layers += [nn.BatchNorm2d(sizes[i + 1]), nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class sigmoid_at_the_end(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
            layers += [nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0), nn.Sigmoid())

    def forward(self, images):
        return self.layers(images)


class activation_at_the_end(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
            layers += [nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0), nn.LeakyReLU(0.2))

    def forward(self, images):
        return self.layers(images)


class axes_of_one(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
            layers += [nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4))

    def forward(self, images):
        return self.layers(images)


class squeezed(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
            layers += [nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4))

    def forward(self, images):
        return self.layers(images).squeeze()


class default_slope(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU()]
            layers += [nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class book_slope(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.3 if i == 1 else 0.2)]
            layers += [nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class relu(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.ReLU()]
            layers += [nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class no_bias(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
            layers += [nn.Dropout(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class no_dropout(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class dropout_after_the_first(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
            layers += [nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class other_rate(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
            layers += [nn.Dropout(0.5)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class dropout_of_channels(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers, sizes = [], [3, width, 2 * width, 4 * width, 8 * width]
        for i in range(4):
            layers += [nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1), nn.LeakyReLU(0.2)]
            layers += [nn.Dropout2d(0.3)] if i else []
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images):
        return self.layers(images)


class dropout_in_eval(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        sizes = [3, width, 2 * width, 4 * width, 8 * width]
        self.convolutions = nn.ModuleList(nn.Conv2d(sizes[i], sizes[i + 1], 4, 2, 1) for i in range(4))
        self.last = nn.Conv2d(8 * width, 1, 4)

    def forward(self, images):
        for i, convolution in enumerate(self.convolutions):
            images = nn.functional.leaky_relu(convolution(images), 0.2)
            images = nn.functional.dropout(images, 0.3) if i else images
        return self.last(images).flatten()
