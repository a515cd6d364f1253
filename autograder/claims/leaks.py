"""Models of the gradient that an adversarial update was made with: its own, and with what other backwards had left there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from autograder.claims.phases import Phase

Model = Callable[[list[Phase], int], torch.Tensor]  # phases of a case, place of one → the gradient that it was given


def clean(phases: list[Phase], place: int) -> torch.Tensor:
    """The gradient of a phase's own loss."""
    return phases[place].gradient()


def leaked_to_critic(phases: list[Phase], place: int) -> torch.Tensor:
    """The critic's first update of a step is made with what the generator's backward before it left, too."""
    own = clean(phases, place)
    return own + phases[place - 1].leaked if place and not phases[place - 1].of_critic else own


def leaked_to_generator(phases: list[Phase], place: int) -> torch.Tensor:
    """The generator's update is made with what the critic's backwards of the same step left at it, too."""
    before = (p.through_fakes for p in phases[:place] if p.of_critic and p.call == phases[place].call)
    return clean(phases, place) + sum(before, torch.tensor(0.0))


def accumulated() -> tuple[dict[str, Model], ...]:
    """Models of gradients that are never zeroed, with fakes that are detached in the critic's updates and with others."""

    def own(phases: list[Phase], place: int, leaks: str | None) -> torch.Tensor:
        who = phases[place].who
        same = [p.gradient() for p in phases[: place + 1] if p.who == who]
        others = [getattr(p, leaks) for p in phases[:place] if p.who != who] if leaks else []
        return sum(same + others, torch.tensor(0.0))

    critic = partial(own, leaks="leaked")
    return tuple({"critic": critic, "generator": partial(own, leaks=leaks)} for leaks in (None, "through_fakes"))
