"""A small world to learn densities on: continents in a sea, and three kinds of animals, each with a habitat of its own.

Nothing here is what a lesson teaches. The density of the sightings is known exactly and is not Gaussian: it is zero at sea, and uneven on
land. `genlab.plots.density_map` and `outline` draw it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

LOW, HIGH = -3.0, 3.0  # the map is the box [LOW, HIGH]², in thousands of kilometres
KINDS = ("foxes", "owls", "goats")
SHARES = (0.5, 0.3, 0.2)  # of the sightings
_WAVES = 40
_SEA_LEVEL = 0.25
_CELLS = 600  # on a side, for the integral over a habitat


class World:
    """Land, sea, and where animals are seen; the same seed gives the same world on every machine."""

    def __init__(self, seed: int = 0) -> None:
        self.low, self.high, self.kinds = LOW, HIGH, KINDS
        self.prior = torch.tensor(SHARES)  # (K,): p(y)
        chance = torch.Generator().manual_seed(seed)
        angle = 2 * math.pi * torch.rand(_WAVES, generator=chance)
        length = 0.5 * 10 ** torch.rand(_WAVES, generator=chance)  # of the waves: 0.5 to 5
        direction = torch.stack([angle.cos(), angle.sin()])  # (2, waves)
        self._waves = 2 * math.pi * direction / length
        self._phases = 2 * math.pi * torch.rand(_WAVES, generator=chance)
        self._sizes = length**1.2 / (length**1.2).square().sum().sqrt()
        cells = self.grid(_CELLS)
        self._peaks = self._habitats(cells).amax(dim=0)  # (K,)
        area = (HIGH - LOW) ** 2 / _CELLS**2
        self._integrals = self._habitats(cells).double().sum(dim=0).float() * area  # (K,)

    def grid(self, cells: int) -> Tensor:
        """The centres of cells × cells equal cells of the map (cells², 2); x[:, 1] runs fastest."""
        axis = LOW + (HIGH - LOW) * (torch.arange(cells) + 0.5) / cells
        return torch.cartesian_prod(axis, axis)

    def height(self, x: Tensor) -> Tensor:
        """Height (N,) above the sea level of the points x (N, 2): positive on land."""
        rolling = 1.6 * ((x @ self._waves + self._phases).cos() * self._sizes).sum(dim=1)
        border = 2.5 * (x / HIGH).abs().amax(dim=1).clamp(min=0.6).sub(0.6).square() / 0.16
        return rolling - _SEA_LEVEL - border

    def density(self, x: Tensor) -> Tensor:
        """p_data (N,) at the points x (N, 2), whatever the kind, per unit of area; 0 at sea."""
        return self.density_of_kinds(x) @ self.prior

    def density_of_kinds(self, x: Tensor) -> Tensor:
        """p(x given y) (N, K) at the points x (N, 2), for every kind y; 0 at sea."""
        return self._habitats(x) / self._integrals

    def sightings(self, n: int, seed: int) -> tuple[Tensor, Tensor]:
        """Where n animals were seen (n, 2), and of which kind they were (n,)."""
        chance = torch.Generator().manual_seed(seed)
        kinds = torch.multinomial(self.prior, n, replacement=True, generator=chance)
        places = torch.empty(n, 2)
        missing = torch.arange(n)
        while len(missing):
            tried = LOW + (HIGH - LOW) * torch.rand(len(missing), 2, generator=chance)
            kind = kinds[missing]
            chances = self._habitats(tried).gather(1, kind[:, None])[:, 0] / (1.05 * self._peaks[kind])
            accepted = torch.rand(len(missing), generator=chance) < chances
            places[missing[accepted]] = tried[accepted]
            missing = missing[~accepted]
        return places, kinds

    def _habitats(self, x: Tensor) -> Tensor:
        """How much each kind likes each place (N, K), in units of its own."""
        height = self.height(x)
        north = torch.sigmoid(4.0 * x[:, 1] + 1.5 * (1.3 * x[:, 0]).sin())
        uplands = height.clamp(min=0)
        likes = torch.stack([(1 - north) * uplands + 0.02, north * uplands + 0.02, torch.exp(-uplands / 0.15)], dim=1)
        return torch.where(height[:, None] > 0, likes, 0.0)
