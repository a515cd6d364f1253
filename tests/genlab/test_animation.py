"""Animations show every frame in its turn, wherever a notebook is read, and are the same bytes each time."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

import genlab
from genlab import plots


def batches(count: int, images: int = 4, channels: int = 3, side: int = 16) -> list[Tensor]:
    chance = torch.Generator().manual_seed(3)
    return [torch.rand(images, channels, side, side, generator=chance) for _ in range(count)]


def shown(animation: plots.Animation, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a notebook gets to display."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: found.append(data))
    animation._ipython_display_()
    [data] = found
    return data


def moving(content: bytes) -> list[tuple[np.ndarray, float | None]]:
    """The frames of a moving PNG or GIF, as indices into its palette, and how long each stays, in milliseconds."""
    with Image.open(io.BytesIO(content)) as picture:
        found = []
        for index in range(picture.n_frames):
            picture.seek(index)
            found.append((np.array(picture), picture.info.get("duration")))
        return found


def test_a_moving_png_holds_every_frame_in_its_turn_and_the_last_for_paper() -> None:
    animation = plots.animation(batches(5))
    still, *frames = moving(animation.png())
    expected = [np.array(picture) for picture in animation.pictures]
    assert np.array_equal(still[0], expected[-1])
    assert len(frames) == 5
    assert all(np.array_equal(found, one) for (found, _), one in zip(frames, expected, strict=True))
    assert [time for _, time in frames] == [500, 500, 500, 500, 1500]


def test_the_images_of_a_frame_stand_in_rows_above_a_bar_that_grows() -> None:
    values = torch.tensor([0.0, 0.25, 0.5, 1.0])[:, None, None, None].expand(-1, 1, 64, 64)
    first, last = (np.array(p.convert("RGB")).astype(int) for p in plots.animation([values, values], cols=2).pictures)
    assert first.shape == (64 + 2 + 64 + 2 + 4, 64 + 2 + 64, 3)
    corners = [first[y, x, 0] for y, x in ((10, 10), (10, 76), (76, 10), (76, 76))]
    assert corners == pytest.approx([0, 64, 128, 255], abs=6)
    bars = [(picture[-1, :, 2] - picture[-1, :, 0] > 100).sum() for picture in (first, last)]
    assert bars == [65, 130]


def test_a_gif_can_be_saved_and_so_can_a_png(tmp_path: Path) -> None:
    animation = plots.animation(batches(4))
    gif = animation.save(tmp_path / "training.gif")
    with Image.open(gif) as picture:
        assert (picture.format, picture.n_frames, picture.info["loop"]) == ("GIF", 4, 0)
        picture.seek(3)
        difference = np.array(picture.convert("RGB")).astype(int) - np.array(animation.pictures[3].convert("RGB"))
    assert np.abs(difference).max() <= 2
    assert animation.save(tmp_path / "training.png").read_bytes() == animation.png()
    with pytest.raises(ValueError, match=r"\.gif or \.png"):
        animation.save(tmp_path / "training.mp4")


@pytest.mark.parametrize("channels", [1, 3])
def test_the_same_frames_give_the_same_bytes(channels: int, tmp_path: Path) -> None:
    one, two = (plots.animation(batches(3, channels=channels)) for _ in range(2))
    assert one.png() == two.png()
    assert one.save(tmp_path / "one.gif").read_bytes() == two.save(tmp_path / "two.gif").read_bytes()


def test_frames_kept_by_a_training_are_taken_as_they_are() -> None:
    frames, seen = genlab.Frames(), batches(3)
    for epoch, images in enumerate(seen, start=1):
        frames.add(epoch, images)
    bytes_of = [[np.array(p) for p in plots.animation(one).pictures] for one in (frames, frames.images)]
    assert all(np.array_equal(a, b) for a, b in zip(*bytes_of, strict=True))


def test_of_very_many_frames_some_are_left_out_but_never_the_ends() -> None:
    shades = [torch.full((1, 1, 64, 64), i / 99) for i in range(100)]
    pictures = plots.animation(shades, most=12).pictures
    assert len(pictures) == 12
    ends = [np.array(one.convert("L"))[10, 10] for one in (pictures[0], pictures[-1])]
    assert ends == pytest.approx([0, 255], abs=6)


def test_a_frame_of_thirty_images_and_thirty_epochs_stays_small() -> None:
    y, x = torch.meshgrid(torch.linspace(0, 6, 64), torch.linspace(0, 6, 64), indexing="ij")
    phases = torch.arange(32)[:, None, None]
    epochs = [
        torch.stack([torch.sin(x + phases), torch.sin(y + e / 3 + phases), torch.cos(x * y + phases)], 1)
        for e in range(30)
    ]
    assert len(plots.animation([(one + 1) / 2 for one in epochs]).png()) < 2_500_000


def test_a_single_frame_is_a_picture() -> None:
    assert len(moving(plots.animation(batches(1)).png())) == 2


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([], "no frame to show yet"),
        (genlab.Frames(), "no frame to show yet"),
        ([torch.rand(4, 1, 8, 8), torch.rand(3, 1, 8, 8)], "same number"),
        ([torch.rand(4, 1, 8, 8) - 1], r"\[0, 1\]"),
    ],
)
def test_what_is_no_animation_is_refused(frames: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.animation(frames)


def test_the_notebook_the_page_made_of_it_and_grading_keep_the_movement(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from nbconvert.exporters import HTMLExporter
    from nbformat import v4

    from autograder.handin.sanitise import sanitise

    animation = plots.animation(batches(3))
    data = shown(animation, monkeypatch)
    assert data["text/plain"] == "Animation(3 frames, 262×70 pixels)"
    assert base64.b64decode(data["image/png"]) == animation.png()
    notebook = v4.new_notebook(cells=[v4.new_code_cell("…", outputs=[v4.new_output("display_data", data=data)])])
    assert sanitise(notebook) == []
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert data["image/png"] in page.replace("\n", "")
    assert capfd.readouterr().err == ""
