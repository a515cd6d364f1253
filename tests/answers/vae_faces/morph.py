"""Answers of imaginary students to `vae_faces/morph`: right ones, known mistakes, unlisted mistakes."""

import math

import numpy as np
import torch


def shares(steps, like):
    return torch.linspace(0, 1, steps, dtype=like.dtype, device=like.device)[:, None]


# ---------------------------------------------------------------- right answers


def plain(z_a, z_b, steps):
    t = torch.linspace(0, 1, steps, dtype=z_a.dtype)[:, None]
    return (1 - t) * z_a + t * z_b


def as_it_comes(z_a, z_b, steps):
    t = torch.linspace(0, 1, steps)[:, None]
    return (1 - t) * z_a + t * z_b


def by_lerp(z_a, z_b, steps):
    return torch.lerp(z_a, z_b, shares(steps, z_a))


def loops(z_a, z_b, steps):
    return torch.stack([z_a + k / (steps - 1) * (z_b - z_a) for k in range(steps)])


def by_numpy(z_a, z_b, steps):
    return torch.from_numpy(np.linspace(z_a.numpy(), z_b.numpy(), steps).astype(z_a.numpy().dtype))


def coordinate_by_coordinate(z_a, z_b, steps):
    pairs = zip(z_a.tolist(), z_b.tolist(), strict=True)
    return torch.stack([torch.linspace(a, b, steps, dtype=z_a.dtype) for a, b in pairs], dim=1)


def by_matrix(z_a, z_b, steps):
    t = shares(steps, z_a)
    return torch.cat([1 - t, t], dim=1) @ torch.stack([z_a, z_b])


def piled_up(z_a, z_b, steps):
    move = ((z_b - z_a) / (steps - 1)).double()
    moves = torch.cat([z_a.double()[None], move.expand(steps - 1, -1)])
    return moves.cumsum(0).to(z_a)


def halves_from_both_ends(z_a, z_b, steps):
    first = [z_a + (z_b - z_a) * (k / (steps - 1)) for k in range((steps + 1) // 2)]
    last = [z_b + (z_a - z_b) * (k / (steps - 1)) for k in range(steps // 2)]
    return torch.stack(first + last[::-1])


RIGHT = {
    "plain": plain,
    "as_it_comes": as_it_comes,
    "by_lerp": by_lerp,
    "loops": loops,
    "by_numpy": by_numpy,
    "coordinate_by_coordinate": coordinate_by_coordinate,
    "by_matrix": by_matrix,
    "piled_up": piled_up,
    "halves_from_both_ends": halves_from_both_ends,
}

# ---------------------------------------------------------------- known mistakes


def end_missing(a, b, steps):
    """The shares end at 0.9."""
    return torch.lerp(a, b, torch.linspace(0, 0.9, steps, dtype=a.dtype)[:, None])


def start_missing(a, b, steps):
    """One code too few."""
    return plain(a, b, steps)[1:]


def both_ends_missing(a, b, steps):
    return plain(a, b, steps + 2)[1:-1]


def order_reversed(a, b, steps):
    return plain(a, b, steps).flip(0)


def spherical(a, b, steps):
    """Directions on the sphere, lengths in between."""
    u, v = a / a.norm(), b / b.norm()
    across = v - (u @ v) * u
    across = across / across.norm()
    angle = torch.arccos(u @ v)
    rows = []
    for k in range(steps):
        t = k / (steps - 1)
        rows.append((torch.cos(t * angle) * u + torch.sin(t * angle) * across) * torch.lerp(a.norm(), b.norm(), t))
    return torch.stack(rows)


def one_too_many(a, b, steps):
    return torch.stack([torch.lerp(a, b, k / steps) for k in range(steps + 1)])


def eased(a, b, steps):
    t = (1 - torch.cos(math.pi * shares(steps, a))) / 2
    return torch.lerp(a, b, t)


def added_to_start(a, b, steps):
    return torch.stack([a + k / (steps - 1) * b for k in range(steps)])


def steps_across(a, b, steps):
    return by_lerp(a, b, steps).T


MISTAKES = {
    "end_missing": end_missing,
    "start_missing": start_missing,
    "both_ends_missing": both_ends_missing,
    "order_reversed": order_reversed,
    "spherical": spherical,
    "one_too_many": one_too_many,
    "eased": eased,
    "added_to_start": added_to_start,
    "steps_across": steps_across,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(z_a, z_b, steps):
    return plain(z_a, z_b, torch.ones(steps))


def only_returns(z_a, z_b, steps):
    return plain(z_a, z_b, steps)[None]


def ends_alone(z_a, z_b, steps):
    return torch.stack([z_a, z_b])


def only_dtype(z_a, z_b, steps):
    """Shares in float64 turn everything into float64."""
    t = torch.linspace(0, 1, steps, dtype=torch.float64)[:, None]
    return (1 - t) * z_a + t * z_b


def always_float32(z_a, z_b, steps):
    return plain(z_a.float(), z_b.float(), steps)


def only_finite(z_a, z_b, steps):
    return plain(z_a, z_b, steps) / shares(steps, z_a)


def only_value(z_a, z_b, steps):
    return plain(z_a, z_b, steps) + 0.01


def only_inputs_unchanged(z_a, z_b, steps):
    codes = plain(z_a, z_b.clone(), steps)
    z_b -= z_a
    return codes


def quadratic(z_a, z_b, steps):
    return torch.lerp(z_a, z_b, shares(steps, z_a) ** 2)


def half_of_the_way(z_a, z_b, steps):
    return torch.lerp(z_a, z_b, shares(steps, z_a) / 2)


def beyond(z_a, z_b, steps):
    return torch.lerp(z_a, z_b, 2 * shares(steps, z_a) - 0.5)


def there_and_back(z_a, z_b, steps):
    t = shares(steps, z_a)
    return torch.lerp(z_a, z_b, 1 - (2 * t - 1).abs())


def jump(z_a, z_b, steps):
    return torch.where(shares(steps, z_a) < 0.5, z_a, z_b)


def random_walk(z_a, z_b, steps):
    t = torch.rand(steps, 1).sort(dim=0).values.to(z_a)
    t[0], t[-1] = 0, 1
    return torch.lerp(z_a, z_b, t)


def noisy(z_a, z_b, steps):
    return plain(z_a, z_b, steps) + 0.05 * torch.randn(steps, len(z_a)).to(z_a)


def geometric(z_a, z_b, steps):
    t = shares(steps, z_a)
    return z_a.sign() * z_a.abs() ** (1 - t) * z_b.abs() ** t


def unit_length(z_a, z_b, steps):
    return torch.nn.functional.normalize(plain(z_a, z_b, steps), dim=1)


def chord_pushed_out(z_a, z_b, steps):
    """The directions of the straight line, with lengths in between."""
    t = shares(steps, z_a)
    return unit_length(z_a, z_b, steps) * torch.lerp(z_a.norm(), z_b.norm(), t)


def shares_alone(z_a, z_b, steps):
    return torch.linspace(0, 1, steps, dtype=z_a.dtype)


def list_of_rows(z_a, z_b, steps):
    return list(plain(z_a, z_b, steps))


def rounded_shares(z_a, z_b, steps):
    return torch.lerp(z_a, z_b, (10 * shares(steps, z_a) + 1e-3).floor() / 10)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "ends_alone": ends_alone,
    "only_dtype": only_dtype,
    "always_float32": always_float32,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_inputs_unchanged": only_inputs_unchanged,
    "quadratic": quadratic,
    "half_of_the_way": half_of_the_way,
    "beyond": beyond,
    "there_and_back": there_and_back,
    "jump": jump,
    "random_walk": random_walk,
    "noisy": noisy,
    "geometric": geometric,
    "unit_length": unit_length,
    "chord_pushed_out": chord_pushed_out,
    "shares_alone": shares_alone,
    "list_of_rows": list_of_rows,
    "rounded_shares": rounded_shares,
}
