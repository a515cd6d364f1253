"""Tier 1, the server's part: a file system of its own that holds the policy's readable paths and nothing else.

Children inherit it and add namespaces, a private folder and a /proc of their own (`lock`).
"""

from __future__ import annotations

import os
from pathlib import Path

from autograder.sandbox import kernel
from autograder.sandbox.policy import LEARNER, OWN_FOLDER, Policy

DEVICES = ("null", "zero", "full", "random", "urandom")


def enter(policy: Policy) -> None:
    """Move this process into the view, as an ordinary user without privileges. Raises OSError where the kernel refuses.

    Must come before anything starts a thread.
    """
    root = os.geteuid() == 0 and kernel.has_capability(kernel.CAP_SYS_ADMIN)
    if root:
        kernel.unshare(kernel.NEWNS | kernel.NEWIPC | kernel.NEWUTS | kernel.NEWNET)
    else:
        new_user_namespace(kernel.NEWNS | kernel.NEWIPC | kernel.NEWUTS | kernel.NEWNET)
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    view = Path(policy.scratch) / "view"
    view.mkdir(exist_ok=True)  # a trial may have been here
    kernel.mount("tmpfs", str(view), "tmpfs", kernel.MS_NOSUID, "size=4m,mode=755")
    for path in policy.readable:
        _show(path, view)
    for folder in policy.hidden:
        if (view / folder.lstrip("/")).exists():
            kernel.mount("tmpfs", f"{view}{folder}", "tmpfs", kernel.MS_NOSUID, "size=4k,mode=755")
    _devices(view)
    (view / "proc").mkdir(exist_ok=True)
    kernel.mount("/proc", str(view / "proc"), flags=kernel.MS_BIND | kernel.MS_REC)
    own = view / OWN_FOLDER.lstrip("/")
    own.mkdir()
    kernel.mount("tmpfs", str(own), "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=64m,mode=1777")
    if not (view / "tmp").exists():  # unless something readable lies in it
        (view / "tmp").symlink_to(OWN_FOLDER)
    _accounts(view / "etc", LEARNER if root else os.getuid())
    kernel.pivot_root(str(view))
    kernel.set_mount_attributes("/", kernel.ATTR_RDONLY | kernel.ATTR_NOSUID, recursive=False)
    os.chdir(OWN_FOLDER)
    if root:
        os.setgroups([])
        os.setresgid(LEARNER, LEARNER, LEARNER)
        os.setresuid(LEARNER, LEARNER, LEARNER)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else its own /proc files, uid_map among them, would belong to root
    kernel.drop_capabilities()


def new_user_namespace(also: int) -> None:
    """Enter a new user namespace, as the same user and group number, together with other new namespaces."""
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.NEWUSER | also)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text)


def _show(path: str, view: Path) -> None:
    """Bind a path, read-only, at the same place of the view."""
    source, target = Path(path), view / path.lstrip("/")
    if not source.exists() or target.exists():
        return  # missing here, or inside a folder that is shown already
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(os.readlink(source))
        return
    if source.is_dir():
        target.mkdir()
    else:
        target.touch()
    kernel.mount(path, str(target), flags=kernel.MS_BIND | kernel.MS_REC)
    kernel.set_mount_attributes(str(target), kernel.ATTR_RDONLY | kernel.ATTR_NOSUID | kernel.ATTR_NODEV)


def _devices(view: Path) -> None:
    (view / "dev").mkdir()
    for name in DEVICES:
        (view / "dev" / name).touch()
        kernel.mount(f"/dev/{name}", str(view / "dev" / name), flags=kernel.MS_BIND)
    (view / "dev/shm").mkdir()
    (view / "dev/fd").symlink_to("/proc/self/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        (view / "dev" / name).symlink_to(f"/proc/self/fd/{number}")


def _accounts(folder: Path, user: int) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "passwd").write_text(f"learner:x:{user}:{user}:learner:{OWN_FOLDER}:/bin/sh\n")
    (folder / "group").write_text(f"learner:x:{user}:\n")
    (folder / "hosts").write_text("127.0.0.1 localhost\n")
