"""A right answer in newer syntax: walrus, match, star expressions, positional-only arguments, await at the top level."""
# where: latent_grid
# lost: none

import asyncio

await asyncio.sleep(0)


def latent_grid(n: "int", /, *ignored: "object") -> "torch.Tensor":
    match n:
        case int() if (q := torch.special.ndtri((torch.arange(n) + 0.5) / n)) is not None:
            return torch.stack([*[q.repeat(n)], q.flip(0).repeat_interleave(n)], dim=1)
