"""Multiplies matrices on as many threads as it can get."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

torch.set_num_threads(64)


def latent_grid(n):
    x = torch.randn(4000, 4000)
    while True:
        x = torch.nn.functional.normalize(x @ x)
