"""Find the bug: running statistics that run after every batch."""

from __future__ import annotations

from autograder.bugs.cnn import mended_batch_norm
from autograder.checks.cnn import batch_norm
from autograder.exercise import mending

EXERCISE = mending(
    batch_norm.EXERCISE,
    mended_batch_norm,
    symptom="Training is right, and what is used afterwards follows the last batch. So look at the two lines that keep the running statistics.",
    hints=(
        "With momentum 0.1, which share of the new running mean is the batch at hand, and which is all that came before? Put numbers in.",
        "In Keras `momentum` is the share of the *old* value that is kept. What is it in PyTorch, and in this function's docstring?",
        "new running value = (1 − momentum) · old + momentum · batch. The mean and the variance have the same mistake.",
    ),
)
