"""The training loop of every lesson: batches, progress, a live loss curve, and runs that survive an interruption."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

import torch

from genlab import advice
from genlab.training import checkpoint, fingerprint
from genlab.training.history import History, Losses, TrainingDiverged, as_losses, record
from genlab.training.live import Display, shown
from genlab.training.resume import Keeper

__all__ = ["History", "TrainingDiverged", "fit"]


def fit(
    step: Callable[..., Losses | float],
    images: torch.Tensor,
    *,
    epochs: int,
    batch_size: int = 100,
    seed: int = 0,
    labels: torch.Tensor | None = None,
    device: torch.device | str | None = None,
    state: Mapping[str, Any] | None = None,
    name: str | None = None,
    evaluate: Callable[[], Losses] | None = None,
    on_epoch: Callable[[int, History], object] | None = None,
    live: bool | None = None,
) -> History:
    """The history of training with `step` for some epochs over `images` in an order that `seed` decides.

    step(x), or step(x, labels) where labels are given, trains on one batch and returns its losses:
    a dict of floats or one float. x is float32 (B, …) on `device` (without one: where the networks
    in `state` are), uint8 images as [0, 1]. `state` holds what training changes (networks,
    optimizers, `genlab.Frames`), by name. With a `name`, an interrupted run goes on where it stopped when it is
    started again in the same way, to the same numbers as a run without interruption; a finished run
    leaves nothing behind; a changed step, network, setting or data set starts from the beginning
    and says so. GENLAB_CHECKPOINTS=off keeps none.
    evaluate() is called after every epoch and its dict of floats kept in history.evaluations; then
    on_epoch(epoch, history), epoch counted from 1. live=False shows nothing, as does the scale
    "smoke" unless live=True.

    Raises TypeError for a step that does not return numbers, TrainingDiverged (an ArithmeticError)
    for a loss that is not finite, ValueError for data or settings that cannot be trained with,
    KeyboardInterrupt when stopped by the user.
    """
    state = dict(state or {})
    _check_data(images, labels, epochs, batch_size)
    _check_state(state)
    where = _device(device, state)
    made_of = {
        "settings": f"batch_size {batch_size} seed {seed}",
        "data": fingerprint.of_data(images, labels),
        "models": fingerprint.of_state(state),
        "code": fingerprint.of_code(step, *state.values()),
    }
    history = History(steps_per_epoch=math.ceil(len(images) / batch_size))
    keeper = Keeper(name if checkpoint.wanted() else None, state, made_of)
    keeper.resume(history, epochs)
    images = images.to(where)  # once, so that an epoch copies nothing
    labels = None if labels is None else labels.to(where)

    def batches(epoch: int, start: int) -> Iterator[tuple[torch.Tensor, ...]]:
        order = (seed << 20) + epoch  # an order of its own for every epoch of every seed
        return islice(_batches(images, batch_size, labels, where, order), start, None)

    saved = False
    try:
        with _Stop() as stop, shown(live, history, epochs) as display:
            run = _Run(step, batches, epochs, evaluate, on_epoch, history, keeper, stop, display)
            try:
                run.train()
            except BaseException as error:
                saved = keeper.rescue(history, error)
                advice.attach(error)
                raise
    except KeyboardInterrupt:
        print(_stopped(history, name, saved))
        raise
    keeper.finish()
    return history


@dataclass
class _Run:
    step: Callable[..., Losses | float]
    batches: Callable[[int, int], Iterator[tuple[torch.Tensor, ...]]]
    epochs: int
    evaluate: Callable[[], Losses] | None
    on_epoch: Callable[[int, History], object] | None
    history: History
    keeper: Keeper
    stop: _Stop
    display: Display

    def train(self) -> None:
        history = self.history
        while len(history.epochs) < self.epochs:
            epoch = len(history.epochs)
            began = time.perf_counter() - history.seconds
            for batch in self.batches(epoch, history.count - epoch * history.steps_per_epoch):
                self.stop.if_asked()
                self._step(batch)
                history.seconds = time.perf_counter() - began
                self.display.step(history, self.epochs)
            self.keeper.save_if_due(history, epoch_end=True)
            self.stop.if_asked()
            self._end_epoch(epoch)
            history.seconds = time.perf_counter() - began

    def _step(self, batch: tuple[torch.Tensor, ...]) -> None:
        self.keeper.enter("step")
        record(self.history, self.step(*batch))
        self.keeper.leave()
        self.keeper.save_if_due(self.history)

    def _end_epoch(self, epoch: int) -> None:
        history, n = self.history, self.history.steps_per_epoch
        self.keeper.enter("epoch end")
        history.epochs.append({key: sum(found[-n:]) / n for key, found in history.steps.items()})
        if self.evaluate is not None:
            history.evaluations.append(as_losses(self.evaluate(), "evaluate"))
        if self.on_epoch is not None:
            self.on_epoch(epoch + 1, history)
        self.keeper.leave()


class _Stop:
    """Turns a first Ctrl-C, or the notebook's stop button, into a stop between two steps; a second one is at once."""

    def __enter__(self) -> Self:
        self.asked = False
        self.before: Any = None
        if threading.current_thread() is threading.main_thread():
            handler = signal.getsignal(signal.SIGINT)
            if callable(handler):  # someone already ignores it, or handles it outside Python, otherwise
                self.before = handler
                signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *exception: object) -> None:
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)

    def _ask(self, number: int, frame: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def if_asked(self) -> None:
        if self.asked:
            raise KeyboardInterrupt


def _batches(
    images: torch.Tensor,
    batch_size: int,
    labels: torch.Tensor | None,
    device: torch.device,
    seed: int,
) -> Iterator[tuple[torch.Tensor, ...]]:
    from genlab.data import batches

    if labels is None:
        return ((x,) for x in batches(images, batch_size, device=device, seed=seed))
    return batches(images, batch_size, labels=labels, device=device, seed=seed)


def _stopped(history: History, name: str | None, saved: bool) -> str:
    epoch, step = history.position
    text = f"Stopped after epoch {epoch}, step {step}." if history.count else "Stopped before the first step."
    if name is None:
        return f"{text} (Give fit a name=… to have it go on from here next time.)"
    if saved:
        return f"{text} Run this cell again to go on from here."
    return f"{text} Run this cell again to go on from the last checkpoint, seconds before this."


def _check_data(images: torch.Tensor, labels: torch.Tensor | None, epochs: int, batch_size: int) -> None:
    if not isinstance(images, torch.Tensor):
        raise TypeError(
            f"images should be a tensor (N, …), not {type(images).__name__}; for a data set, pass data.train.images."
        )
    if len(images) == 0:
        raise ValueError("there are no images to train with: images has shape " + str(tuple(images.shape)))
    if images.dtype != torch.uint8 and not images.is_floating_point():
        raise ValueError(f"images are {images.dtype}; pass uint8 (0 … 255) as genlab.data.load gives them, or floats.")
    if labels is not None and len(labels) != len(images):
        raise ValueError(f"there are {len(images)} images but {len(labels)} labels; pass one per image.")
    if epochs < 1 or batch_size < 1:
        raise ValueError(f"epochs ({epochs}) and batch_size ({batch_size}) should be at least 1.")


def _check_state(state: dict[str, Any]) -> None:
    for key, thing in state.items():
        if not (hasattr(thing, "state_dict") and hasattr(thing, "load_state_dict")):
            raise TypeError(
                f"state[{key!r}] is {type(thing).__name__}, which cannot be saved: state holds networks "
                "and optimizers, for example state={'model': model, 'optimizer': optimizer}."
            )


def _device(asked: torch.device | str | None, state: dict[str, Any]) -> torch.device:
    if asked is not None:
        return torch.device(asked)
    for thing in state.values():
        if isinstance(thing, torch.nn.Module):
            for parameter in thing.parameters():
                return parameter.device
    from genlab.scale import device

    return device()
