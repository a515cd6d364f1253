"""The mistakes of `cgan/ConditionalCritic`, each as a class that stands alone."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class label_unused(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        return self.layers(images)


class added(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        return self.layers(images + labels.to(images)[:, None, None, None])


class one_plane(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(4, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        plane = labels.to(images)[:, None, None, None].expand(-1, 1, 64, 64)
        return self.layers(torch.cat([images, plane], dim=1))


class planes_first(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([planes, images], dim=1))


class other_slope(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU()]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class sigmoid(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Sigmoid(), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class not_flat(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class squeezed(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1)).squeeze()


class batch_norm(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class dcgan_widths(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class biases_missing(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1, bias=False), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4, bias=False), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class dropout_missing(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class other_rate(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.5)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class dropout_four_times(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))


class whole_channels(nn.Module):
    def __init__(self, num_classes, width=64):
        super().__init__()
        self.num_classes = num_classes
        layers = [nn.Conv2d(3 + num_classes, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c_in, c_out in [(width, 2 * width), (2 * width, 2 * width), (2 * width, 2 * width)]:
            layers += [nn.Conv2d(c_in, c_out, 4, 2, 1), nn.LeakyReLU(0.2), nn.Dropout2d(0.3)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(2 * width, 1, 4), nn.Flatten(0))

    def forward(self, images, labels):
        planes = F.one_hot(labels, self.num_classes).to(images)[:, :, None, None].expand(-1, -1, 64, 64)
        return self.layers(torch.cat([images, planes], dim=1))
