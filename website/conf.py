"""Sphinx's settings for the site; `website/__main__.py` adds the course's title and repository."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

extensions = ["myst_nb", "website.mathml"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
html_math_renderer = "mathml"
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["course.css"]
html_favicon = "static/mark.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
templates_path: list[str] = []

myst_enable_extensions = ["dollarmath"]
myst_update_mathjax = False
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]  # an ellipsis in an example is no error
nb_execution_mode = "off"  # website/executed.py has run them
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "text/html", 0)]

pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"
html_theme_options = {
    "light_logo": "mark.svg",
    "dark_logo": "mark.svg",
    "light_css_variables": {
        "color-brand-primary": "#00598c",
        "color-brand-content": "#00598c",
        "color-brand-visited": "#6a3d7c",
    },
    "dark_css_variables": {
        "color-brand-primary": "#79c4f2",
        "color-brand-content": "#79c4f2",
        "color-brand-visited": "#c9a3d8",
    },
}
