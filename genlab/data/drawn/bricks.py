"""Drawn bricks: fifty kinds, shaded, from all angles on black, 64×64 in grey."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from genlab.data.drawn import brick_kinds, rendering
from genlab.data.drawn.mesh import Mesh

SIDE = 64
CLASSES = tuple(brick_kinds.KINDS)
SHAPE = (1, SIDE, SIDE)

_BATCH = 20  # views drawn at once: few enough to stay in the processor's cache
_WHITE = 172.0  # the brightest a brick gets
_AMBIENT = 0.46  # the share of it that comes from everywhere


def draw(label: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` pictures (count, 1, 64, 64) uint8 of one kind, by chance from `generator`."""
    mesh = brick_kinds.solid(CLASSES[label])
    return torch.cat([_views(mesh, min(_BATCH, count - start), generator) for start in range(0, count, _BATCH)])


def _views(mesh: Mesh, count: int, generator: torch.Generator) -> Tensor:
    """`count` views (count, 1, 64, 64) uint8, each turned, lit and placed afresh."""

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(count, *shape, generator=generator)

    turns = rendering.rotations(count, generator)
    close = uniform(0, 1) < 0.3  # some are photographed from closer by
    scale = torch.where(close, uniform(0.8, 0.92), uniform(0.66, 0.76)).clamp_max(29 / mesh.radius)
    shift = uniform(-1, 1, 2)
    distance = uniform(3.8, 4.8) * max(mesh.radius, 30)
    light = F.normalize(torch.cat([uniform(-0.5, 0.5, 1), uniform(-1.1, -0.5, 1), uniform(-1.2, -0.8, 1)], 1), dim=1)
    facing = torch.einsum("bij,tkj,bi->btk", turns, mesh.normals, light)  # (B, T, 3), cosine of the angle to the light
    shade = (_AMBIENT + (1 - _AMBIENT) * facing.clamp_min(0)) * mesh.light
    pictures = rendering.render(mesh, turns, scale, shift, distance, shade, SIDE)
    return (pictures * _WHITE).round().to(torch.uint8)[:, None]
