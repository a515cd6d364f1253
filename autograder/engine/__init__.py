"""What grades from outside: starts the sandbox, hands it cells and inputs, and judges the records that come back."""

from autograder.engine.client import Engine, EngineError
from autograder.engine.grading import Outcome

__all__ = ["Engine", "EngineError", "Outcome"]
