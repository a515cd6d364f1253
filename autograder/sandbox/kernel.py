"""The Linux calls that Python's library lacks: namespaces, mounts, capabilities, process controls.

Numbers are of the kernel's stable interface (man 2 unshare, mount, mount_setattr, prctl, capset).
"""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
MNT_DETACH = 2
AT_FDCWD, AT_RECURSIVE = -100, 0x8000

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 38, 36
PR_SET_KEEPCAPS = 8
CAP_DAC_READ_SEARCH, CAP_SYS_ADMIN = 2, 21
MADV_HUGEPAGE, MADV_COLLAPSE = 14, 25
LARGE_PAGE = 2**21  # bytes
MOUNT_SETATTR = 442  # the same number on every architecture
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, result: int) -> int:
    """The result of a C call. Raises OSError with the call's name when it is -1."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def syscall(name: str, number: int, *arguments: object) -> int:
    """The result of a raw system call. Raises OSError."""
    return call(name, _libc.syscall(number, *arguments))


def unshare(flags: int) -> None:
    """Move this process into new namespaces (a new PID namespace is for its children)."""
    call("unshare", _libc.unshare(flags))


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str = "") -> None:
    """Mount, bind or change a mount."""
    call(
        f"mount {target}",
        _libc.mount(
            source.encode(),
            target.encode(),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            options.encode() if options else None,
        ),
    )


def set_mount_attributes(target: str, attributes: int, recursive: bool = True) -> None:
    """Make a mount, and those below it, read-only, nosuid or nodev. Needs Linux 5.12."""
    fields = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)  # set, clear, propagation, user namespace
    flags = AT_RECURSIVE if recursive else 0
    syscall(
        f"mount_setattr {target}",
        MOUNT_SETATTR,
        AT_FDCWD,
        target.encode(),
        flags,
        ctypes.byref(fields),
        ctypes.c_size_t(32),
    )


def use_large_pages() -> None:
    """Put this process's memory into large pages, where the kernel lets it (Linux 6.1): forking it copies an entry for each page."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        place, mode, *_, inode = line.split()[:5]
        start, end = (int(number, 16) for number in place.split("-"))
        start, end = -(-start // LARGE_PAGE) * LARGE_PAGE, end // LARGE_PAGE * LARGE_PAGE
        if mode == "rw-p" and inode == "0" and start < end:
            for advice in (MADV_HUGEPAGE, MADV_COLLAPSE):
                _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), advice)


def pivot_root(root: str) -> None:
    """Make a mount point this process's root, and leave nothing of the old one."""
    os.chdir(root)
    syscall("pivot_root", PIVOT_ROOT[platform.machine()], b".", b".")
    call("umount2", _libc.umount2(b".", MNT_DETACH))
    os.chdir("/")


def prctl(option: int, value: int = 0) -> None:
    """Set a property of this process."""
    call("prctl", _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def drop_capabilities(keep: tuple[int, ...] = ()) -> None:
    """Give up all capabilities but `keep`, for good: later programs cannot get others either."""
    for capability in range(64):
        if capability not in keep and _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) != 0:
            break  # beyond the last that this kernel has, or not allowed to (then there is none to drop)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    kept = sum(1 << capability for capability in keep)
    sets = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)  # effective, permitted, inheritable; twice 32 bits
    call("capset", _libc.capset(ctypes.byref(header), ctypes.byref(sets)))
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def has_capability(capability: int) -> bool:
    """Whether this process may act with a capability in its user namespace."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("CapEff"))
    return bool(int(line.split()[1], 16) >> capability & 1)
