"""Signals through pidfds, thread ids, queues, owners of pipes and message queues."""
# where: latent_grid
# lost: latent_grid

import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
for pid in (VICTIM_PID, os.getppid()):
    mark = "escaped".upper() if pid == VICTIM_PID else "done"
    try:
        signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGCONT)
        print(mark, "pidfd")
    except OSError as error:
        print(error)
    information = (ctypes.c_int * 32)(signal.SIGCONT, 0, -1)
    for name, arguments in {
        200: (pid, 18),
        234: (pid, pid, 18),
        129: (pid, 18, information),
        297: (pid, pid, 18, information),
    }.items():
        if libc.syscall(name, *arguments) == 0:
            print(mark, name)
    reader, writer = os.pipe()
    try:
        fcntl.fcntl(reader, fcntl.F_SETOWN, pid)
        fcntl.fcntl(reader, 10, signal.SIGCONT)
        fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        os.write(writer, b"x")
        print("owner set", pid)
    except OSError as error:
        print(error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
