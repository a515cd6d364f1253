"""Check of `wgan_gp/train_step`.

A small generator with batch norm and a small critic with dropout go in, in eval mode, with two optimizers. Noise and interpolates are read
from what the networks were fed; with them the judge computes every update's gradient anew.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch

from autograder.checks.wgan_gp import train_step_mistakes as mistakes
from autograder.claims.adversarial import AdversarialClaims
from autograder.claims.laws import uniform
from autograder.claims.leaks import accumulated, leaked_to_critic, leaked_to_generator
from autograder.claims.phases import Game, Phase, Score, Terms
from autograder.exercise import Claim, Draw, Exercise, Misconception, failing, once_a_verdict
from autograder.probes import Plan, Record

PARAMETERS = (
    *("generator", "critic", "real", "generator_optimizer", "critic_optimizer", "latent_dim", "critic_steps"),
    "gp_weight",
)
KEYS = ("critic", "gradient_penalty", "generator")


def make_plan(draw: Draw) -> Plan:
    """Three steps of three critic updates in float64; then a step in float32 with single images, which allow no batch norm."""
    shape = (2, 3, 4)
    d, width, b = draw.size(70, 80), draw.size(16, 18), draw.size(5, 6)

    def case(
        dtype: str, b: int, updates: int, calls: int, norm: list[list[Any]], drop: list[list[Any]]
    ) -> dict[str, Any]:
        common = {"kind": "sequential", "training": False, "dtype": dtype}
        make = [["linear", d, width], *norm, ["tanh"], ["linear", width, 24], ["tanh"], ["unflatten", *shape]]
        score = [["flatten"], ["linear", 24, width], ["tanh"], *drop, ["linear", width, 1], ["flatten", 0]]
        refs = [{"ref": name} for name in PARAMETERS]
        weight = draw.number(3.0, 6.0)
        return {
            "networks": {
                "generator": {**common, "layers": make, "seed": draw.seed()},
                "critic": {**common, "layers": score, "seed": draw.seed()},
            },
            "optimizers": {
                "generator_optimizer": {"over": ["generator"], "lr": 0.05, "momentum": 0.6},
                "critic_optimizer": {"over": ["critic"], "lr": 0.03, "momentum": 0.7},
            },
            "calls": [
                [*refs[:2], draw.uniform(updates, b, *shape, low=-1, dtype=dtype), *refs[3:5], d, updates, weight]
                for _ in range(calls)
            ],
            "seed": draw.seed(),
            "phases": True,
        }

    norm, drop = [["batch_norm", width]], [["row_dropout"]]
    return {"probe": "spy", "cases": [case("float64", b, 3, 3, norm, drop), case("float32", 1, 2, 1, [], [])]}


def critic_terms(score: Score, real: torch.Tensor, fake: torch.Tensor, between: torch.Tensor) -> Terms:
    """Mean scores, and (‖∇‖ − 1)² by autograd."""
    images = between.clone().requires_grad_()
    slopes = torch.autograd.grad(score(images, "between").sum(), images, create_graph=True)[0].flatten(1)
    penalty = (slopes.norm(dim=1) - 1).square().mean()  # unlike a root, it has a gradient where dropout leaves no slope
    return {"real": score(real, "real").mean(), "fake": score(fake, "fake").mean(), "gradient_penalty": penalty}


GAME = Game(
    critic="critic",
    critic_terms=critic_terms,
    critic_weights=lambda arguments: {"real": -1.0, "fake": 1.0, "gradient_penalty": arguments["gp_weight"]},
    generator_loss=lambda scores: -scores.mean(),
    reported=lambda terms, generator: {
        "critic": terms["fake"] - terms["real"],
        "gradient_penalty": terms["gradient_penalty"],
        "generator": generator,
    },
    between=True,
)
STEP = AdversarialClaims("train_step", PARAMETERS, KEYS, GAME)


def claims_of(step: AdversarialClaims, *more: Claim) -> tuple[Claim, ...]:
    """The claims of a WGAN-GP step."""
    return (
        step.runs(),
        step.returns(),
        step.order(),
        step.fed(),
        *more,
        step.slices(),
        step.noise(),
        step.shares(),
        step.moved(),
        step.critic_update(
            "In each update: zero the critic's gradients, backward on critic_loss + gp_weight · gradient_penalty, one step of its optimizer."
        ),
        step.generator_update(
            "New fakes, scored by the updated critic; zero the generator's gradients, backward on generator_loss, one step of its optimizer."
        ),
        step.losses(),
        step.statistics(),
        step.train_mode(),
        step.floats(),
        step.flags_kept(),
        step.inputs_unchanged(),
    )


CLAIMS = claims_of(STEP)

Explains = Callable[[Plan, Record], bool]


class Explanations:
    """What tells the mistakes of a WGAN-GP step apart, from the phases of its record."""

    def __init__(self, step: AdversarialClaims, claims: tuple[Claim, ...]) -> None:
        self.step = step
        self.fails = once_a_verdict(lambda plan, record: failing(claims, plan, record))

    def only(self, name: str, also: Callable[[list[Phase]], bool]) -> Explains:
        """Only this claim fails, and the phases of the first case are so."""
        return lambda plan, record: self.fails(plan, record) == {name} and also(self.step.phases(plan, record)[0])

    def stepped(self, *orders: Callable[[int], list[str]]) -> Explains:
        """The optimizers stepped in one of these orders, told by the number of critic updates asked for, in every call."""

        def explains(plan: Plan, record: Record) -> bool:
            if self.fails(plan, record) != {"order"}:
                return False
            calls = list(self.step._calls(plan, record))
            seen = [[case["optimizers"][u["optimizer"]]["over"][0] for u in call["updates"]] for case, _, call in calls]
            asked = [len(case["calls"][number][2]) for case, number, _ in calls]
            return any(seen == [order(n) for n in asked] for order in orders)

        return explains

    def moved(self, *models: dict[str, Any]) -> Explains:
        """The weights moved by the gradients of one of these models."""

        def explains(plan: Plan, record: Record) -> bool:
            if self.fails(plan, record) & {"runs", "returns", "order"}:
                return False
            return any(self.step.moved_by(plan, record, **model) for model in models)

        return explains

    def reported(self, key: str, value: Callable[[dict[str, float], float], float]) -> Explains:
        """Only the reports are wrong, and this one is `value` of (the right reports, gp_weight)."""

        def explains(plan: Plan, record: Record) -> bool:
            if self.fails(plan, record) != {"losses"}:
                return False
            for (_case, _number, call), phases in zip(
                self.step._calls(plan, record), self.step._by_call(plan, record), strict=True
            ):
                terms = {name: found for name, (found, _) in [p for p in phases if p.of_critic][-1].terms.items()}
                right = GAME.reported(terms, phases[-1].terms["loss"][0])
                item = self.step.values(call)[key]
                seen = float(item["data"] if item["kind"] == "tensor" else item["value"])
                wanted = value(right, phases[-1].arguments["gp_weight"])
                if abs(seen - wanted) > 2e-4 * max(abs(wanted), 0.1):
                    return False
            return True

        return explains

    def tensors(self, plan: Plan, record: Record) -> bool:
        """Everything is right but the form: tensors."""
        return self.fails(plan, record) == {"floats"} and all(
            item["kind"] == "tensor"
            for _, _, call in self.step._calls(plan, record)
            for item in self.step.values(call).values()
        )

    def mode_as_found(self, plan: Plan, record: Record) -> bool:
        """Both networks stay in eval mode."""
        calls = [call for _, _, call in self.step._calls(plan, record)]
        ran = not self.fails(plan, record) & {"runs", "returns"}
        return ran and all(
            call["log"] and set(call["modes"].values()) == {"eval"} and not any(e["training"] for e in call["log"])
            for call in calls
        )

    def not_like_real(self, plan: Plan, record: Record) -> bool:
        """The generator, which computes in float64, was fed float32."""
        call = record["cases"][0]["calls"][0]
        log = [e for e in call["log"] if e["network"] == "generator"]
        return bool(call["raised"] and log) and log[-1]["inputs"][0].dtype == torch.float32


def _same_noise(phases: list[Phase]) -> bool:
    groups = [[p.noise for p in phases if p.call == call and p.of_critic] for call in range(3)]
    shared = all(torch.equal(z, group[0]) for group in groups for z in group)
    return shared and not torch.equal(groups[0][0], groups[1][0])


def _fakes_reused(phases: list[Phase]) -> bool:
    updates = [p.noise for p in phases if p.of_critic]
    if any(torch.equal(a, b) for a, b in itertools.pairwise(updates)):
        return False
    return all(
        torch.equal(generator.noise, last.noise)
        for last, generator in itertools.pairwise(phases)
        if not generator.of_critic
    )


def _uniform_noise(phases: list[Phase]) -> bool:
    z = torch.cat([p.noise for p in phases])
    return any(uniform(z, low, high) for low, high in ((0, 1), (-1, 1)))


def _zero_model(phases: list[Phase], place: int) -> torch.Tensor:
    return torch.zeros_like(phases[place].applied)


def with_weights(**weights: float) -> dict[str, Any]:
    """The critic's updates were made with these weights of its terms."""
    return {"critic": lambda phases, place: phases[place].gradient(**weights)}


TELL = Explanations(STEP, CLAIMS)


def misconceptions(tell: Explanations, wrong: Any) -> tuple[Misconception, ...]:
    """The mistakes of a WGAN-GP step; `wrong` is the module that holds them."""
    return (
        Misconception(
            "same_real",
            "every critic update of a step sees the same batch of real images",
            "All updates of the critic see the same real images: `real` holds a batch for each, so take `real[i]` in update i.",
            wrong.same_real,
            tell.only("slices", lambda phases: len({tuple(p.slices) for p in phases if p.of_critic}) == 1),
        ),
        Misconception(
            "one_critic_step",
            "the critic is updated once per step, whatever critic_steps says",
            "The critic is updated only once: its update belongs into a loop of critic_steps rounds.",
            wrong.one_critic_step,
            tell.stepped(lambda n: ["critic", "generator"]),
        ),
        Misconception(
            "generator_in_the_loop",
            "the generator is updated after every critic update, too, instead of once at the end",
            "The generator is updated inside the loop, once per critic update: it has to wait until the critic has had all of its updates.",
            wrong.generator_in_the_loop,
            tell.stepped(lambda n: ["critic", "generator"] * n, lambda n: ["critic", "generator"] * n + ["generator"]),
        ),
        Misconception(
            "generator_first",
            "the generator is updated before the critic instead of after it",
            "The generator moves first: train the critic, then let the generator learn from the improved critic.",
            wrong.generator_first,
            tell.stepped(lambda n: ["generator"] + ["critic"] * n),
        ),
        Misconception(
            "penalty_dropped",
            "the gradient penalty is not part of the loss that the critic minimises",
            "The critic's weights move as if there were no gradient penalty: backward must run on the critic's loss plus gp_weight times the penalty.",
            wrong.penalty_dropped,
            tell.moved(with_weights(gradient_penalty=0.0)),
        ),
        Misconception(
            "gp_weight_ignored",
            "the penalty is added with weight 1: gp_weight is not used",
            "The penalty is added with weight 1: multiply it by gp_weight.",
            wrong.gp_weight_ignored,
            tell.moved(with_weights(gradient_penalty=1.0)),
        ),
        Misconception(
            "scores_swapped",
            "the critic's loss gets the scores in the wrong order, so real images are scored down and fakes up",
            "The critic learns to score fakes above real images: what it minimises is the mean score of the fakes minus that of the real images.",
            wrong.scores_swapped,
            tell.moved(with_weights(real=1.0, fake=-1.0)),
        ),
        Misconception(
            "generator_sign",
            "the generator minimises the mean score of its fakes instead of its negative",
            "The generator moves the wrong way, towards low scores: it minimises −mean(critic(fake)).",
            wrong.generator_sign,
            tell.moved({"generator": lambda phases, place: -phases[place].gradient()}),
        ),
        Misconception(
            "same_noise",
            "one batch of noise is drawn per step and used for all critic updates",
            "All critic updates of a step see fakes of the same noise: draw z inside the loop.",
            wrong.same_noise,
            tell.only("noise", _same_noise),
        ),
        Misconception(
            "fakes_reused",
            "the generator learns from the noise of the last critic update instead of fresh noise",
            "The generator learns from the noise that the critic has just seen. Other lessons allow that; this exercise asks for fresh noise.",
            wrong.fakes_reused,
            tell.only("noise", _fakes_reused),
        ),
        Misconception(
            "uniform_noise",
            "z is drawn from a uniform distribution instead of N(0, I)",
            "z is uniform: draw it by `torch.randn`, not `torch.rand`.",
            wrong.uniform_noise,
            tell.only("noise", _uniform_noise),
        ),
        Misconception(
            "noise_not_like_real",
            "z is created with torch's default dtype (and device), not with those of real",
            "z has torch's default dtype and device, not those of the images: pass `device=real.device, dtype=real.dtype`. On a GPU yours would fail.",
            wrong.noise_not_like_real,
            tell.not_like_real,
        ),
        Misconception(
            "stale_gradients",
            "no gradients are ever zeroed, so they pile up from update to update",
            "The gradients of earlier updates are still there and pile up: zero them in every update, of the critic and of the generator.",
            wrong.stale_gradients,
            tell.moved(*accumulated()),
        ),
        Misconception(
            "generator_not_zeroed",
            "the generator's gradients are never zeroed, so they pile up from step to step; the critic's are",
            "The generator's gradients of earlier steps are still there and pile up: zero them just before the generator's `backward()`.",
            wrong.generator_not_zeroed,
            tell.moved({"generator": accumulated()[0]["generator"]}),
        ),
        Misconception(
            "leaked_to_critic",
            "the generator's backward leaves gradients at the critic, and they are still there in the next critic update",
            "The generator's loss leaves gradients at the critic's weights, too, and they leak into the critic's next update: zero them just before "
            "the critic's `backward()`.",
            wrong.leaked_to_critic,
            tell.moved({"critic": leaked_to_critic}),
        ),
        Misconception(
            "leaked_to_generator",
            "the fakes of the critic's updates are not detached, and the gradients that arrive at the generator stay there for its update",
            "The critic's loss leaves gradients at the generator's weights, and they spoil its update: detach the fakes, or zero the generator's "
            "gradients just before its `backward()`.",
            wrong.leaked_to_generator,
            tell.moved(
                {"generator": leaked_to_generator}, {"generator": leaked_to_generator, "critic": leaked_to_critic}
            ),
        ),
        Misconception(
            "penalty_reported_weighted",
            "the penalty that is returned is already multiplied by gp_weight (the update is right)",
            "The returned gradient_penalty is multiplied by gp_weight: report the penalty itself, whose goal does not depend on the weight.",
            wrong.penalty_reported_weighted,
            tell.reported("gradient_penalty", lambda right, weight: weight * right["gradient_penalty"]),
        ),
        Misconception(
            "critic_reported_with_penalty",
            "the critic's loss that is returned contains the penalty (the update is right)",
            "The returned critic loss contains the penalty: report mean(fake) − mean(real) alone, which estimates the (negative) distance.",
            wrong.critic_reported_with_penalty,
            tell.reported("critic", lambda right, weight: right["critic"] + weight * right["gradient_penalty"]),
        ),
        Misconception(
            "mode_as_found",
            "the networks are not put in train mode",
            "The networks stay in the mode in which they came: call `.train()` on both at the start of the step.",
            wrong.mode_as_found,
            tell.mode_as_found,
        ),
        Misconception(
            "tensors_returned",
            "the losses are returned as tensors instead of floats",
            "Everything is right but the form: the losses come back as tensors. Return floats by `.item()`.",
            wrong.tensors_returned,
            tell.tensors,
        ),
    )


MISCONCEPTIONS = misconceptions(TELL, mistakes)

EXERCISE = Exercise(
    id="wgan_gp/train_step",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Two phases: a loop of critic_steps updates of the critic, then one of the generator. Which weights may each optimizer move, and which "
        "gradients must be gone before each `backward()`?",
        "In round i: fresh z, fakes without a graph (`torch.no_grad()` or `.detach()`), critic_loss(critic(real[i]), critic(fake)) + gp_weight · "
        "gradient_penalty(critic, real[i], fake); zero, backward, step. Keep the two values before they are overwritten.",
        "After the loop: fresh z again, generator_loss(critic(generator(z))), with a graph this time. `critic_optimizer.zero_grad()` at the start of each "
        "round also removes what this backward leaves at the critic.",
    ),
    depends=("wgan_gp/critic_loss", "wgan_gp/generator_loss", "wgan_gp/gradient_penalty"),
)
