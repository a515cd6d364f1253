"""Tries to become more than it is: set-user-id programs, other users, capabilities, no-new-privileges off."""
# where: latent_grid
# lost: latent_grid

import ctypes
import os
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
for change in (
    lambda: os.setuid(0),
    lambda: os.setresuid(0, 0, 0),
    lambda: os.setgroups([0]),
    lambda: os.setgid(0),
    lambda: os.setreuid(65534, 0),
):
    try:
        change()
        print("changed", os.getresuid(), os.getgroups())
    except OSError as error:
        print(error)
print(libc.prctl(38, 0, 0, 0, 0), libc.prctl(24, 21, 0, 0, 0), libc.prctl(8, 1, 0, 0, 0), libc.prctl(22, 0, 0, 0, 0))
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
everything = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
print("capset", libc.capset(header, everything), ctypes.get_errno())
with open("/proc/self/status") as status:
    print([line for line in status if line.startswith(("Cap", "NoNewPrivs", "Seccomp", "Uid"))])
for command in (
    ["su", "-c", "cat CANARY_FILE"],
    ["sudo", "-n", "cat", "CANARY_FILE"],
    ["pkexec", "cat", "CANARY_FILE"],
    ["newgrp", "root"],
    ["unshare", "-Ur", "cat", "CANARY_FILE"],
):
    try:
        print(subprocess.run(command, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL))
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
