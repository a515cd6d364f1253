"""A right answer with progress bars of tqdm, tqdm.auto and rich."""
# where: kl_loss
# lost: none

import time

from tqdm import tqdm, trange
from tqdm.auto import tqdm as auto_tqdm


def kl_loss(z_mean, z_log_var):
    total = 0
    for mean, log_var in auto_tqdm(list(zip(z_mean, z_log_var)), desc="KL"):
        total = total + 0.5 * (mean**2 + log_var.exp() - 1 - log_var).sum()
    return total / len(z_mean)


for _ in trange(20):
    time.sleep(0.01)
for _ in tqdm(range(3), leave=False):
    pass
