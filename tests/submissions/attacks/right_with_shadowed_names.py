"""A right answer in a notebook that uses input, list and type as names of its own."""
# where: latent_grid
# lost: none

input = torch.zeros(3)
list = [1, 2, 3]
type = "VAE"


def latent_grid(n):
    max = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    return torch.stack([max.repeat(n), max.flip(0).repeat_interleave(n)], dim=1)
