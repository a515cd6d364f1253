"""Answers of imaginary students to `vae_fashion/latent_grid`: right ones, known mistakes, unlisted mistakes."""

import math
import sys
import warnings
from statistics import NormalDist

import torch
from torch.distributions import Normal

# ---------------------------------------------------------------- right answers


def ndtri(n):
    q = torch.special.ndtri((torch.arange(n) + 0.5) / n)
    y, x = torch.meshgrid(q.flip(0), q, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], dim=1)


def erfinv(n):
    p = torch.linspace(0, 1, n + 2)[1:-1]
    q = math.sqrt(2) * torch.erfinv(2 * p - 1)
    return torch.stack([q.repeat(n), -q.repeat_interleave(n)], dim=-1)


def normal_dist(n):
    quantiles = [NormalDist().inv_cdf((k + 1) / (n + 1)) for k in range(n)]
    return torch.tensor([[x, y] for y in reversed(quantiles) for x in quantiles])


def icdf(n):
    """Probabilities from 5 to 95 %, and the centre for a single point."""
    p = torch.linspace(0.05, 0.95, n) if n > 1 else torch.tensor([0.5])
    q = Normal(0.0, 1.0).icdf(p)
    return torch.cartesian_prod(q.flip(0), q).reshape(n * n, 2).flip(1)


def filled_row_by_row(n):
    grid = torch.empty(n * n, 2)
    cdf = NormalDist()
    for row in range(n):
        for column in range(n):
            grid[row * n + column, 0] = cdf.inv_cdf((2 * column + 1) / (2 * n))
            grid[row * n + column, 1] = cdf.inv_cdf(1 - (2 * row + 1) / (2 * n))
    return grid


def bisection(n):
    """The inverse of Φ by bisection, in double precision."""
    p = (torch.arange(n, dtype=torch.float64) + 1) / (n + 1)
    low, high = torch.full_like(p, -10), torch.full_like(p, 10)
    for _ in range(80):
        middle = (low + high) / 2
        below = torch.special.ndtr(middle) < p
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    q = middle.float()
    return torch.stack(torch.meshgrid(q, q.flip(0), indexing="xy"), dim=-1).reshape(-1, 2)


def broadcast(n):
    q = torch.special.ndtri(torch.linspace(0.5 / n, 1 - 0.5 / n, n))
    grid = q.new_zeros(n, n, 2)
    grid[..., 0] += q
    grid[..., 1] -= q[:, None]
    return grid.view(-1, 2)


def statistics_quantiles(n):
    """NormalDist.quantiles(k) gives k − 1 cut points of equal probability."""
    cuts = NormalDist().quantiles(n + 1)
    rows = [torch.stack([torch.tensor(cuts), torch.full((n,), y)], 1) for y in cuts[::-1]]
    return torch.cat(rows)


def index_arithmetic(n):
    k = torch.arange(n * n)

    def quantile(i):
        return Normal(torch.zeros(()), torch.ones(())).icdf((i + 0.5) / n)

    return torch.stack([quantile(k % n), quantile(n - 1 - k // n)]).T


def talkative(n):
    print("n =", n)
    print("a grid", file=sys.stderr)
    warnings.warn("quantiles of 0 and 1 are infinite", stacklevel=2)
    q = torch.special.ndtri(torch.linspace(0.01, 0.99, n)) if n > 1 else torch.zeros(1)
    one = torch.ones_like(q)
    return torch.stack([torch.outer(one, q).ravel(), torch.outer(-q, one).ravel()], 1)


RIGHT = {
    "ndtri": ndtri,
    "erfinv": erfinv,
    "normal_dist": normal_dist,
    "icdf": icdf,
    "filled_row_by_row": filled_row_by_row,
    "bisection": bisection,
    "broadcast": broadcast,
    "statistics_quantiles": statistics_quantiles,
    "index_arithmetic": index_arithmetic,
    "talkative": talkative,
}

# ---------------------------------------------------------------- known mistakes


def arrange(x, y):
    """All points row by row, x changing fastest."""
    return torch.stack([x.repeat(len(y)), y.repeat_interleave(len(x))], 1)


def inverse(p):
    return math.sqrt(2) * torch.erfinv(2 * p - 1)


def quantiles_0_and_1(n):
    p = torch.tensor([k / (n - 1) for k in range(n)]) if n > 1 else torch.tensor([0.5])
    q = inverse(p)
    return arrange(q, q.flip(0))


def one_end_infinite(n):
    points = []
    for row in range(n, 0, -1):
        points += [
            [float(inverse(torch.tensor(c / n))), float(inverse(torch.tensor(row / n)))] for c in range(1, n + 1)
        ]
    return torch.tensor(points)


def linear_spacing(n):
    q = [0.0] if n == 1 else [4 * k / (n - 1) - 2 for k in range(n)]
    return torch.tensor([(x, y) for y in q[::-1] for x in q])


def y_rising(n):
    q = [NormalDist().inv_cdf((k + 0.5) / n) for k in range(n)]
    return torch.tensor([(x, y) for y in q for x in q])


def columns_first(n):
    q = [NormalDist().inv_cdf((k + 0.5) / n) for k in range(n)]
    return torch.tensor([(x, y) for x in q for y in reversed(q)])


def coordinates_swapped(n):
    grid = torch.empty(n, n, 2)
    for i in range(n):
        q = NormalDist().inv_cdf((i + 1) / (n + 1))
        grid[n - 1 - i, :, 0] = q
        grid[:, i, 1] = q
    return grid.flatten(0, 1)


def probabilities_returned(n):
    p = [(k + 0.5) / n for k in range(n)]
    return torch.tensor([(p[i % n], p[-1 - i // n]) for i in range(n * n)])


MISTAKES = {
    "quantiles_0_and_1": quantiles_0_and_1,
    "one_end_infinite": one_end_infinite,
    "linear_spacing": linear_spacing,
    "y_rising": y_rising,
    "columns_first": columns_first,
    "coordinates_swapped": coordinates_swapped,
    "probabilities_returned": probabilities_returned,
}

# ---------------------------------------------------------------- unlisted mistakes


def centres(n):
    return torch.special.ndtri((torch.arange(n) + 0.5) / n)


def only_runs(n):
    """NormalDist refuses probability 0."""
    return torch.tensor(
        [[NormalDist().inv_cdf(c / n), NormalDist().inv_cdf(r / n)] for r in range(n) for c in range(n)]
    )


def only_returns(n):
    return ndtri(n).reshape(n, n, 2)


def only_finite(n):
    """0/0 at the centre, which odd grids have."""
    q = centres(n)
    return arrange(q.abs() * q / q.abs(), q.flip(0).abs() * q.flip(0) / q.flip(0).abs())


def all_nan(n):
    return ndtri(n) * float("nan")


def only_quantiles(n):
    """Quantiles of the logistic distribution instead of the normal one."""
    q = torch.logit((torch.arange(n) + 0.5) / n)
    return arrange(q, q.flip(0))


def only_layout(n):
    """A snake: every second row runs from right to left."""
    grid = ndtri(n).view(n, n, 2).clone()
    grid[1::2] = grid[1::2].flip(1)
    return grid.view(-1, 2)


def only_downwards(n):
    """Falls, but starts in the middle: the rows are rolled by one."""
    q = centres(n)
    return arrange(q, q.flip(0).roll(1))


def x_falling(n):
    q = centres(n)
    return arrange(q.flip(0), q.flip(0))


def off_centre_for_one(n):
    """Right for n > 1; a single point is at the 5 % quantile instead of the centre."""
    q = torch.special.ndtri(torch.linspace(0.05, 0.95, n))
    return arrange(q, q.flip(0))


def not_symmetric(n):
    q = torch.special.ndtri(torch.linspace(0.05, 0.9, n)) if n > 1 else torch.zeros(1)
    return arrange(q, q.flip(0))


def slightly_too_wide(n):
    return 1.1 * ndtri(n)


def root_two_forgotten(n):
    q = torch.erfinv(2 * (torch.arange(n) + 0.5) / n - 1)
    return arrange(q, q.flip(0))


def shifted_probabilities(n):
    """k/(n + 1) for k = 0 … n − 1, clamped so that it stays finite."""
    q = torch.special.ndtri((torch.arange(n) / (n + 1)).clamp(1e-3, 1 - 1e-3))
    return arrange(q, q.flip(0))


def random_points(n):
    return torch.randn(n * n, 2)


def sorted_random_points(n):
    x, y = torch.randn(n).sort().values, torch.randn(n).sort(descending=True).values
    return arrange(x, y)


def transposed(n):
    return ndtri(n).T


def numpy_array(n):
    return ndtri(n).numpy()


def list_of_pairs(n):
    return [tuple(point) for point in ndtri(n).tolist()]


def two_tensors(n):
    q = centres(n)
    return q, q.flip(0)


def returns_none(n):
    ndtri(n)


def diagonal_only(n):
    q = centres(n)
    return torch.stack([q, q.flip(0)], 1)


def one_point_too_many(n):
    q = torch.special.ndtri((torch.arange(n + 1) + 0.5) / (n + 1))
    return arrange(q, q.flip(0))


def linear_and_rising(n):
    """Two mistakes at once."""
    q = torch.linspace(-2, 2, n) if n > 1 else torch.zeros(1)
    return arrange(q, q)


def integers(n):
    return ndtri(n).round().long()


def x_linear_y_normal(n):
    q = centres(n)
    x = torch.linspace(q[0], q[-1], n) if n > 1 else q
    return arrange(x, q.flip(0))


def clamped_borders(n):
    """Probabilities 0 and 1, whose quantiles are cut off at ±3."""
    p = torch.linspace(0, 1, n) if n > 1 else torch.tensor([0.5])
    q = torch.special.ndtri(p).clamp(-3, 3)
    return arrange(q, q.flip(0))


def cdf_instead_of_inverse(n):
    q = torch.special.ndtr(torch.linspace(-2, 2, n)) if n > 1 else torch.zeros(1)
    return arrange(q, q.flip(0))


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_finite": only_finite,
    "only_quantiles": only_quantiles,
    "only_layout": only_layout,
    "only_downwards": only_downwards,
    "all_nan": all_nan,
    "x_falling": x_falling,
    "off_centre_for_one": off_centre_for_one,
    "not_symmetric": not_symmetric,
    "slightly_too_wide": slightly_too_wide,
    "root_two_forgotten": root_two_forgotten,
    "shifted_probabilities": shifted_probabilities,
    "random_points": random_points,
    "sorted_random_points": sorted_random_points,
    "transposed": transposed,
    "numpy_array": numpy_array,
    "list_of_pairs": list_of_pairs,
    "two_tensors": two_tensors,
    "returns_none": returns_none,
    "diagonal_only": diagonal_only,
    "one_point_too_many": one_point_too_many,
    "linear_and_rising": linear_and_rising,
    "integers": integers,
    "x_linear_y_normal": x_linear_y_normal,
    "clamped_borders": clamped_borders,
    "cdf_instead_of_inverse": cdf_instead_of_inverse,
}

# of two mistakes at once, the known one that explains the first claim that fails
BESIDE = {"linear_and_rising": "linear_spacing"}
