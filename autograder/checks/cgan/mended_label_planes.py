"""Find the bug: label planes with stripes."""

from __future__ import annotations

from autograder.bugs.cgan import mended_label_planes
from autograder.checks.cgan import label_planes
from autograder.exercise import mending

EXERCISE = mending(
    label_planes.EXERCISE,
    mended_label_planes,
    symptom="Shape and sum are right, and the ones are in the wrong places. Print `pixels` for two classes and two by two pixels.",
    hints=(
        "`torch.tensor([[5, 6]]).repeat(1, 3)` is 5 6 5 6 5 6. In which order does `view` count the numbers off to planes, rows and columns?",
        "`view` takes the first size·size numbers for the first plane. They should all be the first number of the row.",
        "`repeat_interleave` repeats every number in its place: 5 5 5 6 6 6. (Or give the rows two more axes, and `expand` them.)",
    ),
)
