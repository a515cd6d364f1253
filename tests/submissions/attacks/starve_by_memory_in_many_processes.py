"""Takes memory in eight processes, each of them below the limit of one."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import os
import time

try:
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # should nobody stop it, the kernel shall take this process and no other
except OSError as error:
    print(error)


def latent_grid(n):
    for _ in range(8):
        if os.fork() == 0:
            held = []
            try:
                while len(held) < 12:
                    held.append(b"\1" * 2**27)  # 128 MiB
            except MemoryError:
                pass
            time.sleep(30)
            os._exit(0)
    time.sleep(30)
    return torch.zeros(n * n, 2)
