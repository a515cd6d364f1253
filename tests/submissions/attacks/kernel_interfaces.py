"""Knocks at parts of the kernel that no answer needs: bpf, perf, keys, io_uring, userfaultfd, modules, clocks."""
# where: latent_grid
# lost: latent_grid

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
zero = (ctypes.c_ubyte * 256)()
CALLS = {
    "bpf": (321, 0, zero, 128),
    "perf_event_open": (298, (ctypes.c_uint32 * 32)(1, 128), 0, -1, -1, 0),
    "keyctl": (250, 0, -3, 1),
    "add_key": (248, b"user", b"genlab-attack", b"x", 1, -2),
    "request_key": (249, b"user", b"genlab-attack", None, 0),
    "io_uring_setup": (425, 8, zero),
    "userfaultfd": (323, 1),
    "init_module": (175, zero, 0, b""),
    "finit_module": (313, 0, b"", 0),
    "syslog": (103, 3, zero, 200),
    "quotactl": (179, 0, None, 0, None),
    "fanotify_init": (300, 0, 0),
    "sethostname": (170, b"", -1),
    "swapoff": (168, b"/genlab-attack"),
    "acct": (163, b"/genlab-attack"),
    "kexec_load": (246, 0, 0, None, 4),
    "ioperm": (173, 0x80, 1, 1),
    "lookup_dcookie": (212, 0, zero, 200),
}
for name, (number, *arguments) in CALLS.items():
    result = libc.syscall(ctypes.c_long(number), *arguments)
    print(
        "escaped".upper()
        if result >= 0 and name in ("bpf", "perf_event_open", "io_uring_setup", "userfaultfd", "fanotify_init")
        else "tried",
        name,
        result,
        ctypes.get_errno(),
    )


def latent_grid(n):
    return torch.zeros(n * n, 2)
