"""Has other programs do the talking: curl, wget, bash, pip, ssh, ping, git."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import subprocess
import sys

for command in [
    "curl -s -m 3 http://127.0.0.1:CANARY_TCP_PORT/genlab-attack",
    "wget -q -T 3 -t 1 -O - http://127.0.0.1:CANARY_TCP_PORT/genlab-attack",
    "echo genlab-attack > /dev/tcp/127.0.0.1/CANARY_TCP_PORT",
    "echo genlab-attack > /dev/udp/127.0.0.1/CANARY_UDP_PORT",
    "nc -w 2 127.0.0.1 CANARY_TCP_PORT < /dev/null",
    f'{sys.executable} -c \'import socket; socket.create_connection(("127.0.0.1", CANARY_TCP_PORT), 2).send(b"genlab-attack")\'',
    "git ls-remote git://127.0.0.1:CANARY_TCP_PORT/genlab-attack",
]:
    try:
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=8)
        print(command, done.returncode, done.stdout[:500], done.stderr[:200])
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error)
