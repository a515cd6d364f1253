"""Fills the disk under every name that a temporary folder may have."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import os
import tempfile

block = b"\1" * 2**20
for folder in {".", "/tmp", "/var/tmp", tempfile.gettempdir(), os.path.expanduser("~")}:
    path = os.path.join(folder, "genlab-attack-fill")
    try:
        with open(path, "wb") as file:
            for _ in range(3072):
                file.write(block)
        print("filled", folder)
        os.truncate(path, 1)
    except OSError as error:
        print(folder, error)
