"""A right answer that writes to stderr through sys, logging and another program."""
# where: latent_grid
# lost: none

import logging
import subprocess
import sys

logging.basicConfig(level=logging.DEBUG)
print("hello", file=sys.stderr)
try:
    subprocess.run(["sh", "-c", "echo hello >&2"], check=False, timeout=10)
except OSError as error:
    print(error)


def latent_grid(n):
    print("drawing", n, file=sys.stderr, flush=True)
    logging.getLogger("student").warning("drawing %s", n)
    quantiles = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)
