"""Offers a function wrapped in itself, to keep whoever unwraps it busy."""
# where: latent_grid
# lost: latent_grid


class Onion:
    @property
    def __wrapped__(self):
        return Onion()

    @property
    def __code__(self):
        raise KeyboardInterrupt

    def __call__(self, n):
        return torch.zeros(n * n, 2)


latent_grid = Onion()
latent_grid.__dict__["__signature__"] = latent_grid
