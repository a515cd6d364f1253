"""Takes 12 GiB of memory in one process."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

try:
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # should nobody stop it, the kernel shall take this process and no other
except OSError as error:
    print(error)

HELD = []


def latent_grid(n):
    while len(HELD) < 48:
        HELD.append(torch.ones(2**26))  # 256 MiB
    return torch.zeros(n * n, 2)
