"""Find the bug: a discriminator that gets worse than one that knows nothing."""

from __future__ import annotations

from autograder.bugs.dcgan import mended_train_step
from autograder.checks.dcgan import train_step
from autograder.exercise import mending

EXERCISE = mending(
    train_step.EXERCISE,
    mended_train_step,
    symptom="The discriminator's loss swings far above log 2, as if it remembered steps long past. Go through the two turns line by line and say whom each line is about.",
    hints=(
        "PyTorch adds every gradient to what is there. For each network: after which line are its gradients empty, and which lines fill them before it steps?",
        "`g_loss.backward()` leaves gradients in the discriminator, too. Who removes them before `discriminator_optimizer.step()`?",
        "One line of the discriminator's turn was copied from the generator's and names the wrong optimizer.",
    ),
)
