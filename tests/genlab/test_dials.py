"""The panel adds every dialled attribute to the chosen face, and shows a table of faces where there are no sliders."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from genlab import dials

CODES = torch.tensor([[0.2, 0.4, 0.6], [0.5, 0.1, 0.3]])
VECTORS = {"Red_Hair": torch.tensor([0.1, 0.0, 0.0]), "Green": torch.tensor([0.0, 0.2, 0.0])}


def decode(z: torch.Tensor) -> torch.Tensor:
    """Images (n, 3, 8, 8) whose colour is the code itself."""
    return z.clamp(0, 1)[:, :, None, None].expand(-1, -1, 8, 8)


def colours(page: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The colours in the middle of the face as it is, and of the face as it is dialled."""
    with Image.open(io.BytesIO(page)) as image:
        pixels = np.asarray(image) / 255
    height, width = pixels.shape[:2]
    return pixels[height // 2, width // 4], pixels[height // 2, width * 3 // 4]


def test_the_table_adds_one_attribute_more_from_column_to_column() -> None:
    figure = dials.attribute_table(decode, CODES, VECTORS, strength=2.0)
    picture = np.asarray(figure.axes[0].images[0].get_array())
    across = picture.shape[1] // 3
    row = [picture[-4, across * k + 4].tolist() for k in range(3)]  # through the second face
    assert np.allclose(row, [[0.5, 0.1, 0.3], [0.7, 0.1, 0.3], [0.7, 0.5, 0.3]], atol=0.01)
    assert [text.get_text() for text in figure.axes[0].texts] == ["as it is", "+ Red\nHair", "+ Green"]


@pytest.mark.parametrize(
    ("codes", "vectors"),
    [(CODES[0], VECTORS), (CODES, {}), (CODES[:0], VECTORS), (CODES, {"Red": torch.ones(4)})],
    ids=["one code", "no vector", "no code", "another length"],
)
def test_shapes_that_do_not_fit_are_told_so(codes: torch.Tensor, vectors: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ValueError, match=r"codes"):
        dials.attribute_explorer(decode, codes, vectors)


def test_outside_a_notebook_it_says_what_it_would_have_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENLAB_SCALE", "cpu")
    dials.attribute_explorer(decode, CODES, VECTORS)
    assert capsys.readouterr().out.startswith("This is not a notebook: ")


def test_every_slider_adds_its_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    widgets = pytest.importorskip("ipywidgets", reason="sliders need the extra [lab]")
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(dials, "nobody_there", lambda: None)
    dials.attribute_explorer(decode, CODES, VECTORS)
    (bundle,) = shown
    assert bundle["image/png"], "a reader of the saved notebook sees the table"
    page = widgets.widget._instances[bundle["application/vnd.jupyter.widget-view+json"]["model_id"]]
    picture, face, red, green, back = page.children
    face.value, red.value, green.value = 1, 2.0, -0.5
    before, after = colours(picture.value)
    assert np.allclose(before, [0.5, 0.1, 0.3], atol=0.01)
    assert np.allclose(after, [0.7, 0.0, 0.3], atol=0.01)
    back.click()
    before, after = colours(picture.value)
    assert np.allclose(after, before, atol=0.01)
