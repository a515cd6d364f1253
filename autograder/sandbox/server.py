"""The warm server: everything imported once, one locked-in child forked per submission, and watched.

Started by exec, never forked from a grader's process. Talks to the grader over a socket of packets, one JSON text each:
in   {"run": id} with the child's end of a socket · {"kill": id, "why": text} · closing the socket ends all
out  {"ready": tier} or {"failed": text} · {"ended": id, "how": text, "cpu": seconds, "memory": bytes}
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.sandbox import lock, preload, usage
from autograder.sandbox.policy import NAMESPACES, OWN_FOLDER, Policy

WATCH_SECONDS = 0.03
PID = struct.Struct("<i")


@dataclass
class Job:
    """A running child."""

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

    def __init__(self, policy: Policy, control: socket.socket) -> None:
        self.policy, self.control = policy, control
        self.jobs: dict[int, Job] = {}

    def serve(self) -> None:
        """Until the grader closes the socket."""
        looked, control = 0.0, self.control.fileno()
        while True:
            keepers = {job.keeper_handle: job for job in self.jobs.values()}
            ready, _, _ = select.select([control, *keepers], [], [], WATCH_SECONDS if keepers else None)
            for handle in ready:
                if handle in keepers:
                    self._end(keepers[handle])
            if control in ready and not self._obey():
                break
            if time.monotonic() - looked > WATCH_SECONDS:
                looked = time.monotonic()
                for job in self.jobs.values():
                    self._watch(job)
        for job in self.jobs.values():
            self._kill(job, "the grader stopped")
        for job in list(self.jobs.values()):
            self._end(job)

    def _obey(self) -> bool:
        text, handles, _, _ = socket.recv_fds(self.control, 65536, 4)
        if not text:
            return False
        order = json.loads(text)
        if "run" in order:
            self._start(order["run"], handles[0])
        elif order["kill"] in self.jobs:
            self._kill(self.jobs[order["kill"]], order["why"])
        return True

    def _start(self, number: int, channel: int) -> None:
        slot = next(s for s in range(len(self.jobs) + 1) if all(j.slot != s for j in self.jobs.values()))
        folder = None
        if self.policy.tier != NAMESPACES:
            folder = str(Path(self.policy.scratch) / f"child-{number}")
            os.mkdir(folder, 0o700)
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
            self._say({"ended": number, "how": "could not be started", "cpu": 0.0, "memory": 0})
            return
        pid = PID.unpack(child)[0]
        with contextlib.suppress(ProcessLookupError):  # it may have ended already, then the keeper has too
            self.jobs[number] = Job(number, slot, keeper, pid, os.pidfd_open(keeper), os.pidfd_open(pid), folder)
            return
        os.waitpid(keeper, 0)
        self._say({"ended": number, "how": "ended at once", "cpu": 0.0, "memory": 0})

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
        del self.jobs[job.number]
        os.close(job.keeper_handle)
        os.close(job.child_handle)
        if job.folder:
            shutil.rmtree(job.folder, ignore_errors=True)
        how = job.why or ("ended by itself" if code == 0 else f"ended with code {code}")
        cpu = used.ru_utime + used.ru_stime
        self._say({"ended": job.number, "how": how, "cpu": cpu, "memory": job.memory})

    def _say(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self.control.send(json.dumps(message).encode())


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


def main() -> None:
    """Read the policy from standard input; the control socket's number is the one argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    policy = Policy.from_json(sys.stdin.read())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's
    try:
        if policy.tier == NAMESPACES:
            from autograder.sandbox import view

            view.enter(policy)
        preload.everything()
    except Exception as error:
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode()[:60000])
        raise
    nothing = os.open("/dev/null", os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nothing, handle)
    os.close(nothing)
    server = Server(policy, control)
    control.send(json.dumps({"ready": policy.tier}).encode())
    server.serve()


if __name__ == "__main__":
    main()
