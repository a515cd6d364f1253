"""Find the bug: a penalty that changes nothing."""

from __future__ import annotations

from autograder.bugs.wgan_gp import mended_gradient_penalty
from autograder.checks.wgan_gp import gradient_penalty
from autograder.exercise import mending

EXERCISE = mending(
    gradient_penalty.EXERCISE,
    mended_gradient_penalty,
    symptom="The penalty is right as a number and grows and grows. Does the critic get a gradient from it? Look at its `requires_grad`.",
    hints=(
        "Call it on a small critic and look at `penalty.requires_grad`. Then at that of `gradient`, one line after the other upwards.",
        "`retain_graph=True` keeps the graph that led to the scores. To differentiate the *gradient* there must be a graph of the gradient, too.",
        "`torch.autograd.grad(…, create_graph=True)` records how the gradient was computed, so that the penalty can be differentiated by the weights.",
    ),
)
