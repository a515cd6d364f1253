"""The mistakes that people make in `cnn/cnn`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

from torch import nn


class norm_after_activation(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.LeakyReLU(0.3), nn.BatchNorm2d(c_out)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.LeakyReLU(0.3), nn.BatchNorm1d(128)]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class pytorch_slope(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU()]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU()]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class relu(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out), nn.ReLU()]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class softmax_inside(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.3)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x).softmax(dim=1)


class activation_on_logits(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.3)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return nn.functional.leaky_relu(self.layers(x), 0.3)


class strides_exchanged(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.3)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class pooling(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, 1, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.3), nn.MaxPool2d(stride)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class keras_eps(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out, eps=1e-3), nn.LeakyReLU(0.3)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128, eps=1e-3), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class keras_momentum(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out, momentum=0.99), nn.LeakyReLU(0.3)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128, momentum=0.99), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class dropout_missing(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.3)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class other_rate(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.3)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Dropout(0.3), nn.Linear(128, 10))

    def forward(self, x):
        return self.layers(x)


class dropout_in_eval(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for c_in, c_out, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
            layers += [nn.Conv2d(c_in, c_out, 3, stride, 1), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.3)]
        layers += [nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3)]
        self.layers = nn.Sequential(*layers, nn.Linear(128, 10))

    def forward(self, x):
        return self.layers[-1](nn.functional.dropout(self.layers[:-1](x), 0.5))
