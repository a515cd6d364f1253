"""Tests leave no trace in the learner's progress of whoever runs them."""

import os

os.environ["GENLAB_PROGRESS"] = "off"
