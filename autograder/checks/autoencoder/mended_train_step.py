"""Find the bug: reconstructions in the dark."""

from __future__ import annotations

from autograder.bugs.autoencoder import mended_train_step
from autograder.checks.autoencoder import train_step
from autograder.exercise import mending

EXERCISE = mending(
    train_step.EXERCISE,
    mended_train_step,
    symptom="The loss stops at log 2, what a pixel costs that is black or white with probability ½. Write beside each line what it holds: logits, or numbers in [0, 1]?",
    hints=(
        "All of `x_hat` has become 0, and yet the loss takes each pixel for a ½. Which function makes ½ of 0?",
        "`F.binary_cross_entropy_with_logits` takes logits and applies the sigmoid itself. What is it given here?",
        "Give the loss the decoder's output as it is. (Or keep the sigmoid and take `F.binary_cross_entropy`, the one for probabilities.)",
    ),
)
