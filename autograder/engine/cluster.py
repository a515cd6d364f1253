"""Outcomes from the workers of a Dask scheduler. What they send is data: text, checked by `outcomes`.

Dask itself trusts whoever can reach it, so a cluster belongs in a private network, or behind TLS. It runs a notebook again, on another
worker, when a worker dies. Each outcome is taken once.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

from autograder.engine.launch import EngineError
from autograder.engine.options import Options
from autograder.engine.outcomes import BadOutcome, from_json, not_judged
from autograder.engine.submission import Outcome

ANSWER_SECONDS = 15
COUNT_SECONDS = 5  # how long a count of the workers' threads holds
WORKERS_SECONDS = 60  # that the first worker may take to come

Lent = dict[str, list[str]]


class Cluster:
    """Grades several notebooks at once: one for each thread of every worker that there is."""

    def __init__(self, options: Options, secret: bytes) -> None:
        self.options, self.secret = options, secret
        self._client: Any = None
        self._lock = threading.Lock()
        self._starter = ThreadPoolExecutor(max_workers=1)
        self._under_way: dict[int, Any] = {}  # Dask drops what nobody holds
        self._numbers = itertools.count()
        self._slots, self._counted = 1, -math.inf

    @property
    def slots(self) -> int:
        """How many notebooks the workers grade at once, as of now."""
        if time.monotonic() > self._counted + COUNT_SECONDS:
            self._slots = max(1, sum(self._connected().nthreads().values()))
            self._counted = time.monotonic()
        return self._slots

    def start(self) -> Future[Any]:
        """Begin to connect; the result waits until there is a worker, and raises EngineError."""
        return self._starter.submit(self._connected)

    def submit(self, notebook: dict[str, Any], lesson: str, lent: Lent) -> Future[Outcome]:
        """The outcome of a notebook, in time. Raises EngineError."""
        from autograder.engine import worker
        from autograder.engine.job import kit

        order = {
            "notebook": notebook,
            "lesson": lesson,
            "lent": lent,
            "kit": kit(lesson),
            "secret": self.secret.hex(),
            "scale": os.environ.get("GENLAB_SCALE"),
            "options": asdict(replace(self.options, cluster=None)),
        }
        number, outcome = next(self._numbers), Future[Outcome]()
        asked = self._connected().submit(worker.grade, json.dumps(order), pure=False)
        self._under_way[number] = asked

        def take(_: Any) -> None:
            try:
                outcome.set_result(_taken(asked, notebook, lesson))
            except BaseException as error:
                outcome.set_exception(error)
            finally:
                self._under_way.pop(number, None)

        asked.add_done_callback(take)
        return outcome

    def close(self) -> None:
        """End the servers on the workers, and hang up."""
        from autograder.engine import worker

        self._starter.shutdown(cancel_futures=True)
        if self._client is not None:
            with contextlib.suppress(Exception):  # workers that are gone have no server any more
                self._client.run(worker.end, on_error="ignore")
            self._client.close(timeout=5)
            self._client = None

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _connect(str(self.options.cluster))
            return self._client


def _connect(address: str) -> Any:
    """A client of the scheduler, with a worker at least. Raises EngineError."""
    try:
        from distributed import Client
    except ImportError:
        raise EngineError("--cluster needs Dask: pip install 'genlab[cluster]', here and on every worker") from None
    try:
        client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"no Dask scheduler answers at {address} ({error}). Start one with `dask scheduler`; it says its address."
        ) from None
    try:
        client.wait_for_workers(1, timeout=WORKERS_SECONDS)
    except TimeoutError:
        client.close(timeout=5)
        raise EngineError(
            f"the scheduler at {address} has no workers. Start some with `dask worker {address}`, where the kit is installed."
        ) from None
    return client


def _taken(asked: Any, notebook: dict[str, Any], lesson: str) -> Outcome:
    """The outcome in what a worker sent. Raises EngineError where the worker, or the connection, is at fault."""
    from distributed.scheduler import KilledWorker

    try:
        said = asked.result(timeout=ANSWER_SECONDS)
    except KilledWorker:
        return not_judged(lesson, "several workers ended over it")
    except Exception as error:
        raise EngineError(
            f"the cluster failed ({type(error).__name__}: {error}). What is in the gradebook is whole: grade again to go on."
        ) from None
    try:
        found = json.loads(said)
        if "failed" in found:
            raise EngineError(f"a worker cannot grade: {found['failed']}")
        return from_json(found.get("outcome"), notebook, lesson)
    except BadOutcome as error:
        return not_judged(lesson, f"what a worker sent is no outcome: {error}")
    except (ValueError, TypeError, AttributeError):
        return not_judged(lesson, "what a worker sent is no outcome")
