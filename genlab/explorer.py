"""A latent plane to walk in: two sliders, and the picture that the decoder makes of the point they choose."""

from __future__ import annotations

import importlib.util
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genlab.notebook import in_notebook
from genlab.plots.pictures import decoded_grid, pixels
from genlab.plots.style import (
    DPI,
    INK,
    as_output,
    discard,
    figure_style,
    finished,
    new_figure,
)

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure

    Decode = Callable[[torch.Tensor], torch.Tensor]

SIDE = 3.4  # inches: the map, and the decoded image beside it
GRID = 15  # images on a side of the plane at a glance


def latent_explorer(
    decode: Decode,
    extent: float = 3.0,
    points: Any = None,
    labels: Any = None,
    classes: Sequence[str] | None = None,
) -> None:
    """None; shows the decoded image of any point of the plane [-extent, extent]², chosen with two sliders.

    decode: (n, 2) → (n, 1, H, W) or (n, 3, H, W) in [0, 1]; called without gradients, with points
    on genlab.device().
    points (N, 2), labels (N,) and classes: encoded images, drawn as a map to find one's way by.
    Where nobody can move a slider (a run without a reader, the scale "smoke", no ipywidgets) it
    shows the plane at a glance instead and says why. Raises ValueError when decode does not return
    images.
    """
    plane = _Plane(decode, float(extent), points, labels, classes)
    reason = nobody_there()
    if reason is None:
        _show_sliders(plane)
        return
    figure = plane.at_a_glance()
    print(f"{reason}: here is the plane at a glance instead of the sliders.")
    if in_notebook():
        from IPython.display import display

        display(as_output(figure, "The latent plane at a glance"), raw=True)


def latent_plane(
    decode: Decode,
    extent: float = 3.0,
    points: Any = None,
    labels: Any = None,
    classes: Sequence[str] | None = None,
) -> Figure:
    """A figure of the plane at a glance: what `latent_explorer` shows where it cannot be interactive."""
    return _Plane(decode, float(extent), points, labels, classes).at_a_glance()


def decoded(decode: Decode, z: Any) -> np.ndarray:
    """The images (n, H, W, 3) in [0, 1] that decode makes of the codes z (n, D), called without gradients on genlab.device().

    Raises ValueError when it makes something else.
    """
    import torch

    from genlab.scale import device

    with torch.no_grad():
        found = decode(torch.as_tensor(z, dtype=torch.float32, device=device()))
    if not isinstance(found, torch.Tensor) or found.ndim != 4 or len(found) != len(z):
        what = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
        n, d = len(z), z.shape[1]
        raise ValueError(f"decode should turn points ({n}, {d}) into images ({n}, C, H, W), not {what}")
    return pixels(found)


@dataclass
class _Plane:
    decode: Decode
    extent: float
    points: Any
    labels: Any
    classes: Sequence[str] | None

    def images(self, z: np.ndarray) -> np.ndarray:
        """The decoded images (n, H, W, 3) of the points z (n, 2)."""
        return decoded(self.decode, z)

    def at_a_glance(self) -> Figure:
        """A figure of the decoded plane, beside the map of the points where there are some."""
        with figure_style():
            left = 0.0 if self.points is None else SIDE + 1.9
            figure = new_figure(left + SIDE + 1.0, SIDE + 0.9)
            if self.points is not None:
                self._draw_map(figure, 0.6)
            self._draw_grid(figure, left + 0.6)
            return finished(figure)

    def map(self) -> tuple[np.ndarray, Callable[[float, float], tuple[float, float]]]:
        """The map (H, W, 3) as uint8, and the function from a point of the plane to its pixel (x, y)."""
        with figure_style():
            figure = new_figure(SIDE + (0.9 if self.labels is None else 1.9), SIDE + 0.9)
            draw = self._draw_grid if self.points is None else self._draw_map
            ax = draw(figure, 0.6)
            canvas: Any = figure.canvas  # Agg, the only kind that new_figure makes
            canvas.draw()
        picture = np.asarray(canvas.buffer_rgba())[..., :3].copy()
        discard(figure)
        box = ax.get_window_extent()

        def pixel(x: float, y: float) -> tuple[float, float]:
            right = box.x0 + (x + self.extent) / (2 * self.extent) * box.width
            up = box.y0 + (y + self.extent) / (2 * self.extent) * box.height
            return float(right), float(picture.shape[0] - up)

        return picture, pixel

    def _draw_map(self, figure: Figure, left: float) -> Any:
        from genlab.plots.charts import latent_map

        ax = _square(figure, left)
        latent_map(self.points, self.labels, self.classes, ax=ax, extent=self.extent)
        return ax

    def _draw_grid(self, figure: Figure, left: float) -> Any:
        ax = _square(figure, left)
        # the middle of each image is the point that was decoded
        step = 2 * self.extent / GRID
        ticks = -self.extent + step * (np.arange(GRID) + 0.5)
        z = np.stack(np.meshgrid(ticks, ticks[::-1]), axis=-1).reshape(-1, 2)
        decoded_grid(self.images(z).transpose(0, 3, 1, 2), GRID, ticks=ticks.tolist(), ax=ax)
        return ax


class _View:
    """The map with a ring at the chosen point, and the decoded image beside it, as one PNG."""

    def __init__(self, plane: _Plane) -> None:
        self.plane = plane
        self.map, self.pixel = plane.map()

    def __call__(self, x: float, y: float) -> bytes:
        from PIL import Image, ImageDraw

        side = round(SIDE * DPI)
        decoded = self.plane.images(np.array([[x, y]]))[0]  # (H, W, 3)
        tile = Image.fromarray(np.round(decoded * 255).astype(np.uint8))
        tile = tile.resize((side, side), Image.Resampling.NEAREST)
        height, width = self.map.shape[:2]
        page = Image.new("RGB", (width + side + 30, height), "white")
        page.paste(Image.fromarray(self.map))
        page.paste(tile, (width + 10, height - side - round(0.6 * DPI)))
        right, down = self.pixel(x, y)
        pen = ImageDraw.Draw(page)
        for radius, colour, thick in ((10, "white", 7), (9, INK, 3)):
            pen.ellipse(
                (right - radius, down - radius, right + radius, down + radius),
                outline=colour,
                width=thick,
            )
        buffer = io.BytesIO()
        page.save(buffer, format="png", compress_level=1)
        return buffer.getvalue()


def _show_sliders(plane: _Plane) -> None:
    import ipywidgets as widgets
    from IPython.display import display

    view = _View(plane)
    first = view(0.0, 0.0)
    picture = widgets.Image(value=first, format="png")
    settings = {"min": -plane.extent, "max": plane.extent, "step": plane.extent / 60}
    settings["layout"] = widgets.Layout(width="400px")
    across = widgets.FloatSlider(value=0.0, description="z₁", readout_format=".2f", **settings)
    up = widgets.FloatSlider(value=0.0, description="z₂", readout_format=".2f", **settings)

    def move(_: object) -> None:
        picture.value = view(across.value, up.value)

    across.observe(move, names="value")
    up.observe(move, names="value")
    page = widgets.VBox([picture, widgets.HBox([across, up])])
    sliders = {"version_major": 2, "version_minor": 0, "model_id": page.model_id}
    # the picture is for readers of the saved notebook, where no sliders live
    bundle = {
        **as_output(plane.at_a_glance(), "The latent plane, with two sliders"),
        "application/vnd.jupyter.widget-view+json": sliders,
    }
    display(bundle, raw=True)


def nobody_there() -> str | None:
    """Why sliders would be of no use here, or None where they are."""
    from genlab.scale import scale

    if scale() == "smoke":
        return 'The scale is "smoke"'
    if not in_notebook():
        return "This is not a notebook"
    if importlib.util.find_spec("ipywidgets") is None:
        return "ipywidgets is not installed (pip install ipywidgets)"
    from IPython import get_ipython

    # a runner of notebooks (nbconvert, nbgrader) says that nobody can answer input(); Colab answers
    # it in its own way
    answers = getattr(get_ipython().kernel, "_allow_stdin", True) or "google.colab" in sys.modules
    return None if answers else "This notebook runs without a reader"


def _square(figure: Figure, left: float) -> Any:
    width, height = figure.get_size_inches()
    return figure.add_axes((left / width, 0.6 / height, SIDE / width, SIDE / height))
