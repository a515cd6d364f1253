"""Leaves a process of its own session behind, forked twice, deaf to signals."""
# where: latent_grid
# lost: latent_grid

import ctypes
import os
import signal
import time

if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    if os.fork() > 0:
        os._exit(0)
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    ctypes.CDLL(None).prctl(15, b"genlab-attack", 0, 0, 0)  # the name in /proc
    for _ in range(600):
        time.sleep(1)
        try:
            with open("/tmp/genlab-attack-alive", "a") as file:
                file.write("alive\n")
        except OSError:
            pass
    os._exit(0)


def latent_grid(n):
    return torch.zeros(n * n, 2)
