"""Whether a tier of isolation works on this machine: locks in one empty child, without torch, and sees."""

from __future__ import annotations

import os
import sys
import tempfile

from autograder.sandbox import lock, seccomp, view
from autograder.sandbox.policy import NAMESPACES, OWN_FOLDER, Policy


class Rehearsal:
    """A trial in a process of its own, which leaves this one as it is; it runs while this one goes on."""

    def __init__(self, policy: Policy) -> None:
        self._read, write = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            try:
                os.close(self._read)
                os.write(write, _why_not(policy).encode()[:4000])
            finally:
                os._exit(0)
        os.close(write)

    def why_not(self) -> str:
        """Wait for it; why the tier does not work here, or an empty text."""
        with open(self._read, encoding="utf-8", errors="replace") as pipe:
            said = pipe.read()
        os.waitpid(self._process, 0)
        return "" if said == WORKS else said or "the trial ended"


WORKS = "works"


def _why_not(policy: Policy) -> str:
    folder = OWN_FOLDER
    read, write = os.pipe()
    try:
        if policy.tier == NAMESPACES:
            view.enter(policy)
        else:
            folder = tempfile.mkdtemp(dir=policy.scratch)
            if os.geteuid() == 0:
                os.chown(folder, lock.LEARNER, lock.LEARNER)
        if not seccomp.available():
            return "pyseccomp or libseccomp is missing (no seccomp)"
        lock.prepare(policy)
        child = os.fork()
    except OSError as error:
        return str(error)
    if child == 0:
        try:
            lock.lock_in(policy, folder, 0)
            open("written", "w").close()
            os.write(write, WORKS.encode())
        except OSError as error:
            os.write(write, str(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    return os.read(read, 4000).decode() or "a child that was locked in ended"


def main() -> None:
    """The policy comes on standard input; what is wrong goes to standard output."""
    print(Rehearsal(Policy.from_json(sys.stdin.read())).why_not())


if __name__ == "__main__":
    main()
