"""A right answer in a cell that begins with %%time."""
# where: latent_grid
# lost: none


# %%time
def latent_grid(n):
    quantiles = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)


latent_grid(3)
