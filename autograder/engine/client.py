"""The grader's end of the sandbox: starts the warm server, asks for children, talks with them."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import Any

from autograder.engine import tiers
from autograder.sandbox import compiler
from autograder.sandbox.policy import LANDLOCK, NAMESPACES, NONE, Limits
from autograder.sandbox.wire import Channel, Closed, Malformed

START_SECONDS = 180.0
GRACE_SECONDS = 6.0  # how much later than a cell's own limit the child is ended


class EngineError(RuntimeError):
    """The engine itself does not work here; no submission's fault. The message says what to do."""


class ChildEnded(Exception):
    """A child is gone; the message says how, in words that follow "your code"."""


class Engine:
    """A warm server and its children. Use it in a `with` block, or call `close`.

    sandbox: None for the best tier that this machine offers, 1 or 2 for that one, 0 for none: only for code that you trust.
    limits:  of every child. May be used by several threads at once.
    Raises EngineError when the server does not start, tiers.NoSandbox when nothing can be isolated here.
    """

    def __init__(self, sandbox: int | None = None, limits: Limits | None = None) -> None:
        if sys.platform != "linux":
            raise EngineError("grading runs on Linux only: use a Linux machine, WSL or a container")
        self.tier = tiers.best() if sandbox is None else sandbox
        assert self.tier in (NAMESPACES, LANDLOCK, NONE)
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._children: dict[int, Child] = {}
        self._number = 0
        self._ended = ""
        try:
            self._start(limits or Limits())
        except BaseException:
            self.close()
            raise

    def _start(self, limits: Limits) -> None:
        policy, staged = self._stack.enter_context(tiers.workplace(self.tier, limits))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "autograder.sandbox.server", str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=tiers.environment(policy, staged),
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        assert self._server.stdin
        self._server.stdin.write(policy.to_json().encode())
        self._server.stdin.close()
        self._server.stdin = None  # else `communicate` would flush it
        _prepare_judging()
        ours.settimeout(START_SECONDS)
        try:
            answer = json.loads(ours.recv(65536) or '{"failed": "it ended"}')
        except TimeoutError:
            answer = {"failed": f"it was not ready after {START_SECONDS:g} s"}
        if "failed" in answer:
            self._server.kill()
            _, said = self._server.communicate()
            last = said.decode(errors="replace").strip().splitlines()[-1:] or [""]
            raise EngineError(
                f"the grading server could not start: {answer['failed']} ({last[0]}). Run `genlab doctor`."
            )
        ours.settimeout(None)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server and every child."""
        if hasattr(self, "_server"):
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            if self._server.stderr:
                self._server.stderr.close()
            if hasattr(self, "_listener"):
                self._listener.join(5)
            self._control.close()
            del self._server
        self._stack.close()

    @property
    def alive(self) -> bool:
        """Whether the server is there."""
        return not self._ended

    def child(self) -> Child:
        """A fresh, locked-in child. Raises EngineError."""
        ours, theirs = socket.socketpair()
        with self._lock:
            if self._ended:
                raise EngineError(self._ended)
            self._number += 1
            child = Child(self, self._number, Channel(ours))
            self._children[child.number] = child
            with theirs:
                try:
                    socket.send_fds(self._control, [json.dumps({"run": child.number}).encode()], [theirs.fileno()])
                except OSError as error:
                    raise EngineError(f"the grading server is gone ({error})") from None
        first = child.receive(60.0)
        if "broken" in first:
            child.close()
            raise EngineError(f"a child could not be locked in: {first['broken']}. Run `genlab doctor`.")
        return child

    def kill(self, number: int, why: str) -> None:
        """End a child."""
        with self._lock, contextlib.suppress(OSError):
            self._control.send(json.dumps({"kill": number, "why": why}).encode())

    def _listen(self) -> None:
        while True:
            try:
                text = self._control.recv(65536)
            except OSError:
                text = b""
            if not text:
                break
            said = json.loads(text)
            with self._lock:
                child = self._children.pop(said["ended"], None)
            if child:
                child.end = said
                child.gone.set()
        with self._lock:
            self._ended = "the grading server has ended"
            for child in self._children.values():
                child.gone.set()


def _prepare_judging() -> None:
    """Import what judges use, while the server imports what children use; one thread each, for their tensors are small."""
    import torch

    from autograder import checks

    torch.set_num_threads(1)
    compiler.spare()
    for exercise in checks.ids():
        checks.find(exercise)


class Child:
    """One locked-in process. What it says is a stranger's."""

    def __init__(self, engine: Engine, number: int, channel: Channel) -> None:
        self.engine, self.number, self.channel = engine, number, channel
        self.gone = threading.Event()
        self.end: dict[str, Any] = {}  # how it ended, as the server saw it

    def ask(self, request: dict[str, Any], seconds: float) -> None:
        """Send one request. Raises ChildEnded."""
        try:
            self.channel.send(request, seconds)
        except (Closed, TimeoutError):
            raise ChildEnded(self.end_it("stopped listening")) from None

    def receive(self, seconds: float) -> dict[str, Any]:
        """Its next message, a dict. Raises ChildEnded when it is gone, silent too long or talks nonsense; then it is ended."""
        try:
            message = self.channel.receive(seconds)
        except TimeoutError:
            raise ChildEnded(self.end_it("ran out of time")) from None
        except Malformed as error:
            raise ChildEnded(self.end_it(f"sent the grader {error}")) from None
        except Closed:
            self.gone.wait(5)
            raise ChildEnded(self.end_it("ended the process")) from None
        if not isinstance(message, dict):
            raise ChildEnded(self.end_it("sent the grader no message"))
        return message

    def close(self) -> float:
        """Hang up, end it, and wait until nothing of it is left; CPU seconds that it took."""
        self.channel.close()
        if not self.gone.wait(0.02):
            self.engine.kill(self.number, "")
            self.gone.wait(30)
        return float(self.end.get("cpu", 0.0))

    def end_it(self, otherwise: str) -> str:
        """Hang up and end it, unless it is gone; how it ended, in words that follow "the code". Raises EngineError."""
        self.channel.close()
        if not self.gone.is_set():
            self.engine.kill(self.number, otherwise)
            self.gone.wait(30)
        if not self.engine.alive and not self.end:
            raise EngineError(self.engine._ended)
        how = str(self.end.get("how", ""))
        return how if how.startswith(("used", "started", "ran", "wrote", "sent", "stopped")) else otherwise
