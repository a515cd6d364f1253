"""Stops, interrupts and kills its parent, the warm server."""
# where: latent_grid
# lost: latent_grid

import os
import signal

for number in (0, signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
    for pid in (VICTIM_PID, os.getppid()):
        if pid == 0:  # a parent outside the namespace
            continue
        try:
            os.kill(pid, number)
            print("sent", number, "to", pid, "escaped".upper() if pid == VICTIM_PID else "")
        except OSError as error:
            print(pid, number, error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
