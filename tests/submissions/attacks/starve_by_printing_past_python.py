"""Writes a gigabyte to the descriptors 1 and 2, by itself and by other programs."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import os
import subprocess

block = b"x" * 2**20
for number in (1, 2):
    try:
        for _ in range(300):
            os.write(number, block)
    except OSError as error:
        print(error)
subprocess.run(["bash", "-c", "head -c 300000000 /dev/zero; yes | head -c 300000000 >&2"], check=False, timeout=30)


def latent_grid(n):
    return torch.zeros(n * n, 2)
