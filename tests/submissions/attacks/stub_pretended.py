"""Raises the stub's own error from somewhere deep, to be counted as something other than wrong."""
# where: latent_grid
# lost: latent_grid


def latent_grid(n):
    def latent_grid():
        raise NotImplementedError

    try:
        1 / 0
    except ZeroDivisionError:
        latent_grid()
