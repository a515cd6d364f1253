"""Opens a door: listens by TCP, UDP and on an abstract name, and waits for somebody to knock."""
# where: latent_grid
# lost: latent_grid

import socket
import threading

for family, kind, address in [
    (2, 1, ("0.0.0.0", 0)),
    (2, 2, ("0.0.0.0", 0)),
    (10, 1, ("::", 0)),
    (1, 1, "\0genlab-attack"),
    (1, 2, "genlab-attack.sock"),
]:
    try:
        line = socket.socket(family, kind)
        line.bind(address)
        if kind == 1:
            line.listen()
            threading.Thread(target=line.accept, daemon=True).start()
        print(address, "bound")
    except OSError as error:
        print(address, error)
