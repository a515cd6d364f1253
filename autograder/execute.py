"""How nbgrader's autograde runs a submission; nbgrader_config.py names this class."""

from __future__ import annotations

import os
from typing import Any

from nbgrader.preprocessors import Execute as NbgraderExecute


class Execute(NbgraderExecute):
    """nbgrader's execution in a kernel, at the scale that trains for seconds, without a trace in anyone's progress."""

    def start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel with GENLAB_SCALE=smoke, unless the grader's environment sets another."""
        env = {
            "GENLAB_SCALE": "smoke",
            **kwargs.pop("env", os.environ),
            "GENLAB_PROGRESS": "off",
            "GENLAB_CHECKPOINTS": "off",
        }
        super().start_new_kernel(env=env, **kwargs)
