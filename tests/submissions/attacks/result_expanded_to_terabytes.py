"""Returns one number seen as a tensor of a terabyte, which costs nothing until somebody copies it."""
# where: latent_grid
# lost: latent_grid


def latent_grid(n):
    return torch.zeros(1, 1).expand(2**38, 2)
