"""Starts the warm server, and ends it: one process that imports what submissions use, once, in a folder and an environment of its own."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from multiprocessing.connection import Connection, Pipe

from autograder.engine import tiers
from autograder.sandbox.policy import LANDLOCK, NAMESPACES, NONE, Limits

START_SECONDS = 180.0


class EngineError(RuntimeError):
    """The engine itself does not work here; no submission's fault. The message says what to do."""


class Server:
    """A server that is starting: `wait` until it is ready. `close` ends it, and with it its children and judges.

    sandbox: None for the best tier that this machine offers, 1 or 2 for that one, 0 for none: only for code that you trust.
    limits:  of every child.
    judges:  how many processes of the grader's own the server splits off before it locks itself in, for they need torch too;
             `lines` has a connection to each (see `judges`). With none, children are asked for over `control` (see `client`).
    Raises EngineError when it does not start.
    """

    def __init__(self, sandbox: int | None = None, limits: Limits | None = None, judges: int = 0) -> None:
        if sys.platform != "linux":
            raise EngineError("grading runs on Linux only: use a Linux machine, WSL or a container")
        assert sandbox in (None, NAMESPACES, LANDLOCK, NONE)
        choice = (NAMESPACES, LANDLOCK) if sandbox is None else (sandbox,)
        self._stack = ExitStack()
        self.lines: list[Connection] = []
        self.tier: int | None = None
        try:
            self._start(choice, limits or Limits(), judges)
        except BaseException:
            self.close()
            raise

    def wait(self) -> None:
        """Wait until submissions can be run; `tier` then says in what isolation.

        Raises EngineError when the server does not get so far, tiers.NoSandbox when nothing can be isolated here.
        """
        if self.tier is not None:
            return
        try:
            self.tier = self._ready()
        except BaseException:
            self.close()
            raise

    def _start(self, choice: tuple[int, ...], limits: Limits, judges: int) -> None:
        staged, scratch = self._stack.enter_context(tiers.workplace())
        self._log = scratch.parent / "log"
        controls, desks = [], []
        with ExitStack() as theirs:
            for _ in range(judges or 1):
                ours, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                controls.append(theirs.enter_context(control).fileno())
                if judges:
                    line, end = Pipe()
                    self.lines.append(line)
                    desks.append([theirs.enter_context(ours).fileno(), theirs.enter_context(end).fileno()])
                else:
                    self.control = ours
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autograder.sandbox.server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=theirs.enter_context(self._log.open("wb")),
                env=tiers.environment(staged),
                cwd="/",
                pass_fds=[*controls, *(number for desk in desks for number in desk)],
                start_new_session=True,
            )
        policies = [tiers.policy(tier, staged, scratch, limits).to_json() for tier in choice]
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError), self.process.stdin as orders:
            orders.write(json.dumps({"policies": policies, "controls": controls, "desks": desks}).encode())
        if self.lines:  # where the grader's own modules are: told to a judge, never to the server
            self.lines[0].send(sys.path)

    def _ready(self) -> int:
        """Wait until the server says so; its tier."""
        assert self.process.stdout
        answer = {"failed": f"it was not ready after {START_SECONDS:g} s"}
        if select.select([self.process.stdout], [], [], START_SECONDS)[0]:
            answer = json.loads(self.process.stdout.readline() or '{"failed": "it ended"}')
        if "refused" in answer:
            raise tiers.NoSandbox(
                f"submissions cannot be isolated on this machine ({answer['refused']}). `genlab doctor` says what would "
                "change that; --no-sandbox runs them unprotected, which is only for code that you trust."
            )
        if "failed" in answer:
            why = f"{answer['failed']}{self.last_words()}"
            raise EngineError(f"the grading server could not start: {why}. Run `genlab doctor`.")
        return int(answer["ready"])

    def last_words(self) -> str:
        """The last line that the server or a judge wrote, in brackets, or nothing."""
        said = self._log.read_text(encoding="utf-8", errors="replace").strip() if self._log.exists() else ""
        return f" ({said.splitlines()[-1]})" if said else ""

    def close(self) -> None:
        """End the server, its children and its judges."""
        for line in self.lines:
            line.close()
        if hasattr(self, "control"):
            with contextlib.suppress(OSError):
                self.control.shutdown(socket.SHUT_RDWR)
        if hasattr(self, "process"):
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # a judge that hangs does not see that its line is closed
            assert self.process.stdout
            self.process.stdout.close()
        if hasattr(self, "control"):
            self.control.close()
        self._stack.close()
