"""Ends the process where a function is defined: in a default, a decorator and an annotation."""
# where: latent_grid
# lost: latent_grid

import os


@(lambda function: os._exit(0))
def latent_grid(n: os._exit(0) = os._exit(0)):
    return torch.zeros(n * n, 2)
