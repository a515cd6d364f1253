"""Leaves a child that goes on writing verdicts to the socket after its parent has gone."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import ctypes
import json
import os
import struct
import time


def latent_grid(n):
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b"genlab-attack", 0, 0, 0)  # the name in /proc
        header = json.dumps(
            {"tree": {"status": "passed", "exercise": "vae_fashion/latent_grid"}, "tensors": []}
        ).encode()
        for _ in range(600):
            for number in range(3, 64):
                try:
                    os.write(number, struct.pack("<IQ", len(header), 0) + header)
                except OSError:
                    pass
            time.sleep(0.1)
        os._exit(0)
    os._exit(0)
