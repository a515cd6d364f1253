"""Find the bug: reconstructions behind fog."""

from __future__ import annotations

from autograder.bugs.autoencoder import mended_train_step
from autograder.checks.autoencoder import train_step
from autograder.exercise import mending

EXERCISE = mending(
    train_step.EXERCISE,
    mended_train_step,
    symptom="No pixel can be black and the loss stops far too high. Write beside each line what it holds: logits, or numbers in [0, 1]?",
    hints=(
        "The fog has a number: the darkest that a picture gets is 0.5. Which function is never below 0.5 when what it is given is never below 0?",
        "`F.binary_cross_entropy_with_logits` takes logits and applies the sigmoid itself. What is it given here?",
        "Give the loss the decoder's output as it is. (Or keep the sigmoid and take `F.binary_cross_entropy`, the one for probabilities.)",
    ),
)
