"""Calls abort, with core dumps asked for."""
# where: latent_grid
# lost: latent_grid

import os
import resource

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (OSError, ValueError) as error:
    print(error)
os.abort()
