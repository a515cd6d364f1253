"""The pictures of executed notebooks as small files, and the figures that show them."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = "_static/pictures"
LARGE = 150_000  # bytes: what is larger without a loss is a mosaic of photographs, which can stand a little


@dataclass(frozen=True)
class Picture:
    """One picture of a lesson: its file below the site's root, what is to be seen in it, and its size in pixels."""

    file: str
    alt: str
    width: int
    height: int

    def figure(self, up: str, caption: str = "") -> str:
        """HTML that shows it on a page; `up` leads from the page's folder to the root, such as "../../"."""
        image = (
            f'<img src="{up}{self.file}" alt="{html.escape(self.alt)}" width="{self.width}" height="{self.height}"'
            ' loading="lazy" decoding="async">'
        )
        below = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f'<figure class="picture">{image}{below}</figure>'


def save(png: str, alt: str, name: str, site: Path) -> Picture:
    """The picture of a notebook's output (base64), written as `name` below `site`; animations stay PNG, others become WebP."""
    import PIL.Image

    content = base64.b64decode(png)
    image = PIL.Image.open(io.BytesIO(content))
    suffix = ".png"
    if getattr(image, "n_frames", 1) == 1:
        small = _webp(image, lossless=True, quality=50)  # quality: here how long it tries
        if len(small) > LARGE:
            small = _webp(image, quality=88)
        if len(small) < len(content):
            content, suffix = small, ".webp"
    file = f"{FOLDER}/{name}{suffix}"
    path = site / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
    return Picture(file, alt, *image.size)


def _webp(image: Image, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "webp", method=2, **settings)
    return buffer.getvalue()
