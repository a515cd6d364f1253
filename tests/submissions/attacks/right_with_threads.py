"""A right answer that computes in a thread pool, and asks PyTorch for four threads."""
# where: latent_grid
# lost: none

from concurrent.futures import ThreadPoolExecutor

torch.set_num_threads(4)


def latent_grid(n):
    with ThreadPoolExecutor(2) as pool:
        rows = pool.map(lambda k: torch.special.ndtri(torch.tensor((k + 0.5) / n)), range(n))
    quantiles = torch.stack(list(rows))
    return torch.stack([quantiles.repeat(n), quantiles.flip(0).repeat_interleave(n)], dim=1)


(torch.randn(600, 600) @ torch.randn(600, 600)).sum()
