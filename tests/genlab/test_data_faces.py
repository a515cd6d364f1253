"""The drawn faces: repeatable, varied, and with attributes that show and can be steered one by one."""

from __future__ import annotations

import time

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from genlab import data
from genlab.data import cards, drawn
from genlab.data.drawn import faces
from genlab.data.resize import averaged

HAIR = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair")


@pytest.fixture(scope="module")
def some():
    return drawn.draw("faces", {"train": 3000, "validation": 125, "test": 500})


def column(labels: torch.Tensor, name: str) -> torch.Tensor:
    return labels[:, faces.ATTRIBUTES.index(name)].bool()


def test_attributes_have_celebas_names_in_its_order():
    names = cards.read("celeba").classes
    assert [name for name in names if name in faces.ATTRIBUTES] == list(faces.ATTRIBUTES)
    wanted = {"Smiling", "Eyeglasses", "Blond_Hair", "Black_Hair", "Wearing_Hat", "Mustache", "Male", "Young"}
    assert wanted | {"Bangs", "Pale_Skin"} <= set(faces.ATTRIBUTES)


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_cores(monkeypatch):
    before = torch.get_rng_state()
    splits = {"train": 300, "test": 50}
    first = drawn.draw("faces", splits)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    again = drawn.draw("faces", splits)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert torch.equal(torch.get_rng_state(), before)


def test_shapes_and_types(some):
    assert some["train_images"].shape == (3000, 3, 64, 64) and some["test_labels"].shape == (500, 15)
    assert some["train_images"].dtype == some["train_labels"].dtype == torch.uint8
    assert some["train_labels"].unique().tolist() == [0, 1]


def test_no_face_is_drawn_twice(some):
    all_ = torch.cat([some[f"{split}_images"] for split in ("train", "validation", "test")]).flatten(1)
    assert len(all_.unique(dim=0)) == 3625


def test_each_attribute_is_common_enough_to_learn(some):
    shares = some["train_labels"].float().mean(0)
    assert shares.min() > 0.09 and shares.max() < 0.65


def test_attributes_say_little_about_each_other(some):
    labels = some["train_labels"].float()
    off = torch.corrcoef(labels.T) - torch.eye(15)
    for i, first in enumerate(faces.ATTRIBUTES):
        for j, second in enumerate(faces.ATTRIBUTES):
            if {first, second} <= set(HAIR):
                continue
            assert off[i, j].abs() < (0.3 if {first, second} == {"Male", "Mustache"} else 0.08), (first, second)
    assert torch.stack([column(some["train_labels"], name) for name in HAIR]).sum(0).max() == 1


def test_hair_colours_and_pale_skin_show_where_they_are(some):
    """The mean colour of some pixels, light against dark and yellow against grey."""
    images, labels = some["train_images"].float(), some["train_labels"]
    bare = ~column(labels, "Wearing_Hat")
    top = images[:, :, 14:18, 28:36].mean((2, 3))  # (N, 3): the hair above the forehead
    light = {name: top[column(labels, name) & bare].mean() for name in HAIR}
    assert light["Black_Hair"] < 60 < 70 < light["Brown_Hair"] + 10 < 130 < light["Blond_Hair"]
    yellow = top[:, 0] - top[:, 2]
    assert yellow[column(labels, "Blond_Hair") & bare].mean() > yellow[column(labels, "Gray_Hair") & bare].mean() + 40
    chin = images[:, :, 49:52, 30:35].mean((1, 2, 3))
    pale = column(labels, "Pale_Skin")
    assert chin[pale].mean() > chin[~pale].mean() + 50


def test_smaller_faces_are_averages(some):
    small = averaged(some["test_images"], 32)
    assert (small.double() - F.avg_pool2d(some["test_images"].double(), 2)).abs().max() <= 0.5


def test_a_small_network_sees_every_attribute_even_at_32_pixels(some):
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Conv2d(3, 32, 3, padding=1, stride=2), nn.BatchNorm2d(32), nn.ReLU()),
        *(nn.Conv2d(32, 48, 3, padding=1, stride=2), nn.BatchNorm2d(48), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(48 * 64, 15)),
    )
    optimizer = torch.optim.Adam(net.parameters(), 2e-3)
    x, y = averaged(some["train_images"], 32) / 255, some["train_labels"].float()
    for epoch in range(10):
        optimizer.param_groups[0]["lr"] = 2e-3 if epoch < 7 else 4e-4
        order = torch.randperm(3000, generator=torch.Generator().manual_seed(epoch))
        for part in order.split(50):
            seen = x[part].flip(3) if part[0] % 2 else x[part]
            loss = F.binary_cross_entropy_with_logits(net(seen), y[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    net.eval()
    with torch.no_grad():
        guessed = net(averaged(some["test_images"], 32) / 255) > 0
    truth = some["test_labels"].bool()
    recall = torch.stack(
        [(guessed[:, i] == truth[:, i])[truth[:, i] == v].float().mean() for i in range(15) for v in (0, 1)]
    )
    balanced = dict(zip(faces.ATTRIBUTES, recall.view(15, 2).mean(1).tolist(), strict=True))
    assert min(balanced.values()) > 0.8, balanced
    assert balanced["Smiling"] > 0.9 and balanced["Eyeglasses"] > 0.9, balanced


def test_the_drawn_set_loads_like_the_real_one(home, capsys):
    held = data.load("celeba", size=64, limit=50)
    assert held.source == "drawn" and held.train.images.shape == (50, 3, 64, 64)
    assert held.train.labels.dtype == torch.bool and held.train.labels.shape == (50, 15)
    assert held.classes == faces.ATTRIBUTES and held.validation is not None and len(held.validation) == 50
    assert held.train.attributes["Young"].equal(held.train.labels[:, -1])
    small = data.load("celeba", size=32, limit=50)
    assert small.test.images.equal(averaged(held.test.images, 32))
    assert "DRAWN STAND-IN, cartoon faces" in capsys.readouterr().out


def test_five_hundred_faces_take_a_second_or_two():
    start = time.process_time()  # of all cores together, whatever else this machine is doing
    drawn.draw("faces", {"train": 500})
    assert time.process_time() - start < 2.5
