"""Pickles of plain data: numbers, strings, bytes, lists, dicts and arrays of bytes, and nothing else.

Unpickling a file can run any code that its writer chose. Here nothing of the pickle's choosing is
imported or called: the few names that an array's pickle needs are answered by stand-ins of this
module, which only note what they are given.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import torch
from torch import Tensor


class Unsafe(Exception):
    """A pickle that asks for more than plain data, or is no pickle; the message says what."""


def loads(content: bytes) -> Any:
    """The object in a pickle, with arrays of dtype uint8 as tensors and old strings as bytes.

    Python 2's pickles and every protocol are read. Raises Unsafe, and then nothing has been run.
    """
    try:
        return _plain(_Reader(io.BytesIO(content), encoding="bytes").load())
    except Unsafe:
        raise
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise Unsafe(f"cannot be unpickled ({type(error).__name__}: {str(error)[:80]})") from error


class _Reader(pickle.Unpickler):
    """Knows five names, as NumPy 1 and 2 spell them, and refuses every other."""

    def find_class(self, module: str, name: str) -> Any:
        known = {
            "_reconstruct": _Call(lambda *_: _Array()),
            "_frombuffer": _Call(_Array.from_buffer),
            "ndarray": None,  # only ever an argument of _reconstruct
            "dtype": _Call(_Dtype),
            "encode": _Call(_encode),
        }
        homes = {
            *("numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric"),
            *("numpy", "_codecs"),
        }
        if module not in homes or name not in known:
            raise Unsafe(f"asks for {module[:80]}.{name[:80]}, which plain data does not need")
        return known[name]

    def persistent_load(self, pid: Any) -> Any:
        raise Unsafe("refers to objects outside itself")


class _Call:
    """A function under whose name a pickle may call it; a pickle cannot change it."""

    __slots__ = ("function",)
    function: Any

    def __init__(self, function: Any) -> None:
        object.__setattr__(self, "function", function)

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)

    def __setattr__(self, name: str, value: Any) -> None:
        raise Unsafe("changes a function")


class _Dtype:
    """A dtype by its code."""

    __slots__ = ("code",)

    def __init__(self, code: Any, *_: Any) -> None:
        self.code = code.decode("latin1") if isinstance(code, bytes) else code

    def __setstate__(self, state: Any) -> None:
        """Byte order and such, which bytes do not have."""


class _Array:
    """An array as its pickle describes it."""

    __slots__ = ("code", "content", "fortran", "shape")

    def __init__(self) -> None:
        self.__setstate__((1, (), None, False, b""))

    def __setstate__(self, state: Any) -> None:
        _, self.shape, dtype, self.fortran, self.content = state
        self.code = dtype.code if isinstance(dtype, _Dtype) else None

    @classmethod
    def from_buffer(cls, buffer: Any, dtype: Any, shape: Any, order: Any) -> _Array:
        """As protocol 5 spells an array."""
        array = cls()
        array.__setstate__((1, shape, dtype, order in ("F", b"F"), buffer))
        return array

    def tensor(self) -> Tensor:
        """The array's values; raises Unsafe unless they are bytes of the promised number."""
        if self.code != "u1":
            raise Unsafe(f"holds an array of dtype {self.code!r}; only arrays of bytes (u1) are read")
        shape = self.shape if isinstance(self.shape, tuple) else (self.shape,)
        if not all(isinstance(n, int) and 0 <= n < 2**31 for n in shape):
            raise Unsafe(f"holds an array of shape {shape!r}")
        content = self.content.encode("latin1") if isinstance(self.content, str) else bytes(self.content)
        count = 1
        for n in shape:
            count *= n
        if len(content) != count or not content:
            raise Unsafe(f"holds an array of shape {shape} with {len(content):,} bytes")
        flat = torch.frombuffer(bytearray(content), dtype=torch.uint8)
        if self.fortran:
            return flat.view(shape[::-1]).permute(*range(len(shape) - 1, -1, -1)).contiguous()
        return flat.view(shape)


def _encode(text: Any, encoding: Any) -> bytes:
    """Bytes as Python 3 writes them for protocols 0 to 2."""
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise Unsafe("encodes something other than bytes")
    return text.encode("latin1")


def _plain(value: Any, depth: int = 0) -> Any:
    """The value with stand-ins turned into tensors."""
    if depth > 4:
        raise Unsafe("is nested too deeply")
    if isinstance(value, _Array):
        return value.tensor()
    if isinstance(value, dict):
        return {_plain(key, depth + 1): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_plain(item, depth + 1) for item in value)
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    raise Unsafe(f"holds a {type(value).__name__}")
