"""The exact test of counts: a right answer practically never fails, a wrong law does."""

import pytest
import torch

from autograder.claims.laws import frequencies

MASSES = torch.tensor([0.4, 0.25, 0.0, 0.2, 0.1, 0.05])


def counts(masses: torch.Tensor, n: int, seed: int) -> torch.Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.bincount(torch.multinomial(masses, n, replacement=True, generator=chance), minlength=len(masses))


@pytest.mark.parametrize("n", [1, 30, 2500])
def test_counts_of_the_law_pass(n: int) -> None:
    assert all(frequencies(counts(MASSES, n, seed), MASSES) for seed in range(200))


def test_counts_of_another_law_fail() -> None:
    others = [MASSES.flip(0), MASSES**2, MASSES.sqrt(), torch.ones(6)]
    assert not any(frequencies(counts(other, 2500, 0), MASSES) for other in others)


def test_one_draw_that_cannot_be_fails() -> None:
    seen = counts(MASSES, 2500, 0)
    seen[2] += 1
    assert not frequencies(seen, MASSES)


def test_a_certain_cell_has_every_draw() -> None:
    certain = torch.tensor([0.0, 1.0])
    assert frequencies(torch.tensor([0, 50]), certain)
    assert not frequencies(torch.tensor([1, 49]), certain)
