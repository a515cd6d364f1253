"""Raises KeyboardInterrupt while it is probed: probes let it pass, on purpose."""
# where: latent_grid
# lost: latent_grid


def latent_grid(n):
    raise KeyboardInterrupt("passed")
