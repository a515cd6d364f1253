"""The pictures of the lessons, in the house style: each function returns a figure that a notebook shows once."""

from genlab.plots.charts import confusion, curves, latent_map, loss_curve
from genlab.plots.maps import density_map, outline
from genlab.plots.moving import Animation, animation
from genlab.plots.pictures import compare, decoded_grid, image_grid, strip
from genlab.plots.style import COLOURS, DPI, figure_style, png, subplots

__all__ = [
    "COLOURS",
    "DPI",
    "Animation",
    "animation",
    "compare",
    "confusion",
    "curves",
    "decoded_grid",
    "density_map",
    "figure_style",
    "image_grid",
    "latent_map",
    "loss_curve",
    "outline",
    "png",
    "strip",
    "subplots",
]
