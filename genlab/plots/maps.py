"""Maps: a function of the plane as colours, and lines around what lies above zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genlab.plots.style import INK, array, figure_style, finished, panel, root

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def density_map(
    values: Any,
    low: float,
    high: float,
    ax: Axes | None = None,
    title: str | None = None,
    most: float | None = None,
    signed: bool = False,
    bar: str | None = None,
) -> Figure:
    """A figure of a function on the box [low, high]², white (or nearly) where it is 0.

    values: (n, n), element [i, j] of cell i along x₁ (to the right) and cell j along x₂ (upwards). most: the value with the strongest
    colour, or the largest there is. signed: two colours, for values of both signs. bar: the name of the values at a colour bar, or none.
    """
    cells = array(values)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1]:
        raise ValueError(f"density_map draws values of shape (n, n), and these are {cells.shape}")
    most = float(np.nanmax(np.abs(cells))) if most is None else most
    with figure_style():
        figure, ax = panel(ax, 4.6, 4.0)
        picture = ax.imshow(
            cells.T,
            origin="lower",
            extent=(low, high, low, high),
            cmap="PuOr_r" if signed else "Blues",
            vmin=-most if signed else 0,
            vmax=most,
        )
        if bar is not None:
            root(ax).colorbar(picture, ax=ax, label=bar, fraction=0.046, pad=0.04)
        ax.set(xlim=(low, high), ylim=(low, high), aspect="equal", title=title)
        return finished(figure)


def outline(values: Any, low: float, high: float, ax: Axes, **line: Any) -> None:
    """Draw a line on `ax` around where values (n, n), laid out as in `density_map`, are above zero."""
    cells = array(values)
    axis = low + (high - low) * (np.arange(len(cells)) + 0.5) / len(cells)
    ax.contour(axis, axis, cells.T, levels=[0.0], **{"colors": INK, "linewidths": 0.8, **line})
