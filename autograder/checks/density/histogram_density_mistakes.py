"""The mistakes that people make in `density/histogram_density`: each stands alone, for its source is handed in by the demo class and the tests."""

from __future__ import annotations

import torch


def probabilities(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts / counts.sum()


def all_points_counted(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts / (len(x) * ((high - low) / bins) ** 2)


def axes_swapped(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts.T / (counts.sum() * ((high - low) / bins) ** 2)


def rows_from_the_top(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts.T.flip(0) / (counts.sum() * ((high - low) / bins) ** 2)


def counts_returned(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts


def outside_clamped(x, bins, low, high):
    width = (high - low) / bins
    if not ((x >= low) & (x < high)).all(dim=1).any():
        raise ValueError("no point in the box")
    i, j = ((x - low) / width).floor().long().clamp(0, bins - 1).T
    counts = torch.bincount(i * bins + j, minlength=bins * bins).reshape(bins, bins).to(x)
    return counts / (len(x) * width**2)


def width_not_squared(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts / (counts.sum() * (high - low) / bins)


def area_of_the_box(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts / (counts.sum() * (high - low) ** 2)


def divided_by_the_number_of_cells(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts / (bins * bins)


def multiplied_by_the_area(x, bins, low, high):
    counts = torch.histogramdd(x, [bins, bins], range=[low, high, low, high]).hist
    if counts.sum() == 0:
        raise ValueError("no point in the box")
    return counts / counts.sum() * ((high - low) / bins) ** 2
