"""Animations: pictures of a training that move in the notebook, small enough to be handed in."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genlab.plots.pictures import _mosaic, pixels
from genlab.training.frames import Frames

if TYPE_CHECKING:
    from PIL.Image import Image

    from genlab.plots.pictures import Images

BAR, BLUE = 4, (0, 114, 178)  # pixels: the height of the bar that shows how far the training is
GAP = 2  # pixels between images
LENGTH, LAST = 6000, 1500  # milliseconds: all frames, and how long the last one stays
COLOURS_KEPT = 64  # in all frames together


class Animation:
    """A moving picture; as the value of a cell's last line the notebook shows it."""

    def __init__(self, pictures: list[Image]) -> None:
        self.pictures = pictures
        each = max(80, min(500, LENGTH // len(pictures)))
        self._settings = {"save_all": True, "duration": [each] * (len(pictures) - 1) + [LAST], "loop": 0}

    def png(self) -> bytes:
        """An animated PNG, which notebooks and pages made of them show like any picture.

        Where pictures cannot move, as on paper, it shows the last frame.
        """
        buffer = io.BytesIO()
        still, moving = self.pictures[-1], self.pictures
        still.save(buffer, "png", default_image=True, append_images=moving, **self._settings)
        return buffer.getvalue()

    def save(self, path: str | Path) -> Path:
        """The path of the file just written: a GIF, or an animated PNG where the name ends in .png."""
        path = Path(path).expanduser()
        if path.suffix.lower() == ".png":
            path.write_bytes(self.png())
        elif path.suffix.lower() == ".gif":
            self.pictures[0].save(path, "gif", append_images=self.pictures[1:], **self._settings)
        else:
            raise ValueError(f"{path.name} should end in .gif or .png")
        return path

    def _ipython_display_(self) -> None:
        from IPython.display import display

        # a GIF would be lost in pages made by nbconvert, and is not among the outputs that grading keeps
        picture = base64.b64encode(self.png()).decode("ascii")
        display({"image/png": picture, "text/plain": repr(self)}, raw=True)

    def __repr__(self) -> str:
        width, height = self.pictures[0].size
        return f"Animation({len(self.pictures)} frames, {width}×{height} pixels)"


def animation(
    frames: Frames | Sequence[Images], cols: int | None = None, images: int | None = None, most: int = 40
) -> Animation:
    """An animation of one grid of images after the other, with a bar below that grows to the end.

    frames: what `genlab.Frames` has kept, or one batch (N, C, H, W) in [0, 1], or uint8, for each frame. images: only so
    many of each; cols: images in a row, at most ten unless given; small images are doubled. Of more than `most` frames
    some are left out, evenly, the first and the last not. The same frames give the same bytes.
    Raises ValueError where there is no frame, or frames of different sizes.
    """
    batches = list(frames.images if isinstance(frames, Frames) else frames)
    if not batches:
        raise ValueError("there is no frame to show yet: call frames.add(epoch, images) in fit's on_epoch.")
    chosen = np.unique(np.linspace(0, len(batches) - 1, min(most, len(batches))).round().astype(int))
    grids = [_grid(batches[index], cols, images) for index in chosen]
    if len({grid.shape for grid in grids}) > 1:
        raise ValueError("every frame should have the same number of images, of the same size")
    return Animation(_pictures(grids, [(index + 1) / len(batches) for index in chosen]))


def _grid(batch: Images, cols: int | None, images: int | None) -> np.ndarray:
    """The images as one picture (H, W, 3) uint8."""
    tiles = pixels(batch)[:images]
    across = cols or min(10, len(tiles))
    times = max(1, 64 // max(tiles.shape[1:3]))
    tiles = tiles.repeat(times, axis=1).repeat(times, axis=2)
    grid = _mosaic(tiles, across, GAP, GAP)[GAP:]
    return (grid * 255).round().astype(np.uint8)


def _pictures(grids: list[np.ndarray], shares: list[float]) -> list[Image]:
    """The grids over their bars as Pillow's images, all with one palette, so that they become small files."""
    from PIL import Image

    height, width, _ = grids[0].shape
    pages = np.full((len(grids), height + GAP + BAR, width, 3), 255, dtype=np.uint8)
    for page, grid, share in zip(pages, grids, shares, strict=True):
        page[:height] = grid
        page[-BAR:, : round(share * width)] = BLUE
    sample = Image.fromarray(pages[:: max(1, len(pages) // 8)].reshape(-1, width, 3))
    palette = sample.quantize(COLOURS_KEPT)
    return [Image.fromarray(page).quantize(palette=palette, dither=Image.Dither.NONE) for page in pages]
