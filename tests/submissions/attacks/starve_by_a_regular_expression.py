"""Lets a regular expression backtrack for ever."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import re


def latent_grid(n):
    return re.match(r"(a+)+$", "a" * 60 + "b")
