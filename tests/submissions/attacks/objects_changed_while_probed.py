"""Replaces its own code, defaults and globals while it is probed, a bit differently at each call."""
# where: latent_grid
# lost: latent_grid


def latent_grid(n):
    latent_grid.__code__ = (lambda n: torch.zeros(n * n, 2)).__code__
    latent_grid.__globals__["torch"] = None
    raise NotImplementedError("latent_grid")
