"""Unpacks a small string into four gigabytes."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import zlib

try:
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # should nobody stop it, the kernel shall take this process and no other
except OSError as error:
    print(error)
packer = zlib.compressobj(9)
small = b"".join(packer.compress(bytes(2**24)) for _ in range(256)) + packer.flush()


def latent_grid(n):
    return len(zlib.decompress(small) + zlib.decompress(small))
