"""Lets a thread and an exit hook print results and display numbers while the test cell runs."""
# where: latent_grid
# lost: latent_grid

import sys
import threading
import time

from IPython.display import display


def speak():
    for _ in range(300):
        sys.displayhook(3.0)
        display(3.0)
        print("3.0")
        time.sleep(0.01)


threading.Thread(target=speak, daemon=True).start()


def latent_grid(n):
    sys.displayhook(3.0)
    display(3.0)
    time.sleep(0.2)
    return torch.zeros(n * n, 2)
