"""The drawn bricks: repeatable, of many shapes, and as bright and large in the picture as the real ones."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch

from genlab import data
from genlab.data import cards, drawn
from genlab.data.drawn import brick_kinds, bricks, mesh, rendering


@pytest.fixture(scope="module")
def some():
    return drawn.draw("bricks", {"train": 750, "test": 250})


def test_classes_are_those_of_the_card_in_their_order():
    assert cards.read("lego_bricks").classes == bricks.CLASSES
    assert len(bricks.CLASSES) == 50


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_cores(some, monkeypatch):
    before = torch.get_rng_state()
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    again = drawn.draw("bricks", {"train": 750, "test": 250})
    assert all(torch.equal(some[name], again[name]) for name in some)
    assert torch.equal(torch.get_rng_state(), before)


def test_shapes_types_and_equal_shares(some):
    assert some["train_images"].shape == (750, 1, 64, 64)
    assert some["train_images"].dtype == some["train_labels"].dtype == torch.uint8
    assert some["train_labels"].bincount().tolist() == [15] * 50
    assert some["test_labels"].bincount().tolist() == [5] * 50


def test_no_picture_is_drawn_twice(some):
    both = torch.cat([some["train_images"], some["test_images"]]).flatten(1)
    assert len(both.unique(dim=0)) == 1000


def test_each_picture_is_a_grey_thing_of_fair_size_on_black_in_the_middle(some):
    images = some["train_images"][:, 0]
    frame = torch.ones(64, 64, dtype=torch.bool)
    frame[1:-1, 1:-1] = False
    assert (images[:, frame] > 0).float().mean() < 0.002
    inside = images > 12
    filled = inside.float().mean((1, 2))
    assert filled.min() > 0.01 and filled.max() < 0.6
    across = torch.arange(64.0)
    for axis in (1, 2):
        middle = (inside.any(axis) * across).sum(1) / inside.any(axis).sum(1)
        assert (middle - 31.5).abs().max() < 10
    assert images.max() <= 172


def test_no_solid_has_a_hole_in_its_surface():
    """What is seen from behind is the same silhouette, mirrored: no triangle lacks or faces the wrong way."""
    for name in bricks.CLASSES:
        solid = brick_kinds.solid(name)
        far = torch.full((6,), 1e4 * solid.radius)
        turns = rendering.rotations(3, torch.Generator().manual_seed(0))
        behind = torch.diag(torch.tensor([-1.0, 1.0, -1.0])) @ turns
        scale, shift = torch.full((6,), 28 / solid.radius), torch.zeros(6, 2)
        shade = torch.ones(6, *solid.light.shape)
        seen = rendering.render(solid, torch.cat([turns, behind]), scale, shift, far, shade, 64)
        assert (seen[:3] - seen[3:].flip(2)).abs().mean() < 0.002, name


def test_the_nearer_of_two_solids_hides_the_other():
    square = mesh.rectangle(-1, -1, 1, 1)
    near, far = mesh.loft(square, square, -3, -2), mesh.loft(square, square, 2, 3)
    both = mesh.joined(far, near)
    shade = torch.cat([torch.full(far.light.shape, 0.2), torch.full(near.light.shape, 0.9)])[None]
    ask = torch.eye(3)[None], torch.tensor([8.0]), torch.zeros(1, 2), torch.tensor([20.0]), shade
    picture = rendering.render(both, *ask, 32)[0]
    assert picture[16, 16].item() == pytest.approx(0.9, abs=1e-4)
    assert picture[0, 0] == 0
    # The near face is 3 nearer than the middle, at 20: 8 · 20/17 pixels from the middle to its edge.
    assert (picture[16] > 0).sum().item() == pytest.approx(2 * 8 * 20 / 17, abs=2)


def test_rotations_are_rotations_in_every_direction():
    turns = rendering.rotations(2000, torch.Generator().manual_seed(0))
    assert torch.allclose(turns @ turns.mT, torch.eye(3).expand_as(turns), atol=1e-5)
    assert torch.allclose(torch.linalg.det(turns), torch.ones(2000), atol=1e-5)
    assert turns.mean(0).abs().max() < 0.05


@pytest.mark.parametrize(
    ("kind", "number"),
    [("brick_1x1", 3005), ("brick_2x2", 3003), ("brick_plate_1x2", 3023), ("brick_technic_lever_3m", 6632)],
)
def test_brightness_and_size_are_near_the_real_ones(real_bricks, kind, number):
    with np.load(real_bricks / "lego_64_gray.npz") as file:
        which = file["classes"].tolist().index(kind)
        real = torch.from_numpy(file["images"][file["labels"] == which])
    label = next(i for i, name in enumerate(bricks.CLASSES) if name.startswith(f"{number} "))
    ours = bricks.draw(label, 300, torch.Generator().manual_seed(0))[:, 0]
    assert (ours > 12).float().mean().item() == pytest.approx((real > 12).float().mean().item(), rel=0.15)
    for share in (0.05, 0.5, 0.95):
        levels = [float(np.quantile(images[images > 12].numpy(), share)) for images in (ours, real)]
        assert abs(levels[0] - levels[1]) < 20


def test_the_drawn_set_loads_like_the_real_one(home, capsys):
    held = data.load("lego_bricks", size=64, limit=30)
    assert held.source == "drawn" and held.train.images.shape == (30, 1, 64, 64)  # fewer than kinds
    assert held.train.labels.dtype == torch.int64 and held.classes[0] == "3005 brick 1x1"
    out = capsys.readouterr().out
    assert "DRAWN STAND-IN, fifty kinds" in out and "no Kaggle credentials" in out and out.count("\n") == 1


def test_a_picture_takes_a_few_milliseconds():
    start = time.process_time()  # of all cores together, whatever else this machine is doing
    drawn.draw("bricks", {"train": 500})
    assert time.process_time() - start < 2.5
