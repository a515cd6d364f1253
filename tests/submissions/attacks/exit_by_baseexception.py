"""Raises a BaseException of its own from the answer, the constructor and the generator's close."""
# where: Encoder
# lost: Encoder


class Farewell(BaseException):
    pass


class Encoder(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()
        self.head = nn.Linear(1, latent_dim)

    def __del__(self):
        raise Farewell

    def forward(self, x):
        raise Farewell(Farewell(), Farewell)
