"""What a Dask worker does for a grader on another machine: notebooks come and outcomes go as JSON.

The worker's warm server is started by exec when the first notebook comes, never forked from the worker, and judges as many notebooks at
once as the worker has threads.
"""

from __future__ import annotations

import atexit
import json
import os
import threading

from autograder.engine.here import Here
from autograder.engine.launch import EngineError
from autograder.engine.options import Options
from autograder.engine.outcomes import to_json
from autograder.engine.tiers import NoSandbox

_lock = threading.Lock()
_here: dict[tuple[Options, bytes], Here] = {}


def grade(order: str) -> str:
    """JSON of what became of one of `cluster.Cluster`'s orders: {"outcome": text}, or {"failed": why this worker cannot grade}."""
    from autograder.engine.job import kit

    asked = json.loads(order)
    if kit(asked["lesson"]) != asked["kit"]:
        return json.dumps({"failed": "its kit or its PyTorch is not the grader's: install the same on both"})
    try:
        judges = _judges(Options(**asked["options"]), bytes.fromhex(asked["secret"]), asked["scale"])
        return json.dumps({"outcome": to_json(judges.grade(asked["notebook"], asked["lesson"], asked["lent"]))})
    except (EngineError, NoSandbox) as error:
        return json.dumps({"failed": str(error)})


def end() -> None:
    """End the worker's judges and server."""
    with _lock:
        while _here:
            _here.popitem()[1].close()


def _judges(options: Options, secret: bytes, scale: str | None) -> Here:
    from distributed import get_worker

    with _lock:
        if not _here:
            atexit.register(end)
        if (options, secret) not in _here:
            if scale is not None:
                os.environ["GENLAB_SCALE"] = scale
            _here[options, secret] = Here(options, secret, get_worker().state.nthreads)
        return _here[options, secret]
