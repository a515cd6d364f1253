"""Ends the process in the solution's cell, before anything is defined."""
# where: sample_prior
# lost: sample_prior

import os

os._exit(0)
