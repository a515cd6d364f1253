"""Answers of imaginary students to `density/sample_histogram`: right ones, known mistakes, unlisted mistakes."""

import math
import random

import numpy as np
import torch
from torch.distributions import Categorical, Uniform

# ---------------------------------------------------------------- right answers


def multinomial(density, low, high, n):
    bins = density.shape[0]
    cell = torch.multinomial(density.reshape(-1), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], 1)
    return low + (corner + torch.rand(n, 2).to(density)) * (high - low) / bins


def categorical(density, low, high, n):
    bins = len(density)
    width = (high - low) / bins
    cell = Categorical(probs=density.flatten() * width**2).sample((n,))
    i, j = torch.unravel_index(cell, density.shape)
    start = low + width * torch.stack([i, j], dim=-1).to(density.dtype)
    return start + width * torch.rand_like(start)


def row_then_column(density, low, high, n):
    """First the row by its marginal mass, then the column given the row."""
    bins = len(density)
    row = torch.multinomial(density.sum(1), n, replacement=True)
    column = torch.multinomial(density[row], 1)[:, 0]
    place = torch.rand(2, n, dtype=density.dtype)
    return torch.stack([row + place[0], column + place[1]], dim=1) / bins * (high - low) + low


def inverse_of_the_cumulated(density, low, high, n):
    bins = len(density)
    mass = density.flatten().double()
    ends = (mass / mass.sum()).cumsum(0)
    cell = torch.searchsorted(ends, torch.rand(n, dtype=torch.float64), right=True).clamp(max=bins * bins - 1)
    x = (cell // bins + torch.rand(n)) * (high - low) / bins + low
    y = (cell % bins + torch.rand(n)) * (high - low) / bins + low
    return torch.stack((x, y), 1).to(density.dtype)


def numpy(density, low, high, n):
    generator = np.random.default_rng()
    mass = density.double().numpy().ravel()
    cell = generator.choice(mass.size, size=n, p=mass / mass.sum())
    corner = np.stack(np.unravel_index(cell, density.shape), axis=1)
    return torch.from_numpy(low + (corner + generator.random((n, 2))) * (high - low) / len(density)).to(density)


def python_random(density, low, high, n):
    bins, width = len(density), (high - low) / len(density)
    cells = random.choices(range(bins * bins), weights=density.flatten().tolist(), k=n)
    draws = [[low + width * (c // bins + random.random()), low + width * (c % bins + random.random())] for c in cells]
    return torch.tensor(draws, dtype=density.dtype)


def rejection(density, low, high, n):
    """Uniform points in the box, each kept with a chance in proportion to the density there."""
    kept, bins = torch.empty(0, 2, dtype=density.dtype), len(density)
    while len(kept) < n:
        u = torch.rand(4 * n + 50, 2, dtype=density.dtype)
        i, j = (u * bins).long().clamp(max=bins - 1).T
        good = torch.rand(len(u)) < density[i, j] / density.max()
        kept = torch.cat([kept, low + (high - low) * u[good]])
    return kept[:n]


def gumbel(density, low, high, n):
    bins = len(density)
    noise = -torch.log(torch.empty(n, bins * bins, dtype=density.dtype).exponential_())
    cell = (density.flatten().log() + noise).argmax(1)
    corner = torch.stack([torch.div(cell, bins, rounding_mode="floor"), cell.remainder(bins)], dim=1)
    width = (high - low) / bins
    return Uniform(low + width * corner.to(density), low + width * (corner.to(density) + 1)).sample()


RIGHT = {
    "multinomial": multinomial,
    "categorical": categorical,
    "row_then_column": row_then_column,
    "inverse_of_the_cumulated": inverse_of_the_cumulated,
    "numpy": numpy,
    "python_random": python_random,
    "rejection": rejection,
    "gumbel": gumbel,
}

# ---------------------------------------------------------------- known mistakes


def indices(density, n):
    """Rows and columns (n, 2) of cells drawn by their mass."""
    return torch.stack(torch.unravel_index(Categorical(density.flatten()).sample((n,)), density.shape), 1).to(density)


def cell_centres(density, low, high, n):
    edges = torch.linspace(low, high, len(density) + 1, dtype=density.dtype)
    return ((edges[1:] + edges[:-1]) / 2)[indices(density, n).long()]


def cell_corners(density, low, high, n):
    edges = torch.linspace(low, high, len(density) + 1, dtype=density.dtype)
    return edges[indices(density, n).long() + 1]


def argmax_cell(density, low, high, n):
    row, column = divmod(int(density.argmax()), len(density))
    corner = torch.tensor([row, column], dtype=density.dtype)
    return low + (high - low) / len(density) * (corner + torch.rand(n, 2))


def density_unnormalised(density, low, high, n):
    bins = len(density)
    ends = density.double().flatten().cumsum(0)
    cell = (torch.rand(n, 1) > ends).sum(1).clamp(max=bins * bins - 1)
    corner = torch.stack([cell // bins, cell % bins], 1)
    return (low + (high - low) / bins * (corner + torch.rand(n, 2))).to(density)


def density_ignored(density, low, high, n):
    cells = torch.randint(len(density), (n, 2))
    return low + (high - low) / len(density) * (cells + torch.rand(n, 2, dtype=density.dtype))


def axes_swapped(density, low, high, n):
    return multinomial(density, low, high, n).flip(1)


def on_the_diagonal(density, low, high, n):
    width, u = (high - low) / len(density), torch.rand(n, dtype=density.dtype)
    row, column = indices(density, n).T
    return torch.stack([low + width * (row + u), low + width * (column + u)], dim=1)


def one_offset_for_all(density, low, high, n):
    width = (high - low) / len(density)
    return low + width * indices(density, n) + random.uniform(0.05, 0.95) * width


def cell_units(density, low, high, n):
    cell = indices(density, n)
    return Uniform(cell, cell + 1).sample()


def without_replacement(density, low, high, n):
    mass = (density / density.sum()).double().flatten().numpy()
    cell = np.random.choice(len(mass), n, replace=False, p=mass / mass.sum())
    corner = torch.from_numpy(np.stack(np.unravel_index(cell, density.shape), 1))
    return low + (high - low) / len(density) * (corner + torch.rand(n, 2, dtype=density.dtype))


def same_every_time(density, low, high, n):
    generator = torch.Generator().manual_seed(42)
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True, generator=generator)
    place = torch.rand(n, 2, generator=generator, dtype=density.dtype)
    return low + (torch.stack([cell // bins, cell % bins], 1) + place) * (high - low) / bins


MISTAKES = {
    "cell_centres": cell_centres,
    "cell_corners": cell_corners,
    "argmax_cell": argmax_cell,
    "density_unnormalised": density_unnormalised,
    "density_ignored": density_ignored,
    "axes_swapped": axes_swapped,
    "on_the_diagonal": on_the_diagonal,
    "one_offset_for_all": one_offset_for_all,
    "cell_units": cell_units,
    "without_replacement": without_replacement,
    "same_every_time": same_every_time,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(density, low, high, n):
    return multinomial(density, low, high, n).draws


def only_returns(density, low, high, n):
    return multinomial(density, low, high, n).T


def two_tensors(density, low, high, n):
    draws = multinomial(density, low, high, n)
    return draws[:, 0], draws[:, 1]


def only_dtype(density, low, high, n):
    return multinomial(density, low, high, n).double()


def default_dtype(density, low, high, n):
    return multinomial(density, low, high, n).float()


def only_finite(density, low, high, n):
    draws = multinomial(density, low, high, n)
    return torch.where(torch.rand(n, 1) < 0.3, torch.nan, draws) if n > 1 else draws * torch.nan


def only_inside(density, low, high, n):
    """One draw in a hundred lands outside."""
    draws = multinomial(density, low, high, n)
    draws[::100] = high + 1
    return draws


def only_by_mass(density, low, high, n):
    """All cells that are not empty are equally likely."""
    return multinomial((density > 0).to(density), low, high, n)


def squared_density(density, low, high, n):
    return multinomial(density**2, low, high, n)


def root_of_the_density(density, low, high, n):
    return multinomial(density.sqrt(), low, high, n)


def softmax_of_the_density(density, low, high, n):
    cell = Categorical(logits=density.flatten()).sample((n,))
    corner = torch.stack([cell // len(density), cell % len(density)], 1)
    return low + (high - low) / len(density) * (corner + torch.rand(n, 2, dtype=density.dtype))


def only_uniform(density, low, high, n):
    """Draws crowd around the middle of the cells."""
    u = (torch.rand(n, 2, dtype=density.dtype) + torch.rand(n, 2, dtype=density.dtype)) / 2
    return low + (high - low) / len(density) * (indices(density, n) + u)


def normal_inside_the_cell(density, low, high, n):
    u = (0.5 + torch.randn(n, 2, dtype=density.dtype) / 6).clamp(0, 0.999)
    return low + (high - low) / len(density) * (indices(density, n) + u)


def lower_half_of_the_cell(density, low, high, n):
    u = torch.rand(n, 2, dtype=density.dtype) / 2
    return low + (high - low) / len(density) * (indices(density, n) + u)


def opposite_offsets(density, low, high, n):
    u = torch.rand(n, 1, dtype=density.dtype)
    return low + (high - low) / len(density) * (indices(density, n) + torch.cat([u, 1 - u], dim=1))


def offset_not_scaled(density, low, high, n):
    width = (high - low) / len(density)
    return low + width * indices(density, n) + torch.rand(n, 2, dtype=density.dtype)


def only_independent(density, low, high, n):
    """Sorted by cell."""
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True).sort().values
    return low + (high - low) / bins * (torch.stack([cell // bins, cell % bins], 1) + torch.rand(n, 2).to(density))


def shared_out(density, low, high, n):
    """The cells are not drawn but shared out, in order."""
    bins = len(density)
    ends = (density.flatten() / density.sum()).cumsum(0)
    levels = (torch.arange(n) + 0.5).to(density) / n
    cell = torch.searchsorted(ends, levels).clamp(max=bins * bins - 1)
    return low + (high - low) / bins * (torch.stack([cell // bins, cell % bins], 1) + torch.rand(n, 2).to(density))


def half_drawn_twice(density, low, high, n):
    half = multinomial(density, low, high, math.ceil(n / 2))
    return torch.cat([half, half])[:n][torch.randperm(n)]


def only_inputs_unchanged(density, low, high, n):
    draws = multinomial(density, low, high, n)
    density /= density.sum()
    return draws


def low_ignored(density, low, high, n):
    return multinomial(density, low, high, n) - low


def high_for_the_width(density, low, high, n):
    return low + high / len(density) * (indices(density, n) + torch.rand(n, 2, dtype=density.dtype))


def always_one(density, low, high, n):
    return multinomial(density, low, high, 1)


def flipped_rows(density, low, high, n):
    return multinomial(density.flip(0), low, high, n)


def squeezed(density, low, high, n):
    """One draw loses its axis."""
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return (low + (high - low) / bins * (corner + torch.rand(n, 2, dtype=density.dtype))).squeeze()


def shared_out_and_shuffled(density, low, high, n):
    """Every cell gets its share, rounded, in a random order."""
    bins = len(density)
    ends = density.flatten().double().cumsum(0)
    places = (torch.arange(n) + torch.rand((), dtype=torch.float64)) / n * ends[-1]
    cell = torch.searchsorted(ends, places[torch.randperm(n)]).clamp(max=bins**2 - 1)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + torch.rand(n, 2, dtype=density.dtype))


def seeded_afterwards(density, low, high, n):
    """The first call draws freely, all later ones the same."""
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    draws = low + (high - low) / bins * (corner + torch.rand(n, 2, dtype=density.dtype))
    torch.manual_seed(0)
    return draws


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "two_tensors": two_tensors,
    "only_dtype": only_dtype,
    "default_dtype": default_dtype,
    "only_finite": only_finite,
    "only_inside": only_inside,
    "only_by_mass": only_by_mass,
    "squared_density": squared_density,
    "root_of_the_density": root_of_the_density,
    "softmax_of_the_density": softmax_of_the_density,
    "only_uniform": only_uniform,
    "normal_inside_the_cell": normal_inside_the_cell,
    "lower_half_of_the_cell": lower_half_of_the_cell,
    "opposite_offsets": opposite_offsets,
    "offset_not_scaled": offset_not_scaled,
    "only_independent": only_independent,
    "shared_out": shared_out,
    "half_drawn_twice": half_drawn_twice,
    "only_inputs_unchanged": only_inputs_unchanged,
    "low_ignored": low_ignored,
    "high_for_the_width": high_for_the_width,
    "always_one": always_one,
    "flipped_rows": flipped_rows,
    "squeezed": squeezed,
    "shared_out_and_shuffled": shared_out_and_shuffled,
    "seeded_afterwards": seeded_afterwards,
}
