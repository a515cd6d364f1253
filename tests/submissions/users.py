"""Ordinary users for tests that run as root: in a mount namespace where they can reach this Python, even below root's home."""

from __future__ import annotations

import sys
from pathlib import Path


def in_reach(command: list[str], before: str = "") -> list[str]:
    """The command, run where every user can reach the Python of sys.base_prefix. before: what else the shell puts before it."""
    private = [str(Path.home())] if Path(sys.base_prefix).is_relative_to(Path.home()) else []
    open_up = "".join(
        f"mount --bind {sys.base_prefix} /mnt && mount -t tmpfs -o mode=755 tmpfs {home} && mkdir -p {sys.base_prefix} "
        f"&& mount --move /mnt {sys.base_prefix} && "
        for home in private
    )
    return ["unshare", "--mount", "sh", "-c", f'{open_up}exec {before} "$@"', "sh", *command]
