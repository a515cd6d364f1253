"""Calls check with exercise names that are paths, markup, numbers and megabytes."""
# where: latent_grid
# lost: latent_grid

for name in (
    "../../latent_grid",
    "vae_fashion/latent_grid\0",
    "<b>x</b>",
    7,
    None,
    [],
    "x" * 5_000_000,
    "other_lesson/kl_loss",
    "vae_fashion/../secrets",
):
    try:
        check(name, lambda n: torch.zeros(n * n, 2))
    except BaseException as error:
        last = error


def latent_grid(n):
    return torch.zeros(n * n, 2)
