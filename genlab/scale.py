"""How much computing a lesson asks for, and where it runs."""

from __future__ import annotations

import functools
import os
import shutil
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

SCALES = ("smoke", "cpu", "gpu")


def scale() -> str:
    """The scale of this run: "smoke" (seconds, for tests), "cpu" (minutes) or "gpu" (the full run).

    The environment variable GENLAB_SCALE decides; without it, "gpu" where there is an accelerator
    and "cpu" elsewhere. Raises ValueError for a GENLAB_SCALE that is none of the three.
    """
    asked = os.environ.get("GENLAB_SCALE", "").strip().lower()
    if asked in SCALES:
        return asked
    if asked:
        raise ValueError(f"GENLAB_SCALE is {asked!r}; set it to one of {', '.join(SCALES)}, or leave it out.")
    return "cpu" if _accelerator() is None else "gpu"


def pick(*, smoke: T, cpu: T, gpu: T) -> T:
    """The one of the three values that belongs to the scale of this run."""
    return {"smoke": smoke, "cpu": cpu, "gpu": gpu}[scale()]


def device() -> torch.device:
    """The torch device that lessons run on: the environment variable GENLAB_DEVICE, else cuda, mps or cpu.

    Raises ValueError for a GENLAB_DEVICE that torch does not know or that this machine does not
    have.
    """
    import torch

    asked = os.environ.get("GENLAB_DEVICE", "").strip()
    if not asked:
        best = _accelerator()
        if best is None:
            _tell_of_an_idle_gpu()
        return torch.device(best or "cpu")
    try:
        found = torch.device(asked)
        torch.empty(1, device=found)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"GENLAB_DEVICE is {asked!r}, which does not work here ({reason}); "
            "set it to cpu, cuda, cuda:1 or mps, or leave it out."
        ) from None
    return found


@functools.cache  # once is enough
def _tell_of_an_idle_gpu() -> None:
    """Say so when there is an NVIDIA GPU that this build of PyTorch cannot use."""
    import torch

    if torch.version.cuda is None and torch.version.hip is None and shutil.which("nvidia-smi"):
        from genlab import advice

        print(f"This machine has an NVIDIA GPU. {advice.of('There is a GPU, but PyTorch was built for the CPU')}")


def _accelerator() -> str | None:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None
