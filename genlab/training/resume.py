"""Keeps a training run on disk while it is unfinished, and finds the place where an interrupted one goes on."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from genlab.training import checkpoint

if TYPE_CHECKING:
    from genlab.training.history import History

SAVE_SECONDS = 15.0
SHARE = 0.02  # of the training time may go into saving

_CHANGED = {
    "settings": "the batch size or the seed",
    "data": "the data",
    "models": "the networks or the optimizer",
    "code": "the code of the training step",
}


class Keeper:
    """The checkpoint of one run, or of none where the run has no name."""

    def __init__(self, name: str | None, state: Mapping[str, Any], made_of: dict[str, str]) -> None:
        self.name = name
        self.file: Path | None = None if name is None else checkpoint.path(name)
        self.state = state
        self.made_of = made_of
        self.tensors = _tensors(state)
        self.marks: list[Any] = []
        self.random: checkpoint.Content | None = None
        self.inside = ""  # "step" or "epoch end" while the learner's code runs
        self.saved_at = time.perf_counter()
        self.cost = 0.0
        self.complained = False

    def resume(self, history: History, epochs: int) -> None:
        """Puts state, history and random generators to where the run was interrupted, if it was."""
        if self.file is None:
            return
        content = self._fitting(epochs)
        if content is None:
            self._begin(history)
            return
        before = {key: copy.deepcopy(value.state_dict()) for key, value in self.state.items()}
        try:
            self._restore(content, history)
        except (KeyError, TypeError, ValueError, RuntimeError, AttributeError):
            for key, value in self.state.items():
                value.load_state_dict(before[key])
            self._put_aside("cannot be used")
            self._begin(history)

    def enter(self, what: str) -> None:
        """Notes where everything stands before the learner's code ("step", "epoch end") runs."""
        self.inside = what
        if self.file is not None:
            self.random = checkpoint.random_state()
            self.marks = self._marks()

    def leave(self) -> None:
        """Notes that state and history belong together again."""
        self.inside = ""

    def save_if_due(self, history: History, *, epoch_end: bool = False) -> None:
        """Saves every fifteen seconds and at the end of an epoch, as far as its share of the time stays small."""
        seconds = 0.0 if epoch_end else SAVE_SECONDS
        if time.perf_counter() - self.saved_at >= max(seconds, self.cost / SHARE):
            self.save(history)

    def rescue(self, history: History, error: BaseException) -> bool:
        """Saves what is known to be whole after `error`; whether the run can now go on from just there.

        Inside the learner's code that is what stood before it, if it had changed nothing yet. A
        step that failed is not saved before: it would fail again.
        """
        if self.file is None or (self.inside == "step" and not isinstance(error, KeyboardInterrupt)):
            return False
        if self.inside and self._marks() != self.marks:
            return False
        if self.inside == "epoch end":  # its means and evaluation come again with it
            pending = (history.count - 1) // history.steps_per_epoch
            del history.epochs[pending:], history.evaluations[pending:]
        return self.save(history, self.random if self.inside else None)

    def save(self, history: History, random: checkpoint.Content | None = None) -> bool:
        """Writes the checkpoint, with the random generators as they are now or as given; whether it could.

        A full or lost disk is said once, and ends no training.
        """
        if self.file is None:
            return False
        began = self.saved_at = time.perf_counter()
        content = {
            "made_of": self.made_of,
            "state": {key: value.state_dict() for key, value in self.state.items()},
            "modes": {key: [one.training for one in net.modules()] for key, net in self._networks().items()},
            "random": random or checkpoint.random_state(),
            "history": {
                "steps": history.steps,
                "epochs": history.epochs,
                "evaluations": history.evaluations,
                "seconds": history.seconds,
            },
        }
        try:
            checkpoint.save(self.file, content)
        except (OSError, RuntimeError) as error:
            if not self.complained:
                print(f"The checkpoint cannot be written ({error}); training goes on without it.")
            self.complained = True
            return False
        self.saved_at = time.perf_counter()
        self.cost = self.saved_at - began
        return True

    def finish(self) -> None:
        """Removes the checkpoint: a finished run is trained anew when it is started again."""
        if self.file is None:
            return
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            print(f"The checkpoint of this finished run cannot be removed ({error}); delete it.")

    def _begin(self, history: History) -> None:
        """Saves before the first step, and reads it back: what cannot be read is better known now."""
        assert self.file is not None
        if not self.save(history):
            return
        try:
            checkpoint.load(self.file)
        except ValueError as error:
            self.file.unlink()
            raise TypeError(
                "state holds something other than tensors, numbers and strings, which no checkpoint "
                "can keep: leave it out, or train without a name."
            ) from error

    def _networks(self) -> dict[str, torch.nn.Module]:
        return {key: thing for key, thing in self.state.items() if isinstance(thing, torch.nn.Module)}

    def _marks(self) -> list[Any]:
        """What shows that training has changed something: version counters of tensors, and learning rates."""
        optimizers = [x for x in self.state.values() if isinstance(x, torch.optim.Optimizer)]
        rates = [group.get("lr") for one in optimizers for group in one.param_groups]
        return [tensor._version for tensor in self.tensors] + rates

    def _fitting(self, epochs: int) -> checkpoint.Content | None:
        assert self.file is not None
        try:
            content = checkpoint.load(self.file)
            if content is None:
                return None
            then, seen = content["made_of"], content["history"]
            changed = [text for key, text in _CHANGED.items() if then[key] != self.made_of[key]]
            begun, finished = any(seen["steps"].values()), len(seen["epochs"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._put_aside(f"is damaged ({error})")
            return None
        if finished >= epochs:
            changed.append("the number of epochs, which it has passed already")
        if not changed:
            return content
        if begun:  # without a single step in it there is nothing to keep
            self._put_aside(f"is from before a change of {' and '.join(changed)}")
        return None

    def _restore(self, content: checkpoint.Content, history: History) -> None:
        seen = content["history"]
        for key, value in self.state.items():
            value.load_state_dict(content["state"][key])
        for key, net in self._networks().items():
            for one, mode in zip(net.modules(), content["modes"][key], strict=True):
                one.training = mode
        history.steps, history.epochs = seen["steps"], seen["epochs"]
        history.evaluations, history.seconds = seen["evaluations"], seen["seconds"]
        checkpoint.set_random_state(content["random"])
        if history.count:
            epoch, step = history.position
            print(
                f'Going on with "{self.name}" after epoch {epoch}, step {step}. '
                f"(To start from the beginning instead: genlab.forget({self.name!r}) first.)"
            )

    def _put_aside(self, why: str) -> None:
        assert self.file is not None
        moved = checkpoint.set_aside(self.file)
        print(
            f'The checkpoint of "{self.name}" {why}: training starts from the beginning. (It is kept as {moved.name}.)'
        )


def _tensors(state: Mapping[str, Any]) -> list[torch.Tensor]:
    """Every tensor that a step may change in place and whose version counter then tells of it."""
    found: list[torch.Tensor] = []
    for thing in state.values():
        if isinstance(thing, torch.nn.Module):
            found += [*thing.parameters(), *thing.buffers()]
        elif isinstance(thing, torch.optim.Optimizer):
            found += [p for group in thing.param_groups for p in group["params"]]
    return found
