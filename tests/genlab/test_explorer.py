"""The explorer shows what the decoder makes of the chosen point, and a picture where there are no sliders."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from genlab import explorer, plots


def decode(z: torch.Tensor) -> torch.Tensor:
    """Gray images (n, 1, 4, 4) whose brightness is z₁ in the upper half and z₂ in the lower one."""
    halves = ((z + 3) / 6).clamp(0, 1)  # (n, 2)
    return halves[:, None, :, None].repeat_interleave(2, dim=2).expand(-1, -1, -1, 4)


def pages(view: explorer._View, *points: tuple[float, float]) -> list[np.ndarray]:
    found = []
    for point in points:
        with Image.open(io.BytesIO(view(*point))) as page:
            found.append(np.asarray(page).astype(float) / 255)
    return found


POINTS = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))


def plane(**settings: Any) -> explorer._Plane:
    everything = {"decode": decode, "extent": 3.0, "points": None, "labels": None, "classes": None}
    return explorer._Plane(**everything | settings)


def test_the_image_beside_the_map_is_the_decoded_point() -> None:
    view = explorer._View(plane(points=POINTS))
    (page,) = pages(view, (1.5, -1.5))
    column = page[:, -200, 0]  # through the decoded image
    assert np.isclose(column, 0.75, atol=0.01).sum() == np.isclose(column, 0.25, atol=0.01).sum()
    assert np.isclose(column, 0.75, atol=0.01).sum() == round(explorer.SIDE * plots.DPI / 2)


@pytest.mark.parametrize("points", [None, POINTS])
def test_the_ring_moves_right_with_z1_and_up_with_z2(points: torch.Tensor | None) -> None:
    view = explorer._View(plane(points=points))
    here, right, up = pages(view, (0.0, 0.0), (2.0, 0.0), (0.0, 2.0))
    width = view.map.shape[1]

    def centre(page: np.ndarray, other: np.ndarray) -> tuple[float, float]:
        """Where `page` differs from the bare map."""
        rows, cols = np.nonzero((page[:, :width] != view.map / 255).any(axis=-1))
        return float(rows.mean()), float(cols.mean())

    (y0, x0), (y1, x1), (y2, x2) = (centre(page, view.map) for page in (here, right, up))
    scale = explorer.SIDE * plots.DPI / 6  # pixels for each unit of z
    assert (x1 - x0, y1 - y0) == pytest.approx((2 * scale, 0), abs=2)
    assert (x2 - x0, y2 - y0) == pytest.approx((0, -2 * scale), abs=2)


def test_the_plane_at_a_glance_decodes_the_middle_of_each_image() -> None:
    figure = explorer.latent_plane(decode, extent=3.0, points=POINTS, labels=torch.arange(50) % 10)
    grid = np.asarray(figure.axes[1].images[0].get_array())[..., 0]
    n = explorer.GRID
    middles = (np.arange(n) + 0.5) / n
    assert grid[0, ::4] == pytest.approx(middles), "z₁ rises to the right"
    assert grid[3::4, 0] == pytest.approx(middles[::-1]), "z₂ rises upwards"


def test_the_decoder_is_called_without_gradients_on_the_lesson_s_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GENLAB_DEVICE", "cpu")
    seen: list[tuple[bool, torch.device, torch.dtype]] = []

    def spy(z: torch.Tensor) -> torch.Tensor:
        seen.append((torch.is_grad_enabled(), z.device, z.dtype))
        return decode(z)

    explorer.latent_plane(spy)
    assert seen == [(False, torch.device("cpu"), torch.float32)]


@pytest.mark.parametrize(
    "wrong",
    [lambda z: z, lambda z: None, lambda z: decode(z[:1]), lambda z: decode(z) * 10 - 5],
    ids=["points", "None", "one image", "logits"],
)
def test_a_decoder_that_returns_no_images_is_told_so(wrong: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match=r"images|image values"):
        explorer.latent_explorer(wrong)


def test_outside_a_notebook_it_says_what_it_would_have_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENLAB_SCALE", "cpu")
    explorer.latent_explorer(decode)
    assert capsys.readouterr().out.startswith("This is not a notebook: ")


def test_at_the_smallest_scale_it_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENLAB_SCALE", "smoke")
    explorer.latent_explorer(decode)
    assert "smoke" in capsys.readouterr().out


def test_moving_a_slider_changes_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    widgets = pytest.importorskip("ipywidgets", reason="sliders need the extra [lab]")
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(explorer, "nobody_there", lambda: None)
    explorer.latent_explorer(decode, points=POINTS)
    (bundle,) = shown
    assert bundle["image/png"], "a reader of the saved notebook sees the plane at a glance"
    model = bundle["application/vnd.jupyter.widget-view+json"]["model_id"]
    page = widgets.widget._instances[model]
    picture, sliders = page.children
    before = picture.value
    sliders.children[0].value = 2.0
    moved = picture.value
    sliders.children[1].value = -1.0
    assert len({before, moved, picture.value}) == 3
    assert picture.value == explorer._View(plane(points=POINTS))(2.0, -1.0)
