"""Overwrites the insides of None and True and frees what it does not own."""
# where: latent_grid
# lost: latent_grid

import ctypes


def latent_grid(n):
    ctypes.c_ssize_t.from_address(id(None)).value = 1
    ctypes.memset(id(True) + 16, 0, 16)
    ctypes.CDLL(None).free(ctypes.c_void_p(id(n)))
    del n
    return torch.zeros(9, 2)
