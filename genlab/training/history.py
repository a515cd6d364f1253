"""What a training run has seen, and which losses may enter it."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Losses = Mapping[str, float]


@dataclass(repr=False)
class History:
    """What a training run has seen: every loss of every step, its mean per epoch, and the evaluations."""

    steps: dict[str, list[float]] = field(default_factory=dict)
    epochs: list[dict[str, float]] = field(default_factory=list)
    evaluations: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    steps_per_epoch: int = 1

    @property
    def count(self) -> int:
        """The number of steps taken."""
        return max(map(len, self.steps.values()), default=0)

    @property
    def position(self) -> tuple[int, int]:
        """The epoch that the latest step belongs to and its number in it, both counted from 1."""
        epoch, step = divmod(max(0, self.count - 1), self.steps_per_epoch)
        return epoch + 1, step + 1

    def latest(self, steps: int = 50) -> str:
        """The mean of each loss over its latest steps, as text."""
        found = ((key, values[-steps:]) for key, values in self.steps.items() if values)
        return ", ".join(f"{key} {sum(some) / len(some):.4g}" for key, some in found)

    def plot(self, ax: Axes | None = None) -> Figure:
        """A figure of the loss curves, one panel for each loss, or all of them in `ax`."""
        from genlab.plots import loss_curve

        return loss_curve(self, ax=ax)

    def __repr__(self) -> str:
        return (
            f"History({len(self.epochs)} epochs, {self.count} steps, {clock(self.seconds)}; "
            f"latest: {self.latest() or 'nothing yet'})"
        )


class TrainingDiverged(ArithmeticError):
    """A loss is no longer a finite number."""


def clock(seconds: float) -> str:
    """A length of time as people say it: "8 s", "1 min 10 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def record(history: History, found: object) -> None:
    """Adds what a step returned; raises TypeError for no numbers and TrainingDiverged for one that is not finite."""
    values = as_losses(found, "step")
    if history.steps and values.keys() != history.steps.keys():
        raise TypeError(
            f"your step returned the losses {sorted(values)}, but {sorted(history.steps)} before: "
            "it should return the same names every time."
        )
    for key, value in values.items():
        if not math.isfinite(value):
            raise TrainingDiverged(_diverged(history, key, value))
    for key, value in values.items():
        history.steps.setdefault(key, []).append(value)


def as_losses(found: object, who: str) -> dict[str, float]:
    """The returned losses as a dict of floats; raises TypeError that says what to return instead."""
    if found is None:
        raise TypeError(
            f"your {who} returned nothing (None): it should return the dict of losses, "
            'for example return {"total": loss.item()}. If it calls another function, is a `return` missing?'
        )
    if not isinstance(found, Mapping):
        found = {"loss": found}
    if not found:
        raise TypeError(f"your {who} returned an empty dict: it should hold at least one loss.")
    return {str(key): _number(value, str(key), who) for key, value in found.items()}


def _number(value: object, key: str, who: str) -> float:
    if isinstance(value, torch.Tensor):
        if value.requires_grad:
            raise TypeError(
                f"your {who} returned {key!r} as a tensor that still carries its graph, "
                "which would keep every batch in memory: return loss.item()."
            )
        if value.numel() != 1:
            raise TypeError(
                f"your {who} returned {key!r} of shape {tuple(value.shape)}: a loss is one number. "
                "Take its mean, or its sum, over the batch."
            )
        return float(value.item())
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(
        f"your {who} returned {key!r} as {type(value).__name__}: it should be a plain number, for example loss.item()."
    )


def _diverged(history: History, key: str, value: float) -> str:
    epoch, step = divmod(history.count, history.steps_per_epoch)
    return (
        f"In epoch {epoch + 1}, step {step + 1} the loss {key!r} became {value}, so training stopped. "
        "Typical causes: a learning rate that is too high; the logarithm, root or quotient of a number "
        "that reached zero; exp() of a large number; images that are not in the expected range. "
        "Change one of these, build the networks anew and run the training again."
    )
