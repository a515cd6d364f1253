"""The warm process that judges, seen from the watcher: asked about a file, listened to, replaced when it hangs or ends."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

from autograder.report import endless

WARM_UP = 180.0  # seconds that a start may take on a busy machine
IDLE = 6  # times the limit that an answer may take without using the processor


class CannotStart(RuntimeError):
    """The process that judges ended before it was ready; the message is its last line."""


class Judge:
    """One process at a time; `facts` are what it said since it was last asked.

    limit: seconds of processor time that one cell or exercise may take, and it may wait IDLE times as long. After that the process
    is ended, a new one started, and the fact {"ended": why, "path", "doing", "fingerprint"} tells what it was doing; the question
    must be put again.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.path: str | None = None  # what it was asked about and has not finished
        self.ready = False
        self._doing: dict[str, Any] = {}
        self._start()

    def ask(self, path: Path, known: dict[str, str]) -> None:
        """Have a file looked at; what is known of it need not be judged again."""
        self.path = str(path)
        self._doing = {}
        self._since, self._began = time.monotonic(), self._seconds
        with contextlib.suppress(OSError):  # it has ended, as `facts` will find
            self._stdin.write((json.dumps({"path": self.path, "known": known}) + "\n").encode())
            self._stdin.flush()

    def facts(self) -> list[dict[str, Any]]:
        """What it said since the last call; never waits. Raises CannotStart."""
        found: list[dict[str, Any]] = []
        while True:
            try:
                line = self._lines.get_nowait()
            except queue.Empty:
                break
            if line is None:
                return [*found, *self._replace("ended the process that ran it: out of memory, `os._exit`, or a crash")]
            fact = json.loads(line)
            self._seconds = fact.pop("seconds")
            if "line" in fact:
                self._line = fact["line"]
                continue
            self._since, self._began = time.monotonic(), self._seconds
            if "doing" in fact:
                self._doing = fact
            if "done" in fact:
                self.path = None
            self.ready = self.ready or "ready" in fact
            found.append(fact)
        waited = time.monotonic() - self._since
        if not self.ready and waited > WARM_UP:
            raise CannotStart(f"the process that judges was not ready after {WARM_UP:g} seconds")
        late = self._seconds - self._began > self.limit or waited > IDLE * self.limit
        if self.ready and self.path is not None and late:
            found += self._replace(endless(self.limit, self._line))
        return found

    @property
    def doing(self) -> str:
        """The exercise or cell that has been running for a moment, or nothing."""
        long = self.ready and self.path is not None and time.monotonic() - self._since > 0.3
        return str(self._doing.get("doing", "")) if long else ""

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._errors.close()

    def _start(self) -> None:
        self.ready = False
        self._doing, self._line = {}, 0
        self._since, self._began, self._seconds = time.monotonic(), 0.0, 0.0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        # Checks run on the CPU, as in notebooks; a GPU would only take memory and time.
        environment = os.environ | {
            "CUDA_VISIBLE_DEVICES": "",
            "GENLAB_DEVICE": "cpu",
            "GENLAB_PROGRESS": "off",
            "MPLBACKEND": "Agg",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.selfstudy.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin: IO[bytes] = self._process.stdin
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(self._process.stdout, self._lines), daemon=True).start()

    def _replace(self, why: str) -> list[dict[str, Any]]:
        """A new process in place of this one; the fact that tells what the old one was doing."""
        path, doing, was_ready = self.path, self._doing, self.ready
        said = self._last_line()
        self.close()
        if not was_ready:
            raise CannotStart(said or "the process that judges ended at once")
        self.path = None
        self._start()
        return [] if path is None else [{**doing, "path": path, "ended": why}]

    def _last_line(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def _listen(stdout: Any, lines: queue.SimpleQueue[bytes | None]) -> None:
    for line in stdout:
        lines.put(line)
    lines.put(None)
