"""Forks children that fork and leave, a few at a time, so that hardly any is ever its own child."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import os
import time

end = time.monotonic() + 40
left = 2000
while time.monotonic() < end and left:
    left -= 1
    try:
        if os.fork() == 0:
            try:
                if os.fork() == 0:
                    while time.monotonic() < end:
                        pass
            finally:
                os._exit(0)
        os.wait()
    except OSError:
        time.sleep(0.01)


def latent_grid(n):
    return torch.zeros(n * n, 2)
