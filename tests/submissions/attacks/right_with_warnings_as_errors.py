"""A right answer in a notebook that turns all warnings into errors."""
# where: latent_grid
# lost: none

import warnings

warnings.simplefilter("error")


def latent_grid(n):
    quantiles = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)
