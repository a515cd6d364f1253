"""Stops itself, so that it neither ends nor uses time."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
