"""Takes a few seconds for each call, below the limit of each, without end together."""
# where: latent_grid
# lost: latent_grid any
# seconds: 180

import time


def latent_grid(n):
    time.sleep(8)
    return torch.zeros(n * n, 2)
