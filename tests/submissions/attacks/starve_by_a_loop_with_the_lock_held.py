"""Sleeps inside C with Python's lock held, so that no other thread can watch."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import ctypes


def latent_grid(n):
    ctypes.PyDLL(None).sleep(100_000)
