"""Check of `vae_faces/add_attribute`."""

from __future__ import annotations

from typing import Any

import torch

from autograder.claims.calls import CallClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan


def oracle(z: torch.Tensor, vector: torch.Tensor, strengths: torch.Tensor) -> torch.Tensor:
    """Face by face and strength by strength."""
    if z.ndim == 1:
        return torch.stack([z + s * vector for s in strengths.tolist()])
    return torch.stack([oracle(one, vector, strengths) for one in z])


def make_plan(draw: Draw) -> Plan:
    """One code and batches of them, of one face too; one strength alone; as many strengths as faces; strengths of both signs."""
    d = draw.size(6, 9)
    s = draw.size(3, 5)
    b = draw.size(10, 13)

    def case(shape: tuple[int, ...], strengths: int, dtype: str) -> dict[str, Any]:
        z = draw.normal(*shape, std=1.2, dtype=dtype)
        vector = draw.normal(shape[-1], std=0.9, dtype=dtype)
        return {"args": [z, vector, draw.uniform(strengths, low=-2.5, high=3.5, dtype=dtype)], "seed": draw.seed()}

    return {
        "probe": "call",
        "cases": [
            case((d,), 1, "float64"),
            case((d,), s, "float32"),
            case((b, d), s, "float64") | {"strided": [0]},
            case((1, d + 1), s, "float32"),
            case((s, d), s, "float32"),  # lining strengths up with faces would run here
        ],
    }


def lined_up(z, vector, strengths):
    return z + strengths[:, None] * vector


def strengths_first(z, vector, strengths):
    steps = strengths[:, None] * vector
    return z + steps if z.ndim == 1 else z + steps[:, None, :]


def strengths_last(z, vector, strengths):
    return z.unsqueeze(-1) + vector[:, None] * strengths


def vector_only(z, vector, strengths):
    steps = strengths[:, None] * vector
    return steps if z.ndim == 1 else steps.expand(len(z), *steps.shape).clone()


def blended(z, vector, strengths):
    s = strengths[:, None]
    return (1 - s) * z.unsqueeze(-2) + s * vector


def normalised(z, vector, strengths):
    return z.unsqueeze(-2) + strengths[:, None] * (vector / vector.norm())


def subtracted(z, vector, strengths):
    return z.unsqueeze(-2) - strengths[:, None] * vector


def accumulated(z, vector, strengths):
    return z.unsqueeze(-2) + strengths.cumsum(0)[:, None] * vector


def strength_on_face(z, vector, strengths):
    return strengths[:, None] * z.unsqueeze(-2) + vector


def strength_on_both(z, vector, strengths):
    return strengths[:, None] * (z.unsqueeze(-2) + vector)


def one_list(z, vector, strengths):
    return (z.unsqueeze(-2) + strengths[:, None] * vector).reshape(-1, z.shape[-1])


def strength_per_dimension(z, vector, strengths):
    return z + vector * strengths


MISCONCEPTIONS = (
    Misconception(
        "lined_up",
        "the strengths share an axis with the faces of a batch: z (B, D) meets the steps (S, D) as it is, without an axis between",
        "The strengths are lined up with the faces, so that face 1 gets strength 1, face 2 strength 2: every face should get all of them. Give z a new axis for the strengths.",
        lined_up,
    ),
    Misconception(
        "strengths_first",
        "for a batch the axes come in the order (S, B, D) instead of (B, S, D)",
        "The axes come in the order strengths, faces, dimensions: this exercise asks for faces first, (B, S, D).",
        strengths_first,
    ),
    Misconception(
        "strengths_last",
        "the strengths come last, (D, S) or (B, D, S): a code is a column of the result instead of a row",
        "The strengths are on the last axis, so that a code is a column: this exercise asks for codes as rows, (S, D) or (B, S, D).",
        strengths_last,
    ),
    Misconception(
        "vector_only",
        "strength times vector is returned: the face itself is missing",
        "These are the steps alone: they still have to be added to the face's own code.",
        vector_only,
    ),
    Misconception(
        "blended",
        "a blend (1 − s)·z + s·vector is made instead of z + s·vector",
        "This blends the face away, (1 − s)·z + s·vector: the vector is a direction, not another face. Leave z as it is and add s·vector.",
        blended,
    ),
    Misconception(
        "normalised",
        "the vector is divided by its length first",
        "The vector is divided by its length: this exercise asks for strength times the vector as it comes.",
        normalised,
    ),
    Misconception(
        "subtracted",
        "strength times vector is subtracted instead of added",
        "The sign is turned around: a positive strength should add the attribute.",
        subtracted,
    ),
    Misconception(
        "accumulated",
        "every step is added to the one before it, so that the strengths sum up",
        "Every step starts where the one before ended, so that the strengths pile up: each starts from z.",
        accumulated,
    ),
    Misconception(
        "strength_on_face",
        "the strength multiplies the face instead of the vector: s·z + vector",
        "The strength multiplies the face: it belongs to the vector, z + s·vector.",
        strength_on_face,
    ),
    Misconception(
        "strength_on_both",
        "the strength multiplies face and vector: s·(z + vector)",
        "The strength multiplies face and vector alike: at strength 0 the face should come back as it was.",
        strength_on_both,
    ),
    Misconception(
        "one_list",
        "for a batch all codes come in one list (B·S, D)",
        "All codes are right, but in one long list (B·S, D): keep an axis for the faces, (B, S, D).",
        one_list,
    ),
    Misconception(
        "strength_per_dimension",
        "strengths are multiplied with the vector element by element, as if each dimension had its own",
        "The strengths meet the dimensions of the vector one by one: give them an axis of their own, (S, 1) · (D,) → (S, D).",
        strength_per_dimension,
    ),
)

CLAIMS = CallClaims("add_attribute", oracle, ("codes",))

EXERCISE = Exercise(
    id="vae_faces/add_attribute",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        value_advice="Row s of a face's codes is z + strengths[s]·vector: at strength 0 it is the face itself."
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "First the steps alone, without a face: S strengths and D numbers of the vector make a table (S, D).",
        "Broadcasting lines shapes up from the right. To meet a table (S, D), a code (D,) becomes (1, D) and a batch (B, D) becomes (B, 1, D).",
        "`z.unsqueeze(-2)` puts an axis before the last one, for one code and for a batch alike.",
    ),
)
