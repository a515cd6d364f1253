"""The pictures show what they are given, whatever its device, dtype or graph, and refuse what is no picture."""

from __future__ import annotations

import io
import itertools
import warnings
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from autograder.card import ACCENT
from genlab import plots
from genlab.training.history import History


def picture(figure: Figure) -> np.ndarray:
    """The figure as it is seen: (H, W, 3) in [0, 1]."""
    with Image.open(io.BytesIO(plots.png(figure))) as page:
        return np.asarray(page.convert("RGB")) / 255


def shown(figure: Figure, panel: int = 0) -> np.ndarray:
    """The array (H, W, 3) that the panel shows."""
    return np.asarray(figure.axes[panel].images[0].get_array())


def flat(values: list[float], size: int = 4) -> torch.Tensor:
    """One gray image (1, size, size) of each value."""
    return torch.tensor(values)[:, None, None, None].expand(-1, 1, size, size)


def test_a_grid_holds_every_image_in_reading_order() -> None:
    values = [i / 12 for i in range(12)]
    found = shown(plots.image_grid(flat(values), rows=3, cols=4))
    gap = (found.shape[1] - 4 * 4) // 3
    corners = [found[row * (4 + gap) + gap, col * (4 + gap), 0] for row in range(3) for col in range(4)]
    assert corners == pytest.approx(values)


@pytest.mark.parametrize(
    ("count", "rows", "cols", "layout"),
    [
        (7, None, None, (1, 7)),
        (30, None, None, (3, 10)),
        (12, 2, None, (2, 6)),
        (12, None, 5, (3, 5)),
        (12, 2, 3, (2, 3)),
        (1, None, None, (1, 1)),
    ],
)
def test_the_layout_follows_from_what_is_given(
    count: int, rows: int | None, cols: int | None, layout: tuple[int, int]
) -> None:
    found = shown(plots.image_grid(torch.zeros(count, 1, 20, 20), rows, cols))
    assert (found.shape[0] // 20, found.shape[1] // 20) == layout


IMAGES = torch.rand(6, 1, 5, 5, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "images",
    [
        (IMAGES * 255).round().to(torch.uint8),
        IMAGES.double(),
        IMAGES.clone().requires_grad_(),
        IMAGES.to(torch.bfloat16),
        IMAGES[:, 0],
        IMAGES.expand(-1, 3, -1, -1),
        IMAGES.numpy(),
        list(IMAGES),
        IMAGES * (1 + 1e-7),
    ],
    ids=["uint8", "double", "graph", "bfloat16", "NHW", "RGB", "NumPy", "list", "rounding"],
)
def test_every_kind_of_images_gives_the_same_picture(images: Any) -> None:
    expected = shown(plots.image_grid(IMAGES))
    assert shown(plots.image_grid(images)) == pytest.approx(expected, abs=0.003)


def test_colours_are_kept() -> None:
    red = torch.zeros(1, 3, 4, 4)
    red[:, 0] = 1
    assert shown(plots.image_grid(red))[-1, -1].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(4, 2, 5, 5), r"\(4, 2, 5, 5\)"),
        (torch.zeros(4, 5), r"\(4, 5\)"),
        (torch.zeros(0, 1, 5, 5), r"\(0, 1, 5, 5\)"),
        (torch.full((1, 1, 5, 5), -1.0), "sigmoid"),
        (torch.full((1, 1, 5, 5), 255.0), "255"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_shape_or_range(images: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.image_grid(images)


def test_titles_stand_over_their_images() -> None:
    figure = plots.image_grid(IMAGES, cols=3, titles=list("abcdef"), suptitle="All")
    texts = figure.axes[0].texts
    assert [text.get_text() for text in texts] == list("abcdef")
    x, y = zip(*(text.get_position() for text in texts), strict=True)
    assert x[:3] == x[3:]
    assert sorted(x[:3]) == list(x[:3])
    assert y[0] == y[1] < y[3]
    assert figure.get_suptitle() == "All"


def test_compare_labels_its_rows_from_the_top() -> None:
    figure = plots.compare({"input": flat([0.0, 0.0]), "reconstruction": flat([0.5, 0.5, 0.5])})
    labels = [ax.texts[0].get_text() for ax in figure.axes]
    heights = [ax.get_position().y0 for ax in figure.axes]
    assert labels == ["input", "reconstruction"]
    assert heights[0] > heights[1]
    assert shown(figure, 0).shape == shown(figure, 1).shape, "as many as the shortest row"
    assert shown(figure, 1)[-1, -1, 0] == 0.5


def test_a_strip_is_one_row() -> None:
    found = shown(plots.strip(torch.zeros(13, 1, 8, 8)))
    assert found.shape[0] < 16


def test_a_map_colours_points_by_class_with_the_names_beside_it() -> None:
    z = torch.randn(300, 2, requires_grad=True)
    labels = torch.arange(300) % 3 + 4
    classes = [f"class {i}" for i in range(10)]
    figure = plots.latent_map(z, labels, classes, extent=2.5, title="Where they are")
    ax = figure.axes[0]
    points = ax.collections[0]
    positions = {tuple(p): tuple(c[:3]) for p, c in zip(points.get_offsets(), points.get_facecolor(), strict=True)}
    for point, label in zip(z.detach().numpy(), labels.tolist(), strict=True):
        assert positions[tuple(point)] == pytest.approx(to_rgb(plots.COLOURS[label]))
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["class 4", "class 5", "class 6"]
    assert ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1
    assert ax.get_xlim() == ax.get_ylim() == (-2.5, 2.5)
    assert ax.get_aspect() == 1
    assert picture(figure).shape[1] > 300


def test_a_map_without_labels_has_no_legend() -> None:
    assert plots.latent_map(torch.randn(5, 2)).axes[0].get_legend() is None


@pytest.mark.parametrize(
    ("z", "labels", "message"),
    [(torch.randn(4, 3), None, r"\(4, 3\)"), (torch.randn(4, 2), torch.zeros(3), "3 labels")],
)
def test_a_map_refuses_what_has_no_two_coordinates_or_not_one_label_each(
    z: torch.Tensor, labels: torch.Tensor | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        plots.latent_map(z, labels)


def test_a_decoded_grid_has_no_gaps_and_its_ticks_where_the_points_are() -> None:
    values = [i / 9 for i in range(9)]
    figure = plots.decoded_grid(flat(values), 3, ticks=torch.tensor([-1.5, 0.0, 1.5]))
    assert shown(figure)[::4, ::4, 0].flatten().tolist() == pytest.approx(values)
    ax = figure.axes[0]
    assert [(t.get_position()[0], t.get_text()) for t in ax.get_xticklabels()] == [
        (1.5, "−1.5"),
        (5.5, "0"),
        (9.5, "1.5"),
    ]
    # the first row of images is the highest z₂
    assert [(t.get_position()[1], t.get_text()) for t in ax.get_yticklabels()] == [
        (9.5, "−1.5"),
        (5.5, "0"),
        (1.5, "1.5"),
    ]


@pytest.mark.parametrize(("count", "n"), [(8, None), (9, 4), (8, 3)])
def test_a_decoded_grid_refuses_what_is_no_square(count: int, n: int | None) -> None:
    with pytest.raises(ValueError, match=str(count)):
        plots.decoded_grid(torch.zeros(count, 1, 4, 4), n)


def history(start: float = 500.0, steps: int = 200) -> History:
    t = np.arange(steps)
    total = (100 + start * np.exp(-t / 5) + np.sin(t)).tolist()
    kl = (7 - 7 * np.exp(-t / 20)).tolist()
    return History(
        steps={"total": total, "kl": kl},
        evaluations=[{"total": 101.0}, {"total": 100.5}],
        steps_per_epoch=100,
    )


def test_a_history_has_a_panel_for_each_loss_and_dots_for_its_evaluations() -> None:
    figure = history().plot()
    assert [ax.get_title() for ax in figure.axes] == ["total", "kl"]
    total = figure.axes[0]
    smooth, steps, dots = total.lines
    assert steps.get_xdata()[-1] == smooth.get_xdata()[-1] == 2.0, "x counts epochs"
    assert np.std(smooth.get_ydata()[100:]) < np.std(steps.get_ydata()[100:])
    assert list(zip(*dots.get_data(), strict=True)) == [(1, 101.0), (2, 100.5)]
    assert total.get_ylim()[1] < 200, "the steep start does not flatten the rest"
    assert figure.axes[1].get_ylim()[0] <= 0, "a rising loss is seen from its start"


def test_several_histories_share_panels_and_are_told_apart() -> None:
    figure = plots.loss_curve({"beta 1": history(), "beta 4": history(300)})
    assert len(figure.axes) == 2
    names = [text.get_text() for text in figure.axes[-1].get_legend().get_texts()]
    assert names == ["beta 1", "beta 4"]
    colours = {line.get_color() for line in figure.axes[0].lines}
    assert len(colours) == 2


def test_a_history_can_be_drawn_into_one_s_own_axes() -> None:
    figure, axes = plots.subplots(1, 2)
    assert history().plot(ax=axes[1]) is figure
    names = [text.get_text() for text in axes[1].get_legend().get_texts()]
    assert names == ["total", "kl"]
    assert not axes[0].lines


@pytest.mark.parametrize("steps", [1, 2, 30])
def test_a_history_of_few_steps_can_be_drawn(steps: int) -> None:
    picture(history(steps=steps).plot())


def test_an_empty_history_says_so() -> None:
    with pytest.raises(ValueError, match="no step"):
        History().plot()


def test_curves_are_labelled() -> None:
    figure = plots.curves({"a": torch.ones(4), "b": [1, 2, 3, 4]}, x=[0, 2, 4, 6], xlabel="β")
    ax = figure.axes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert ax.lines[1].get_xdata().tolist() == [0, 2, 4, 6]
    assert ax.get_xlabel() == "β"


ALL = {
    "image_grid": lambda: plots.image_grid(IMAGES, titles=list("abcdef"), suptitle="x"),
    "compare": lambda: plots.compare({"input": IMAGES}),
    "strip": lambda: plots.strip(IMAGES),
    "latent_map": lambda: plots.latent_map(torch.eye(9)[:, :2], torch.arange(9)),
    "decoded_grid": lambda: plots.decoded_grid(torch.zeros(9, 1, 4, 4)),
    "loss_curve": lambda: history().plot(),
    "curves": lambda: plots.curves({"a": [1, 2], "b": [2, 1]}),
}


@pytest.mark.parametrize("name", ALL)
def test_every_figure_is_white_and_of_one_resolution(name: str) -> None:
    figure = ALL[name]()
    page = picture(figure)
    edge = np.concatenate([page[0], page[-1], page[:, 0], page[:, -1]])
    assert edge.min() == 1.0
    assert figure.dpi == 110
    assert page.shape[1] <= 1100


@pytest.mark.parametrize("name", ALL)
def test_pictures_neither_change_the_reader_s_settings_nor_obey_them(name: str) -> None:
    plain = picture(ALL[name]())
    with mpl.rc_context({"axes.titlesize": 30, "xtick.labelsize": 30, "figure.facecolor": "black"}):
        before = dict(mpl.rcParams)
        figure = ALL[name]()
        assert dict(mpl.rcParams) == before
    with mpl.rc_context({"xtick.labelsize": 30, "ytick.color": "red"}):
        assert np.array_equal(picture(figure), plain), "drawn later, under other settings"


def test_a_thousand_figures_are_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(30):
            plots.strip(IMAGES)


def test_the_style_holds_for_a_block_or_for_good() -> None:
    with mpl.rc_context({"axes.spines.top": True}):
        with plots.figure_style():
            assert mpl.rcParams["axes.spines.top"] is False
        assert mpl.rcParams["axes.spines.top"] is True
        plots.figure_style()
        assert mpl.rcParams["axes.spines.top"] is False


# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
SIGHTS = {
    "usual": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


# What the lessons draw lines with beside black: their GREY, BLUE, ORANGE and GREEN
LINES = ("#5F6B76", plots.COLOURS[0], plots.COLOURS[4], plots.COLOURS[2], "#000000")


def lab(colour: str, sight: Any) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    xyz = to_xyz @ np.clip(np.array(sight) @ linear, 0, 1) / np.array([0.9505, 1.0, 1.0888])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
def test_ten_classes_are_told_apart_with_any_colour_vision(sight: str) -> None:
    assert len(plots.COLOURS) == 10
    points = {colour: lab(colour, SIGHTS[sight]) for colour in plots.COLOURS}
    points["white"] = np.array([100.0, 0.0, 0.0])
    distances = {(a, b): float(np.linalg.norm(points[a] - points[b])) for a, b in itertools.combinations(points, 2)}
    # 16 is how close Okabe and Ito's own eight come (green and sky, tritan); matplotlib's ten come
    # to 4.6
    assert min(distances.values()) > 16, min(distances, key=distances.__getitem__)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(
    "colours", [LINES, tuple(ACCENT.values())], ids=["lines of the lessons", "the card of a check"]
)
def test_few_colours_are_told_apart_with_any_colour_vision(sight: str, colours: tuple[str, ...]) -> None:
    for a, b in itertools.combinations(colours, 2):
        assert np.linalg.norm(lab(a, SIGHTS[sight]) - lab(b, SIGHTS[sight])) > 16, (a, b)


def test_a_density_map_has_the_first_axis_to_the_right_and_the_second_upwards() -> None:
    values = torch.zeros(4, 4)
    values[3, 0] = 2.0
    figure = plots.density_map(values, -1.0, 1.0, title="a map", bar="density")
    image = figure.axes[0].images[0]
    assert image.origin == "lower" and tuple(image.get_extent()) == (-1, 1, -1, 1)
    assert float(image.get_array()[0, 3]) == 2.0
    assert image.get_clim() == (0, 2) and figure.axes[0].get_title() == "a map" and len(figure.axes) == 2


def test_a_signed_map_is_centred_at_zero() -> None:
    figure = plots.density_map(torch.tensor([[1.0, -3.0], [0.0, 2.0]]), 0.0, 1.0, signed=True)
    assert figure.axes[0].images[0].get_clim() == (-3, 3)


def test_an_outline_runs_where_the_values_change_their_sign() -> None:
    x, _ = torch.meshgrid(torch.linspace(-1, 1, 21), torch.linspace(-1, 1, 21), indexing="ij")
    figure = plots.density_map(torch.zeros(21, 21), -1.0, 1.0, most=1.0)
    plots.outline(x - 0.3, -1.0, 1.0, figure.axes[0])
    points = np.concatenate([path.vertices for path in figure.axes[0].collections[0].get_paths()])
    assert np.allclose(points[:, 0], 0.3 * 20 / 21, atol=1e-6) and np.ptp(points[:, 1]) > 1.8


def test_a_density_map_refuses_what_is_no_square() -> None:
    with pytest.raises(ValueError, match=r"\(3, 4\)"):
        plots.density_map(torch.zeros(3, 4), 0.0, 1.0)


def test_a_confusion_picture_has_true_classes_as_rows_and_each_row_in_percent() -> None:
    truth, guessed = torch.tensor([0, 0, 0, 0, 1, 1]), torch.tensor([0, 0, 0, 1, 2, 2])
    figure = plots.confusion(truth, guessed, ["cat", "dog", "frog"])
    assert shown(figure).tolist() == [[75, 25, 0], [0, 0, 100], [0, 0, 0]]  # no frog, no division by zero
    assert [text.get_text() for text in figure.axes[0].texts] == ["75", "25", "100"]
    assert figure.axes[0].get_ylabel().startswith("true class") and figure.axes[0].get_xlabel() == "guessed"


def test_titles_of_two_lines_get_room_for_two() -> None:
    one = plots.image_grid(torch.zeros(4, 1, 20, 20), rows=2, titles=["a"] * 4)
    two = plots.image_grid(torch.zeros(4, 1, 20, 20), rows=2, titles=["a", "a\nb", "a", "a"])
    assert two.get_size_inches()[1] - one.get_size_inches()[1] == pytest.approx(2 * 0.15, abs=0.1)
