"""Charts: latent maps, loss curves, and any other curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from genlab.plots.style import (
    COLOURS,
    FAINT,
    WIDTH,
    array,
    figure_style,
    finished,
    new_figure,
    panel,
    root,
)
from genlab.training.history import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Histories: TypeAlias = History | Mapping[str, History]


def latent_map(
    z: Any,
    labels: Any = None,
    classes: Sequence[str] | None = None,
    ax: Axes | None = None,
    extent: float | None = None,
    title: str | None = None,
) -> Figure:
    """A figure of the points z (N, 2), coloured by class, with the legend outside.

    labels: (N,) integers; classes: their names. extent: the map shows [-extent, extent] on both
    axes, or all points.
    """
    points = array(z)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"latent_map draws points of shape (N, 2), and these are {points.shape}")
    kinds = np.zeros(len(points), dtype=int) if labels is None else array(labels).astype(int)
    if len(kinds) != len(points):
        raise ValueError(f"there are {len(points)} points but {len(kinds)} labels; pass one each")
    with figure_style():
        figure, ax = panel(ax, 5.4 if labels is None else 7.0, 5.4)
        # a fixed shuffle, so that no class lies on top of all others
        order = np.random.default_rng(0).permutation(len(points))
        colours = np.array(COLOURS)[kinds % len(COLOURS)]
        size = min(12.0, max(2.0, 30_000 / max(1, len(points))))
        x, y = points[order].T
        ax.scatter(x, y, s=size, c=colours[order], alpha=0.6, lw=0, rasterized=True)
        if labels is not None:
            _class_legend(ax, np.unique(kinds), classes)
        _latent_axes(ax, extent, title)
        return finished(figure)


def loss_curve(history: Histories, ax: Axes | None = None, title: str | None = None) -> Figure:
    """A figure of the losses over the epochs, one panel for each loss, one line for each history.

    The line is a running mean, the faint one behind it the steps themselves; dots are evaluations
    of the same name. With `ax`, all go into that one panel.
    """
    several = {"": history} if isinstance(history, History) else dict(history)
    names = list(dict.fromkeys(name for one in several.values() for name in one.steps))
    if not names:
        raise ValueError("there is no loss to draw yet: the history holds no step")
    with figure_style():
        if ax is None:
            width = WIDTH if len(names) > 1 else 5.6
            figure = new_figure(width, 2.9)
            panels = list(np.atleast_1d(figure.subplots(1, len(names))))
        else:
            figure, panels = root(ax), [ax] * len(names)
        for name, one_panel in zip(names, panels, strict=True):
            for label, one in several.items():
                shown = " ".join(filter(None, (label, name if ax is not None else "")))
                _one_loss(one_panel, one, name, shown)
            _loss_axes(one_panel, [one.steps.get(name, []) for one in several.values()])
            one_panel.set_title(name if ax is None else "")
        if len(several) > 1 or ax is not None:
            _legend_outside(panels[-1])
        if title:
            figure.suptitle(title)
        if ax is None:
            figure.tight_layout()
        return finished(figure)


def curves(
    series: Mapping[str, Any],
    x: Any = None,
    ax: Axes | None = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    title: str | None = None,
) -> Figure:
    """A figure with one labelled line for each entry of `series`, over `x` or over 0, 1, 2, …"""
    with figure_style():
        figure, ax = panel(ax, 5.6, 3.4)
        for label, values in series.items():
            y = array(values)
            ax.plot(np.arange(len(y)) if x is None else array(x), y, label=label)
        ax.grid(True)
        ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
        if len(series) > 1:
            _legend_outside(ax)
        return finished(figure)


def confusion(
    truth: Any,
    guessed: Any,
    classes: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
) -> Figure:
    """A figure of who is taken for whom: a row for each true class, a column for each guess, in percent of the row.

    truth, guessed: (N,) class numbers.
    """
    count = len(classes)
    pairs = count * array(truth).astype(int) + array(guessed).astype(int)
    table = np.bincount(pairs, minlength=count * count).reshape(count, count)
    shares = 100 * table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    with figure_style():
        figure, ax = panel(ax, 6.2, 5.4)
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=100)
        for (row, column), share in np.ndenumerate(shares):
            if share >= 0.5:
                colour = "white" if share > 60 else "black"
                ax.text(column, row, f"{share:.0f}", ha="center", va="center", fontsize=8, color=colour)
        ax.set_xticks(range(count), classes, rotation=45, ha="right", rotation_mode="anchor")
        ax.set_yticks(range(count), classes)
        ax.set(xlabel="guessed", ylabel="true class, rows in percent", title=title)
        ax.grid(False)
        ax.tick_params(length=0)
    return finished(figure)


def _class_legend(ax: Axes, kinds: np.ndarray, classes: Sequence[str] | None) -> None:
    names = [str(kind) if classes is None else classes[kind] for kind in kinds]
    for kind, name in zip(kinds, names, strict=True):
        ax.scatter([], [], s=45, c=COLOURS[kind % len(COLOURS)], label=name)
    _legend_outside(ax, handletextpad=0.2)


def _legend_outside(ax: Axes, **settings: Any) -> None:
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), labelspacing=0.6, **settings)


def _latent_axes(ax: Axes, extent: float | None, title: str | None) -> None:
    ax.axhline(0, color=FAINT, lw=0.8, zorder=0)
    ax.axvline(0, color=FAINT, lw=0.8, zorder=0)
    ax.set_aspect("equal", adjustable="datalim" if extent is None else "box")
    if extent is not None:
        ax.set(xlim=(-extent, extent), ylim=(-extent, extent))
    ax.set(xlabel="$z_1$", ylabel="$z_2$", title=title)


def _one_loss(ax: Axes, history: History, name: str, label: str) -> None:
    y = np.asarray(history.steps.get(name, []), dtype=float)
    if not len(y):
        return
    x = np.arange(1, len(y) + 1) / history.steps_per_epoch
    window = max(1, min(history.steps_per_epoch, len(y) // 40))
    total = np.cumsum(np.insert(y, 0, 0.0))
    smooth = (total[window:] - total[:-window]) / window
    stride = max(1, len(y) // 600)
    line = ax.plot(x[window - 1 :][::stride], smooth[::stride], label=label)[0]
    ax.plot(x[::stride], y[::stride], color=line.get_color(), alpha=0.25, lw=0.8, zorder=1)
    dots = [(i + 1, found[name]) for i, found in enumerate(history.evaluations) if name in found]
    if dots:
        ax.plot(*zip(*dots, strict=True), "o", ms=5, mfc="white", color=line.get_color())


def _loss_axes(ax: Axes, seen: Sequence[Sequence[float]]) -> None:
    # a steep start would flatten all that follows: the first steps may leave the frame at the top
    low = min(min(one, default=math.inf) for one in seen)
    later = np.concatenate([np.asarray(one[len(one) // 20 :], dtype=float) for one in seen])
    high = float(np.quantile(later, 0.995))
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    ax.set_ylim(low - room, high + room)
    ax.grid(True)
    ax.set_xlabel("epoch")
