"""Offers a module with endless parameters, buffers and children."""
# where: Encoder
# lost: Encoder
# seconds: 90


class Encoder(nn.Module):
    def __init__(self, latent_dim):
        super().__init__()

    def parameters(self, recurse=True):
        while True:
            yield nn.Parameter(torch.zeros(2))

    def named_buffers(self, *a, **k):
        while True:
            yield "b", torch.zeros(2)

    def modules(self):
        while True:
            yield self

    def forward(self, x):
        return x, x, x
