"""A right answer after which gradients are off and the default dtype is double."""
# where: latent_grid
# lost: none


def latent_grid(n):
    quantiles = torch.special.ndtri((torch.arange(n, dtype=torch.float32) + 0.5) / n)
    return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)


torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.set_printoptions(precision=2)
