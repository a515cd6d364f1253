"""Connects to a listener on this machine by TCP, over IPv4, IPv6 and every alias of the loopback."""
# where: latent_grid
# lost: latent_grid

import socket

for family, host in [
    (2, "127.0.0.1"),
    (2, "localhost"),
    (2, "127.1.2.3"),
    (2, "0.0.0.0"),
    (10, "::1"),
    (10, "::ffff:127.0.0.1"),
    (2, socket.gethostname()),
]:
    try:
        line = socket.socket(family, socket.SOCK_STREAM)
        line.settimeout(2)
        line.connect((host, CANARY_TCP_PORT))
        line.sendall(b"genlab-attack")
        print("escaped".upper(), host)
    except OSError as error:
        print(host, error)
