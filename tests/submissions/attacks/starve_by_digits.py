"""Computes and prints an integer of a billion digits."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import sys

sys.set_int_max_str_digits(0)


def latent_grid(n):
    return len(str(10 ** (10**9)))
