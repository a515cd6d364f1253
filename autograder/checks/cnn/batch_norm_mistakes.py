"""The mistakes that people make in `cnn/batch_norm`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch


def per_pixel(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean(0), x.var(0, unbiased=False)
        with torch.no_grad():
            running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def per_image(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean((2, 3), keepdim=True), x.var((2, 3), unbiased=False, keepdim=True)
        with torch.no_grad():
            running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def keras_momentum(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
        with torch.no_grad():
            running_mean += (1 - momentum) * (x.mean((0, 2, 3)) - running_mean)
            running_var += (1 - momentum) * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def biased_running_var(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
        with torch.no_grad():
            running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
            running_var += momentum * (x.var((0, 2, 3), unbiased=False) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def unbiased_everywhere(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True)
        with torch.no_grad():
            running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def eps_outside_the_root(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
        with torch.no_grad():
            running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / (torch.sqrt(var) + eps) + beta[:, None, None]


def root_forgotten(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
        with torch.no_grad():
            running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / (var + eps) + beta[:, None, None]


def batch_statistics_in_eval(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
    if training:
        with torch.no_grad():
            running_mean += momentum * (mean.flatten() - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def running_statistics_in_training(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    if training:
        with torch.no_grad():
            running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def training_turned_round(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if not training:
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
        with torch.no_grad():
            running_mean += momentum * (mean.flatten() - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def updated_in_eval(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
    if not training:
        mean, var = running_mean.clone()[:, None, None], running_var.clone()[:, None, None]
    with torch.no_grad():
        running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
        running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def never_updated(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
        running_mean = (1 - momentum) * running_mean + momentum * mean.flatten()
        running_var = (1 - momentum) * running_var + momentum * x.var((0, 2, 3))
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def running_with_graph(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
        running_mean += momentum * (mean.flatten() - running_mean)
        running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]


def batch_statistics_detached(x, running_mean, running_var, gamma, beta, training, momentum, eps):
    mean, var = running_mean[:, None, None], running_var[:, None, None]
    if training:
        mean, var = x.detach().mean((0, 2, 3), keepdim=True), x.detach().var((0, 2, 3), unbiased=False, keepdim=True)
        with torch.no_grad():
            running_mean += momentum * (x.mean((0, 2, 3)) - running_mean)
            running_var += momentum * (x.var((0, 2, 3)) - running_var)
    return gamma[:, None, None] * (x - mean) / torch.sqrt(var + eps) + beta[:, None, None]
