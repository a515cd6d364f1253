"""Waits for somebody to type."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import getpass
import os
import sys

for ask in (input, sys.stdin.readline, getpass.getpass, lambda: os.read(0, 1), breakpoint):
    try:
        print(ask())
    except Exception as error:
        print(type(error), error)
