"""Never ends, when it is probed."""
# where: latent_grid
# lost: latent_grid
# seconds: 120


def latent_grid(n):
    while True:
        pass
