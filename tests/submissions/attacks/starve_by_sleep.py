"""Sleeps, and uses no processor time doing so."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import time


def latent_grid(n):
    time.sleep(100_000)
