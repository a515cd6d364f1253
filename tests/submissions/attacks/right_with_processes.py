"""A right answer, next to a try at multiprocessing that may fail."""
# where: latent_grid
# lost: none

import multiprocessing
import os


def latent_grid(n):
    quantiles = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)


try:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map_async(abs, [-1, 2]).get(timeout=10))
except Exception as error:
    print(type(error).__name__, error)
print(os.cpu_count())
