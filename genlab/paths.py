"""Where the kit's own files and the learner's prepared files live."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def clone() -> Path | None:
    """The clone's root folder when the package runs from one, else None (an installed wheel)."""
    project = PACKAGE.parent / "pyproject.toml"
    try:
        text = project.read_text(encoding="utf-8")
    except OSError:
        return None
    return PACKAGE.parent if 'name = "genlab"' in text else None


def here() -> Path | None:
    """The current folder when it is a course of its own, with a table of contents and solutions, else None."""
    folder = Path.cwd()
    return folder if (folder / "course.yml").is_file() and (folder / "solutions").is_dir() else None


def find(relative: str) -> Path:
    """The path of a file or folder of the kit, such as `datasets/fashion_mnist.yml`.

    Looks in the clone first, then among the files that the wheel carries in `genlab/_resources`.
    Raises FileNotFoundError when neither has it.
    """
    root = clone()
    places = [PACKAGE / "_resources"] if root is None else [root, PACKAGE / "_resources"]
    for place in places:
        if (place / relative).exists():
            return place / relative
    looked = " and ".join(str(place) for place in places)
    raise FileNotFoundError(
        f"genlab's own file {relative!r} is missing (looked in {looked}). "
        "Install genlab again, or run from a complete clone."
    )


def home() -> Path:
    """The folder for prepared data, checkpoints and progress: GENLAB_HOME or the user's cache.

    The folder need not exist yet. It is `~/.cache/genlab` on Linux, `~/Library/Caches/genlab` on
    macOS and `%LOCALAPPDATA%\\genlab` on Windows.
    """
    chosen = os.environ.get("GENLAB_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "genlab"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "genlab"
    xdg = os.environ.get("XDG_CACHE_HOME")
    # The XDG rules say to ignore a relative path.
    base = Path(xdg) if xdg and os.path.isabs(xdg) else Path.home() / ".cache"
    return base / "genlab"
