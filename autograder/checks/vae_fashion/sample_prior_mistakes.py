"""The mistakes that people make in `vae_fashion/sample_prior`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch


def logits_returned(decoder, n, latent_dim):
    training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(torch.randn(n, latent_dim, device=next(decoder.parameters()).device))
    decoder.train(training)
    return images


def uniform_draws(decoder, n, latent_dim):
    training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(decoder(torch.rand(n, latent_dim, device=next(decoder.parameters()).device)))
    decoder.train(training)
    return images


def graph_kept(decoder, n, latent_dim):
    training = decoder.training
    decoder.eval()
    images = torch.sigmoid(decoder(torch.randn(n, latent_dim, device=next(decoder.parameters()).device)))
    decoder.train(training)
    return images


def train_mode(decoder, n, latent_dim):
    with torch.no_grad():
        return torch.sigmoid(decoder(torch.randn(n, latent_dim, device=next(decoder.parameters()).device)))


def left_in_eval(decoder, n, latent_dim):
    decoder.eval()
    with torch.no_grad():
        return torch.sigmoid(decoder(torch.randn(n, latent_dim, device=next(decoder.parameters()).device)))


def left_in_train(decoder, n, latent_dim):
    decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(decoder(torch.randn(n, latent_dim, device=next(decoder.parameters()).device)))
    decoder.train()
    return images


def same_every_time(decoder, n, latent_dim):
    torch.manual_seed(0)
    training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(decoder(torch.randn(n, latent_dim, device=next(decoder.parameters()).device)))
    decoder.train(training)
    return images
