"""Whether somebody may be looking through a notebook."""

from __future__ import annotations

import sys


def in_notebook() -> bool:
    """Whether this code runs in a Jupyter kernel (Jupyter, Colab, VS Code)."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
