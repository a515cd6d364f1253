"""The drawn objects: repeatable, varied, and a task for which convolutions pay."""

from __future__ import annotations

import time

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from genlab import data
from genlab.data import cards, drawn
from genlab.data.drawn import objects


@pytest.fixture(scope="module")
def some():
    return drawn.draw("objects", {"train": 4000, "test": 1000})


def test_classes_are_those_of_the_card_in_their_order():
    assert cards.read("cifar10").classes == objects.CLASSES


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_cores(some, monkeypatch):
    before = torch.get_rng_state()
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    again = drawn.draw("objects", {"train": 4000, "test": 1000})
    assert all(torch.equal(some[name], again[name]) for name in some)
    assert torch.equal(torch.get_rng_state(), before)


def test_shapes_types_and_equal_shares(some):
    assert some["train_images"].shape == (4000, 3, 32, 32)
    assert some["train_images"].dtype == some["train_labels"].dtype == torch.uint8
    assert some["train_labels"].bincount().tolist() == [400] * 10
    assert some["test_labels"].bincount().tolist() == [100] * 10


def test_no_picture_is_drawn_twice(some):
    both = torch.cat([some["train_images"], some["test_images"]]).flatten(1)
    assert len(both.unique(dim=0)) == 5000


def test_pictures_use_the_whole_range_of_colours_and_are_seldom_flat(some):
    images = some["train_images"].float()
    assert 90 < images.mean() < 150 and 50 < images.std() < 75  # CIFAR-10: 121 and 64
    assert images.std((2, 3)).mean() > 25
    assert (images.std((1, 2, 3)) < 12).float().mean() < 0.03


def test_views_of_a_class_are_mixed_throughout_the_split():
    """The first images of a class must not be all of one view."""
    generator = torch.Generator().manual_seed(0)
    images = objects.draw(objects.CLASSES.index("automobile"), 400, generator).float()
    halves = images[:200].mean(0) - images[200:].mean(0)
    assert halves.abs().mean() < 12


def test_the_drawn_set_loads_like_the_real_one(home, monkeypatch, capsys):
    draw = drawn.draw
    monkeypatch.setattr(drawn, "draw", lambda artist, splits, title: draw(artist, {"train": 100, "test": 50}, title))
    held = data.load("cifar10")
    assert held.source == "drawn" and held.train.images.shape == (100, 3, 32, 32)
    assert held.train.labels.dtype == torch.int64 and held.classes[9] == "truck"
    out = capsys.readouterr().out
    assert "DRAWN STAND-IN, procedural objects" in out and out.count("\n") == 1


def accuracy(net: nn.Module, some: dict[str, torch.Tensor], epochs: int, rate: float) -> float:
    """The test accuracy of a network after some epochs of Adam."""
    optimizer = torch.optim.Adam(net.parameters(), rate)
    x, y = some["train_images"] / 255, some["train_labels"].long()
    for epoch in range(epochs):
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(epoch))
        for part in order.split(50):
            loss = F.cross_entropy(net(x[part]), y[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return (net(some["test_images"] / 255).argmax(1) == some["test_labels"]).float().mean().item()


def test_a_convolutional_network_clearly_beats_one_without(some):
    torch.manual_seed(0)
    plain = nn.Sequential(
        nn.Flatten(), nn.Linear(3072, 200), nn.ReLU(), nn.Linear(200, 150), nn.ReLU(), nn.Linear(150, 10)
    )
    convolutional = nn.Sequential(
        *(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(32 * 64, 10)),
    )
    without, with_ = accuracy(plain, some, 4, 5e-4), accuracy(convolutional, some, 4, 3e-3)
    assert 0.2 < without < 0.5
    assert with_ > without + 0.12


def test_a_thousand_pictures_take_well_under_a_second():
    start = time.process_time()  # of all cores together, whatever else this machine is doing
    drawn.draw("objects", {"train": 1000})
    assert time.process_time() - start < 1
