"""The drawn garments: repeatable, varied, and told apart about as well as the real ones."""

from __future__ import annotations

import gzip
import time

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from genlab.data import cards, drawn
from genlab.data.drawn import garments


@pytest.fixture(scope="module")
def some():
    return drawn.draw("garments", {"train": 6000, "test": 2000})


def test_classes_are_those_of_the_card_in_their_order():
    assert cards.read("fashion_mnist").classes == garments.CLASSES


def test_the_same_seed_gives_the_same_bytes_and_leaves_the_global_generator_alone(some):
    before = torch.get_rng_state()
    again = drawn.draw("garments", {"train": 6000, "test": 2000})
    assert all(torch.equal(some[name], again[name]) for name in some)
    assert torch.equal(torch.get_rng_state(), before)


def test_shapes_types_and_equal_shares(some):
    assert some["train_images"].shape == (6000, 28, 28)
    assert some["train_images"].dtype == some["train_labels"].dtype == torch.uint8
    assert some["train_labels"].bincount().tolist() == [600] * 10
    assert some["test_labels"].bincount().tolist() == [200] * 10
    assert some["train_labels"][:100].unique().numel() == 10  # mixed, not sorted


def test_no_picture_is_drawn_twice():
    equal = drawn.draw("garments", {"train": 1000, "test": 1000})  # splits of one size, other seeds
    both = torch.cat([equal["train_images"], equal["test_images"]]).flatten(1)
    assert len(both.unique(dim=0)) == 2000


def test_each_picture_is_a_bright_thing_of_fair_size_on_black(some):
    images, labels = some["train_images"].float(), some["train_labels"]
    filled = (images > 10).float().mean((1, 2))
    assert filled.quantile(0.001) > 0.06 and filled.quantile(0.999) < 0.9
    assert images[:, :, 0].median() == 0  # black at the left edge
    for label in range(10):
        assert 20 < images[labels == label].mean() < 125


def test_brightness_and_size_of_each_class_are_near_the_real_ones(some, real_data):
    def read(name: str, skip: int) -> torch.Tensor:
        raw = gzip.decompress((real_data / "fashion_mnist" / name).read_bytes())
        return torch.frombuffer(bytearray(raw[skip:]), dtype=torch.uint8)

    real = read("t10k-images-idx3-ubyte.gz", 16).view(-1, 28, 28).float()
    real_labels = read("t10k-labels-idx1-ubyte.gz", 8)
    images, labels = some["train_images"].float(), some["train_labels"]
    for label in range(10):
        ours, theirs = images[labels == label], real[real_labels == label]
        assert abs(ours.mean() - theirs.mean()) < 20
        assert abs((ours > 10).float().mean() - (theirs > 10).float().mean()) < 0.12


def accuracy(some: dict[str, torch.Tensor], steps: int) -> tuple[float, torch.Tensor]:
    """A small CNN's test accuracy and its confusions [true, guessed]."""
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(32 * 7 * 7, 10)),
    )
    optimizer = torch.optim.Adam(net.parameters(), 3e-3)
    x, y = some["train_images"][:, None] / 255, some["train_labels"].long()
    for step in range(steps):
        part = torch.arange(step * 64, (step + 1) * 64) % len(x)
        loss = F.cross_entropy(net(x[part]), y[part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        guessed = net(some["test_images"][:, None] / 255).argmax(1)
    truth = some["test_labels"].long()
    confusions = torch.zeros(10, 10).index_put_((truth, guessed), torch.ones(2000), accumulate=True)
    return (guessed == truth).float().mean().item(), confusions


def test_a_small_network_tells_the_classes_apart_but_not_perfectly(some):
    score, confusions = accuracy(some, steps=188)  # two epochs of 6,000
    assert 0.82 <= score <= 0.99
    # Shirts are mistaken for T-shirts, pullovers and coats, as they are in the real set.
    shirt = garments.CLASSES.index("Shirt")
    mistaken = confusions[shirt].clone()
    mistaken[shirt] = 0
    assert mistaken[[0, 2, 4]].sum() > 0.8 * mistaken.sum() > 0
    assert confusions.diagonal().argmin() == shirt


def test_a_thousand_pictures_take_well_under_a_second():
    start = time.process_time()  # of all cores together, whatever else this machine is doing
    drawn.draw("garments", {"train": 1000})
    assert time.process_time() - start < 1


def test_the_number_of_cores_does_not_change_the_pictures(some, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone = drawn.draw("garments", {"train": 6000, "test": 2000})
    assert all(torch.equal(some[name], alone[name]) for name in some)


def test_the_number_of_torch_threads_is_left_as_it_was():
    torch.set_num_threads(2)
    try:
        drawn.draw("garments", {"train": 10})
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
