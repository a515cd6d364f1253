"""The mistakes that people make in `density/sample_histogram`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch


def cell_centres(density, low, high, n):
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + 0.5)


def cell_corners(density, low, high, n):
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * corner


def argmax_cell(density, low, high, n):
    bins = len(density)
    cell = density.argmax().expand(n)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + torch.rand(n, 2, dtype=density.dtype))


def density_unnormalised(density, low, high, n):
    bins = len(density)
    cell = torch.searchsorted(density.flatten().cumsum(0), torch.rand(n, dtype=density.dtype))
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + torch.rand(n, 2, dtype=density.dtype))


def density_ignored(density, low, high, n):
    return low + (high - low) * torch.rand(n, 2, dtype=density.dtype)


def axes_swapped(density, low, high, n):
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell % bins, cell // bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + torch.rand(n, 2, dtype=density.dtype))


def on_the_diagonal(density, low, high, n):
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + torch.rand(n, 1, dtype=density.dtype))


def one_offset_for_all(density, low, high, n):
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + torch.rand(2, dtype=density.dtype))


def cell_units(density, low, high, n):
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return corner + torch.rand(n, 2, dtype=density.dtype)


def without_replacement(density, low, high, n):
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + torch.rand(n, 2, dtype=density.dtype))


def same_every_time(density, low, high, n):
    torch.manual_seed(0)
    bins = len(density)
    cell = torch.multinomial(density.flatten(), n, replacement=True)
    corner = torch.stack([cell // bins, cell % bins], dim=1).to(density)
    return low + (high - low) / bins * (corner + torch.rand(n, 2, dtype=density.dtype))
