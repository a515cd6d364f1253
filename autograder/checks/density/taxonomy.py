"""Check of `density/taxonomy`, a dict."""

from __future__ import annotations

from typing import Any

from autograder.claims import show
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.judge import is_blank
from autograder.probes import Plan, Record

PLACES = ("tractable", "approximate", "implicit")
TREE = {
    "autoregressive": "tractable",
    "normalizing_flow": "tractable",
    "vae": "approximate",
    "energy_based": "approximate",
    "diffusion": "approximate",
    "gan": "implicit",
}
# For a family that is in the wrong place: why it is not there.
REASONS = {
    (
        "autoregressive",
        "approximate",
    ): "a network gives every conditional probability, and their product is p(x): nothing is approximated.",
    (
        "autoregressive",
        "implicit",
    ): "its networks give the conditional probabilities themselves, and their product is a density.",
    (
        "normalizing_flow",
        "approximate",
    ): "the change-of-variables formula gives p(x) exactly, because every step is invertible and its change "
    "of volume is known.",
    (
        "normalizing_flow",
        "implicit",
    ): "it does more than turn noise into x: it is invertible, and that gives it a density.",
    (
        "vae",
        "tractable",
    ): "p(x) is an integral over all latent points, which cannot be computed; training uses a bound on it.",
    ("vae", "implicit"): "its decoder defines p(x|z), so there is a density; only its value is out of reach.",
    (
        "energy_based",
        "tractable",
    ): "e to the −E(x) is p(x) up to a constant only, and that constant Z is an integral that cannot be computed.",
    (
        "energy_based",
        "implicit",
    ): "its energy says how likely each x is, up to a constant: that is an explicit density.",
    (
        "diffusion",
        "tractable",
    ): "p(x) is an integral over all ways of adding noise to x, which cannot be computed; training uses a bound on it.",
    (
        "diffusion",
        "implicit",
    ): "each of its steps has a density, and so has their chain; only its value at x is out of reach.",
    ("gan", "tractable"): "its generator turns noise into x, and nothing in it can tell how likely a given x is.",
    (
        "gan",
        "approximate",
    ): "it has no density that could be approximated: the loss only asks whether the discriminator was fooled.",
}
NAMES = {"autoregressive": "an autoregressive model", "normalizing_flow": "a normalizing flow", "vae": "a VAE"}
NAMES |= {"energy_based": "an energy-based model", "diffusion": "a diffusion model", "gan": "a GAN"}


def make_plan(draw: Draw) -> Plan:
    """A dict has no inputs."""
    return {"probe": "value", "cases": [{}]}


def _entries(record: Record) -> dict[str, dict[str, Any]]:
    """The dict's encoded values by key; empty when it is no dict."""
    value = record["cases"][0]["value"]
    return dict(value["items"]) if value["kind"] == "dict" else {}


def _is_dict(plan: Plan, record: Record) -> Failure | None:
    value = record["cases"][0]["value"]
    if value["kind"] == "dict":
        return None
    seen = "it is the text" if value["kind"] == "str" else "it is"
    return Failure(
        f"{seen} {show.value(value)}",
        f"a dict with keys {', '.join(map(repr, TREE))}",
        "Keep the form of the cell: taxonomy = {…}, with a text in place of each `...`.",
        "taxonomy",
    )


def _keys(plan: Plan, record: Record) -> Failure | None:
    found = _entries(record)
    missing, extra = [k for k in TREE if k not in found], [k for k in found if k not in TREE]
    if not missing and not extra:
        return None
    parts = [f"no key {', '.join(map(repr, missing))}"] if missing else []
    parts += [f"a key {', '.join(map(repr, extra))} that is none of the families"] if extra else []
    return Failure(
        "it has " + " and ".join(parts),
        f"exactly the keys {', '.join(map(repr, TREE))}",
        "Take the keys as the cell has them: they are not part of the question.",
        "taxonomy",
    )


def _words(plan: Plan, record: Record) -> Failure | None:
    for family, value in _entries(record).items():
        if family in TREE and value.get("value") not in PLACES:
            seen = "`...`, which is still to be filled in" if is_blank(value) else show.value(value)
            advice = "Copy the word from the list above the exercise, in lower case and in quotes."
            return Failure(f"{family!r} is {seen}", "one of " + ", ".join(map(repr, PLACES)), advice, "taxonomy")
    return None


def _placed(family: str) -> Claim:
    def judge(plan: Plan, record: Record) -> Failure | None:
        place = _entries(record)[family]["value"]
        if place == TREE[family]:
            return None
        return Failure(
            f"{NAMES[family]} is placed under {place!r}",
            "another place",
            f"Read its row of the table again: {REASONS[family, place]}",
            "taxonomy",
        )

    return Claim(family, f"places {NAMES[family]}", judge)


def _is_placed(family: str, place: str) -> Any:
    """`explains`: the family has this place, and the dict is otherwise right."""

    def explains(plan: Plan, record: Record) -> bool:
        found = {key: value.get("value") for key, value in _entries(record).items()}
        return found == TREE | {family: place}

    return explains


MISCONCEPTIONS = tuple(
    Misconception(
        f"{family}_{place}",
        f"{NAMES[family]} is placed under {place!r}",
        f"{NAMES[family][0].upper()}{NAMES[family][1:]} is not {place!r}: {reason}",
        TREE | {family: place},
        _is_placed(family, place),
    )
    for (family, place), reason in REASONS.items()
)

EXERCISE = Exercise(
    id="density/taxonomy",
    make_plan=make_plan,
    claims=(
        Claim("dict", "is a dict", _is_dict, gate=True),
        Claim("keys", "has the six families as keys", _keys, gate=True),
        Claim("words", "gives each of them one of the three places", _words, gate=True),
        *(_placed(family) for family in TREE),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Ask of each family: you have the trained model and one x. Can you compute p(x) exactly? Is there a formula for it at all?",
        "Two of the six can compute p(x) exactly, and one has no density at all. The table says “which cannot be computed”, or gives an integral, "
        "for the others.",
    ),
)
