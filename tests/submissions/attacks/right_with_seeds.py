"""A right answer that sets seeds of its own in the cell, and restores nothing."""
# where: sample_prior
# lost: none

import random

import numpy as np

torch.manual_seed(0)
random.seed(0)
np.random.seed(0)


def sample_prior(decoder, n, latent_dim):
    weight = next(decoder.parameters())
    training = decoder.training
    decoder.eval()
    try:
        with torch.no_grad():
            return decoder(torch.randn(n, latent_dim, device=weight.device, dtype=weight.dtype)).sigmoid()
    finally:
        decoder.train(training)
