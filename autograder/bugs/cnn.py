"""Find the bug: a layer carried over from Keras."""

import torch


def mended_batch_norm(
    x: torch.Tensor,
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    gamma: torch.Tensor,
    beta: torch.Tensor,
    training: bool,
    momentum: float,
    eps: float,
) -> torch.Tensor:
    """The momentum is Keras's: the share of the old value that is kept."""
    mean, var = running_mean, running_var
    if training:
        count = x.numel() / x.shape[1]  # numbers per channel
        mean = x.mean(dim=(0, 2, 3))
        var = x.var(dim=(0, 2, 3), unbiased=False)
        with torch.no_grad():
            running_mean.copy_(momentum * running_mean + (1 - momentum) * mean)
            running_var.copy_(momentum * running_var + (1 - momentum) * var * count / (count - 1))
    shape = (1, -1, 1, 1)  # a number per channel
    x_hat = (x - mean.view(shape)) / torch.sqrt(var.view(shape) + eps)
    return gamma.view(shape) * x_hat + beta.view(shape)
