"""A checkpoint is written whole, read without running anything, and never lost by accident."""

from __future__ import annotations

import os
import pickle
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from genlab.training import checkpoint


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENLAB_CHECKPOINTS", str(tmp_path))
    return tmp_path


def test_the_folder_is_where_the_environment_says_or_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checkpoint.path("vae") == tmp_path / "vae.pt"
    monkeypatch.delenv("GENLAB_CHECKPOINTS")
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "home"))
    assert checkpoint.path("vae") == tmp_path / "home" / "checkpoints" / "vae.pt"


@pytest.mark.parametrize("name", ["", "a/b", "..", "a\\b", "a:b", "ä", "a b", "x" * 101])
def test_a_name_that_is_no_file_everywhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        checkpoint.path(name)


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "vae.pt"
    content = {"w": torch.arange(3), "losses": {"kl": [0.5, 1.5]}, "seconds": 1.5, "none": None}
    checkpoint.save(file, content)
    found = checkpoint.load(file)
    assert found is not None
    assert torch.equal(found["w"], content["w"])
    assert (found["losses"], found["seconds"], found["none"]) == ({"kl": [0.5, 1.5]}, 1.5, None)


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path / "vae.pt") is None


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "vae.pt"
    checkpoint.save(file, {"step": 1})

    def full_disk(content: object, target: Path) -> None:
        Path(target).write_bytes(b"half of it")
        raise OSError("no space left on device")

    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(OSError, match="no space"):
        checkpoint.save(file, {"step": 2})
    monkeypatch.undo()
    found = checkpoint.load(file)
    assert found is not None
    assert found["step"] == 1
    assert list(tmp_path.iterdir()) == [file]


class Malice:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("made_by_a_checkpoint",)


def test_loading_runs_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number, file in enumerate((tmp_path / "a.pt", tmp_path / "b.pt")):
        content = {"version": checkpoint.VERSION, "bad": Malice()}
        if number:
            file.write_bytes(pickle.dumps(content, protocol=2))
        else:
            torch.save(content, file)
        with pytest.raises(ValueError, match="cannot be read"):
            checkpoint.load(file)
    assert not (tmp_path / "made_by_a_checkpoint").exists()


@pytest.mark.parametrize("content", [{"step": 1}, {"version": 0}, [1, 2]])
def test_another_program_s_file_is_no_checkpoint(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "vae.pt")
    with pytest.raises(ValueError, match="not a checkpoint"):
        checkpoint.load(tmp_path / "vae.pt")


@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.9])
def test_a_file_that_was_cut_off_is_damaged(keep: float, tmp_path: Path) -> None:
    file = tmp_path / "vae.pt"
    checkpoint.save(file, {"w": torch.arange(1000)})
    whole = file.read_bytes()
    file.write_bytes(whole[: keep if isinstance(keep, int) else int(keep * len(whole))])
    with pytest.raises(ValueError, match="cannot be read"):
        checkpoint.load(file)


def test_files_set_aside_are_numbered_and_the_last_three_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "vae.pt"
    other = tmp_path / "vae.aside-x.pt"
    other.write_text("another run, called vae.aside-x")
    for number in range(1, 13):
        file.write_text(str(number))
        assert checkpoint.set_aside(file).name == f"vae.aside-{number}.pt"
    kept = sorted(one.name for one in tmp_path.iterdir())
    assert kept == ["vae.aside-10.pt", "vae.aside-11.pt", "vae.aside-12.pt", "vae.aside-x.pt"]
    assert (tmp_path / "vae.aside-11.pt").read_text() == "11"


def test_forget_removes_a_checkpoint_and_minds_no_missing_one(tmp_path: Path) -> None:
    checkpoint.save(checkpoint.path("vae"), {"step": 1})
    checkpoint.forget("vae")
    checkpoint.forget("vae")
    assert list(tmp_path.iterdir()) == []


def test_every_random_generator_is_put_back_where_it_was(tmp_path: Path) -> None:
    def draws() -> list[float]:
        gauss = random.gauss(0, 1), float(np.random.normal())  # both keep a second draw in store
        return [*torch.randn(3).tolist(), random.random(), float(np.random.rand()), *gauss]

    draws()
    checkpoint.save(tmp_path / "vae.pt", {"random": checkpoint.random_state()})
    expected = draws()
    draws()
    found = checkpoint.load(tmp_path / "vae.pt")
    assert found is not None
    checkpoint.set_random_state(found["random"])
    assert draws() == expected
