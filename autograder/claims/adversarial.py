"""Claims for adversarial train steps: two networks, two optimizers, and who moved what in which phase.

`phases.py` takes the record apart, `leaks.py` knows with what gradients updates go wrong; here is what must hold of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from autograder.claims import show
from autograder.claims.compare import close
from autograder.claims.laws import standard_normal, uniform
from autograder.claims.leaks import Model, clean
from autograder.claims.phases import Game, Phase, agree, batches, recover_gradients, take_apart
from autograder.claims.steps import StepClaims, _is_buffer, _number
from autograder.exercise import Claim, Failure, once_a_verdict
from autograder.probes import Plan, Record
from autograder.probes.networks import build_network


class AdversarialClaims(StepClaims):
    """Claims of an adversarial train step; `parameters` are its arguments, among them generator, real and the game's critic."""

    def __init__(self, name: str, parameters: tuple[str, ...], keys: tuple[str, ...], game: Game) -> None:
        super().__init__(
            name, parameters, keys, replay=_nothing, batch=("real", "labels")[: 1 + ("labels" in parameters)]
        )
        self.game = game
        self.phases = once_a_verdict(self._take_apart)

    def _take_apart(self, plan: Plan, record: Record) -> list[list[Phase]]:
        """The phases of every case, in order."""
        cases = []
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            phases = [
                phase
                for number, (arguments, call) in enumerate(zip(case["calls"], found["calls"], strict=False))
                for phase in take_apart(
                    self.game, case, dict(zip(self.parameters, arguments, strict=True)), call, number
                )
            ]
            recover_gradients(case, phases)
            cases.append(phases)
        return cases

    def order(self) -> Claim:
        """The critic's optimizer steps once for each real batch, then the generator's once."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, number, call in self._calls(plan, record):
                updates = len(batches(self._arguments(case, number)["real"]))
                owners = [case["optimizers"][u["optimizer"]]["over"][0] for u in call["updates"]]
                if owners != [self.game.critic] * updates + ["generator"]:
                    seen = f"the optimizers stepped in this order: {_run_lengths(owners)}"
                    expected = _run_lengths([self.game.critic] * updates + ["generator"])
                    advice = f"First {updates} update{'s' * (updates > 1)} of the {self.game.critic}, and after the last one update of the generator."
                    return Failure(seen, expected, advice, self._called(case, number))
            return None

        says = f"updates the {self.game.critic} first, then the generator once"
        return Claim("order", says, judge, recomputed=False, gate=True, own=True)

    def fed(self) -> Claim:
        """Every update is made of one real batch and one batch of fakes (with interpolates), nothing else."""

        def judge(phase: Phase) -> tuple[str, str, str] | None:
            critic, b = self.game.critic, phase.batch
            if phase.strange:
                kinds = "real images, fakes" + (" and points on the lines between them" if self.game.between else "")
                advice = f"Print what you give to the {critic}: images go in as they come, and fakes as the generator made them."
                return f"the {critic} was fed {phase.strange} images that are none of these", f"{kinds}", advice
            if self.game.apart and phase.mixed:
                advice = f"Call the {critic} twice: batch norm would mix the statistics of the two."
                return f"the {critic} was fed real images and fakes in one call", "a call for each", advice
            if len(phase.fake) != b:
                advice = (
                    "Draw one z for each real image of a batch, and show what the generator makes of it to the critic."
                )
                seen = f"the {critic} was fed {len(phase.fake)} different fakes with gradients enabled"
                return seen, f"a batch of {b}", advice.replace("critic", critic)
            if phase.of_critic and len(phase.real) != b:
                advice = f"Each update of the {critic} sees one whole batch of real images."
                return f"the {critic} was fed {len(phase.real)} different real images", f"a batch of {b}", advice
            if phase.of_critic and self.game.between and not _one_line_each(phase, b):
                seen = f"the {critic} was fed {len(phase.images)} interpolates of {len(phase.lines[:, 0].unique())} real images"
                return seen, f"one for each of the {b} images", "Ask your gradient_penalty once per update."
            return None

        says = f"shows the {self.game.critic} the right images in every update"
        return self._per_phase("fed", says, judge, gate=True)

    def slices(self) -> Claim:
        """Update i of the critic sees batch i."""

        def judge(phase: Phase) -> tuple[str, str, str] | None:
            lines = {int(place) // phase.batch for place in phase.lines[:, 0]}
            found = sorted({*phase.slices, *lines})
            if phase.of_critic and found != [phase.number]:
                seen = f"the {self.game.critic} was fed images of {' and '.join(f'real[{i}]' for i in found)}"
                return (
                    seen,
                    f"real[{phase.number}]",
                    "Each update has a batch of its own: take one slice after the other.",
                )
            return None

        return self._per_phase("slices", "takes a new slice of real images for each update", judge, own=True)

    def noise(self) -> Claim:
        """Noise is N(0, I), and new for every image, update and call."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, phases in zip(plan["cases"], self.phases(plan, record), strict=True):
                drawn = [p for p in phases if not (self.game.reused and self._reuses(phases, p))]
                z = torch.cat([p.noise for p in drawn])
                repeated = _repeats(drawn)
                if repeated is None and standard_normal(z) and (len(z) < 4 or not _shared(z.T)):
                    continue
                low, high, mean, std = map(show.number, (z.min(), z.max(), z.mean(), z.std()))
                law = f"z lies between {low} and {high}, with mean {mean} and standard deviation {std}, or depends on itself"
                seen = repeated or law
                advice = "One `torch.randn` of shape (B, latent_dim) for each batch of fakes, just before they are made; set no seed."
                expected = "independent draws of N(0, 1), new for every batch of fakes"
                return Failure(seen, expected, advice, self._called(case, 0))
            return None

        return Claim("noise", "draws fresh noise z ~ N(0, I) for every batch of fakes", judge, own=True)

    def _reuses(self, phases: list[Phase], phase: Phase) -> bool:
        """Whether a generator's phase learns from the fakes of the critic's last."""
        if phase.of_critic:
            return False
        last = [p for p in phases if p.of_critic and p.call == phase.call][-1]
        return torch.equal(last.noise, phase.noise)

    def shares(self) -> Claim:
        """The weights of the interpolates are U(0, 1), one for each image and update."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, phases in zip(plan["cases"], self.phases(plan, record), strict=True):
                shares = torch.cat([p.shares for p in phases if p.of_critic])
                again = len(shares) - len(shares.round(decimals=7).unique())
                if again > 2 or not uniform(shares, 0.0, 1.0):  # two draws of float32 may agree by chance
                    low, high = show.number(shares.min()), show.number(shares.max())
                    more = f", {again} of them seen before" if again else ""
                    seen = f"the interpolates' weights lie between {low} and {high}{more}"
                    advice = "One draw of U(0, 1) for each image, new in every call of your gradient_penalty."
                    return Failure(seen, "independent draws of U(0, 1)", advice, self._called(case, 0))
            return None

        return Claim("shares", "interpolates with weights from U(0, 1), one per image", judge)

    def labels(self) -> Claim:
        """Every image goes into a network with the label of its own batch."""

        def judge(phase: Phase) -> tuple[str, str, str] | None:
            number = phase.number if phase.of_critic else len(batches(phase.arguments["real"])) - 1
            own = batches(phase.arguments["labels"], of=1)[number]
            made = phase.made
            generated = (
                torch.cat([inputs[1] for inputs in made.inputs])[phase.fake],
                made.rows[phase.fake] % phase.batch,
            )
            for who, pairs in (("generator", [generated]), (self.game.critic, phase.told)):
                if any(not torch.equal(given, own[rows]) for given, rows in pairs):
                    advice = (
                        "Real images, their fakes and interpolates carry the labels of one batch, in both networks."
                    )
                    return f"the {who} was given other labels", f"labels[{number}], image by image", advice
            return None

        return self._per_phase("labels", "gives each image the label of its batch", judge, own=True)

    def moved(self) -> Claim:
        """Weights move in their own network's updates, and at no other time."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                state = {name: build_network(spec).state_dict() for name, spec in case["networks"].items()}
                for number, call in enumerate(found["calls"]):
                    states = [("", state)]
                    for update in call["updates"]:
                        states += [
                            ("", update["before"]),
                            (case["optimizers"][update["optimizer"]]["over"][0], update["state"]),
                        ]
                    states.append(("", call["state"]))
                    for (_, earlier), (who, later) in pairwise(states):
                        strays = [n for n in earlier if n != who and not _same_weights(earlier[n], later[n])]
                        if strays:
                            when = f"in an update of the {who}" if who else "outside of its optimizer's step"
                            seen = f"the weights of the {strays[0]} changed {when}"
                            advice = "Let each optimizer's `step()`, and nothing else, change the weights of its own network."
                            return Failure(seen, "no change there", advice, self._called(case, number))
                    state = call["state"]
            return None

        return Claim("moved", "moves each network's weights in its own updates only", judge, own=True)

    def critic_update(self, advice: str) -> Claim:
        """Every update of the critic goes down the gradient of its loss."""
        return self._update(self.game.critic, advice, lambda phase: phase.of_critic)

    def generator_update(self, advice: str) -> Claim:
        """Every update of the generator goes down the gradient of its loss, by the updated critic."""
        return self._update("generator", advice, lambda phase: not phase.of_critic)

    def _update(self, who: str, advice: str, chosen: Callable[[Phase], bool]) -> Claim:
        def judge(phase: Phase) -> tuple[str, str, str] | None:
            if not chosen(phase) or agree(phase.applied, phase.gradient()):
                return None
            size, wanted = show.number(phase.applied.norm()), show.number(phase.gradient().norm())
            if bool(phase.applied.norm() == 0):
                return f"the {who} did not move", f"a step along a gradient of length {wanted}", advice
            seen = f"the {who} moved along another gradient (of length {size})"
            return seen, f"that of this update's own loss (of length {wanted})", advice

        return self._per_phase(f"{who}_update", f"makes clean updates of the {who}", judge)

    def losses(self) -> Claim:
        """The reported losses are those before the update that they belong to."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for (case, number, call), phases in zip(
                self._calls(plan, record), self._by_call(plan, record), strict=True
            ):
                last, generator = [p for p in phases if p.of_critic][-1], phases[-1]
                terms = {name: value for name, (value, _) in last.terms.items()} | {"total": last.total}
                for key, truth in self.game.reported(terms, generator.terms["loss"][0]).items():
                    if key != "generator" and not last.explained:
                        continue  # a loss whose weights are unknown
                    seen = _number(self.values(call)[key])
                    if not abs(seen - truth) <= 2e-4 * max(abs(truth), 0.1):
                        advice = "Report each loss as it was just before its own (last) update."
                        said = f"{key!r} is {show.number(seen)} in step {number + 1}"
                        return Failure(said, show.number(truth), advice, self._called(case, number))
            return None

        return Claim("losses", "reports the right losses", judge)

    def statistics(self) -> Claim:
        """Running statistics move with every call of their network in train mode, and at no other time."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                networks = {name: build_network(spec).train() for name, spec in case["networks"].items()}
                moving = {name for name, network in networks.items() if any(True for _ in network.buffers())}
                for number, call in enumerate(found["calls"]):
                    for name in sorted(moving):
                        network = networks[name]
                        for place, entry in enumerate(call["log"]):
                            weights = next((u["before"] for u in call["updates"] if u["after"] > place), call["state"])
                            if entry["network"] == name:
                                _carry(network, weights[name])
                                with torch.no_grad():
                                    network(*entry["inputs"])
                        wrong = [
                            k
                            for k, v in network.state_dict().items()
                            if _is_buffer(k) and not close(call["state"][name][k], v, torch.float32)
                        ]
                        if wrong:
                            seen = f"the running statistics of the {name} differ from those of its calls in train mode"
                            advice = "Put both networks in train mode first, and leave their statistics to batch norm."
                            return Failure(
                                seen, "statistics of every batch that it saw", advice, self._called(case, number)
                            )
                        network.load_state_dict(call["state"][name])
            return None

        return Claim("statistics", "keeps running statistics as in train mode", judge)

    def train_mode(self) -> Claim:
        """Both networks are in train mode in every call, and left in it."""
        left = super().train_mode()

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, number, call in self._calls(plan, record):
                evals = [e["network"] for e in call["log"] if not e["training"]]
                if evals:
                    advice = "Call `.train()` on both networks at the start of the step."
                    return Failure(
                        f"the {evals[0]} was called in eval mode", "train mode", advice, self._called(case, number)
                    )
            return left.judge(plan, record)

        return Claim(
            "train_mode", "puts both networks in train mode and leaves them there", judge, recomputed=False, own=True
        )

    def moved_by(self, plan: Plan, record: Record, **models: Model) -> bool:
        """Whether every update of the networks named was made with the gradient that the model tells, and some not with the clean one."""
        odd = False
        for phases in self.phases(plan, record):
            for place, phase in enumerate(phases):
                model = models.get("generator" if not phase.of_critic else "critic", clean)
                if not agree(phase.applied, model(phases, place)):
                    return False
                odd = odd or not agree(phase.applied, phase.gradient())
        return odd

    def _arguments(self, case: dict[str, Any], number: int) -> dict[str, Any]:
        return dict(zip(self.parameters, case["calls"][number], strict=True))

    def _by_call(self, plan: Plan, record: Record) -> Iterator[list[Phase]]:
        for case, phases in zip(plan["cases"], self.phases(plan, record), strict=True):
            for number in range(len(case["calls"])):
                yield [p for p in phases if p.call == number]

    def _per_phase(
        self,
        name: str,
        says: str,
        judge: Callable[[Phase], tuple[str, str, str] | None],
        gate: bool = False,
        own: bool = False,
    ) -> Claim:
        def judge_all(plan: Plan, record: Record) -> Failure | None:
            for case, phases in zip(plan["cases"], self.phases(plan, record), strict=True):
                for phase in phases:
                    wrong = judge(phase)
                    if wrong:
                        seen, expected, advice = wrong
                        updates = len(batches(phase.arguments["real"]))
                        which = (
                            f"update {phase.number + 1} of {updates} of the {phase.who}"
                            if phase.of_critic
                            else "update of the generator"
                        )
                        return Failure(f"in the {which}, {seen}", expected, advice, self._called(case, phase.call))
            return None

        return Claim(name, says, judge_all, gate=gate, own=own)


def _nothing(*_: Any) -> Any:
    raise NotImplementedError("an adversarial step is replayed phase by phase")


def _one_line_each(phase: Phase, batch: int) -> bool:
    """Whether there is one interpolate for each real image and each fake, and the fakes are this update's."""
    real, fake = phase.lines.unbind(dim=1)
    own = (fake >= phase.new) | torch.isin(fake, phase.fake)
    return len(phase.images) == batch == len(real.unique()) == len(fake.unique()) and bool(own.all())


def _run_lengths(owners: list[str]) -> str:
    """ "critic ×3, generator"."""
    runs: list[list[Any]] = []
    for owner in owners:
        if runs and runs[-1][0] == owner:
            runs[-1][1] += 1
        else:
            runs.append([owner, 1])
    return ", ".join(f"{owner} ×{count}" if count > 1 else owner for owner, count in runs) or "none"


def _repeats(phases: list[Phase]) -> str | None:
    """What noise is used twice, in words: within a batch, for two updates, or in two calls."""
    for phase in phases:
        if len(phase.noise) > 1 and _shared(phase.noise):
            return "images of one batch share their z"
    for place, phase in enumerate(phases):
        for other in phases[:place]:
            if bool((torch.cdist(phase.noise, other.noise, p=torch.inf) < 1e-4).any()):
                return (
                    "two updates of one call share their z" if phase.call == other.call else "two calls share their z"
                )
    return None


def _shared(draws: torch.Tensor) -> bool:
    """Whether two rows agree to 1e-4: by chance below 1e-12 for a hundred rows of four draws or more."""
    return bool((torch.cdist(draws, draws, p=torch.inf) + torch.eye(len(draws)) < 1e-4).any())


def _same_weights(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return all(_is_buffer(name) or torch.equal(a[name], b[name]) for name in a)


def _carry(network: nn.Module, state: dict[str, torch.Tensor]) -> None:
    """Give a network the weights of a recorded state, not its statistics."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(state[name])
