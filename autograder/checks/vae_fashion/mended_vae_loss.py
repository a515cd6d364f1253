"""Find the bug: the same garment for every input."""

from __future__ import annotations

from autograder.bugs.vae_fashion import mended_vae_loss
from autograder.checks.vae_fashion import vae_loss
from autograder.exercise import mending

EXERCISE = mending(
    vae_loss.EXERCISE,
    mended_vae_loss,
    symptom="The KL term has won: it is near 0, and so is what the code tells about the image. In which units are the two terms?",
    hints=(
        "Print both terms for an untrained model. In nats per image the reconstruction of 1,024 pixels begins near 1024 · log 2 ≈ 710. What is it here?",
        "The KL term is summed over an image's dimensions. What does `binary_cross_entropy_with_logits` do with an image's pixels unless it is told otherwise?",
        "Sum over the pixels of an image, and take the mean over the batch alone: `reduction='sum'`, divided by the number of images.",
    ),
)
