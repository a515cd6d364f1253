"""Leaves by sys.exit, exit and SystemExit in the solution's cell, before anything is defined."""
# where: latent_grid
# lost: latent_grid

import sys

print("3 / 3")
sys.exit(0)
