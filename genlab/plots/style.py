"""The house style of figures: colours, fonts, sizes, and how a notebook shows a figure once.

Colours are the eight of Okabe and Ito ("Color Universal Design", 2008) and two more, chosen so that
all ten stay as far apart under simulated colour blindness as the eight do. Figures are white, so
that they read on dark pages, too.
"""

from __future__ import annotations

import base64
import functools
import io
import sys
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = (
    "#0072B2",  # blue
    "#E69F00",  # orange
    "#009E73",  # green
    "#CC79A7",  # pink
    "#D55E00",  # vermilion
    "#56B4E9",  # sky
    "#783000",  # brown, ours
    "#F0E442",  # yellow
    "#480060",  # violet, ours
    "#1F1F1F",  # black
)
INK, FAINT = "#222222", "#D8D8D8"
DPI = 110
TICKS = 9  # points
WIDTH = 9.0  # inches: the widest figure, about the width of a notebook's output
TILE = 0.9  # inches: the side of one image, where there is room


class figure_style:
    """The house style for figures of one's own: `with figure_style():` for a block, `figure_style()` for good."""

    def __init__(self) -> None:
        import matplotlib as mpl

        settings = _settings()
        self.before = {key: mpl.rcParams[key] for key in settings}
        mpl.rcParams.update(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        import matplotlib as mpl

        mpl.rcParams.update(self.before)


def subplots(rows: int = 1, cols: int = 1, *, width: float = WIDTH, height: float = 3.2) -> Any:
    """A figure in the house style and its axes, as matplotlib's `subplots` gives them; sizes in inches."""
    with figure_style():
        figure = new_figure(width, height)
        return figure, figure.subplots(rows, cols)


def array(values: Any) -> np.ndarray:
    """Any tensor, on any device and with or without a graph, or anything array-like, as a NumPy array."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        if values.is_floating_point():
            values = values.float()  # NumPy knows no bfloat16
        return np.asarray(values.numpy())
    return np.asarray(values)


def png(figure: Figure) -> bytes:
    """The figure as the bytes of a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", pad_inches=0.08)
    return buffer.getvalue()


def as_output(figure: Figure, text: str) -> dict[str, str]:
    """The figure as what a notebook displays, with `text` for pages without pictures; pyplot lets go of it."""
    picture = base64.b64encode(png(figure)).decode("ascii")
    discard(figure)
    return {"image/png": picture, "text/plain": text}


def discard(figure: Figure) -> None:
    """Keeps a figure that was only a means from being shown when the cell ends."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)


def new_figure(width: float, height: float) -> Figure:
    """An empty white figure of that size in inches.

    In a notebook it belongs to pyplot, which shows it when the cell ends; elsewhere it belongs to
    nobody, so that a script can make thousands.
    """
    if not _shown_at_cell_end():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), dpi=DPI)
        FigureCanvasAgg(figure)
        return figure
    import matplotlib.pyplot as plt

    return plt.figure(figsize=(width, height), dpi=DPI, FigureClass=_shown_once())


def panel(ax: Axes | None, width: float, height: float) -> tuple[Figure, Axes]:
    """`ax` and its figure; without one, a new figure of that size and its only axes."""
    if ax is None:
        figure = new_figure(width, height)
        return figure, figure.add_subplot()
    return root(ax), ax


def root(ax: Axes) -> Figure:
    """The whole figure that `ax` is in, also where a subfigure lies between."""
    found: Any = ax.figure
    return found if hasattr(found, "draw_without_rendering") else found.figure


def finished(figure: Figure) -> Figure:
    """The figure, with what matplotlib would look up only when it draws (the size of ticks) fixed now."""
    for ax in figure.axes:
        ax.tick_params(labelsize=TICKS)
    return figure


def _shown_at_cell_end() -> bool:
    import matplotlib as mpl

    return "IPython" in sys.modules and "inline" in str(mpl.get_backend())


@functools.cache
def _shown_once() -> type[Figure]:
    from matplotlib.figure import Figure

    class ShownOnce(Figure):
        """A figure that is the value of a cell's last line is shown there, and not again when the cell ends."""

        def _ipython_display_(self) -> None:
            from IPython.display import display

            display(as_output(self, "a figure"), raw=True)

    return ShownOnce


def _settings() -> dict[str, Any]:
    from cycler import cycler

    return {
        "axes.edgecolor": "#888888",
        "axes.facecolor": "white",
        "axes.grid": False,
        "axes.labelcolor": INK,
        "axes.labelsize": 10,
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": INK,
        "axes.titlesize": 11,
        "figure.dpi": DPI,
        "figure.edgecolor": "white",
        "figure.facecolor": "white",
        "figure.titlesize": 12,
        "font.size": 10,
        "grid.color": FAINT,
        "grid.linewidth": 0.7,
        "image.cmap": "gray",
        "image.interpolation": "nearest",
        "legend.fontsize": 9,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "savefig.facecolor": "white",
        "text.color": INK,
        "xtick.color": "#555555",
        "xtick.labelsize": TICKS,
        "ytick.color": "#555555",
        "ytick.labelsize": TICKS,
    }
