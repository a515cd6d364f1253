"""Wrong answers to `autoencoder/train_step`, each a mistake that people make; the underscored one is another way to make the same."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def encoder_left_out(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    z = encoder(x).detach()
    bce = F.binary_cross_entropy_with_logits(decoder(z), x)
    optimizer.zero_grad()
    bce.backward()
    optimizer.step()
    return bce.item()


def decoder_left_out(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce = F.binary_cross_entropy_with_logits(decoder(encoder(x)), x)
    optimizer.zero_grad()
    bce.backward()
    for parameter in decoder.parameters():
        parameter.grad = None
    optimizer.step()
    return bce.item()


def other_target(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce = F.binary_cross_entropy_with_logits(decoder(encoder(x)), (x > 0.5).to(x))
    optimizer.zero_grad()
    bce.backward()
    optimizer.step()
    return bce.item()


def stale_gradients(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce = F.binary_cross_entropy_with_logits(decoder(encoder(x)), x)
    bce.backward()
    optimizer.step()
    return bce.item()


def no_update(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce = F.binary_cross_entropy_with_logits(decoder(encoder(x)), x)
    optimizer.zero_grad()
    bce.backward()
    return bce.item()


def rmse_minimised(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    logits = decoder(encoder(x))
    bce = F.binary_cross_entropy_with_logits(logits, x)
    rmse = F.mse_loss(torch.sigmoid(logits), x).sqrt()
    optimizer.zero_grad()
    rmse.backward()
    optimizer.step()
    return bce.item()


def _rmse_minimised_and_returned(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    rmse = F.mse_loss(torch.sigmoid(decoder(encoder(x))), x).sqrt()
    optimizer.zero_grad()
    rmse.backward()
    optimizer.step()
    return rmse.item()


def sigmoid_twice(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce = F.binary_cross_entropy_with_logits(torch.sigmoid(decoder(encoder(x))), x)
    optimizer.zero_grad()
    bce.backward()
    optimizer.step()
    return bce.item()


def mode_as_found(encoder, decoder, x, optimizer):
    bce = F.binary_cross_entropy_with_logits(decoder(encoder(x)), x)
    optimizer.zero_grad()
    bce.backward()
    optimizer.step()
    return bce.item()


def tensor_returned(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce = F.binary_cross_entropy_with_logits(decoder(encoder(x)), x)
    optimizer.zero_grad()
    bce.backward()
    optimizer.step()
    return bce


def loss_after_the_update(encoder, decoder, x, optimizer):
    encoder.train(), decoder.train()
    bce = F.binary_cross_entropy_with_logits(decoder(encoder(x)), x)
    optimizer.zero_grad()
    bce.backward()
    optimizer.step()
    with torch.no_grad():
        return F.binary_cross_entropy_with_logits(decoder(encoder(x)), x).item()
