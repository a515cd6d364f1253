"""Find the bug: a train step after which nothing has changed."""

from __future__ import annotations

from autograder.bugs.mlp import mended_train_step
from autograder.checks.mlp import train_step
from autograder.exercise import mending

EXERCISE = mending(
    train_step.EXERCISE,
    mended_train_step,
    symptom="The loss stays where it was, at every learning rate. Ask of each line what the optimizer finds when it is its turn.",
    hints=(
        "Print `next(model.parameters()).grad` after each of the last lines of a step: which line makes it, which line needs it, and what happens between?",
        "All the lines that a step needs are there. `zero_grad` empties the gradients of the step *before*; when does it run here?",
        "The order is: zero_grad, backward, step – or backward, step, zero_grad. Nothing may come between backward and step.",
    ),
)
