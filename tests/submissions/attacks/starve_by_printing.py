"""Prints a gigabyte."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

for _ in range(1000):
    print("x" * 1_000_000)


def latent_grid(n):
    return torch.zeros(n * n, 2)
