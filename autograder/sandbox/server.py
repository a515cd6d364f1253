"""The warm server: everything imported once, one locked-in child forked per submission, and watched.

Started by exec, never forked from a grader's process. Says {"ready": tier}, {"refused": why} or {"failed": why} on standard output.
Talks to each of its clients over a socket of packets, one JSON text each:
in   {"run": id} with the child's end of a socket · {"kill": id, "why": text} · closing the socket ends the client's children
out  {"ended": id, "how": text, "cpu": seconds, "memory": bytes}
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from autograder.sandbox import lock, preload, usage, view
from autograder.sandbox.policy import NAMESPACES, OWN_FOLDER, Policy
from autograder.sandbox.rehearsal import Rehearsal

WATCH_SECONDS = 0.03
PID = struct.Struct("<i")


class Refused(Exception):
    """No tier of isolation works here; the message says why."""


@dataclass
class Job:
    """A running child. Clients number their own."""

    client: socket.socket
    number: int
    slot: int
    keeper: int  # process ids
    child: int
    keeper_handle: int  # file descriptors that stay right when a process id is used again
    child_handle: int
    folder: str | None
    started: float = field(default_factory=time.monotonic)
    baseline: int | None = None  # bytes that it shares with the server
    memory: int = 0
    why: str = ""
    looks: int = 0


class Server:
    """Forks, watches and ends children."""

    def __init__(self, policy: Policy, clients: list[socket.socket]) -> None:
        self.policy, self.clients = policy, clients
        self.jobs: list[Job] = []

    def serve(self) -> None:
        """Until all clients have closed their sockets."""
        looked = 0.0
        while self.clients:
            keepers = {job.keeper_handle: job for job in self.jobs}
            clients = {client.fileno(): client for client in self.clients}
            ready, _, _ = select.select([*clients, *keepers], [], [], WATCH_SECONDS if keepers else None)
            for handle in ready:
                if handle in keepers:
                    self._end(keepers[handle])
                elif not self._obey(clients[handle]):
                    self._leave(clients[handle])
            if time.monotonic() - looked > WATCH_SECONDS:
                looked = time.monotonic()
                for job in self.jobs:
                    self._watch(job)

    def _obey(self, client: socket.socket) -> bool:
        text, handles, _, _ = socket.recv_fds(client, 65536, 4)
        if not text:
            return False
        order = json.loads(text)
        if "run" in order:
            self._start(client, order["run"], handles[0])
        for job in self.jobs:
            if job.client is client and job.number == order.get("kill"):
                self._kill(job, order["why"])
        return True

    def _leave(self, client: socket.socket) -> None:
        for job in [job for job in self.jobs if job.client is client]:
            self._kill(job, "the grader stopped")
            self._end(job)
        self.clients.remove(client)
        client.close()

    def _start(self, client: socket.socket, number: int, channel: int) -> None:
        slot = next(s for s in range(len(self.jobs) + 1) if all(j.slot != s for j in self.jobs))
        folder = None
        if self.policy.tier != NAMESPACES:
            folder = tempfile.mkdtemp(dir=self.policy.scratch)
            if os.geteuid() == 0:
                os.chown(folder, lock.LEARNER + slot, lock.LEARNER + slot)
        read, write = os.pipe()
        keeper = os.fork()
        if keeper == 0:
            _keep(self.policy, slot, folder or OWN_FOLDER, channel, write)
        os.close(write)
        os.close(channel)
        child = os.read(read, PID.size)
        os.close(read)
        if len(child) < PID.size:
            os.waitpid(keeper, 0)
            _say(client, {"ended": number, "how": "could not be started", "cpu": 0.0, "memory": 0})
            return
        pid = PID.unpack(child)[0]
        with contextlib.suppress(ProcessLookupError):  # it may have ended already, then the keeper has too
            job = Job(client, number, slot, keeper, pid, os.pidfd_open(keeper), os.pidfd_open(pid), folder)
            self.jobs.append(job)
            return
        os.waitpid(keeper, 0)
        _say(client, {"ended": number, "how": "ended at once", "cpu": 0.0, "memory": 0})

    def _watch(self, job: Job) -> None:
        limits = self.policy.limits
        tree = usage.tree(job.keeper)  # it adopts what the child's own processes leave behind
        memory, threads, cpu = 0, -1, 0.0  # the keeper's own thread does not count
        for pid in tree:
            held = usage.held(pid)
            if job.baseline is None:
                job.baseline = held  # the keeper's, all of it the server's too
            memory += max(0, held - job.baseline)
            count, seconds = usage.threads_and_cpu(pid)
            threads, cpu = threads + count, cpu + seconds
        job.memory = max(job.memory, memory)
        job.looks += 1
        if memory > limits.memory:
            self._kill(job, "used too much memory")
        elif threads > limits.processes:
            self._kill(job, "started too many processes")
        elif cpu > limits.cpu_seconds:
            self._kill(job, "used too much processor time")
        elif time.monotonic() - job.started > limits.seconds:
            self._kill(job, "ran out of time")
        elif job.folder and job.looks % 10 == 0 and usage.size(job.folder) > limits.disk:
            self._kill(job, "wrote too much")

    def _kill(self, job: Job, why: str) -> None:
        job.why = job.why or why
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(job.child_handle, signal.SIGKILL)

    def _end(self, job: Job) -> None:
        _, status, used = os.wait4(job.keeper, 0)
        code = os.waitstatus_to_exitcode(status)
        self.jobs.remove(job)
        os.close(job.keeper_handle)
        os.close(job.child_handle)
        if job.folder:
            shutil.rmtree(job.folder, ignore_errors=True)
        how = job.why or ("ended by itself" if code == 0 else f"ended with code {code}")
        cpu = used.ru_utime + used.ru_stime
        _say(job.client, {"ended": job.number, "how": how, "cpu": cpu, "memory": job.memory})


def _say(client: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        client.send(json.dumps(message).encode())


def _keep(policy: Policy, slot: int, folder: str, channel: int, report: int) -> None:
    """The keeper: forks the child, waits for it, and leaves nothing of it."""
    code = 70
    try:
        lock.prepare(policy)
        child = os.fork()
        if child == 0:
            _become_child(policy, slot, folder, channel)
        os.write(report, PID.pack(child))
        os.closerange(0, 1024)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status) & 0xFF
        lock.end_all()
    finally:
        os._exit(code)


def _become_child(policy: Policy, slot: int, folder: str, channel: int) -> None:
    """Never returns."""
    code = 71
    try:
        os.dup2(channel, 3)
        os.closerange(4, 4096)
        connection = socket.socket(fileno=3)
        from autograder.sandbox import child
        from autograder.sandbox.wire import Channel

        wire = Channel(connection)
        try:
            lock.lock_in(policy, folder, slot)
        except OSError as error:
            wire.send({"broken": f"{error}"})
            os._exit(72)
        code = child.main(wire, folder)
    finally:
        os._exit(code)


def _locked_in(policies: list[Policy], desks: list[list[int]], controls: list[int]) -> Policy:
    """The first of the policies that works here, in force for this process; the judges are on their own by then.

    Raises Refused when none works.
    """
    rehearsals = [Rehearsal(policy) for policy in policies if policy.tier]  # while the libraries are imported
    preload.libraries()
    reasons = [rehearsal.why_not() for rehearsal in rehearsals]
    works = [policy for policy, reason in zip(policies, reasons or [""], strict=True) if not reason]
    if not works:
        tried = zip(policies, reasons, strict=True)
        raise Refused("; ".join(f"tier {policy.tier}: {reason}" for policy, reason in tried))
    if desks and os.fork() == 0:
        _become_judges(desks, controls)
    for number in (number for desk in desks for number in desk):
        os.close(number)
    policy = works[0]
    own = OWN_FOLDER if policy.tier == NAMESPACES else policy.scratch
    os.environ.update(HOME=own, TMPDIR=own, IPYTHONDIR=f"{own}/ipython", MPLCONFIGDIR=f"{own}/matplotlib")
    if policy.tier == NAMESPACES:
        view.enter(policy)
    return policy


def _become_judges(desks: list[list[int]], controls: list[int]) -> None:
    """Never returns. Becomes a process of the grader again, which has torch, and takes the grader's modules for the staged ones."""
    try:
        _to_nowhere(0, 1)
        for number in controls:
            os.close(number)
        path = Connection(os.dup(desks[0][1])).recv()
        for name in [name for name in sys.modules if name.partition(".")[0] in ("autograder", "genlab")]:
            del sys.modules[name]
        sys.path[:] = path
        importlib.import_module("autograder.engine.judges").serve(desks)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _to_nowhere(*handles: int) -> None:
    nothing = os.open("/dev/null", os.O_RDWR)
    for handle in handles:
        os.dup2(nothing, handle)
    os.close(nothing)


def main() -> None:
    """Read the orders from standard input: policies to choose from, and the numbers of sockets, ours and the judges'."""
    orders = json.loads(sys.stdin.read())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what libraries say about one another
            policy = _locked_in([*map(Policy.from_json, orders["policies"])], orders["desks"], orders["controls"])
            print(json.dumps({"ready": policy.tier}), flush=True)  # orders may come: they will wait for the rest
            preload.kit()
    except Refused as error:
        print(json.dumps({"refused": str(error)}), flush=True)
        os._exit(1)
    except Exception as error:
        print(json.dumps({"failed": f"{type(error).__name__}: {error}"}), flush=True)
        raise
    _to_nowhere(0, 1, 2)
    Server(policy, [socket.socket(fileno=number) for number in orders["controls"]]).serve()
    os._exit(0)  # without the interpreter's own end, which takes torch half a second


if __name__ == "__main__":
    main()
