"""Find the bug: one garment for all."""

import torch
from torch.nn import functional as F


def _missing(z_mean: torch.Tensor, z_log_var: torch.Tensor) -> torch.Tensor:
    raise NotImplementedError("put your kl_loss into autograder.bugs.vae_fashion")


kl_loss = _missing  # until the lesson puts the learner's own here


def mended_vae_loss(
    logits: torch.Tensor,
    x: torch.Tensor,
    z_mean: torch.Tensor,
    z_log_var: torch.Tensor,
    beta: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The reconstruction is a mean over the pixels, a thousandth of what the KL term is to be weighed against."""
    reconstruction = F.binary_cross_entropy_with_logits(logits, x)
    divergence = kl_loss(z_mean, z_log_var)
    return reconstruction + beta * divergence, reconstruction, divergence
