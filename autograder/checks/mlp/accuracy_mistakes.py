"""The mistakes that people make in `mlp/accuracy`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch


def percent(model, images, labels):
    training = model.training
    model.eval()
    with torch.no_grad():
        right = (model(images).argmax(dim=1) == labels).float().mean().item()
    model.train(training)
    return 100 * right


def counted(model, images, labels):
    training = model.training
    model.eval()
    with torch.no_grad():
        right = (model(images).argmax(dim=1) == labels).float().sum().item()
    model.train(training)
    return right


def error_rate(model, images, labels):
    training = model.training
    model.eval()
    with torch.no_grad():
        wrong = (model(images).argmax(dim=1) != labels).float().mean().item()
    model.train(training)
    return wrong


def train_mode(model, images, labels):
    with torch.no_grad():
        return (model(images).argmax(dim=1) == labels).float().mean().item()


def left_in_eval(model, images, labels):
    model.eval()
    with torch.no_grad():
        return (model(images).argmax(dim=1) == labels).float().mean().item()


def left_in_train(model, images, labels):
    model.eval()
    with torch.no_grad():
        right = (model(images).argmax(dim=1) == labels).float().mean().item()
    model.train()
    return right


def graph_kept(model, images, labels):
    training = model.training
    model.eval()
    right = (model(images).argmax(dim=1) == labels).float().mean().item()
    model.train(training)
    return right


def tensor_returned(model, images, labels):
    training = model.training
    model.eval()
    with torch.no_grad():
        right = (model(images).argmax(dim=1) == labels).float().mean()
    model.train(training)
    return right
