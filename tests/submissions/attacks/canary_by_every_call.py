"""Tries each way that the kernel offers to get at one file outside."""
# where: sample_prior
# lost: sample_prior

import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
path = b"CANARY_FILE"
buffer = ctypes.create_string_buffer(4096)
flags = {
    "plain": 0,
    "path": os.O_PATH,
    "direct": 0o40000,
    "noatime": os.O_NOATIME,
    "write": os.O_RDWR,
    "append": os.O_APPEND | 1,
}
for name, flag in flags.items():
    handle = libc.open(path, flag)
    print(name, handle)
    if handle >= 0:
        again = libc.open(f"/proc/self/fd/{handle}".encode(), 0)
        for one in (handle, again):
            if one >= 0 and libc.pread(one, buffer, 4096, 0) > 0:
                print("escaped".upper(), buffer.value)
            try:
                print(mmap.mmap(one, 0, prot=mmap.PROT_READ)[:])
            except (OSError, ValueError) as error:
                print(error)
how = (ctypes.c_uint64 * 3)(0, 0, 0)
handle = libc.syscall(437, -100, path, how, 24)  # openat2
if handle >= 0 and libc.read(handle, buffer, 4096) > 0:
    print("escaped".upper(), buffer.value)
for number, arguments in {267: (-100, path, buffer, 4096), 0x40000002: (path, 0, 0, 0)}.items():
    print(number, libc.syscall(number, *arguments), buffer.value)
