"""Find the bug: a smile that does nothing."""

from __future__ import annotations

from autograder.bugs.vae_faces import mended_attribute_vector
from autograder.checks.vae_faces import attribute_vector
from autograder.exercise import mending

EXERCISE = mending(
    attribute_vector.EXERCISE,
    mended_attribute_vector,
    symptom="The vector is zero: those with the attribute have the same mean as all. Whom does that mean take in? Count them.",
    hints=(
        "Try `torch.tensor([-1, 1, 1, -1]).bool()`. How many of the four faces have the attribute, and how many does the code think have it?",
        "The function cannot know which coding somebody's labels have, so it should not guess: what does the docstring ask of labels that are not bool?",
        "Raise ValueError when `has_attribute.dtype` is not torch.bool, and when nobody or everybody has the attribute: then there is no direction.",
    ),
)
