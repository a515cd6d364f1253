"""Calls itself for ever."""
# where: latent_grid
# lost: latent_grid


def latent_grid(n):
    return latent_grid(n + 1) + latent_grid(n + 2)
