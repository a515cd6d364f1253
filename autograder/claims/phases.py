"""An adversarial train step taken apart: what every update was made of, and with which gradient it was made.

The images that the critic was fed are told by their values: real ones, the generator's, and those on the straight lines between the two.
From these and the recorded weights the judge computes the gradient of the update anew; another one, which SGD with momentum must have
been given, follows from how the weights moved. So calls may be arranged as one likes: real and fake images together or apart, fakes drawn
early or late, gradients zeroed before or after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import nn

from autograder.claims.steps import States
from autograder.probes.networks import build_network

Score = Callable[..., torch.Tensor]  # images (n, C, H, W) → (n,), the critic with the weights and labels of a phase
Terms = dict[str, torch.Tensor]  # name → scalar
SAME = 1e-6  # images this near are the same; the nearest of a plan's are 1e6 times as far apart


@dataclass(frozen=True)
class Game:
    """How two networks play: their names, what each phase minimises, and what a step reports.

    critic_terms:    (score, real, fake, between) → the terms of the critic's loss; score takes images and, for their labels, their kind
    critic_weights:  arguments of the step → weight of each term
    generator_loss:  scores of the fakes → scalar
    reported:        (terms of the last critic update, generator's loss) → what the step returns
    between:         whether the critic is also fed one image per real one on the lines between real and fake
    apart:           whether real and fake images must be in different calls
    reused:          whether the generator may learn from the fakes that the critic has seen
    found_weights:   phase → weights of the critic's terms, where they are drawn at random and follow from how the critic moved
    """

    critic: str
    critic_terms: Callable[[Score, torch.Tensor, torch.Tensor, torch.Tensor], Terms]
    critic_weights: Callable[[dict[str, Any]], dict[str, float]]
    generator_loss: Callable[[torch.Tensor], torch.Tensor]
    reported: Callable[[dict[str, float], float], dict[str, float]]
    between: bool = False
    apart: bool = False
    reused: bool = False
    found_weights: Callable[[Phase], dict[str, float]] | None = None


@dataclass
class Phase:
    """One update of one network, and what was fed to the networks since the update before it.

    who:      name of the network whose optimizer stepped
    number:   of the update within its call; call: number of the call within its case
    real:     the places (n,) of the real images that the critic was fed, among the call's, slice by slice
    fake:     the places (n,) of the fakes it was fed among all that the generator made in this call
    new:      the place of the first fake that was made since the update before
    lines:    the places (n, 2) of the real and the fake image at the ends of each interpolate; shares (n,): of the real one
    strange:  how many images it was fed that are none of these; mixed: whether real and fake ones came in one call
    told:     for each kind of image, the labels that came with it and its row in the batch; empty without labels
    applied:  the gradient that moved the weights as they moved
    """

    game: Game
    case: dict[str, Any]
    arguments: dict[str, Any]
    who: str
    call: int
    number: int
    before: States
    after: States
    made: Made
    real: torch.Tensor
    fake: torch.Tensor
    new: int
    images: torch.Tensor
    lines: torch.Tensor
    shares: torch.Tensor
    strange: int
    mixed: bool
    told: list[tuple[torch.Tensor, torch.Tensor]]
    applied: torch.Tensor = field(default_factory=lambda: torch.zeros(0))

    @property
    def of_critic(self) -> bool:
        """Whether this is an update of the critic."""
        return self.who == self.game.critic

    @property
    def noise(self) -> torch.Tensor:
        """z (n, D) behind the fakes that the critic was fed."""
        return self.made.noise[self.fake]

    @cached_property
    def slices(self) -> list[int]:
        """Which of the call's real batches the critic was fed images of."""
        return sorted({int(place) // self.batch for place in self.real})

    @property
    def batch(self) -> int:
        """Images per real batch."""
        return int(batches(self.arguments["real"]).shape[1])

    def network(self, name: str) -> nn.Module:
        """A network of the plan in train mode, with the recorded weights from before this update."""
        network = build_network(self.case["networks"][name]).train()
        network.load_state_dict(self.before[name])
        return network

    @cached_property
    def terms(self) -> dict[str, tuple[float, torch.Tensor]]:
        """The terms of this phase's loss: value, and gradient by the weights of its network as one vector."""
        critic = self.network(self.game.critic)
        if self.of_critic:
            losses = self.game.critic_terms(
                self._scorer(critic),
                batches(self.arguments["real"]).flatten(0, 1)[self.real],
                self._fakes(),
                self.images,
            )
            parameters = list(critic.parameters())
        else:
            losses, parameters = (
                {"loss": self._generator_loss(critic, self.generator)},
                list(self.generator.parameters()),
            )
        return {name: (loss.item(), _gradient(loss, parameters)) for name, loss in losses.items()}

    @cached_property
    def generator(self) -> nn.Module:
        """The generator in train mode, with the weights from before this update."""
        return self.network("generator")

    @property
    def weights(self) -> dict[str, float]:
        """Weights of the terms."""
        if self.of_critic and self.game.found_weights:
            return self.game.found_weights(self)
        return self.game.critic_weights(self.arguments) if self.of_critic else {"loss": 1.0}

    @property
    def total(self) -> float:
        """This phase's loss."""
        return sum(weight * self.terms[name][0] for name, weight in self.weights.items())

    @property
    def explained(self) -> bool:
        """Whether the weights of the terms are known: those found are, if they explain how the network moved."""
        return not self.of_critic or self.game.found_weights is None or agree(self.applied, self.gradient())

    def gradient(self, **weights: float) -> torch.Tensor:
        """Gradient of this phase's loss, with other weights for the terms named."""
        return sum((w * self.terms[t][1] for t, w in (self.weights | weights).items() if w), torch.tensor(0.0))

    @cached_property
    def leaked(self) -> torch.Tensor:
        """Gradient that the generator's loss leaves at the critic's weights (generator's phase)."""
        critic = self.network(self.game.critic)
        return _gradient(self._generator_loss(critic, self.generator), list(critic.parameters()))

    @cached_property
    def through_fakes(self) -> torch.Tensor:
        """Gradient that the critic's loss leaves at the generator's weights when the fakes are not detached (critic's phase)."""
        critic, generator = self.network(self.game.critic), self.network("generator")
        fake = self.made.again(generator)[self.fake]
        real = batches(self.arguments["real"]).flatten(0, 1)[self.real]
        terms = self.game.critic_terms(self._scorer(critic), real, fake, self.images)
        total = sum((w * terms[t] for t, w in self.weights.items()), torch.tensor(0.0))
        return _gradient(total, list(generator.parameters()))

    def _scorer(self, critic: nn.Module) -> Score:
        """The critic, with the labels that each kind of image was to have."""

        def score(images: torch.Tensor, kind: str = "fake") -> torch.Tensor:
            result: torch.Tensor = critic(images, *([self.labels(kind)] if "labels" in self.arguments else []))
            return result.flatten()

        return score

    def labels(self, kind: str) -> torch.Tensor:
        """Labels (n,) that the images of a kind ("real", "fake", "between") should carry: those of this update's batch."""
        own = batches(self.arguments["labels"], of=1)[self.number if self.of_critic else -1]
        places = {"real": self.real, "fake": self.made.rows[self.fake], "between": self.lines[:, 0]}[kind]
        return own[places % self.batch]

    def _fakes(self) -> torch.Tensor:
        return self.made.images[self.fake]

    def _generator_loss(self, critic: nn.Module, generator: nn.Module) -> torch.Tensor:
        return self.game.generator_loss(self._scorer(critic)(self.made.again(generator)[self.fake]))


@dataclass
class Made:
    """All that the generator made in a call: images (n, C, H, W), the noise behind each (n, D), its row within its own call (n,)."""

    images: torch.Tensor
    noise: torch.Tensor
    rows: torch.Tensor
    inputs: list[list[torch.Tensor]]

    def again(self, generator: nn.Module) -> torch.Tensor:
        """The same images, from the same noise in the same calls, with a graph."""
        return torch.cat([generator(*inputs) for inputs in self.inputs])


def batches(given: torch.Tensor, of: int = 4) -> torch.Tensor:
    """Images (B, C, H, W) of one update, or labels (B,) with of=1, get a first axis that counts the updates, where they have none."""
    return given if given.ndim > of else given[None]


def take_apart(
    game: Game, case: dict[str, Any], arguments: dict[str, Any], call: dict[str, Any], number: int
) -> list[Phase]:
    """The phases of one call, in the order of its updates."""
    owners = {name: spec["over"][0] for name, spec in case["optimizers"].items()}
    phases, start, counts = [], 0, dict.fromkeys(case["networks"], 0)
    for update in call["updates"]:
        who = owners[update["optimizer"]]
        made = _made(call["log"][: update["after"]])
        entries = [e for e in call["log"][start : update["after"]] if e["network"] == game.critic and e["grad_enabled"]]
        seen = _seen(arguments, entries, made) | {"new": len(_made(call["log"][:start]).rows)}
        phases.append(
            Phase(game, case, arguments, who, number, counts[who], update["before"], update["state"], made, **seen)
        )
        start = update["after"]
        counts[who] += 1
    return phases


def _made(log: list[dict[str, Any]]) -> Made:
    entries = [e for e in log if e["network"] == "generator"]
    if not entries:
        return Made(torch.zeros(0), torch.zeros(0, 0), torch.zeros(0).long(), [])
    noise = torch.cat([e["inputs"][0].flatten(1) for e in entries])
    rows = torch.cat([torch.arange(len(e["inputs"][0])) for e in entries])
    return Made(torch.cat([e["outputs"][0] for e in entries]), noise, rows, [e["inputs"] for e in entries])


def _seen(arguments: dict[str, Any], entries: list[dict[str, Any]], made: Made) -> dict[str, Any]:
    """Which images the critic was fed in these calls: the fields of a `Phase` that tell it."""
    real = batches(arguments["real"])
    all_real = real.flatten(0, 1)
    fed = [e["inputs"][0].reshape(-1, *all_real.shape[1:]) for e in entries]
    images = torch.cat(fed) if fed else all_real[:0]
    flat, reals, fakes = images.flatten(1), all_real.flatten(1), made.images.reshape(-1, all_real[0].numel()).to(real)
    is_real, is_fake = _last_match(flat, reals), _last_match(flat, fakes)
    other = (is_real < 0) & (is_fake < 0)
    lines, shares, on_line = _lines(flat[other], reals, fakes)
    split = torch.tensor([len(f) for f in fed]).tolist()
    told = []
    if "labels" in arguments:
        labels = torch.cat([e["inputs"][1].flatten() for e in entries]) if entries else torch.zeros(0).long()
        rows = (is_real[is_real >= 0], made.rows[is_fake[is_fake >= 0]], lines[on_line][:, 0])
        given = (labels[is_real >= 0], labels[is_fake >= 0], labels[other][on_line])
        told = [(label, row % real.shape[1]) for label, row in zip(given, rows, strict=True)]
    return {
        "real": is_real[is_real >= 0].unique(),
        "fake": _in_order(is_fake[is_fake >= 0]),
        "images": images[other][on_line],
        "lines": lines[on_line],
        "shares": shares[on_line],
        "strange": int((~on_line).sum()),
        "mixed": any(
            bool((a >= 0).any() and (b >= 0).any())
            for a, b in zip(is_real.split(split), is_fake.split(split), strict=True)
        ),
        "told": told,
    }


def _last_match(rows: torch.Tensor, candidates: torch.Tensor) -> torch.Tensor:
    """For each row (n, P) the place of the last candidate (k, P) that it equals, or −1."""
    if not len(candidates) or not len(rows):
        return torch.full((len(rows),), -1)
    near = torch.cdist(rows, candidates, p=torch.inf) < SAME
    last = len(candidates) - 1 - near.flip(1).int().argmax(dim=1)
    return torch.where(near.any(dim=1), last, -1)


def _lines(
    rows: torch.Tensor, reals: torch.Tensor, fakes: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """For each row (n, P): real and fake image whose straight line is nearest (n, 2), share of the real one (n,), whether it lies on it."""
    if not len(rows) or not len(fakes):
        return torch.zeros(len(rows), 2).long(), torch.zeros(len(rows)), torch.zeros(len(rows)).bool()
    along = reals[:, None] - fakes  # (N, K, P)
    offset = rows[:, None, None] - fakes  # (n, 1, K, P)
    share = (offset * along).sum(3) / along.square().sum(2)  # (n, N, K)
    distance = (offset - share[..., None] * along).abs().amax(3).flatten(1)
    nearest = distance.argmin(dim=1, keepdim=True)
    lines = torch.cat([nearest // len(fakes), _last_match(fakes, fakes)[nearest % len(fakes)]], dim=1)
    return lines, share.flatten(1).gather(1, nearest)[:, 0], distance.gather(1, nearest)[:, 0] < SAME


def _in_order(places: torch.Tensor) -> torch.Tensor:
    """The places without repetitions, in order of appearance."""
    return torch.tensor(list(dict.fromkeys(places.tolist())), dtype=torch.long)


def _gradient(loss: torch.Tensor, parameters: list[nn.Parameter]) -> torch.Tensor:
    found = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    flat = [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True)]
    return torch.cat([g.flatten() for g in flat]).detach()


def agree(seen: torch.Tensor, expected: torch.Tensor) -> bool:
    """Whether two gradients are the same vector, to what differences of recorded weights can tell."""
    precision = 1e-5 if expected.dtype == torch.float64 else 5e-3
    return bool((seen - expected).norm() <= precision * expected.norm() + 1e-9)


def recover_gradients(case: dict[str, Any], phases: list[Phase]) -> None:
    """Write into each phase of a case the gradient that SGD with momentum must have been given: g = v − m·(v before)."""
    spec = {s["over"][0]: s for s in case["optimizers"].values()}
    velocity: dict[str, torch.Tensor] = {}
    for phase in phases:
        names = [name for name, _ in phase.network(phase.who).named_parameters()]
        before, after = (torch.cat([s[phase.who][n].flatten() for n in names]) for s in (phase.before, phase.after))
        now = (before - after) / spec[phase.who]["lr"]
        phase.applied = now - spec[phase.who]["momentum"] * velocity.get(phase.who, torch.zeros_like(now))
        velocity[phase.who] = now
