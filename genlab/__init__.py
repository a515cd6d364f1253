"""The plumbing of the lessons: data, the training loop, pictures, scales.

Nothing here is what a lesson teaches, and nothing heavy is imported before it is used: `import
genlab` costs a few milliseconds, and each name below is looked up in its module when it is first
asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# Not lazy: the function and its module share a name, and the import below is what makes the
# function win.
from genlab.scale import device, pick, scale

if TYPE_CHECKING:
    from genlab import data, dials, explorer, measures, plots, training, world
    from genlab.dials import attribute_explorer
    from genlab.drive import use_drive
    from genlab.explorer import latent_explorer
    from genlab.training import Frames, History, fit, forget, graphed

__version__ = "0.1.0"
__all__ = [
    "Frames",
    "History",
    "attribute_explorer",
    "data",
    "device",
    "dials",
    "explorer",
    "fit",
    "forget",
    "graphed",
    "latent_explorer",
    "measures",
    "pick",
    "plots",
    "scale",
    "training",
    "use_drive",
    "world",
]

_HOME_OF = {
    "Frames": "genlab.training",
    "History": "genlab.training",
    "attribute_explorer": "genlab.dials",
    "fit": "genlab.training",
    "forget": "genlab.training",
    "graphed": "genlab.training",
    "latent_explorer": "genlab.explorer",
    "use_drive": "genlab.drive",
}
_MODULES = {"data", "dials", "explorer", "measures", "plots", "training", "world"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"genlab.{name}")
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    raise AttributeError(f"genlab has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
