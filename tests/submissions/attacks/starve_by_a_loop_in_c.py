"""Computes for ever inside one call of C, where no signal handler of Python runs."""
# where: latent_grid
# lost: latent_grid
# seconds: 120


def latent_grid(n):
    return sum(x for x in [pow(3, 10**9)])
