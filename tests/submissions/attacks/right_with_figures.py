"""A right answer that draws a figure at each call, shows it, and leaves it open."""
# where: latent_grid
# lost: none

import matplotlib.pyplot as plt


def latent_grid(n):
    quantiles = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    grid = torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)
    plt.figure(figsize=(2, 2))
    plt.axis("off")  # the cell has only three seconds, on a machine that may be busy
    plt.scatter(*grid.T)
    plt.title(f"n = {n}")
    plt.show()
    return grid


latent_grid(15)
plt.plot([1, 2, 3])
