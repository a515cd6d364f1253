"""A learner's Drive as the kit's folder. Colab itself is not here: its `drive.mount` is stood in for by a folder."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

import genlab
from genlab import drive, paths, progress


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "vm"))
    monkeypatch.setenv("GENLAB_SCALE", "smoke")
    monkeypatch.setattr(drive, "MOUNT", tmp_path / "drive")
    return tmp_path


def colab(monkeypatch: pytest.MonkeyPatch, refuses: bool = False) -> None:
    """Make `google.colab.drive` importable."""
    package, module = ModuleType("google.colab"), ModuleType("google.colab.drive")

    def mount(place: str) -> None:
        if refuses:
            raise ValueError("mount failed")
        (Path(place) / "MyDrive").mkdir(parents=True, exist_ok=True)

    module.mount = mount
    package.drive = module
    monkeypatch.setitem(sys.modules, "google.colab", package)


def train(disconnect_after: int = 9) -> int:
    """How many steps a training of three epochs of four made until it was done, or Colab left after one of the epochs."""
    torch.manual_seed(0)
    model, losses = torch.nn.Linear(4, 1), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def step(x: torch.Tensor) -> dict[str, float]:
        loss = model(x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        return {"loss": losses[-1]}

    def leave(epoch: int, history: genlab.History) -> None:
        if epoch == disconnect_after:
            raise ConnectionError

    images, state = torch.linspace(0, 1, 160).view(40, 4), {"model": model, "optimizer": optimizer}
    with contextlib.suppress(ConnectionError):
        genlab.fit(step, images, epochs=3, batch_size=10, state=state, name="resumes", on_epoch=leave)
    return len(losses)


def test_what_is_kept_in_the_drive_outlives_the_machine(machine, monkeypatch, capsys):
    progress.update("mlp/one_hot", status="passed")
    colab(monkeypatch)
    assert genlab.use_drive() == machine / "drive" / "MyDrive" / "genlab" == paths.home()
    assert "kept in your Drive" in capsys.readouterr().out
    assert progress.load()["mlp/one_hot"]["status"] == "passed", "what was done before is taken along"
    assert train(disconnect_after=2) == 8

    monkeypatch.setenv("GENLAB_HOME", str(machine / "another vm"))  # after a disconnect
    genlab.use_drive()
    assert train() <= 8, "at least the first of three epochs was there"
    assert progress.load()["mlp/one_hot"]["status"] == "passed"


def test_progress_in_the_drive_is_never_overwritten(machine, monkeypatch):
    colab(monkeypatch)
    genlab.use_drive()
    progress.update("mlp/one_hot", status="passed")
    monkeypatch.setenv("GENLAB_HOME", str(machine / "another vm"))
    progress.update("mlp/scale_images", status="failed")
    genlab.use_drive()
    assert list(progress.load()) == ["mlp/one_hot"]


def test_outside_colab_nothing_changes_and_that_is_said(machine, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "google.colab", None)
    assert genlab.use_drive() == machine / "vm" == paths.home()
    assert "This is not Colab" in capsys.readouterr().out


def test_a_refused_drive_says_what_to_do(machine, monkeypatch):
    colab(monkeypatch, refuses=True)
    with pytest.raises(RuntimeError, match=r"mount failed.*Run this cell again and allow it, or go on without"):
        genlab.use_drive()
    assert paths.home() == machine / "vm"
