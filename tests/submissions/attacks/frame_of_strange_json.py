"""Sends JSON that parsers disagree about: twin keys, lone surrogates, NUL, NaN, numbers of 5,000 digits, no UTF-8."""
# where: latent_grid
# lost: latent_grid

import os
import stat
import struct

HEADERS = (
    b'{"tree":{"status":"failed","status":"passed"},"tensors":[]}',
    b'{"tree":"\\ud800\\u0000","tensors":[]}',
    b'{"tree":' + b"9" * 5000 + b',"tensors":[]}',
    b'{"tree":[NaN,Infinity,-Infinity,1e999],"tensors":[]}',
    b'{"tree":"\xff\xfe\x00","tensors":[]}',
    b"\xef\xbb\xbf{}",
    b'{"tree":{"\\u0000tensor":0},"tensors":[]}',
    b'{"tree":{"\\u0000tensor":-1},"tensors":[]}',
    b'{"tree":{"\\u0000tensor":true,"data":1},"tensors":[["bool",[]]]}',
    b"null",
    b"[]",
    b'"done"',
    b"",
)


def latent_grid(n):
    for header in HEADERS:
        for number in range(3, 256):
            try:
                if stat.S_ISSOCK(os.fstat(number).st_mode):
                    os.write(number, struct.pack("<IQ", len(header), 0) + header)
            except OSError:
                pass
    return torch.zeros(n * n, 2)
