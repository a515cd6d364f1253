"""Tests of random draws. Their p-values hold at finite size, but for `shared_out`'s, so a right answer's risk can be added up.

`standard_normal` makes a test for each halving of its two axes and seven more, `fresh` two, the others one. Counted over the solutions of all
exercises, six examinations each, none makes more than 82 different ones (`vae_fashion/Sampling`). At LEVEL = 1e-10 a right answer therefore
fails with a probability below 1e-8: less than once in 80 million examinations.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy
import torch

from autograder.exercise import once_a_verdict

LEVEL = 1e-10


@once_a_verdict
def standard_normal(draws: torch.Tensor) -> bool:
    """Whether draws (B, D) pass as independent N(0, 1): law, size, independence along both axes, length of the rows."""
    draws = draws.double()
    if not bool(torch.isfinite(draws).all()):
        return False
    if min(_dkw(torch.special.ndtr(draws)), _rows_p(draws)) <= LEVEL:
        return False
    size = draws.square().sum(), draws.numel()
    return _chi_squared_p(size, *_energies(draws), *_energies(draws.T.contiguous())) > LEVEL


def uniform(draws: torch.Tensor, low: float, high: float) -> bool:
    """Whether draws pass as independent U(low, high), and not as N(0, 1)."""
    if not bool(torch.isfinite(draws).all()):
        return False
    inside = (draws.double() - low) / (high - low)
    in_range = bool(((inside > -1e-5) & (inside < 1 + 1e-5)).all())
    return in_range and _dkw(inside.clamp(0.0, 1.0)) > LEVEL


def bernoulli(kept: torch.Tensor, probability: float, seed: int) -> bool:
    """Whether a mask (B, D) passes as independent draws that are True with `probability`, 0 < probability < 1.

    Each outcome is replaced by a draw from its own share of the normal distribution, the lower one for True: a mask with the right law becomes
    independent N(0, 1), exactly. seed: of those draws, another one than the mask was drawn with.
    """
    share = torch.rand(kept.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    quantiles = torch.where(kept, probability * share, probability + (1 - probability) * share)
    return standard_normal(torch.special.ndtri(quantiles.clamp(1e-12, 1 - 1e-12)))


def fresh(first: torch.Tensor, second: torch.Tensor) -> bool:
    """Whether two N(0, 1) draws pass as independent of each other: (a + b)²/2 and (a − b)²/2 sum to χ² each."""
    a, b = first.double(), second.double()
    total, gap = (a + b).square().sum() / 2, (a - b).square().sum() / 2
    return _chi_squared_p((total, a.numel()), (gap, a.numel())) > LEVEL


def frequencies(counts: torch.Tensor, probabilities: torch.Tensor) -> bool:
    """Whether counts (K,) pass as those of independent draws with these probabilities (K,): each by its own binomial law."""
    n, p = counts.sum().double(), probabilities.double()
    if bool((counts[p == 0] > 0).any()):
        return False
    seen, p = counts[(p > 0) & (p < 1)].long(), p[(p > 0) & (p < 1), None]
    k = torch.arange(int(n) + 1, dtype=torch.float64)
    ways = torch.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)
    law = torch.exp(ways + k * p.log() + (n - k) * torch.log1p(-p))  # (cells, n + 1)
    below = law.cumsum(dim=1).gather(1, seen[:, None])
    above = law.flip(1).cumsum(dim=1).gather(1, int(n) - seen[:, None])
    return not len(seen) or float(2 * torch.minimum(below, above).min()) > LEVEL / len(counts)


def shared_out(counts: torch.Tensor, probabilities: torch.Tensor) -> bool:
    """Whether several counts (R, K) are closer to what is expected than independent draws with these probabilities (K,) come.

    Pearson's statistic is χ² with R·(K − 1) degrees of freedom for many draws; cells that expect few of them make it wider, not smaller.
    """
    possible = probabilities > 0
    expected = counts.sum(dim=1, keepdim=True) * probabilities[possible].double()
    statistic = ((counts[:, possible] - expected).square() / expected).sum()
    half = torch.tensor(len(counts) * (int(possible.sum()) - 1) / 2, dtype=torch.float64)
    return float(torch.special.gammainc(half, statistic / 2)) < LEVEL


def _dkw(probabilities: torch.Tensor) -> float:
    """p-value of "independent U(0, 1)" by the Dvoretzky–Kiefer–Wolfowitz bound 2·exp(−2·n·d²) (Massart 1990)."""
    n = probabilities.numel()
    ordered = torch.from_numpy(numpy.sort(probabilities.numpy(), axis=None))  # several times as fast as torch's
    steps = torch.arange(n + 1, dtype=torch.float64) / n
    distance = max(float((steps[1:] - ordered).max()), float((ordered - steps[:-1]).max()))
    return min(1.0, 2.0 * math.exp(-2.0 * n * distance * distance))


def _rows_p(draws: torch.Tensor) -> float:
    """p-value of the rows' squared lengths, which are χ² with D degrees of freedom."""
    half = torch.tensor(draws.shape[1] / 2, dtype=torch.float64)
    return _dkw(torch.special.gammainc(half.expand(len(draws)), draws.square().sum(dim=1) / 2))


Statistic = tuple[torch.Tensor, int]  # a χ² statistic and its degrees of freedom


def _energies(draws: torch.Tensor) -> Iterator[Statistic]:
    """The energy in each level of a Haar transform along the first axis, and between its two halves.

    The transform is orthogonal, so each energy is χ². Draws that neighbours, halves or a whole axis share, or that cancel, have too much
    of it somewhere and too little elsewhere.
    """
    half = len(draws) // 2
    if half:
        yield (draws[:half] - draws[half : 2 * half]).square().sum() / 2, draws[:half].numel()
    rest = draws
    while len(rest) > 1:
        even, odd = rest[: len(rest) // 2 * 2 : 2], rest[1::2]
        yield (even - odd).square().sum() / 2, even.numel()
        rest = (even + odd) / math.sqrt(2.0)
    yield rest.square().sum(), rest.numel()


def _chi_squared_p(*statistics: Statistic) -> float:
    """The smallest of the statistics' two-sided p-values."""
    values, degrees = zip(*statistics, strict=True)
    half, value = torch.tensor(degrees, dtype=torch.float64) / 2, torch.stack(values).double() / 2
    below, above = torch.special.gammainc(half, value), torch.special.gammaincc(half, value)
    return 2.0 * min(float(torch.minimum(below, above).min()), 0.5)
