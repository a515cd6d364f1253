"""The mistakes that people make in `vae_fashion/train_step`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

from torch.nn import functional as F


def uses_z_mean(encoder, decoder, x, optimizer, beta):
    encoder.train(), decoder.train()
    z_mean, z_log_var, _ = encoder(x)
    logits = decoder(z_mean)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    total = reconstruction + beta * kl
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}


def stale_gradients(encoder, decoder, x, optimizer, beta):
    encoder.train(), decoder.train()
    z_mean, z_log_var, z = encoder(x)
    reconstruction = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum") / len(x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    total = reconstruction + beta * kl
    total.backward()
    optimizer.step()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}


def kl_dropped(encoder, decoder, x, optimizer, beta):
    encoder.train(), decoder.train()
    z_mean, z_log_var, z = encoder(x)
    reconstruction = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum") / len(x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    total = reconstruction + beta * kl
    optimizer.zero_grad()
    reconstruction.backward()
    optimizer.step()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}


def no_update(encoder, decoder, x, optimizer, beta):
    encoder.train(), decoder.train()
    z_mean, z_log_var, z = encoder(x)
    reconstruction = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum") / len(x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    total = reconstruction + beta * kl
    optimizer.zero_grad()
    total.backward()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}


def mode_as_found(encoder, decoder, x, optimizer, beta):
    z_mean, z_log_var, z = encoder(x)
    reconstruction = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum") / len(x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    total = reconstruction + beta * kl
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}


def tensors_returned(encoder, decoder, x, optimizer, beta):
    encoder.train(), decoder.train()
    z_mean, z_log_var, z = encoder(x)
    reconstruction = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum") / len(x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    total = reconstruction + beta * kl
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return {"total": total, "reconstruction": reconstruction, "kl": kl}


def beta_dropped(encoder, decoder, x, optimizer, beta):
    encoder.train(), decoder.train()
    z_mean, z_log_var, z = encoder(x)
    reconstruction = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum") / len(x)
    kl = -0.5 * (1 + z_log_var - z_mean**2 - z_log_var.exp()).sum(dim=1).mean()
    total = reconstruction + kl
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}
