"""A number with an interval from resampling (the bootstrap: Efron, 1979)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, repr=False)
class Measured:
    """A measured number and its 95 % interval: of 100 such intervals, about 95 hold the mean of many measurements.

    Of many measurements on other images of the same kind and number, that is. "{:.2f}" formats all three numbers.
    """

    value: float
    low: float
    high: float

    def __float__(self) -> float:
        return self.value

    def __format__(self, spec: str) -> str:
        one = spec or ".3g"
        return f"{self.value:{one}} ({self.low:{one}} … {self.high:{one}})"

    def __repr__(self) -> str:
        return format(self, "")


def measured(
    statistic: Callable[..., float],
    counts: tuple[int, ...],
    resamples: int,
    seed: int,
    bounds: tuple[float, float] = (0.0, float("inf")),
) -> Measured:
    """`statistic` of some sets of images, and its 95 % interval from drawing the sets again with replacement.

    statistic: takes a weight (N,) float64 for each set, how often each image counts, and returns a number.
    counts:    the sizes N of the sets.
    bounds:    between which the number always lies.
    Images drawn twice shift most statistics here a little; the interval is moved back by the mean of that shift, so it
    tells the scatter around `value`, whatever bias `value` has. Fewer than 2 resamples: the interval is the value.
    """
    value = statistic(*(torch.ones(n, dtype=torch.float64) for n in counts))
    if resamples < 2:
        return Measured(value, value, value)
    chance = torch.Generator().manual_seed(seed)
    again = torch.tensor([statistic(*(_drawn(n, chance) for n in counts)) for _ in range(resamples)]).double()
    low, high = torch.quantile(again - again.mean() + value, torch.tensor([0.025, 0.975]).double()).tolist()
    return Measured(value, max(bounds[0], min(low, value)), min(bounds[1], max(high, value)))


def _drawn(count: int, chance: torch.Generator) -> Tensor:
    """How often each of `count` things is drawn in as many draws with replacement, (count,) float64."""
    return torch.bincount(torch.randint(count, (count,), generator=chance), minlength=count).double()
