"""A right answer that computes in double and puts the default back."""
# where: latent_grid
# lost: none


def latent_grid(n):
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        quantiles = torch.special.ndtri((torch.arange(n) + 0.5) / n)
        return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1).float()
    finally:
        torch.set_default_dtype(before)
