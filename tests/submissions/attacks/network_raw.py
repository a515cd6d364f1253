"""Opens raw, packet, netlink, vsock, bluetooth and key sockets."""
# where: latent_grid
# lost: latent_grid

import socket

for family, kind, protocol in [
    (2, 3, 1),
    (2, 3, 255),
    (17, 3, 0x300),
    (17, 2, 0x300),
    (16, 3, 0),
    (16, 3, 15),
    (40, 1, 0),
    (31, 3, 1),
    (38, 5, 0),
    (15, 3, 2),
    (44, 3, 0),
]:
    try:
        line = socket.socket(family, kind, protocol)
        print(family, "opened", line)
        if family in (2, 17):
            print("escaped".upper())
    except OSError as error:
        print(family, error)
