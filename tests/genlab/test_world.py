"""The drawn world: the same for everyone, with a density that is known exactly."""

from __future__ import annotations

import pytest
import torch

from genlab.world import HIGH, LOW, SHARES, World

CELLS = 900
AREA = ((HIGH - LOW) / CELLS) ** 2


@pytest.fixture(scope="module")
def world() -> World:
    return World(25)


def test_a_seed_is_a_world(world: World) -> None:
    there = world.grid(40)
    assert torch.equal(world.height(there), World(25).height(there))
    assert not torch.equal(world.height(there), World(26).height(there))


def test_the_densities_integrate_to_one_and_are_zero_at_sea(world: World) -> None:
    cells = world.grid(CELLS)
    for values in (world.density(cells)[:, None], world.density_of_kinds(cells)):
        assert torch.allclose(values.double().sum(0) * AREA, torch.ones(values.shape[1]).double(), atol=1e-3)
        assert not values[world.height(cells) <= 0].any() and (values[world.height(cells) > 0] > 0).all()


@pytest.mark.parametrize("seed", range(6))
def test_every_world_has_land_and_is_surrounded_by_sea_but_for_a_little(seed: int) -> None:
    heights = World(seed).height(World(seed).grid(120)).view(120, 120)
    assert 0.1 < (heights > 0).float().mean() < 0.5
    border = torch.cat([heights[0], heights[-1], heights[:, 0], heights[:, -1]])
    assert (border > 0).float().mean() < 0.2


def test_sightings_follow_the_density(world: World) -> None:
    x, kinds = world.sightings(20_000, seed=3)
    assert x.shape == (20_000, 2) and (world.height(x) > 0).all()
    shares = torch.bincount(kinds, minlength=3) / len(kinds)
    assert torch.allclose(shares, torch.tensor(SHARES), atol=0.02)
    seen = torch.histogramdd(x, bins=[6, 6], range=[LOW, HIGH, LOW, HIGH]).hist / len(x)
    blocks = world.density(world.grid(CELLS)).view(6, CELLS // 6, 6, CELLS // 6).sum(dim=(1, 3)) * AREA
    assert torch.allclose(seen, blocks, atol=0.015)
    again, _ = world.sightings(20_000, seed=3)
    assert torch.equal(x, again) and not torch.equal(x, world.sightings(20_000, seed=4)[0])


def test_every_kind_has_a_habitat_of_its_own(world: World) -> None:
    x, kinds = world.sightings(5000, seed=5)
    posterior = world.density_of_kinds(x) * world.prior
    assert (posterior.argmax(1) == kinds).float().mean() > 0.75
