"""Judges beside the warm server: processes that run whole submissions, one each at a time, for a grader that needs no torch.

`Judges` is the grader's side. `serve` is theirs: the server calls it in a process that it has split off before it locked itself in.
"""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import socket
from multiprocessing.connection import Connection
from typing import Any

from autograder.engine.launch import EngineError, Server
from autograder.engine.submission import NOTEBOOK_SECONDS, Outcome
from autograder.sandbox.policy import Limits

JUDGING_SECONDS = 120.0  # that judging a notebook may take, beyond the notebook's own time


class JudgeEnded(RuntimeError):
    """A judge ended, or took too long, over a submission."""


class Judges:
    """A warm server with `count` judges, by default one for each processor. May be used by several threads at once; `close` ends all.

    They are starting: `wait` until they are ready, or enter the `with` block. Arguments and errors are those of `launch.Server`.
    """

    def __init__(self, sandbox: int | None = None, limits: Limits | None = None, count: int | None = None) -> None:
        self.server = Server(sandbox, limits, judges=count or len(os.sched_getaffinity(0)))
        self.alive = True
        self._free: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        self._left = len(self.server.lines)
        for line in self.server.lines:
            self._free.put(line)

    def __enter__(self) -> Judges:
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait(self) -> None:
        """Wait until they are ready. Raises EngineError and tiers.NoSandbox."""
        try:
            self.server.wait()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the server and all judges."""
        self.alive = False
        self._free.put(None)
        self.server.close()

    def grade(self, notebook: dict[str, Any], lesson: str, secret: bytes, **settings: Any) -> Outcome:
        """The outcome of `grading.grade`, with pictures as text. Raises EngineError, JudgeEnded."""
        line = self._free.get()
        if line is None:  # for whoever else waits, too
            self._free.put(None)
            raise EngineError("the grading server has ended")
        try:
            line.send({"notebook": notebook, "lesson": lesson, "secret": secret, **settings})
            if not line.poll(settings.get("notebook_seconds", NOTEBOOK_SECONDS) + JUDGING_SECONDS):
                raise JudgeEnded("the judge took too long")
            said: Outcome | str = line.recv()
        except (OSError, EOFError):
            self._lose(line)
            raise JudgeEnded(f"the judge ended{self.server.last_words()}") from None
        except BaseException:
            self._lose(line)
            raise
        self._free.put(line)
        if isinstance(said, str):
            self.alive = False
            raise EngineError(f"{said}{self.server.last_words()}")
        return said

    def _lose(self, line: Connection) -> None:
        line.close()
        self._left -= 1
        if not self._left:
            self.alive = False
            self._free.put(None)


def serve(desks: list[list[int]]) -> None:
    """Judge at every desk, which is a socket to the server and one to the grader, until the grader hangs up."""
    from autograder.engine import grading  # noqa: F401 - once, before the judges are forked
    from autograder.sandbox import compiler

    compiler.spare()
    gc.freeze()
    gc.enable()
    judges = []
    for desk in desks:
        judge = os.fork()
        if judge == 0:
            for number in (number for other in desks if other is not desk for number in other):
                os.close(number)
            _judge(*desk)
            os._exit(0)
        judges.append(judge)
    for number in (number for desk in desks for number in desk):
        os.close(number)
    for judge in judges:
        os.waitpid(judge, 0)
    os._exit(0)


def _judge(control: int, line: int) -> None:
    from autograder.engine.client import Engine
    from autograder.engine.grading import grade

    connection = Connection(line)
    with Engine(socket.socket(fileno=control)) as engine, contextlib.suppress(EOFError, OSError):
        while True:
            order = connection.recv()
            try:
                outcome = grade(engine, **order)
            except EngineError as error:
                connection.send(str(error))
            else:
                connection.send(outcome)
