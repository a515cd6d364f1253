"""Returns ten million numbers as nested lists."""
# where: latent_grid
# lost: latent_grid
# seconds: 90


def latent_grid(n):
    return [[0.0] * 10_000 for _ in range(1_000)]
