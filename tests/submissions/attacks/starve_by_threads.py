"""Starts threads until it is stopped."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import threading
import time

threads = []
try:
    for _ in range(20_000):
        threads.append(threading.Thread(target=time.sleep, args=(120,), daemon=True))
        threads[-1].start()
except RuntimeError as error:
    print(len(threads), error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
