"""Opens files, pipes and event counters until no more can be had."""
# where: latent_grid
# lost: latent_grid

import os

held = []
for make in (
    lambda: os.open("/dev/null", 0),
    os.pipe,
    lambda: os.eventfd(0),
    lambda: os.timerfd_create(1) if hasattr(os, "timerfd_create") else 1 / 0,
):
    try:
        for _ in range(100_000):
            held.append(make())
    except (OSError, ZeroDivisionError) as error:
        print(len(held), error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
