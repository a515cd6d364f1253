"""Leaves a child that keeps the grader's socket open, so that the end of the process is never seen as the end."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import ctypes
import os
import time

if os.fork() == 0:
    ctypes.CDLL(None).prctl(15, b"genlab-attack", 0, 0, 0)  # the name in /proc
    time.sleep(600)
    os._exit(0)
os._exit(0)
