"""Find the bug: a penalty that nobody pays."""

import torch
from torch import nn


def mended_gradient_penalty(critic: nn.Module, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """The graph of the gradient is not made, so that the critic gets none from the penalty."""
    real, fake = real.detach(), fake.detach()
    share = torch.rand(len(real), 1, 1, 1, dtype=real.dtype, device=real.device)
    mixed = torch.lerp(fake, real, share).requires_grad_()  # (B, C, H, W)
    scores = critic(mixed)  # (B,)
    gradient = torch.autograd.grad(scores.sum(), mixed, retain_graph=True)[0]  # keep the graph for backward()
    length = gradient.flatten(1).norm(dim=1)  # (B,)
    return (length - 1).square().mean()
