"""The grader's end of the sandbox: asks the warm server for children, and talks with them."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import Any

from autograder.engine.launch import START_SECONDS, EngineError, Server
from autograder.sandbox.policy import Limits
from autograder.sandbox.wire import Channel, Closed, Frame, Malformed

GRACE_SECONDS = 6.0  # how much later than a cell's own limit the child is ended


class ChildEnded(Exception):
    """A child is gone; the message says how, in words that follow "your code"."""


class Engine:
    """Asks a warm server for children, over a socket of its own. Use it in a `with` block, or call `close`.

    May be used by several threads at once. `server` is closed with it.
    """

    def __init__(self, control: socket.socket, server: Server | None = None) -> None:
        self.control, self.server = control, server
        self._lock = threading.Lock()
        self._children: dict[int, Child] = {}
        self._number = 0
        self._ended = ""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @classmethod
    def start(cls, sandbox: int | None = None, limits: Limits | None = None) -> Engine:
        """An engine with a server of its own, which is ready, and whose children this process judges. See `launch.Server`."""
        server = Server(sandbox, limits)
        server.wait()
        return cls(server.control, server)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, which ends the children."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)
        self._listener.join(5)
        if self.server:
            self.server.close()
        self.control.close()

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
                    socket.send_fds(self.control, [json.dumps({"run": child.number}).encode()], [theirs.fileno()])
                except OSError as error:
                    raise EngineError(f"the grading server is gone ({error})") from None
        first = child.receive(START_SECONDS)  # the server may still be loading
        if "broken" in first:
            child.close()
            raise EngineError(f"a child could not be locked in: {first['broken']}. Run `genlab doctor`.")
        return child

    def kill(self, number: int, why: str) -> None:
        """End a child."""
        with self._lock, contextlib.suppress(OSError):
            self.control.send(json.dumps({"kill": number, "why": why}).encode())

    def _listen(self) -> None:
        while True:
            try:
                text = self.control.recv(65536)
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


class Child:
    """One locked-in process. What it says is a stranger's."""

    def __init__(self, engine: Engine, number: int, channel: Channel) -> None:
        self.engine, self.number, self.channel = engine, number, channel
        self.gone = threading.Event()
        self.end: dict[str, Any] = {}  # how it ended, as the server saw it

    def ask(self, request: dict[str, Any] | Frame, seconds: float) -> None:
        """Send one request. Raises ChildEnded."""
        try:
            self.channel.send(request, seconds)
        except (Closed, TimeoutError):
            raise ChildEnded(self.end_it("stopped listening")) from None

    def receive(self, seconds: float) -> dict[str, Any]:
        """Its next message, a dict, its record sealed. Raises ChildEnded when it is gone, silent too long or talks nonsense; then it is ended."""
        try:
            message = self.channel.receive(seconds, "record")
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
