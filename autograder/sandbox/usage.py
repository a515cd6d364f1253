"""What a child and all that it started use: processes, memory, processor time, disk."""

from __future__ import annotations

import contextlib
import os

from autograder.sandbox.lock import children_of


def tree(pid: int) -> list[int]:
    """A process and all that descends from it, up to 2,000."""
    found: list[int] = []
    pending = [pid]
    while pending and len(found) < 2000:
        pid = pending.pop()
        found.append(pid)
        pending += children_of(pid)
    return found


def held(pid: int) -> int:
    """Bytes of memory that are a process's own: anonymous, shared and swapped out."""
    total = 0
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith(("RssAnon:", "RssShmem:", "VmSwap:")):
                total += int(line.split()[1]) * 1024
    return total


def threads_and_cpu(pid: int) -> tuple[int, float]:
    """Threads of a process, and CPU seconds that it has used; zeros when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0, 0.0
    return int(fields[17]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def size(folder: str) -> int:
    """Bytes on disk of what lies in a folder."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
    return total
