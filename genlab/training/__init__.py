"""Training a learner's step over a data set: the loop, its live display, how an interrupted run goes on, and CUDA graphs."""

from genlab.training.checkpoint import forget
from genlab.training.cuda_graph import graphed
from genlab.training.frames import Frames
from genlab.training.history import History, TrainingDiverged
from genlab.training.loop import fit

__all__ = ["Frames", "History", "TrainingDiverged", "fit", "forget", "graphed"]
