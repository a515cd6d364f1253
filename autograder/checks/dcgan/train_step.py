"""Check of `dcgan/train_step`.

A small generator and a small discriminator, both with batch norm, go in, in eval mode, with two optimizers. The noisy labels of a step cannot be
seen, but the cross-entropy is linear in them, and so is its gradient. The discriminator has more weights than a step has images: the labels
follow from how the weights moved, by least squares, and what no labels explain was no clean update.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from autograder.checks.dcgan import train_step_mistakes as mistakes
from autograder.checks.wgan_gp.train_step import Explanations
from autograder.claims import show
from autograder.claims.adversarial import AdversarialClaims
from autograder.claims.compare import close
from autograder.claims.laws import uniform
from autograder.claims.leaks import Model, leaked_to_generator
from autograder.claims.phases import Game, Phase, Score, Terms, agree
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record

PARAMETERS = (
    *("generator", "discriminator", "real", "generator_optimizer", "discriminator_optimizer", "latent_dim"),
    "label_noise",
)
KEYS = ("discriminator", "generator")


def make_plan(draw: Draw) -> Plan:
    """Three steps in float64 with much label noise; then a step in float32 with a single image, which allows no batch norm, and exact labels."""
    shape = (2, 3, 4)
    d, width, b = draw.size(220, 240), draw.size(8, 10), draw.size(6, 7)

    def case(
        dtype: str, b: int, calls: int, noise: float, norm: list[list[Any]], drop: list[list[Any]]
    ) -> dict[str, Any]:
        common = {"kind": "sequential", "training": False, "dtype": dtype}
        make = [["linear", d, width], *norm, ["tanh"], ["linear", width, 24], ["tanh"], ["unflatten", *shape]]
        tell = [["flatten"], ["linear", 24, width], *norm, ["tanh"], *drop, ["linear", width, 1], ["flatten", 0]]
        refs = [{"ref": name} for name in PARAMETERS]
        return {
            "networks": {
                "generator": {**common, "layers": make, "seed": draw.seed()},
                "discriminator": {**common, "layers": tell, "seed": draw.seed()},
            },
            "optimizers": {
                "generator_optimizer": {"over": ["generator"], "lr": 0.05, "momentum": 0.6},
                "discriminator_optimizer": {"over": ["discriminator"], "lr": 0.03, "momentum": 0.7},
            },
            "calls": [
                [*refs[:2], draw.uniform(b, *shape, low=-1, dtype=dtype), *refs[3:5], d, noise] for _ in range(calls)
            ],
            "seed": draw.seed(),
            "phases": True,
        }

    norm, drop = [["batch_norm", width]], [["row_dropout"]]
    noise = draw.number(0.2, 0.4)
    return {"probe": "spy", "cases": [case("float64", b, 3, noise, norm, drop), case("float32", 1, 1, 0.0, [], [])]}


def terms(score: Score, real: torch.Tensor, fake: torch.Tensor, between: torch.Tensor) -> Terms:
    """½(BCE real + BCE fake) = base − ½·mean(labels · logits), one term for each label."""
    a, b = score(real, "real"), score(fake, "fake")
    found = {"base": 0.5 * (F.softplus(a).mean() + F.softplus(b).mean())}
    found |= {f"real {i}": -0.5 * logit / len(a) for i, logit in enumerate(a)}
    return found | {f"fake {i}": -0.5 * logit / len(b) for i, logit in enumerate(b)}


def labels(phase: Phase, leaked: torch.Tensor | float = 0.0) -> dict[str, float]:
    """The label of each image with which the discriminator's update is explained best, when `leaked` was added to its gradient."""
    names = [name for name in phase.terms if name != "base"]
    directions = torch.stack([phase.terms[name][1] for name in names], dim=1).double()  # (weights, images)
    rest = (phase.applied - phase.terms["base"][1] - leaked).double()
    found = torch.linalg.lstsq(directions, rest[:, None]).solution[:, 0]
    return dict(zip(names, found.tolist(), strict=True))


GAME = Game(
    critic="discriminator",
    critic_terms=terms,
    critic_weights=lambda arguments: {},
    generator_loss=lambda logits: F.softplus(-logits).mean(),
    reported=lambda terms, generator: {"discriminator": terms["total"], "generator": generator},
    apart=True,
    reused=True,
    found_weights=lambda phase: {"base": 1.0} | labels(phase),
)
STEP = AdversarialClaims("train_step", PARAMETERS, KEYS, GAME)


def _moves(phase: Phase) -> torch.Tensor:
    """How far the labels of a discriminator's update came towards the other one: ones down, zeros up."""
    return torch.tensor([1 - y if name.startswith("real") else y for name, y in labels(phase).items()])


def _noise(plan: Plan, record: Record) -> Failure | None:
    for case, phases in zip(plan["cases"], STEP.phases(plan, record), strict=True):
        updates = [p for p in phases if p.of_critic]
        if not all(agree(p.applied, p.gradient()) for p in updates):
            continue  # these labels mean nothing
        moved, amount = torch.cat(list(map(_moves, updates))), updates[0].arguments["label_noise"]
        slack = 1e-5 if moved.numel() > 2 else 0.05  # a single image in float32
        inside = bool(((moved > -slack) & (moved < amount + slack)).all())
        if inside and (amount == 0 or (uniform(moved / amount, 0.0, 1.0) and _all_differ(moved))):
            continue
        # Rounded, for what is left of an exact label is another number in each process; −0 is 0.
        low, high = (show.number(move.round(decimals=6) + 0.0) for move in moved.aminmax())
        seen = f"the discriminator's labels were {low} to {high} away from exact ones, towards the other side"
        expected = f"a draw of U(0, {show.number(amount)}) for each label"
        advice = "Ones for the real images, zeros for the fakes, both through your noisy_labels with label_noise."
        return Failure(seen, expected, advice, STEP._called(case, 0))
    return None


def _all_differ(moved: torch.Tensor) -> bool:
    return len(moved.round(decimals=7).unique()) == len(moved)


CLAIMS = (
    STEP.runs(),
    STEP.returns(),
    STEP.order(),
    STEP.fed(),
    STEP.noise(),
    STEP.moved(),
    STEP.critic_update(
        "Logits of real images and of detached fakes, discriminator_loss with noisy labels; zero the discriminator's gradients, backward, one step of its optimizer."
    ),
    Claim("label_noise", "gives the discriminator noisy labels", _noise),
    STEP.generator_update(
        "The updated discriminator judges the fakes, with a graph; zero the generator's gradients, backward on generator_loss, one step of its optimizer."
    ),
    STEP.losses(),
    STEP.statistics(),
    STEP.train_mode(),
    STEP.floats(),
    STEP.flags_kept(),
    STEP.inputs_unchanged(),
)

Explains = Callable[[Plan, Record], bool]


TELL = Explanations(STEP, CLAIMS)


def _moved(*models: dict[str, Model]) -> Explains:
    """The weights moved by the gradients of one of these models; every phase had its images."""
    return lambda plan, record: "fed" not in TELL.fails(plan, record) and TELL.moved(*models)(plan, record)


def _with(leaked: torch.Tensor | float, phase: Phase) -> torch.Tensor:
    """A discriminator's gradient to which something was added."""
    return phase.gradient(**labels(phase, leaked)) + leaked


def _before(phases: list[Phase], place: int) -> tuple[torch.Tensor | float, torch.Tensor | float]:
    """What moved this phase's network the last time, and what the generator's backwards since left at the discriminator."""
    same = [i for i in range(place) if phases[i].who == phases[place].who]
    since = phases[(same[-1] if same else 0) : place]
    left = sum((p.leaked for p in since if not p.of_critic), torch.tensor(0.0))
    return (phases[same[-1]].applied if same else 0.0), left


def _leaked_to_discriminator(phases: list[Phase], place: int) -> torch.Tensor:
    return _with(_before(phases, place)[1], phases[place])


def _stale(phases: list[Phase], place: int) -> torch.Tensor:
    last, left = _before(phases, place)
    return _with(last + left, phases[place]) if phases[place].of_critic else phases[place].gradient() + last


def _stale_undetached(phases: list[Phase], place: int) -> torch.Tensor:
    return _before(phases, place)[0] + leaked_to_generator(phases, place)


def _not_detached(plan: Plan, record: Record) -> bool:
    """The discriminator's loss left gradients at the generator, or its backward used up the graph that the generator needs."""
    raised = record["cases"][0]["calls"][0]["raised"]
    if raised:
        return "through the graph a second time" in raised["message"]
    leaked: dict[str, Model] = {"generator": leaked_to_generator}
    return _moved(leaked, leaked | {"critic": _leaked_to_discriminator})(plan, record)


def _labels(test: Callable[[torch.Tensor, float], bool]) -> Explains:
    """Only the labels are wrong, and the moves of the first case are so."""

    def explains(plan: Plan, record: Record) -> bool:
        if TELL.fails(plan, record) - {"losses"} != {"label_noise"}:
            return False
        updates = [p for p in STEP.phases(plan, record)[0] if p.of_critic]
        return test(torch.cat(list(map(_moves, updates))), updates[0].arguments["label_noise"])

    return explains


def _half_missing(plan: Plan, record: Record) -> bool:
    """Twice the gradient is what labels beyond the right ones give, as far away from the probabilities again as the right ones are."""
    if TELL.fails(plan, record) != {"label_noise", "losses"}:
        return False
    for phase in STEP.phases(plan, record)[0]:
        for name, label in labels(phase).items() if phase.of_critic else ():
            probability = torch.sigmoid(torch.tensor(-2 * phase.batch * phase.terms[name][0])).item()
            right = (label + probability) / 2
            moved = 1 - right if name.startswith("real") else right
            if not -1e-5 < moved < phase.arguments["label_noise"] + 1e-5:
                return False
    return True


def _swapped(moved: torch.Tensor, noise: float) -> bool:
    return bool(((moved > 1 - noise - 1e-5) & (moved < 1 + 1e-5)).all())


def _other_loss(loss: Callable[[torch.Tensor], torch.Tensor]) -> Model:
    """The generator's gradient of another loss of the fakes' logits."""

    def model(phases: list[Phase], place: int) -> torch.Tensor:
        phase = phases[place]
        critic, generator = phase.network("discriminator"), phase.generator
        parameters = list(generator.parameters())
        logits = critic(phase.made.again(generator)[phase.fake]).flatten()
        found = torch.autograd.grad(loss(logits), parameters)
        return torch.cat([g.flatten() for g in found]).detach()

    return model


def _noisy_generator(plan: Plan, record: Record) -> bool:
    """The generator's gradient is that of labels in [1 − noise, 1]."""
    if not {"generator_update"} <= TELL.fails(plan, record) <= {"generator_update", "losses"}:
        return False
    for phase in STEP.phases(plan, record)[0]:
        if phase.of_critic:
            continue
        critic, generator = phase.network("discriminator"), phase.generator
        logits = critic(phase.made.again(generator)[phase.fake]).flatten()
        parameters = list(generator.parameters())

        def flat(value: torch.Tensor, parameters: list[Any] = parameters) -> torch.Tensor:
            found = torch.autograd.grad(value, parameters, retain_graph=True)
            return torch.cat([g.flatten() for g in found]).detach()

        directions = torch.stack([flat(-logit / len(logits)) for logit in logits], dim=1)
        rest = phase.applied - flat(F.softplus(logits).mean())
        targets = torch.linalg.lstsq(directions, rest[:, None]).solution[:, 0]
        if not agree(directions @ targets, rest) or not bool(
            ((targets < 1 + 1e-4) & (targets > 1 - phase.arguments["label_noise"] - 1e-4)).all()
        ):
            return False
    return True


_began_with_generator = TELL.stepped(lambda n: ["generator", "discriminator"])


def _real_before(plan: Plan, record: Record) -> bool:
    """The discriminator saw the real images before the first update of every call."""
    return all(
        any(
            e["network"] == "discriminator" and same_images(e["inputs"][0], case["calls"][number][2])
            for e in call["log"][: call["updates"][0]["after"]]
        )
        for case, number, call in STEP._calls(plan, record)
    )


def same_images(seen: torch.Tensor, real: torch.Tensor) -> bool:
    """Whether these are the real images of a call."""
    return seen.shape == real.shape and close(seen, real)


def _uniform(phases: list[Phase]) -> bool:
    z = torch.cat([p.noise for p in phases if p.of_critic])
    return any(uniform(z, low, 1) for low in (0, -1))


def _joint(plan: Plan, record: Record) -> bool:
    return TELL.fails(plan, record) == {"fed"} and all(p.mixed for p in STEP.phases(plan, record)[0] if p.of_critic)


def _simultaneous(plan: Plan, record: Record) -> bool:
    """The generator's critic was judged by before its update: no network is called between the two updates."""
    return TELL.fails(plan, record) == {"fed"} and all(
        len(call["updates"]) == 2 and call["updates"][0]["after"] == call["updates"][1]["after"] >= 3
        for _, _, call in STEP._calls(plan, record)
    )


def _equal_rows(plan: Plan, record: Record) -> bool:
    """In every call of the generator all rows of z are the same."""
    fed = [
        e["inputs"][0] for _, _, call in STEP._calls(plan, record) for e in call["log"] if e["network"] == "generator"
    ]
    return any(len(z) > 1 for z in fed) and all(bool((z == z[:1]).all()) for z in fed)


MISCONCEPTIONS = (
    Misconception(
        "fakes_not_detached",
        "the fakes of the discriminator's update are not detached, and the gradients that arrive at the generator stay there for its own update",
        "The discriminator's loss reaches the generator: what its `backward()` leaves there spoils the generator's update (or uses up its graph). "
        "Give the discriminator `fake.detach()` in its own phase.",
        mistakes.fakes_not_detached,
        _not_detached,
    ),
    Misconception(
        "discriminator_steps_again",
        "the discriminator's optimizer steps in the generator's phase, too",
        "The discriminator's optimizer steps a second time, with gradients of the generator's loss: it is taught to be fooled. Only the generator "
        "moves in its phase.",
        mistakes.discriminator_steps_again,
        TELL.stepped(
            lambda n: ["discriminator", "generator", "discriminator"],
            lambda n: ["discriminator", "discriminator", "generator"],
        ),
    ),
    Misconception(
        "leaked_to_discriminator",
        "the generator's backward leaves gradients at the discriminator, and they are still there in its next update",
        "The generator's loss leaves gradients at the discriminator's weights, too, and they leak into its next update, where they teach it to be "
        "fooled: zero them just before the discriminator's `backward()`.",
        mistakes.leaked_to_discriminator,
        _moved({"critic": _leaked_to_discriminator}, {"critic": _stale}),
    ),
    Misconception(
        "stale_gradients",
        "no gradients are ever zeroed, so they pile up from step to step",
        "The gradients of earlier steps are still there and pile up: zero them in every step, the discriminator's and the generator's.",
        mistakes.stale_gradients,
        _moved({"critic": _stale, "generator": _stale}, {"critic": _stale, "generator": _stale_undetached}),
    ),
    Misconception(
        "generator_not_zeroed",
        "the generator's gradients are never zeroed, so they pile up from step to step; the discriminator's are",
        "The generator's gradients of earlier steps are still there and pile up: zero them just before the generator's `backward()`.",
        mistakes.generator_not_zeroed,
        _moved({"generator": _stale}),
    ),
    Misconception(
        "one_noise_vector",
        "one noise vector is drawn and shared by the whole batch",
        "All fakes of a batch are made from one and the same z, so they are all the same image: draw a z for each, of shape (B, latent_dim).",
        mistakes.one_noise_vector,
        lambda plan, record: TELL.fails(plan, record) <= {"fed", "noise"} and _equal_rows(plan, record),
    ),
    Misconception(
        "uniform_noise",
        "z is drawn from a uniform distribution instead of N(0, I)",
        "z is uniform: draw it by `torch.randn`, not `torch.rand`.",
        mistakes.uniform_noise,
        TELL.only("noise", _uniform),
    ),
    Misconception(
        "noise_not_like_real",
        "z is created with torch's default dtype (and device), not with those of real",
        "z has torch's default dtype and device, not those of the images: pass `device=real.device, dtype=real.dtype`. On a GPU yours would fail.",
        mistakes.noise_not_like_real,
        TELL.not_like_real,
    ),
    Misconception(
        "generator_on_zeros",
        "the generator's target is 0 instead of 1",
        "The generator learns to be found out: its fakes are compared with the label 0, not 1.",
        mistakes.generator_on_zeros,
        _moved({"generator": _other_loss(lambda logits: F.softplus(logits).mean())}),
    ),
    Misconception(
        "saturating",
        "the generator minimises the saturating loss log(1 − D)",
        "The generator minimises log(1 − D), whose gradient vanishes where it is needed most: this exercise asks for your generator_loss, −log D.",
        mistakes.saturating,
        _moved({"generator": _other_loss(lambda logits: -F.softplus(logits).mean())}),
    ),
    Misconception(
        "optimizers_swapped",
        "the generator's optimizer steps after the discriminator's loss, and the other way round",
        "The optimizers are exchanged: after the discriminator's loss its own optimizer has to step, and after the generator's loss the generator's.",
        mistakes.optimizers_swapped,
        lambda plan, record: _began_with_generator(plan, record) and _real_before(plan, record),
    ),
    Misconception(
        "generator_first",
        "the generator is updated before the discriminator instead of after it",
        "The generator moves first: this exercise asks for the discriminator's update first, so that its fakes are judged by the improved one.",
        mistakes.generator_first,
        lambda plan, record: _began_with_generator(plan, record) and not _real_before(plan, record),
    ),
    Misconception(
        "label_noise_ignored",
        "the labels are exactly 1 and 0: label_noise is not used",
        "The labels are exactly 1 and 0: pass them through noisy_labels, with label_noise.",
        mistakes.label_noise_ignored,
        _labels(lambda moved, noise: bool((moved.abs() < 1e-4).all())),
    ),
    Misconception(
        "labels_out_of_range",
        "the label noise goes the wrong way, out of [0, 1]: the book's own version",
        "The labels leave [0, 1], as in the book's notebook: real images are called more than real. Ones have to move down, zeros up.",
        mistakes.labels_out_of_range,
        _labels(lambda moved, noise: uniform(-moved / noise, 0.0, 1.0) and _all_differ(moved)),
    ),
    Misconception(
        "labels_swapped",
        "the discriminator is taught that real images are 0 and fakes 1",
        "The discriminator learns that the fakes are real and the real images fake: ones belong to the real images.",
        mistakes.labels_swapped,
        _labels(_swapped),
    ),
    Misconception(
        "noisy_generator",
        "the generator's labels are noisy, too",
        "The generator's labels are noisy, too: it gets clean ones, by your generator_loss.",
        mistakes.noisy_generator,
        _noisy_generator,
    ),
    Misconception(
        "half_missing",
        "the discriminator's loss is the sum of both cross-entropies, without the ½",
        "The discriminator's loss lacks the ½: use your discriminator_loss.",
        mistakes.half_missing,
        _half_missing,
    ),
    Misconception(
        "joint_call",
        "real images and fakes go through the discriminator in one call",
        "Real images and fakes go through the discriminator together, so batch norm mixes their statistics: this exercise asks for a call for each.",
        mistakes.joint_call,
        _joint,
    ),
    Misconception(
        "simultaneous",
        "the generator is judged by the discriminator as it was before its update (both move at the same time)",
        "Both networks move at the same time, as in the book's notebook: no mistake in itself, but this exercise asks for the generator's fakes to "
        "be judged by the updated discriminator.",
        mistakes.simultaneous,
        _simultaneous,
    ),
    Misconception(
        "mode_as_found",
        "the networks are not put in train mode",
        "The networks stay in the mode in which they came: call `.train()` on both at the start of the step.",
        mistakes.mode_as_found,
        TELL.mode_as_found,
    ),
    Misconception(
        "tensors_returned",
        "the losses are returned as tensors instead of floats",
        "Everything is right but the form: the losses come back as tensors. Return floats by `.item()`.",
        mistakes.tensors_returned,
        TELL.tensors,
    ),
)


EXERCISE = Exercise(
    id="dcgan/train_step",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Two phases with two updates. For each ask: which weights may move, through which networks does the gradient run, and which gradients must be gone before?",
        "Discriminator: logits of real and of `fake.detach()`, noisy ones and zeros, discriminator_loss; zero, backward, step. Generator: logits of "
        "the fakes, not detached, from the discriminator as it is now; generator_loss; zero, backward, step.",
        "z is `torch.randn(len(real), latent_dim, device=real.device)`. Zero each network's gradients just before its own `backward()`: that also removes what the "
        "generator's loss left at the discriminator in the step before.",
    ),
    depends=("dcgan/noisy_labels", "dcgan/discriminator_loss", "dcgan/generator_loss"),
)
