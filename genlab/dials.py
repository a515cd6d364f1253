"""A face with dials: one slider for each attribute, all of them at once, and the picture that the decoder makes of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genlab.explorer import decoded, nobody_there
from genlab.notebook import in_notebook
from genlab.plots.pictures import image_grid
from genlab.plots.style import DPI, array, as_output

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure

    Decode = Callable[[torch.Tensor], torch.Tensor]

SIDE = 2.6  # inches: the face as it is, and beside it the face as it is dialled
FACES = 4  # rows of the figure that stands in for the sliders


def attribute_explorer(
    decode: Decode, codes: Any, vectors: Mapping[str, Any], extent: float = 4.0, strength: float = 2.0
) -> None:
    """None; shows a face and, for every attribute, a slider that adds its vector: z + Σ strength · vector.

    decode: (n, D) → (n, 1 or 3, H, W) in [0, 1], called without gradients, with codes on genlab.device(). codes: (N, D), the faces to
    choose from. vectors: for every attribute's name its vector (D,). The sliders run over [-extent, extent]. Where nobody can
    move one it shows `attribute_table` instead and says why. Raises ValueError for shapes that do not fit.
    """
    desk = _desk(decode, codes, vectors)
    figure = desk.table(strength)
    reason = nobody_there()
    if reason is None:
        _show_sliders(desk, extent, figure)
        return
    print(f"{reason}: here are a few settings instead of the sliders.")
    if in_notebook():
        from IPython.display import display

        display(as_output(figure, "Faces with one attribute more from column to column"), raw=True)


def attribute_table(decode: Decode, codes: Any, vectors: Mapping[str, Any], strength: float = 2.0) -> Figure:
    """A figure of the first faces, a row for each: as they are, then with one attribute more from column to column, and all kept."""
    return _desk(decode, codes, vectors).table(strength)


@dataclass
class _Desk:
    decode: Decode
    codes: np.ndarray  # (N, D)
    vectors: dict[str, np.ndarray]  # each (D,)

    def faces(self, face: int, strengths: np.ndarray) -> np.ndarray:
        """The images (S, H, W, 3) of one face, for strengths (S, A) of all attributes."""
        return decoded(self.decode, self.codes[face] + strengths @ np.stack(list(self.vectors.values())))

    def table(self, strength: float) -> Figure:
        """The figure of `attribute_table`."""
        count = len(self.vectors)
        steps = strength * np.tri(count + 1, count, -1)  # row k has the first k attributes
        rows = min(FACES, len(self.codes))
        images = np.concatenate([self.faces(face, steps) for face in range(rows)])
        figure = image_grid(images.transpose(0, 3, 1, 2), rows=rows, cols=count + 1)
        ax, width = figure.axes[0], images.shape[2]
        pitch = (ax.images[0].get_size()[1] - width) / max(count, 1)  # pixels from one picture to the next
        for column, name in enumerate(["as it is", *(f"+ {name}" for name in self.vectors)]):
            title = name.replace("_", "\n", 1).replace("_", " ")
            ax.text(column * pitch + width / 2, -2.0, title, ha="center", va="bottom", fontsize=9)
        return figure

    def page(self, face: int, strengths: list[float]) -> bytes:
        """The face as it is and as it is dialled, side by side, as a PNG."""
        from PIL import Image

        side, gap = round(SIDE * DPI), 12
        page = Image.new("RGB", (2 * side + gap, side), "white")
        for index, tile in enumerate(self.faces(face, np.stack([np.zeros(len(strengths)), strengths]))):
            image = Image.fromarray(np.round(tile * 255).astype(np.uint8))
            page.paste(image.resize((side, side), Image.Resampling.BICUBIC), (index * (side + gap), 0))
        buffer = io.BytesIO()
        page.save(buffer, format="png", compress_level=1)
        return buffer.getvalue()


def _desk(decode: Decode, codes: Any, vectors: Mapping[str, Any]) -> _Desk:
    found = array(codes)
    arrows = {name: array(vector) for name, vector in vectors.items()}
    if found.ndim != 2 or not len(found) or not arrows:
        raise ValueError(f"the panel needs codes (N, D) and at least one vector, not {found.shape} and {len(arrows)}")
    for name, arrow in arrows.items():
        if arrow.shape != found.shape[1:]:
            raise ValueError(f"the vector {name!r} has shape {arrow.shape}, and the codes have {found.shape[1:]}")
    return _Desk(decode, found, arrows)


def _show_sliders(desk: _Desk, extent: float, figure: Figure) -> None:
    import ipywidgets as widgets
    from IPython.display import display

    wide = {"layout": widgets.Layout(width="420px"), "style": {"description_width": "150px"}}
    last = len(desk.codes) - 1
    which = widgets.IntSlider(value=0, min=0, max=last, description="face", **wide)
    names = [name.replace("_", " ") for name in desk.vectors]
    dials = [
        widgets.FloatSlider(value=0.0, min=-extent, max=extent, step=extent / 40, description=name, **wide)
        for name in names
    ]
    picture = widgets.Image(format="png")
    back = widgets.Button(description="all to zero")

    def turn(_: object) -> None:
        picture.value = desk.page(which.value, [dial.value for dial in dials])

    def reset(_: object) -> None:
        for dial in dials:
            dial.value = 0.0

    for control in (which, *dials):
        control.observe(turn, names="value")
    back.on_click(reset)
    turn(None)
    page = widgets.VBox([picture, which, *dials, back])
    sliders = {"version_major": 2, "version_minor": 0, "model_id": page.model_id}
    # the figure is for readers of the saved notebook, where no sliders live
    bundle = {
        **as_output(figure, "Faces with one attribute more from column to column; live, a slider for each"),
        "application/vnd.jupyter.widget-view+json": sliders,
    }
    display(bundle, raw=True)
