"""How a child locks itself in before it sees a line of a learner's code, and its keeper, which outlives it to clean up."""

from __future__ import annotations

import contextlib
import os
import resource
import signal

from autograder.sandbox import kernel, landlock, seccomp
from autograder.sandbox.policy import LANDLOCK, LEARNER, NAMESPACES, NONE, OWN_FOLDER, Policy
from autograder.sandbox.view import new_user_namespace

CHILD_NAMESPACES = kernel.NEWPID | kernel.NEWNS | kernel.NEWIPC | kernel.NEWNET | kernel.NEWUTS | kernel.NEWCGROUP


def prepare(policy: Policy) -> None:
    """The keeper's part: after this, the process that it forks is the first of its PID namespace (tier 1)."""
    os.setsid()  # of its own for the scheduler too: what many processes of one child take is not taken from others
    if policy.tier == NAMESPACES:
        new_user_namespace(CHILD_NAMESPACES)
    else:
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # with the server


def lock_in(policy: Policy, folder: str, slot: int) -> None:
    """The child's part: private folders, limits, Landlock, no capabilities, seccomp. Raises OSError before anything of it is lax.

    folder: its own, writable and current afterwards. slot: differs among children that run at once.
    """
    root = os.geteuid() == 0
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # should memory run out all the same, it is this process that the kernel takes
    if policy.tier == NAMESPACES:
        _private_folders(policy)
    os.chdir(folder)
    _set_limits(policy, root)
    if policy.tier == NONE:
        return
    if policy.tier == LANDLOCK and root:
        os.setgroups([])
        kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
        os.setresgid(LEARNER + slot, LEARNER + slot, LEARNER + slot)
        os.setresuid(LEARNER + slot, LEARNER + slot, LEARNER + slot)
        # Python may be installed where only root can go; what can be read is Landlock's matter.
        kernel.drop_capabilities(keep=(kernel.CAP_DAC_READ_SEARCH,))
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    else:
        kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which would clear it
    devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
    if policy.tier == NAMESPACES:
        landlock.restrict(["/"], [folder, "/dev/shm", "/proc", *devices]) if landlock.abi() else None
    else:
        own = [f"/proc/{os.getpid()}", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat"]
        landlock.restrict([*policy.visible(), *own], [folder, *devices])
    scoped = policy.tier == NAMESPACES or landlock.abi() >= landlock.SCOPE_ABI
    seccomp.restrict(shared_files=policy.tier == LANDLOCK, signals_to_itself_alone=not scoped)


def end_all() -> None:
    """The keeper's end: nothing that the child started is left."""
    for _ in range(1000):
        for pid in children_of(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def children_of(pid: int) -> list[int]:
    """The process ids of the children of all threads of a process; empty when it is gone."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    return found


def _private_folders(policy: Policy) -> None:
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", OWN_FOLDER, "tmpfs", flags, f"size={policy.limits.disk},nr_inodes=20000,mode=700")
    kernel.mount("tmpfs", "/dev/shm", "tmpfs", flags, f"size={policy.limits.disk},nr_inodes=2000,mode=700")
    try:
        kernel.mount("proc", "/proc", "proc", flags | kernel.MS_NOEXEC)
    except OSError:  # a container that masks parts of /proc: then none at all
        kernel.mount("tmpfs", "/proc", "tmpfs", flags, "size=4k,mode=555")


def _set_limits(policy: Policy, root: bool) -> None:
    limits = policy.limits
    held = 2**30  # bytes, roughly what the server holds, for where /proc cannot be seen
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    processes = limits.processes
    if policy.tier != NAMESPACES and not root:
        processes += _tasks_of(os.getuid())  # this limit counts all of a user's processes
    for which, most in (
        (resource.RLIMIT_AS, held + limits.address_space),
        (resource.RLIMIT_CPU, int(limits.cpu_seconds)),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def _tasks_of(user: int) -> int:
    count = 0
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
    return count
