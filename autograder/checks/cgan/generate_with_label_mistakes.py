"""The mistakes of `cgan/generate_with_label`, each as a function that stands alone."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def new_z(generator, z, label):
    training = generator.training
    generator.eval()
    with torch.no_grad():
        images = generator(torch.randn_like(z), torch.full((len(z),), label, device=z.device))
    generator.train(training)
    return images


def train_mode(generator, z, label):
    with torch.no_grad():
        return generator(z, torch.full((len(z),), label, device=z.device))


def graph_kept(generator, z, label):
    training = generator.training
    generator.eval()
    images = generator(z, torch.full((len(z),), label, device=z.device))
    generator.train(training)
    return images


def left_in_eval(generator, z, label):
    generator.eval()
    with torch.no_grad():
        return generator(z, torch.full((len(z),), label, device=z.device))


def left_in_train(generator, z, label):
    generator.eval()
    with torch.no_grad():
        images = generator(z, torch.full((len(z),), label, device=z.device))
    generator.train()
    return images


def codes_given(generator, z, label):
    training = generator.training
    generator.eval()
    labels = torch.full((len(z),), label, device=z.device)
    with torch.no_grad():
        images = generator(z, F.one_hot(labels))
    generator.train(training)
    return images


def one_label(generator, z, label):
    training = generator.training
    generator.eval()
    with torch.no_grad():
        images = generator(z, torch.tensor(label, device=z.device))
    generator.train(training)
    return images


def unit_range(generator, z, label):
    training = generator.training
    generator.eval()
    with torch.no_grad():
        images = generator(z, torch.full((len(z),), label, device=z.device))
    generator.train(training)
    return (images + 1) / 2
