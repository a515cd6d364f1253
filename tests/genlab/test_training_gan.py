"""A GAN interrupted anywhere and started again ends as one that was not: the same losses, weights, averages and frames, bit for bit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

import genlab
from tests.genlab import small_gan
from tests.genlab.small_gan import EPOCHS, Gan

STEPS = 4 * EPOCHS


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GENLAB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("GENLAB_SCALE", "smoke")
    monkeypatch.delenv("GENLAB_DEVICE", raising=False)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield tmp_path
    signal.signal(signal.SIGINT, before)


def same(gan: Gan, whole: Gan, found: genlab.History, expected: genlab.History) -> None:
    assert found.steps == expected.steps
    assert found.epochs == expected.epochs
    assert gan.frames.epochs == whole.frames.epochs == list(range(1, EPOCHS + 1))
    pairs = list(zip(gan.everything(), whole.everything(), strict=True))
    assert len(pairs) > 40
    assert gan.average.n_averaged == STEPS
    assert not torch.equal(*(one.layers[0].weight for one in (gan.average.module, gan.generator)))
    assert all(torch.equal(a, b) for a, b in pairs)


def at(number: int, error: type[BaseException] = KeyboardInterrupt) -> Callable[[int], None]:
    def stop(now: int) -> None:
        if now == number:
            raise error

    return stop


def ctrl_c_at(number: int) -> Callable[[int], None]:
    return lambda now: signal.raise_signal(signal.SIGINT) if now == number else None


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_stopped_in_any_step(step: int) -> None:
    whole = Gan()
    expected = whole.train(name=None)
    with pytest.raises(KeyboardInterrupt):
        Gan(between=ctrl_c_at(step)).train()
    torch.rand(3)
    again = Gan()
    same(again, whole, again.train(), expected)
    assert again.count == STEPS - step, "the stopped step was finished, and none is repeated"


@pytest.mark.parametrize("when", ["before", "between", "after"])
@pytest.mark.parametrize("step", [1, 4, 7])
def test_broken_off_within_a_step(when: str, step: int) -> None:
    whole = Gan()
    expected = whole.train(name=None)
    with pytest.raises(KeyboardInterrupt):
        Gan(**{when: at(step)}).train()
    again = Gan()
    same(again, whole, again.train(), expected)


@pytest.mark.parametrize("when", ["epoch begins", "epoch ends"])
@pytest.mark.parametrize("epoch", [1, 2, EPOCHS])
def test_broken_off_while_the_frame_is_drawn(when: str, epoch: int) -> None:
    whole = Gan()
    expected = whole.train(name=None)
    with pytest.raises(KeyboardInterrupt):
        Gan(**{when: at(epoch)}).train()
    again = Gan()
    same(again, whole, again.train(), expected)
    assert again.count == STEPS - 4 * epoch


def test_stopped_again_and_again_in_the_same_notebook() -> None:
    whole = Gan()
    expected = whole.train(name=None)
    gan = Gan(between=lambda now: signal.raise_signal(signal.SIGINT) if now in (2, 3, 8, 11) else None)
    for _ in range(4):
        with pytest.raises(KeyboardInterrupt):
            gan.train()
    same(gan, whole, gan.train(), expected)


@pytest.mark.parametrize("step", [3, 10])
def test_killed_in_the_middle_of_an_epoch(step: int, _folder: Path) -> None:
    whole = Gan()
    expected = whole.train(name=None)
    root = Path(small_gan.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", f"from tests.genlab.small_gan import *; train_until_killed({step})"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL
    again = Gan()
    same(again, whole, again.train(), expected)
    assert again.count == STEPS - (step - 1), "all whole steps were kept"


def test_drawing_the_fixed_noise_disturbs_no_training() -> None:
    with_frames = Gan().train(name=None)
    gan = Gan()
    gan.on_epoch = lambda epoch, history: None  # type: ignore[method-assign]
    assert gan.train(name=None).steps == with_frames.steps


@pytest.mark.parametrize("step", [2, 4, 6])
def test_networks_left_in_eval_mode_are_found_so_again(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # a step that does not set the mode itself goes on in the one that drawing has left
    monkeypatch.setattr(
        small_gan.Generator, "train", lambda net, mode=True: net if mode else nn.Module.train(net, mode)
    )
    whole = Gan()
    expected = whole.train(name=None)
    with pytest.raises(KeyboardInterrupt):
        Gan(between=ctrl_c_at(step)).train()
    again = Gan()
    same(again, whole, again.train(), expected)
    assert not again.generator.training


def test_noise_drawn_after_an_epoch_is_drawn_again_when_that_epoch_s_end_is_repeated() -> None:
    def draw(epoch: int) -> None:
        seen.append((epoch, torch.rand(()).item()))

    seen: list[tuple[int, float]] = []
    expected = Gan(**{"epoch begins": draw}).train(name=None)
    before, seen = seen, []
    with pytest.raises(KeyboardInterrupt):
        Gan(**{"epoch begins": draw, "epoch ends": at(2)}).train()
    found = Gan(**{"epoch begins": draw}).train()
    assert found.steps == expected.steps
    assert seen == [before[0], before[1], before[1], before[2]]


def test_a_run_from_the_beginning_with_old_frames_drops_them() -> None:
    frames = genlab.Frames()
    for epoch in (1, 2, 3):
        frames.add(epoch, torch.zeros(2, 1, 4, 4))
    frames.add(1, torch.ones(2, 1, 4, 4))
    assert frames.epochs == [1]
    assert frames.images[0].min() == 255


def test_frames_are_copies_in_bytes_and_refuse_what_is_no_picture() -> None:
    frames, images = genlab.Frames(), torch.full((2, 3, 4, 4), 0.5, requires_grad=True)
    frames.add(1, images)
    assert frames.images[0].dtype == torch.uint8
    assert frames.images[0].unique().tolist() == [128]
    with pytest.raises(ValueError, match=r"\[0, 1\].*tanh"):
        frames.add(2, images - 1)
