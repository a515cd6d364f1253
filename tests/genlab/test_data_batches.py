"""Batches: every image once, scaled, in an order that only the seed decides."""

from __future__ import annotations

import pytest
import torch

from genlab.data import batches

IMAGES = torch.arange(250, dtype=torch.uint8).view(250, 1, 1, 1).expand(250, 1, 2, 3).contiguous()
LABELS = torch.arange(250)


def order(**options) -> list[int]:
    parts = batches(IMAGES, 100, device="cpu", **options)
    return [round(v * 255) for x in parts for v in x[:, 0, 0, 0].tolist()]


def test_batches_are_float_in_0_to_1_and_the_last_is_kept():
    parts = list(batches(IMAGES, 100, device="cpu"))
    assert [p.shape for p in parts] == [(100, 1, 2, 3), (100, 1, 2, 3), (50, 1, 2, 3)]
    assert all(p.dtype == torch.float32 for p in parts)
    everything = torch.cat(parts)
    assert everything.min() == 0 and everything.max() == 249 / 255


def test_every_byte_becomes_itself_divided_by_255():
    images = torch.arange(256, dtype=torch.uint8).view(256, 1, 1, 1)
    (x,) = batches(images, 256, device="cpu", shuffle=False)
    assert torch.equal(x, images.float() / 255)


def test_every_image_comes_once():
    assert sorted(order()) == list(range(250)) and order() != list(range(250))


def test_the_seed_alone_decides_the_order():
    torch.manual_seed(1)
    first = order(seed=3)
    torch.manual_seed(2)
    assert order(seed=3) == first != order(seed=4)


def test_the_global_generator_is_untouched():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    order(seed=5)
    assert torch.equal(torch.get_rng_state(), before)


def test_without_shuffling_the_order_is_that_of_the_images():
    assert order(shuffle=False) == list(range(250))


def test_labels_stay_with_their_images():
    for x, labels in batches(IMAGES, 64, labels=LABELS, device="cpu"):
        assert labels.dtype == torch.int64
        assert (x[:, 0, 0, 0] * 255).round().long().equal(labels)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_changing_a_batch_leaves_the_images_alone(shuffle, dtype):
    images = torch.ones(10, 1, 2, 2).to(dtype)
    for x in batches(images, 4, device="cpu", shuffle=shuffle):
        x.zero_()
    assert images.min() == 1


def test_floating_point_images_are_taken_as_they_are():
    images = torch.linspace(-1, 1, 8).view(8, 1, 1, 1)
    assert torch.equal(torch.cat(list(batches(images, 3, device="cpu", shuffle=False))), images)


def test_the_device_in_use_is_the_default(monkeypatch):
    monkeypatch.setenv("GENLAB_DEVICE", "meta")
    assert next(iter(batches(IMAGES, 10, shuffle=False))).device.type == "meta"


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: batches([1, 2], 10), TypeError, "data.train.images"),
        (lambda: batches(IMAGES.long(), 10), TypeError, "uint8"),
        (lambda: batches(IMAGES, 0), ValueError, "at least 1"),
        (lambda: batches(IMAGES, 10, labels=LABELS[:5]), ValueError, "250 images but 5 labels"),
    ],
)
def test_mistakes_are_said_before_the_first_batch(call, error, says):
    with pytest.raises(error, match=says):
        call()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_gpu_gives_the_same_batches_as_the_cpu():
    pairs = [list(batches(IMAGES, 64, labels=LABELS, device=d)) for d in ("cpu", "cuda")]
    for (x, y), (gx, gy) in zip(*pairs, strict=True):
        assert gx.is_cuda and torch.equal(x, gx.cpu()) and torch.equal(y, gy.cpu())
