"""Signals its process group and session, and moves into others'."""
# where: latent_grid
# lost: latent_grid

import os
import signal

for pid in (VICTIM_PID, os.getppid(), 1):
    for move in (lambda p: os.setpgid(0, os.getpgid(p)), lambda p: os.setpgid(p, 0), lambda p: print(os.getsid(p))):
        try:
            move(pid)
            print("moved", pid)
        except OSError as error:
            print(error)
try:
    group = os.getpgid(VICTIM_PID)
    os.killpg(group, 0)
    print("escaped".upper())
except OSError as error:
    print(error)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)


def latent_grid(n):
    return torch.zeros(n * n, 2)
