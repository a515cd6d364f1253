"""Answers of imaginary students to `density/histogram_density`: right ones, known mistakes, unlisted mistakes."""

from collections import Counter

import numpy as np
import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def inside_box(x, low, high):
    """The points in the box, or a ValueError."""
    inside = x[((x >= low) & (x < high)).all(dim=1)]
    if not len(inside):
        raise ValueError(f"no point lies between {low} and {high}")
    return inside


def bincount(x, bins, low, high):
    width = (high - low) / bins
    points = inside_box(x, low, high)
    i, j = ((points - low) / width).floor().long().clamp(0, bins - 1).T
    counts = torch.bincount(bins * i + j, minlength=bins**2).view(bins, bins)
    return counts.to(x.dtype) / (counts.sum() * width * width)


def library(x, bins, low, high):
    inside_box(x, low, high)
    return torch.histogramdd(x, bins=[bins, bins], range=[low, high, low, high], density=True).hist


def numpy(x, bins, low, high):
    inside_box(x, low, high)
    edges = [[low, high], [low, high]]
    density, _, _ = np.histogram2d(x[:, 0].numpy(), x[:, 1].numpy(), bins=bins, range=edges, density=True)
    return torch.from_numpy(density).to(x)


def one_hot_product(x, bins, low, high):
    points = inside_box(x, low, high)
    index = torch.floor((points - low) / (high - low) * bins).long().clamp(max=bins - 1)
    codes = F.one_hot(index, bins).to(x.dtype)  # (n, 2, bins)
    return codes[:, 0].T @ codes[:, 1] / len(points) * bins**2 / (high - low) ** 2


def loops(x, bins, low, high):
    width = (high - low) / bins
    counted = Counter()
    for a, b in inside_box(x, low, high).tolist():
        counted[min(bins - 1, int((a - low) / width)), min(bins - 1, int((b - low) / width))] += 1
    density = torch.zeros(bins, bins, dtype=x.dtype, device=x.device)
    for (i, j), count in counted.items():
        density[i, j] = count / (counted.total() * width**2)
    return density


def bucketize(x, bins, low, high):
    edges = torch.linspace(low, high, bins + 1, dtype=x.dtype)
    points = inside_box(x, low, high)
    index = torch.bucketize(points.contiguous(), edges, right=True) - 1
    density = torch.zeros(bins, bins, dtype=x.dtype)
    for i, j in index.clamp(0, bins - 1):
        density[i, j] += 1
    return density / density.sum() / (edges[1] - edges[0]) ** 2


def scatter(x, bins, low, high):
    points = inside_box(x, low, high)
    cell = ((points - low) * bins / (high - low)).long().clamp(max=bins - 1)
    flat = torch.zeros(bins * bins, dtype=x.dtype).scatter_add_(
        0, cell[:, 0] * bins + cell[:, 1], torch.ones_like(points[:, 0])
    )
    mass = flat.reshape(bins, bins) / flat.sum()
    return mass / ((high - low) / bins) ** 2


def cell_by_cell(x, bins, low, high):
    """Slow and clear; the upper edges are the lower ones of the next cells."""
    edges = [low + k * (high - low) / bins for k in range(bins + 1)]
    rows = [
        [
            ((x[:, 0] >= edges[i]) & (x[:, 0] < edges[i + 1]) & (x[:, 1] >= edges[j]) & (x[:, 1] < edges[j + 1])).sum()
            for j in range(bins)
        ]
        for i in range(bins)
    ]
    counts = torch.tensor(rows, dtype=x.dtype)
    if counts.sum() == 0:
        raise ValueError("the box is empty")
    return counts / counts.sum() / (edges[1] - edges[0]) ** 2


RIGHT = {
    "bincount": bincount,
    "library": library,
    "numpy": numpy,
    "one_hot_product": one_hot_product,
    "loops": loops,
    "bucketize": bucketize,
    "scatter": scatter,
    "cell_by_cell": cell_by_cell,
}

# ---------------------------------------------------------------- known mistakes


def count(x, bins, low, high):
    """Counts (bins, bins) of the points in the box."""
    codes = F.one_hot(((inside_box(x, low, high) - low) / (high - low) * bins).long().clamp(max=bins - 1), bins)
    return torch.einsum("ni,nj->ij", codes[:, 0].to(x), codes[:, 1].to(x))


def probabilities(x, bins, low, high):
    return bincount(x, bins, low, high) * ((high - low) / bins) ** 2


def all_points_counted(x, bins, low, high):
    """No error when the box is empty, either."""
    histogram, _, _ = np.histogram2d(*x.numpy().T, bins=bins, range=[[low, high], [low, high]])
    return torch.from_numpy(histogram).to(x) / x.shape[0] / ((high - low) / bins) ** 2


def axes_swapped(x, bins, low, high):
    return bincount(x.flip(1), bins, low, high)


def rows_from_the_top(x, bins, low, high):
    return torch.rot90(bincount(x, bins, low, high))


def counts_returned(x, bins, low, high):
    return count(x, bins, low, high)


def outside_clamped(x, bins, low, high):
    edge = 1e-4 * (high - low)
    inside_box(x, low, high)
    return bincount(x.clamp(low + edge, high - edge), bins, low, high)


def width_not_squared(x, bins, low, high):
    return bincount(x, bins, low, high) * (high - low) / bins


def area_of_the_box(x, bins, low, high):
    mass = count(x, bins, low, high) / len(inside_box(x, low, high))
    return mass / (high - low) / (high - low)


def divided_by_the_number_of_cells(x, bins, low, high):
    table = count(x, bins, low, high)
    return table / table.numel()


def multiplied_by_the_area(x, bins, low, high):
    width = (high - low) / bins
    return bincount(x, bins, low, high) * width**4


MISTAKES = {
    "probabilities": probabilities,
    "all_points_counted": all_points_counted,
    "axes_swapped": axes_swapped,
    "rows_from_the_top": rows_from_the_top,
    "counts_returned": counts_returned,
    "outside_clamped": outside_clamped,
    "width_not_squared": width_not_squared,
    "area_of_the_box": area_of_the_box,
    "divided_by_the_number_of_cells": divided_by_the_number_of_cells,
    "multiplied_by_the_area": multiplied_by_the_area,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(x, bins, low, high):
    return bincount(x, bins, low, high, density=True)


def only_returns(x, bins, low, high):
    return bincount(x, bins, low, high).flatten()


def with_edges(x, bins, low, high):
    return bincount(x, bins, low, high), torch.linspace(low, high, bins + 1)


def only_dtype(x, bins, low, high):
    return bincount(x, bins, low, high).double()


def always_float32(x, bins, low, high):
    return bincount(x, bins, low, high).float()


def only_finite(x, bins, low, high):
    density = bincount(x, bins, low, high)
    return torch.where(density == 0, torch.nan, density)


def log_density(x, bins, low, high):
    return bincount(x, bins, low, high).log()


def only_shares(x, bins, low, high):
    """Every cell has one point more than it has; it integrates to 1 all the same."""
    width = (high - low) / bins
    counts = bincount(x, bins, low, high) * len(inside_box(x, low, high)) * width**2 + 1
    return counts / (counts.sum() * width**2)


def only_integral(x, bins, low, high):
    return bincount(x, bins, low, high) * 1.02


def only_refuses(x, bins, low, high):
    try:
        return bincount(x, bins, low, high)
    except ValueError:
        return torch.zeros(bins, bins, dtype=x.dtype)


def refuses_with_an_assertion(x, bins, low, high):
    assert ((x >= low) & (x < high)).all(1).any(), "no point in the box"
    return bincount(x, bins, low, high)


def only_inputs_unchanged(x, bins, low, high):
    density = bincount(x, bins, low, high)
    x.clamp_(low, high)
    return density


def rounded_to_the_nearest(x, bins, low, high):
    points = inside_box(x, low, high)
    i, j = ((points - low) / (high - low) * bins).round().long().clamp(0, bins - 1).T
    counts = torch.bincount(bins * i + j, minlength=bins**2).view(bins, bins)
    return counts.to(x.dtype) / (counts.sum() * ((high - low) / bins) ** 2)


def edges_to_the_left(x, bins, low, high):
    """Each bin includes its upper edge instead of its lower one."""
    points = inside_box(x, low, high)
    index = (((points - low) / (high - low) * bins).ceil().long() - 1).clamp(0, bins - 1)
    counts = torch.bincount(bins * index[:, 0] + index[:, 1], minlength=bins**2).view(bins, bins)
    return counts.to(x.dtype) / (counts.sum() * ((high - low) / bins) ** 2)


def one_axis_checked(x, bins, low, high):
    points = x[(x[:, 0] >= low) & (x[:, 0] < high)]
    inside_box(x, low, high)
    i, j = ((points - low) / (high - low) * bins).floor().long().clamp(0, bins - 1).T
    counts = torch.bincount(bins * i + j, minlength=bins**2).view(bins, bins)
    return counts.to(x.dtype) / (counts.sum() * ((high - low) / bins) ** 2)


def box_of_the_data(x, bins, low, high):
    inside_box(x, low, high)
    return torch.histogramdd(x, bins=bins, density=True).hist


def one_bin_too_few(x, bins, low, high):
    density = bincount(x, bins, low, high)
    density[-1] = 0
    return density


def each_row_normalised(x, bins, low, high):
    density = bincount(x, bins, low, high)
    return density / density.sum(1, keepdim=True).clamp(min=1e-9)


def largest_is_one(x, bins, low, high):
    density = bincount(x, bins, low, high)
    return density / density.max()


def smoothed(x, bins, low, high):
    density = bincount(x, bins, low, high)
    return F.avg_pool2d(density[None], 3, stride=1, padding=1)[0]


def wrong_axis_order_and_probabilities(x, bins, low, high):
    """Two mistakes at once."""
    return probabilities(x, bins, low, high).T


def box_of_the_points(x, bins, low, high):
    """The cells share out the range of the points inside, not the box."""
    inside = x[((x >= low) & (x < high)).all(dim=1)]
    if len(inside) == 0:
        raise ValueError("no point in the box")
    low, high = float(inside.min()), float(inside.max()) + 1e-3
    counts = torch.histogramdd(inside, [bins, bins], range=[low, high, low, high]).hist
    return counts / (counts.sum() * ((high - low) / bins) ** 2)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "with_edges": with_edges,
    "only_dtype": only_dtype,
    "always_float32": always_float32,
    "only_finite": only_finite,
    "log_density": log_density,
    "only_shares": only_shares,
    "only_integral": only_integral,
    "only_refuses": only_refuses,
    "refuses_with_an_assertion": refuses_with_an_assertion,
    "only_inputs_unchanged": only_inputs_unchanged,
    "rounded_to_the_nearest": rounded_to_the_nearest,
    "edges_to_the_left": edges_to_the_left,
    "one_axis_checked": one_axis_checked,
    "box_of_the_data": box_of_the_data,
    "one_bin_too_few": one_bin_too_few,
    "each_row_normalised": each_row_normalised,
    "largest_is_one": largest_is_one,
    "smoothed": smoothed,
    "wrong_axis_order_and_probabilities": wrong_axis_order_and_probabilities,
    "box_of_the_points": box_of_the_points,
}
