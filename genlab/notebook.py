"""Whether somebody may be looking through a notebook, and how a lesson begins there."""

from __future__ import annotations

import os
import sys


def in_notebook() -> bool:
    """Whether this code runs in a Jupyter kernel (Jupyter, Colab, VS Code)."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def begin() -> None:
    """Prepare the kernel of a lesson: below errors it says what helps, and at the scale `smoke` a card says what its pictures are."""
    from genlab import advice, scale

    advice.under_errors()
    if in_notebook() and os.environ.get("GENLAB_SCALE") and scale() == "smoke":  # else `scale` asks torch
        from IPython.display import display

        display({"text/html": REHEARSAL_CARD, "text/plain": REHEARSAL}, raw=True)


REHEARSAL = (
    "A rehearsal: GENLAB_SCALE is smoke, so everything below is trained for seconds only, and most pictures will be noise. "
    "The text describes what comes of real training. Exercises and checks are the same at every scale. For real pictures set "
    "GENLAB_SCALE to cpu (minutes) or take it out of the environment, restart the kernel, and begin again."
)
REHEARSAL_CARD = (
    '<div style="border-left:4px solid #b8860b;padding:.4em .9em;margin:.3em 0;max-width:60em;font-family:system-ui,sans-serif;'
    f'font-size:14px;line-height:1.45"><b>{REHEARSAL.partition(":")[0]}</b>:{REHEARSAL.partition(":")[2]}</div>'
)
