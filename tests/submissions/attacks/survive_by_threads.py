"""Leaves threads that do not end and exit handlers that wait for them."""
# where: latent_grid
# lost: latent_grid

import atexit
import threading
import time

for _ in range(5):
    threading.Thread(target=time.sleep, args=(600,), daemon=False).start()
atexit.register(time.sleep, 600)
threading._register_atexit(time.sleep, 600)


def latent_grid(n):
    return torch.zeros(n * n, 2)
