"""A right answer after a cell that prints five megabytes."""
# where: latent_grid
# lost: none


def latent_grid(n):
    print("n = ", n, "." * 100_000)
    quantiles = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)


for row in range(50_000):
    print(row, "x" * 94)
