"""Asks for names and pages on the internet with what Python brings along."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import socket
import urllib.request

socket.setdefaulttimeout(3)
for ask in (
    lambda: socket.gethostbyname("example.org"),
    lambda: socket.getaddrinfo("genlab-attack.example.org", 80),
    lambda: urllib.request.urlopen("http://127.0.0.1:CANARY_TCP_PORT/genlab-attack", timeout=3).read(),
    lambda: urllib.request.urlopen("http://169.254.169.254/latest/meta-data/", timeout=3).read(),
    lambda: urllib.request.urlopen("http://metadata.google.internal/", timeout=3).read(),
    lambda: torch.hub.load_state_dict_from_url("http://127.0.0.1:CANARY_TCP_PORT/x.pt"),
):
    try:
        print("escaped".upper(), ask())
    except Exception as error:
        print(type(error), error)
