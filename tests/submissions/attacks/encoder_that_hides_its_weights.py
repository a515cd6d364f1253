"""Shows the probe other parameters than it uses, so that transplanted weights do not reach it."""
# where: Encoder
# lost: Encoder


class Encoder(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.latent_dim = latent_dim
        shapes = [
            (32, 1, 3, 3),
            (32,),
            (64, 32, 3, 3),
            (64,),
            (128, 64, 3, 3),
            (128,),
            (latent_dim, 2048),
            (latent_dim,),
            (latent_dim, 2048),
            (latent_dim,),
        ]
        self.shown = [(f"p{i}", nn.Parameter(torch.zeros(s))) for i, s in enumerate(shapes)]

    def parameters(self, recurse=True):
        return (p for _, p in self.shown)

    def named_parameters(self, *a, **k):
        return iter(self.shown)

    def modules(self):
        return iter(
            [
                self,
                nn.Conv2d(1, 32, 3),
                nn.Conv2d(32, 64, 3),
                nn.Conv2d(64, 128, 3),
                nn.Linear(2048, 2),
                nn.Linear(2048, 2),
            ]
        )

    def forward(self, x):
        mean = x.sum((1, 2, 3))[:, None].expand(-1, self.latent_dim)
        return mean, mean, mean
