"""Training a learner's step over a data set: the loop, its live display, and how an interrupted run goes on."""

from genlab.training.checkpoint import forget
from genlab.training.frames import Frames
from genlab.training.history import History, TrainingDiverged
from genlab.training.loop import fit

__all__ = ["Frames", "History", "TrainingDiverged", "fit", "forget"]
