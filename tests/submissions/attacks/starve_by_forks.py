"""Forks without end, each child a parent of more."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import os
import time

end = time.monotonic() + 60  # so that nothing stays if nobody stops it
for _ in range(12):
    try:
        os.fork()
    except OSError:
        pass
while time.monotonic() < end:
    pass
