"""The child's side of a submission: runs cells and probes when the grader says so, and knows no answer.

The grader asks, one thing at a time, and names its turn; so does every answer:
{"do": "cell", "source", "seconds"}            → {"outputs", "good"}; before it, for each `check` in the cell, {"want": exercise},
                                                 answered by {"plan": … or None}, and {"record": …}, {"unfit": why} or {"calls": name}:
                                                 that one has not ended before, and would not now
{"do": "define", "number", "source", "names", "seconds"} → {"errors": …}: the definitions of a cell alone (see `autograder.definitions`)
{"do": "probe", "name", "plan", "seconds"}     → {"record": …}, {"unfit": why}, {"calls": name} or {"missing": True}
{"do": "lend", "cells": {lesson: [source]}}   → {}: the student's own notebooks of earlier lessons, which this one may reuse
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from typing import Any

from autograder import definitions
from autograder.probes import run_probe
from autograder.probes.recording import OWN_FILES, globals_used, was_stopped
from autograder.report import NotSolvedYet
from autograder.sandbox import compiler
from autograder.sandbox import shell as shells
from autograder.sandbox.wire import Channel, Closed, Malformed

OWN_FILES.add(shells.__file__)  # whose alarm ends a loop: the line to tell is the learner's

_session: Session | None = None


class Session:
    """One submission's names, run in the warm shell."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.shell = shells.warm_up()
        self.defined = definitions.Definitions({"__name__": "__main__"})
        self.owner = os.getpid()  # a process that the answer forked has no say
        self.turn = ""  # the grader's name for its request, so that it sees what answers another
        self.alone = False  # only definitions were run
        self.lent: dict[str, list[str]] = {}  # code cells by lesson
        self.endless: dict[str, Any] = {}  # answers that were stopped, and those that call one, by name

    def answer(self, ask: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request of the grader."""
        if "meta" in ask.get("source", ""):
            compiler.with_meta()
        if ask["do"] == "cell":
            outputs, good = self.shell.run(ask["source"], ask["seconds"])
            return {"outputs": outputs, "good": good}
        if ask["do"] == "lend":
            self.lent = ask["cells"]
            return {}
        if ask["do"] == "define":
            self.alone = True
            with shells.time_limit(ask["seconds"]):
                definitions.define(self.defined, ask["number"], ask["source"], ask["names"])
            return {"errors": self.defined.errors}
        if ask["name"] not in self.names:
            return {"missing": True}
        return self.record(ask["name"], ask["plan"], self.names[ask["name"]], ask["seconds"])

    @property
    def names(self) -> dict[str, Any]:
        """What the submission has defined."""
        found: dict[str, Any] = self.defined.names if self.alone else self.shell.user_ns
        return found

    def record(self, name: str, plan: dict[str, Any], target: Any, seconds: float | None = None) -> dict[str, Any]:
        """What the probe saw, or why that cannot be told. Under the cell's own time limit when `seconds` is None."""
        try:
            for called in sorted(globals_used(target) & self.endless.keys()) if self.endless else []:
                if self.names.get(called) is self.endless[called]:
                    self.endless[name] = target
                    return {"calls": called}
            with contextlib.nullcontext() if seconds is None else shells.time_limit(seconds):
                record = run_probe(plan, target)
            if was_stopped():
                self.endless[name] = target
            return {"record": record}
        except shells.OutOfTime as error:
            self.endless[name] = target
            return {"unfit": error.told}
        except BaseException as error:  # what calls raise is in the record; this comes of stranger things
            return {"unfit": f"it raised {type(error).__name__}: {error}"[:500]}

    def send(self, reply: dict[str, Any]) -> None:
        """Send a reply; one that no frame can hold is told as such."""
        try:
            self.channel.send(reply | {"turn": self.turn})
        except (Malformed, ValueError, RecursionError, MemoryError) as error:
            self.channel.send({"unfit": f"it came back with {error}"[:300], "turn": self.turn})


def check(exercise: str, target: Any, **settings: Any) -> None:
    """In place of `autograder.check`: record what the answer does on inputs that the grader sends. Returns None."""
    session = _session
    if session is None or os.getpid() != session.owner:
        return
    session.send({"want": str(exercise)})
    plan = session.channel.receive()["plan"]
    if plan is not None:
        session.send(session.record(str(exercise).partition("/")[2], plan, target))


def reuse(exercise: str, **settings: Any) -> Any:
    """In place of `autograder.reuse`: what the student's notebook of the earlier lesson defines, unexamined."""
    lesson, _, name = str(exercise).partition("/")
    cells = _session.lent.get(lesson) if _session else None
    if cells is None:
        raise NotSolvedYet(
            f"the notebook of lesson {lesson}, which has {name}, was not handed in, or could not be read"
        )
    found = definitions.run(cells, [name], f"{lesson}, cell")
    if name not in found.names:
        raise NotSolvedYet(f"the notebook of lesson {lesson} defines no {name}")
    return found.names[name]


def main(channel: Channel, folder: str) -> int:
    """Serve the grader until it hangs up; the exit code."""
    global _session
    tempfile.tempdir = folder  # the server has remembered its own
    os.environ.update(HOME=folder, TMPDIR=folder, GENLAB_PROGRESS="off")
    sys.path[:] = [entry for entry in sys.path if entry]
    session = _session = Session(channel)
    channel.send({"hello": True})
    while True:
        try:
            ask = channel.receive()
            session.turn = ask["turn"]
            reply = session.answer(ask)
        except Closed:
            return 0
        except shells.OutOfTime as error:
            reply = {"unfit": error.told}
        session.send(reply)
