"""Raises an error whose text takes for ever to compute."""
# where: latent_grid
# lost: latent_grid
# seconds: 90


class Endless(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def latent_grid(n):
    raise Endless
