"""GENLAB_SCALE and GENLAB_DEVICE decide; without them the machine does."""

from __future__ import annotations

import pytest
import torch

import genlab


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENLAB_SCALE", raising=False)
    monkeypatch.delenv("GENLAB_DEVICE", raising=False)


def machine(monkeypatch: pytest.MonkeyPatch, *, cuda: bool = False, mps: bool = False) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "scale", "device"),
    [
        (False, False, "cpu", "cpu"),
        (True, False, "gpu", "cuda"),
        (False, True, "gpu", "mps"),
        (True, True, "gpu", "cuda"),
    ],
)
def test_the_machine_decides_where_nobody_asked(
    cuda: bool, mps: bool, scale: str, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(monkeypatch, cuda=cuda, mps=mps)
    assert genlab.scale() == scale
    assert genlab.device() == torch.device(device)


@pytest.mark.parametrize("asked", ["smoke", "cpu", "gpu", " SMOKE "])
def test_the_environment_decides_the_scale(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, cuda=True)
    monkeypatch.setenv("GENLAB_SCALE", asked)
    scale = asked.strip().lower()
    assert genlab.scale() == scale
    assert genlab.pick(smoke="smoke", cpu="cpu", gpu="gpu") == scale


def test_an_unknown_scale_lists_the_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENLAB_SCALE", "huge")
    with pytest.raises(ValueError, match=r"'huge'.*smoke, cpu, gpu"):
        genlab.scale()


def test_the_environment_decides_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, cuda=True)
    monkeypatch.setenv("GENLAB_DEVICE", "cpu")
    assert genlab.device() == torch.device("cpu")


@pytest.mark.parametrize("asked", ["toaster", "cuda:99"])
def test_a_device_that_is_not_there_is_refused(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENLAB_DEVICE", asked)
    with pytest.raises(ValueError, match="GENLAB_DEVICE"):
        genlab.device()
