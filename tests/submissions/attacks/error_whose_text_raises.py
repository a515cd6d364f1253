"""Raises an error whose text raises SystemExit, one whose text kills, and one that is no text."""
# where: latent_grid
# lost: latent_grid


class Rude(Exception):
    def __str__(self):
        raise SystemExit("passed")

    __repr__ = __str__

    @property
    def __traceback__(self):
        raise KeyboardInterrupt


def latent_grid(n):
    raise Rude from Rude()
