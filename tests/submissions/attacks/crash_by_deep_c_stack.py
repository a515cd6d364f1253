"""Overflows the C stack by deeply nested calls that Python does not count."""
# where: latent_grid
# lost: latent_grid

import sys


def latent_grid(n):
    sys.setrecursionlimit(2**30)
    nested = []
    for _ in range(2_000_000):
        nested = [nested]
    return repr(nested) and eval("(" * 90 + "n" + ")" * 90) and latent_grid(n)
