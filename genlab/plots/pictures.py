"""Pictures made of images: grids, labelled rows, strips, and the decoded latent plane."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from genlab.plots.style import WIDTH, array, figure_style, finished, new_figure, panel

if TYPE_CHECKING:
    import torch
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Images = torch.Tensor | np.ndarray | Sequence[torch.Tensor]

TILE = 0.9  # inches: the side of one image, where there is room


def image_grid(
    images: Images,
    rows: int | None = None,
    cols: int | None = None,
    titles: Sequence[str] | None = None,
    suptitle: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """A figure of images side by side, in rows; one title above each where `titles` are given.

    images: (N, C, H, W) with C = 1 or 3, float in [0, 1] or uint8; (N, H, W) is gray. Raises
    ValueError otherwise.
    """
    tiles = pixels(images)
    rows, cols = _layout(len(tiles), rows, cols)
    tiles = tiles[: rows * cols]
    height, width = tiles.shape[1:3]
    side = min(TILE, WIDTH / cols)
    across = max(1, round(0.06 / side * width))  # gaps in pixels of the mosaic
    lines = max((title.count("\n") + 1 for title in titles or ()), default=0)
    above = round((0.09 + 0.15 * lines) / side * height) if lines else across  # inches, at 9 points
    picture = _mosaic(tiles, cols, across, above)
    with figure_style():
        inches = side / width  # per pixel of the mosaic
        size = (picture.shape[1] * inches, picture.shape[0] * inches)
        figure, ax = _image_axes(ax, size, suptitle)
        _show(ax, picture)
        for index, title in enumerate((titles or ())[: len(tiles)]):
            row, col = divmod(index, cols)
            x = col * (width + across) + width / 2 - 0.5
            y = row * (height + above) + above - 0.06 / side * height - 0.5
            ax.text(x, y, title, ha="center", va="bottom", fontsize=9)
        return finished(figure)


def compare(rows: Mapping[str, Images], title: str | None = None) -> Figure:
    """A figure with one labelled row of images for each entry, such as "input" above "reconstruction"."""
    found = {label: pixels(images) for label, images in rows.items()}
    if not found:
        raise ValueError('compare needs at least one row, as in compare({"input": x})')
    count = min(map(len, found.values()))
    side = min(TILE, (WIDTH - 1.2) / count)
    labels = max(len(label) for label in found) * 0.085 + 0.15  # inches, at 10 points
    with figure_style():
        top = 0.35 if title else 0.05
        figure = new_figure(labels + count * side, top + len(found) * side)
        for index, (label, tiles) in enumerate(found.items()):
            full = figure.get_size_inches()
            bottom = (len(found) - 1 - index) * side
            box = (
                labels / full[0],
                bottom / full[1],
                count * side / full[0],
                side / full[1],
            )
            ax = figure.add_axes(box)
            gap = max(1, round(0.06 / side * tiles.shape[2]))
            _show(ax, _mosaic(tiles[:count], count, gap, gap))
            ax.text(
                -0.12 / (count * side),
                0.5,
                label,
                transform=ax.transAxes,
                ha="right",
                va="center",
            )
        if title:
            wide, high = figure.get_size_inches()
            figure.suptitle(title, x=0.5 + labels / wide / 2, y=1 - 0.06 / high, va="top")
        return finished(figure)


def strip(images: Images, titles: Sequence[str] | None = None, title: str | None = None) -> Figure:
    """A figure of all images in a single row, such as the steps of an interpolation."""
    return image_grid(images, rows=1, titles=titles, suptitle=title)


def decoded_grid(
    images: Images,
    n: int | None = None,
    title: str | None = None,
    ticks: Sequence[float] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """A figure of n·n decoded images without gaps: a map of what the decoder makes of the latent plane.

    images: (n·n, C, H, W), row by row from the top. ticks: the n coordinates of the columns, rising
    from left to right; the rows have the same from bottom to top.
    """
    tiles = pixels(images)
    n = math.isqrt(len(tiles)) if n is None else n
    if n < 1 or n * n != len(tiles):
        raise ValueError(f"decoded_grid draws n·n images, and there are {len(tiles)} (n = {n})")
    with figure_style():
        figure, ax = panel(ax, 6.2, 6.2)
        _show(ax, _mosaic(tiles, n, 0, 0))
        ax.axis("on")
        ax.set(xlabel="$z_1$", ylabel="$z_2$", title=title)
        ax.tick_params(length=0)
        height, width = tiles.shape[1:3]
        shown = [] if ticks is None else range(0, n, max(1, math.ceil(n / 10)))
        names = [f"{float(ticks[i]):.2g}".replace("-", "−") for i in shown] if ticks is not None else []
        ax.set_xticks([(i + 0.5) * width - 0.5 for i in shown], names)
        ax.set_yticks([(n - i - 0.5) * height - 0.5 for i in shown], names)
        return finished(figure)


def pixels(images: Images) -> np.ndarray:
    """The images as an array (N, H, W, 3) of floats in [0, 1]; raises ValueError for what is no picture."""
    if isinstance(images, (list, tuple)):
        images = np.stack([array(image) for image in images])
    found = array(images)
    if found.ndim == 3:
        found = found[:, None]  # (N, H, W) is gray
    if found.ndim != 4 or found.shape[1] not in (1, 3) or not found.size:
        raise ValueError(f"images should have shape (N, 1, H, W) or (N, 3, H, W), and these have {found.shape}")
    if found.dtype == np.uint8:
        found = found / np.float32(255)
    found = found.astype(np.float32)
    low, high = float(np.nanmin(found)), float(np.nanmax(found))
    if low < -0.01 or high > 1.01:
        raise ValueError(
            f"image values should lie in [0, 1], and these run from {low:.3g} to {high:.3g}. "
            "Logits need torch.sigmoid first, tanh images (x + 1) / 2."
        )
    found = np.clip(np.nan_to_num(found), 0, 1).transpose(0, 2, 3, 1)
    return np.broadcast_to(found, (*found.shape[:3], 3))


def _layout(count: int, rows: int | None, cols: int | None) -> tuple[int, int]:
    """Rows and columns for `count` images: what was asked for, else at most ten in a row."""
    if cols is None:
        cols = min(10, count) if rows is None else math.ceil(count / rows)
    return min(rows or count, math.ceil(count / cols)), cols


def _mosaic(tiles: np.ndarray, cols: int, across: int, above: int) -> np.ndarray:
    """The tiles (N, H, W, 3) as one white-gapped picture, `across` pixels between and `above` pixels over each."""
    count, height, width, _ = tiles.shape
    rows = math.ceil(count / cols)
    picture = np.ones((rows * (height + above), cols * (width + across), 3), dtype=np.float32)
    for index, tile in enumerate(tiles):
        top = index // cols * (height + above) + above
        left = index % cols * (width + across)
        picture[top : top + height, left : left + width] = tile
    return picture[:, : picture.shape[1] - across]


def _image_axes(ax: Axes | None, size: tuple[float, float], title: str | None) -> tuple[Figure, Axes]:
    """Axes that fill a figure of `size` inches, under its title; or `ax` with the title above it."""
    if ax is not None:
        ax.set_title(title or "")
        return panel(ax, *size)
    above = 0.35 if title else 0.0
    figure = new_figure(size[0], size[1] + above)
    if title:
        figure.suptitle(title, y=1 - 0.06 / (size[1] + above), va="top")
    return figure, figure.add_axes((0, 0, 1, size[1] / (size[1] + above)))


def _show(ax: Axes, picture: np.ndarray) -> None:
    ax.imshow(picture, interpolation="nearest")
    ax.axis("off")
