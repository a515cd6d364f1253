"""Answers of imaginary students to `density/taxonomy`: right ones, known mistakes, unlisted mistakes."""

from collections import OrderedDict, defaultdict
from enum import StrEnum

import numpy as np

# ---------------------------------------------------------------- right answers

TABLE = {
    "autoregressive": "tractable",
    "normalizing_flow": "tractable",
    "vae": "approximate",
    "energy_based": "approximate",
    "diffusion": "approximate",
    "gan": "implicit",
}
GROUPS = {
    "tractable": ["normalizing_flow", "autoregressive"],
    "approximate": ["diffusion", "vae", "energy_based"],
    "implicit": ["gan"],
}


class Place(StrEnum):
    T = "tractable"
    A = "approximate"
    I = "implicit"  # noqa: E741


RIGHT = {
    "table": TABLE,
    "other_order": dict(sorted(TABLE.items(), reverse=True)),
    "ordered_dict": OrderedDict(TABLE),
    "from_groups": {family: place for place, families in GROUPS.items() for family in families},
    "pairs": dict([*dict.fromkeys(["gan"], "implicit").items(), *list(TABLE.items())[:-1]]),
    "members_of_an_enum": {family: Place(place) for family, place in TABLE.items()},
    "strings_of_numpy": dict(zip(TABLE, np.array(list(TABLE.values())), strict=True)),
    "default_dict": defaultdict(lambda: "approximate", TABLE),
}

# ---------------------------------------------------------------- known mistakes


def but(**places):
    """The right table with some families elsewhere, made in another order."""
    return {family: places.get(family, TABLE[family]) for family in reversed(TABLE)}


MISTAKES = {
    f"{family}_{place}": but(**{family: place}) for family, right in TABLE.items() for place in GROUPS if place != right
}

# ---------------------------------------------------------------- unlisted mistakes

UNLISTED = {
    "only_dict": list(TABLE.values()),
    "pairs_in_a_list": [list(pair) for pair in TABLE.items()],
    "turned_around": GROUPS,
    "only_keys": {**TABLE, "transformer": "tractable"},
    "one_missing": {family: place for family, place in TABLE.items() if family != "gan"},
    "other_names": {family.upper(): place for family, place in TABLE.items()},
    "empty": {},
    "only_words": but(vae="Approximate"),
    "explicit": but(diffusion="explicit, approximate"),
    "a_blank_left": but(gan=...),
    "nothing": dict.fromkeys(TABLE),
    "numbers": dict(zip(TABLE, [0, 0, 1, 1, 1, 2], strict=True)),
    "lists_of_words": {family: [place] for family, place in TABLE.items()},
    "two_wrong": but(vae="tractable", gan="approximate"),
    "all_tractable": dict.fromkeys(TABLE, "tractable"),
    "all_approximate": dict.fromkeys(TABLE, "approximate"),
    "all_implicit": dict.fromkeys(TABLE, "implicit"),
    "explicit_ones_exchanged": but(
        autoregressive="approximate", normalizing_flow="approximate", vae="tractable", diffusion="tractable"
    ),
    "a_text": str(TABLE),
}
