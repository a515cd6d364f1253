"""Check of `cgan/train_step`.

As `wgan_gp/train_step`, with networks that take labels: which label went into which network with which image is read from their calls.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import torch

from autograder.checks.cgan import train_step_mistakes as mistakes
from autograder.checks.wgan_gp.train_step import GAME, KEYS, Explanations, claims_of, misconceptions
from autograder.claims.adversarial import AdversarialClaims
from autograder.claims.phases import Phase, batches
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record

PARAMETERS = (
    *("generator", "critic", "real", "labels", "generator_optimizer", "critic_optimizer", "latent_dim", "critic_steps"),
    "gp_weight",
)


def make_plan(draw: Draw) -> Plan:
    """Three steps of three critic updates in float64; then a step in float32 with single images, which allow no batch norm.

    An image's labels differ from update to update, and there are no other reasons for two labels to agree.
    """
    shape = (2, 3, 4)
    d, width, b, k = draw.size(70, 80), draw.size(16, 18), draw.size(8, 9), draw.size(4, 5)

    def labels(updates: int, b: int) -> torch.Tensor:
        own = torch.cat([torch.arange(min(b, 3)), draw.uniform(b, high=k).long()])[:b]
        return (own[draw.uniform(b).argsort()] + torch.arange(updates)[:, None] + draw.size(0, k - 1)) % k

    def case(
        dtype: str, b: int, updates: int, calls: int, norm: list[list[Any]], drop: list[list[Any]]
    ) -> dict[str, Any]:
        common = {"kind": "conditional", "classes": k, "training": False, "dtype": dtype}
        make = [["linear", d + k, width], *norm, ["tanh"], ["linear", width, 24], ["tanh"], ["unflatten", *shape]]
        score = [["linear", 24 + k, width], ["tanh"], *drop, ["linear", width, 1], ["flatten", 0]]
        refs = [{"ref": name} for name in PARAMETERS]
        weight = draw.number(3.0, 6.0)

        def call() -> list[Any]:
            real = draw.uniform(updates, b, *shape, low=-1, dtype=dtype)
            return [*refs[:2], real, labels(updates, b), *refs[4:6], d, updates, weight]

        return {
            "networks": {
                "generator": {**common, "layers": make, "seed": draw.seed()},
                "critic": {**common, "layers": score, "seed": draw.seed()},
            },
            "optimizers": {
                "generator_optimizer": {"over": ["generator"], "lr": 0.05, "momentum": 0.6},
                "critic_optimizer": {"over": ["critic"], "lr": 0.03, "momentum": 0.7},
            },
            "calls": [call() for _ in range(calls)],
            "seed": draw.seed(),
            "phases": True,
        }

    norm, drop = [["batch_norm", width]], [["row_dropout"]]
    return {"probe": "spy", "cases": [case("float64", b, 3, 3, norm, drop), case("float32", 1, 2, 1, [], [])]}


STEP = AdversarialClaims("train_step", PARAMETERS, KEYS, GAME)
CLAIMS = claims_of(STEP, STEP.labels())
TELL = Explanations(STEP, CLAIMS)

Told = tuple[torch.Tensor, torch.Tensor]  # labels that came with images, and the images' rows in their batch


def _generated(phase: Phase) -> Told:
    """The labels from which the generator made the fakes of a phase."""
    given = torch.cat([inputs[1] for inputs in phase.made.inputs])
    return given[phase.fake], phase.made.rows[phase.fake] % phase.batch


def _all(phase: Phase) -> list[Told]:
    """Labels given to the generator, then to the critic: with real images, with fakes, with interpolates."""
    return [_generated(phase), *phase.told]


def _of_batch(phase: Phase, told: Told, number: int) -> bool:
    labels = batches(phase.arguments["labels"], of=1)[number]
    return torch.equal(told[0], labels[told[1]])


def _own(phase: Phase, told: Told) -> bool:
    return _of_batch(phase, told, phase.number if phase.of_critic else -1)


def _labels(agree: Callable[[Phase], bool]) -> Callable[[Plan, Record], bool]:
    """`explains`: labels are wrong, and in every phase of the first case in this way."""

    def explains(plan: Plan, record: Record) -> bool:
        fails = TELL.fails(plan, record)
        if "labels" not in fails or fails & {"runs", "returns", "order", "fed", "slices", "noise", "shares"}:
            return False
        return all(agree(phase) for phase in STEP.phases(plan, record)[0])

    return explains


def _invented(phase: Phase) -> bool:
    """The fakes' labels agree in both networks and are those of no batch; the real images' (and the interpolates') are right."""
    generated, real, fake, _ = _all(phase)
    count = len(batches(phase.arguments["real"]))
    of_none = not any(_of_batch(phase, generated, number) for number in range(count))
    same = torch.equal(generated[0], fake[0])
    return same and _own(phase, real) and (of_none or not phase.of_critic)


def _zeros_for_one(phase: Phase) -> bool:
    """One network gets zeros, the other the right labels."""
    generated, *critic = _all(phase)
    nothing = [not bool(told[0].any()) for told in (generated, *critic)]
    right = [_own(phase, told) for told in (generated, *critic)]
    return (nothing[0] and all(right[1:])) or (right[0] and all(nothing[1:]))


def _zeros_in_penalty(phase: Phase) -> bool:
    """Everything is right but the interpolates' labels, which are zeros."""
    *others, between = _all(phase)
    return all(_own(phase, told) for told in others) and not bool(between[0].any())


def _first_only(phase: Phase) -> bool:
    """The labels of the first batch go with every batch."""
    return not phase.of_critic or all(_of_batch(phase, told, 0) for told in _all(phase))


def _generator_labels(phase: Phase) -> bool:
    """The critic's updates are right; in the generator's both networks get the same labels, those of an earlier batch."""
    if phase.of_critic:
        return all(_own(phase, told) for told in _all(phase))
    generated, _, fake, _ = _all(phase)
    earlier = range(len(batches(phase.arguments["real"])) - 1)
    return torch.equal(generated[0], fake[0]) and any(_of_batch(phase, generated, number) for number in earlier)


def _refused(interpolates: bool) -> Callable[[Plan, Record], bool]:
    """`explains`: a network was called without labels, which it refuses: the critic with interpolates, or a network with anything else."""

    def explains(plan: Plan, record: Record) -> bool:
        call, arguments = record["cases"][0]["calls"][0], plan["cases"][0]["calls"][0]
        if not call["raised"] or "required positional argument: 'labels'" not in call["raised"]["message"]:
            return False
        entry = call["log"][-1]
        known = [
            *arguments[2],
            *(e["outputs"][0] for e in call["log"] if e["network"] == "generator" and "outputs" in e),
        ]
        images = entry["inputs"][0]
        strange = entry["network"] == "critic" and not any(
            torch.equal(images[: len(k)], k[: len(images)]) for k in known
        )
        return len(entry["inputs"]) == 1 and strange == interpolates

    return explains


def _same_real(plan: Plan, record: Record) -> bool:
    """All critic updates of a call see one and the same real batch, with its labels."""
    fails = TELL.fails(plan, record)
    if "slices" not in fails or fails & {"runs", "returns", "order", "fed", "noise", "shares"}:
        return False
    updates = [phase for phase in STEP.phases(plan, record)[0] if phase.of_critic]
    with_labels = all(_of_batch(p, told, p.slices[0]) for p in updates for told in _all(p)) or "labels" not in fails
    return with_labels and len({tuple(p.slices) for p in updates}) == 1


def _any(*explanations: Callable[[Plan, Record], bool]) -> Callable[[Plan, Record], bool]:
    return lambda plan, record: any(explains(plan, record) for explains in explanations)


MISCONCEPTIONS = (
    Misconception(
        "random_fake_labels",
        "the fakes get random labels instead of those of their real batch",
        "The fakes carry random labels. Give them those of their real batch: then a batch of fakes has the same mix of classes as the real one, and "
        "every interpolate lies between two images of one class.",
        mistakes.random_fake_labels,
        _labels(_invented),
    ),
    Misconception(
        "labels_to_one_net",
        "one of the two networks is given no labels (none at all, or zeros)",
        "Only one of the two networks is told the labels. A generator cannot draw what it is not told, and a critic cannot mind what it does not see: "
        "give the labels to both.",
        mistakes.labels_to_one_net,
        _any(_refused(interpolates=False), _labels(_zeros_for_one)),
    ),
    Misconception(
        "penalty_without_labels",
        "the gradient penalty asks the critic without labels (none at all, or zeros)",
        "The penalty's interpolates reach the critic without their labels: hand gradient_penalty a critic that knows them, "
        "`lambda images: critic(images, …)`.",
        mistakes.penalty_without_labels,
        _any(_refused(interpolates=True), _labels(_zeros_in_penalty)),
    ),
    Misconception(
        "first_labels_only",
        "every critic update takes the labels of the first batch",
        "Every update of the critic takes the labels of the first batch: update i belongs to real[i] and labels[i].",
        mistakes.first_labels_only,
        _labels(_first_only),
    ),
    Misconception(
        "generator_labels",
        "the generator's step takes the labels of an earlier batch than the last",
        "The generator's step takes the labels of an earlier batch. That would learn as well, but this exercise asks for labels[-1].",
        mistakes.generator_labels,
        _labels(_generator_labels),
    ),
    *(
        dataclasses.replace(m, explains=_same_real) if m.name == "same_real" else m
        for m in misconceptions(TELL, mistakes)
    ),
)

EXERCISE = Exercise(
    id="cgan/train_step",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Take your train_step of the WGAN-GP and ask of every call of a network: which labels belong to these images? Six calls need an answer.",
        "In update i the labels are labels[i], for real images, fakes (in both networks) and interpolates; in the generator's step labels[-1].",
        "gradient_penalty calls its critic with images alone. A function of images alone that adds the labels is `lambda images: critic(images, own)`.",
    ),
    depends=("wgan_gp/gradient_penalty",),
)
