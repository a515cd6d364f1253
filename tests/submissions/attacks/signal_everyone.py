"""Sends SIGKILL to everybody it may reach."""
# where: latent_grid
# lost: latent_grid

import os
import signal

try:
    os.kill(VICTIM_PID, signal.SIGKILL)
    print("escaped".upper())  # proof enough; going on would end the machine
except OSError as error:
    print(error)
    if os.getpid() < 300:  # such numbers are given out once, and again only in a PID namespace of its own
        os.kill(-1, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
