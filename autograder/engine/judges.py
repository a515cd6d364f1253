"""Judges beside the warm server: processes that run whole submissions, one each at a time, for a grader that needs no torch.

`Judges` is the grader's side. `serve` is theirs: the server calls it in a process that it has split off before it locked itself in.
"""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from autograder.engine.launch import EngineError, Server
from autograder.engine.secret import SETS, set_of
from autograder.engine.submission import NOTEBOOK_SECONDS, Outcome, code_cells, fingerprint
from autograder.sandbox.policy import Limits

JUDGING_SECONDS = 120.0  # that judging a notebook may take, beyond the notebook's own time
BACKLOG = 3  # submissions that wait for a judge until one with the other set of inputs helps it
PATIENCE = 1.0  # seconds that one waits for it at most


class JudgeEnded(RuntimeError):
    """A judge ended, or took too long, over a submission."""


Line = TypeVar("Line")


class Lines(Generic[Line]):
    """Lines to judges, each of which serves a set of hidden inputs. Lent to one thread at a time, until `end`.

    A judge works out what is right for the other sets, too, only where there is much to do, or somebody has waited long.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._set = {line: number % SETS for number, line in enumerate(lines)}  # of those that are left
        self._free = [*lines]
        self._waiting: list[_Waiting[Line]] = []
        self._ended = False
        self._lock = threading.Lock()

    def take(self, of: int) -> Line | None:
        """A line to a judge with this set of inputs, where there is a choice. Waits for it; None when there is none any more."""
        me = _Waiting[Line](of)
        with self._lock:
            if self._ended:
                return None
            self._waiting.append(me)
            self._hand_out()
        try:
            return me.line.get(timeout=PATIENCE)
        except queue.Empty:
            with self._lock:
                me.overdue = True
                self._hand_out()
            return me.line.get()

    def give(self, line: Line) -> None:
        """Give one back."""
        with self._lock:
            self._free.append(line)
            self._hand_out()

    def _hand_out(self) -> None:
        """Let those who wait have what is free."""
        served = set(self._set.values())
        for line in [*self._free]:
            count = Counter(each.of for each in self._waiting)
            mine = [each for each in self._waiting if each.of == self._set[line]]
            others = [e for e in self._waiting if e.overdue or e.of not in served or count[e.of] >= BACKLOG]
            if first := next(iter(mine or others), None):
                self._free.remove(line)
                self._waiting.remove(first)
                first.line.put(line)

    def lose(self, line: Line) -> int:
        """Forget one that was taken; how many are left."""
        with self._lock:
            del self._set[line]
            return len(self._set)

    def end(self) -> None:
        """Nobody gets one any more."""
        with self._lock:
            self._ended = True
            for each in self._waiting:
                each.line.put(None)
            self._waiting.clear()


class _Waiting(Generic[Line]):
    """Somebody who waits for a line."""

    def __init__(self, of: int) -> None:
        self.of = of  # set of inputs
        self.line: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self.overdue = False


class Judges:
    """A warm server with `count` judges, by default one for each processor. May be used by several threads at once; `close` ends all.

    Each judge has a set of hidden inputs, and gets the submissions with these: what is right there, it knows already; see `Lines`.
    They are starting: `wait` until they are ready, or enter the `with` block. Arguments and errors are those of `launch.Server`.
    """

    def __init__(self, sandbox: int | None = None, limits: Limits | None = None, count: int | None = None) -> None:
        self.server = Server(sandbox, limits, judges=count or len(os.sched_getaffinity(0)))
        self.alive = True
        self._lines = Lines(self.server.lines)

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
        self._end()
        self.server.close()

    def grade(self, notebook: dict[str, Any], lesson: str, secret: bytes, **settings: Any) -> Outcome:
        """The outcome of `grading.grade`, with pictures as text. Raises EngineError, JudgeEnded."""
        line = self._lines.take(set_of(secret, fingerprint(code_cells(notebook, lesson))))
        if line is None:
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
        if isinstance(said, str):  # before anybody else gets the line
            self._end()
            raise EngineError(f"{said}{self.server.last_words()}")
        self._lines.give(line)
        return said

    def _lose(self, line: Connection) -> None:
        line.close()
        if not self._lines.lose(line):
            self._end()

    def _end(self) -> None:
        self.alive = False
        self._lines.end()


def serve(desks: list[list[int]]) -> None:
    """Judge at every desk, which is a socket to the server and one to the grader, until the grader hangs up."""
    from autograder import checks
    from autograder.engine import grading  # noqa: F401 - once, before the judges are forked
    from autograder.sandbox import compiler

    compiler.spare()
    checks.ids()  # which reads course.yml, and keeps it
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
