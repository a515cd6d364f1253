"""Fills /dev/shm, by files and by PyTorch's shared tensors."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

block = b"\1" * 2**20
try:
    with open("/dev/shm/genlab-attack-fill", "wb") as file:
        for _ in range(4096):
            file.write(block)
        file.truncate(1)
    print("filled")
except OSError as error:
    print(error)
held = []
try:
    for _ in range(16):
        held.append(torch.ones(2**26).share_memory_())
except (OSError, RuntimeError, MemoryError) as error:
    print(error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
