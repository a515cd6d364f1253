"""Reads address zero."""
# where: sample_prior
# lost: sample_prior

import ctypes


def sample_prior(decoder, n, latent_dim):
    return ctypes.string_at(0)
