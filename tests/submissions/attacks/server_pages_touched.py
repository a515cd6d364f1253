"""Writes to every page it shares with the warm server, and unmaps libraries that others use."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def latent_grid(n):
    with open("/proc/self/maps") as maps:
        lines = list(maps)
    for line in lines:
        start, end = (int(x, 16) for x in line.split()[0].split("-"))
        if " rw-p" in line and "[stack]" not in line:
            ctypes.memset(start, 0, min(end - start, 2**20))
    return torch.zeros(n * n, 2)
