"""Plans and records as bytes: a JSON header and the raw bytes of tensors. Never a pickle: the sender is a stranger.

A frame is the length of the header (4 bytes), the length of the tensors' bytes (8), the header, the tensors. The header is
{"tree": …, "tensors": [[dtype, shape], …]}; in the tree, {TENSOR: i} stands for the i-th tensor.
"""

from __future__ import annotations

import contextlib
import json
import math
import socket
import struct
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

LENGTHS = struct.Struct("<IQ")
TENSOR = "\0tensor"
DTYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")
MOST_HEADER = 16 * 2**20  # bytes
MOST_TENSORS = 128 * 2**20  # bytes
MOST_NODES = 500_000  # values in a tree
DEEPEST = 60


class Malformed(ValueError):
    """Bytes that are no frame, or more than a frame may hold."""


class Closed(ConnectionError):
    """The other side is gone."""


def pack(tree: Any) -> bytes:
    """The frame of a tree of dicts with text keys, lists, tuples (they arrive as lists), text, numbers, None and tensors.

    Raises Malformed for anything else, and for a frame that is too large.
    """
    return b"".join(_parts(tree))


def _parts(tree: Any) -> list[bytes]:
    tensors: list[Any] = []
    plain = _plain(tree, tensors, 0)
    header = json.dumps({"tree": plain, "tensors": [[_dtype(t), list(t.shape)] for t in tensors]}).encode()
    blobs = [_bytes(t) for t in tensors]
    size = sum(map(len, blobs))
    _check_lengths(len(header), size)
    return [LENGTHS.pack(len(header), size) + header, *blobs]


def unpack(header: bytes | bytearray, blob: bytes | bytearray) -> Any:
    """The tree of a frame's two parts; its tensors own their memory. Raises Malformed."""
    try:
        content = json.loads(header)
        tree, entries = content["tree"], content["tensors"]
        tensors, start, data = [], 0, memoryview(blob)
        for kind, shape in entries:
            if kind not in DTYPES or not isinstance(shape, list) or len(shape) > 16:
                raise Malformed("a tensor of a kind that no record holds")
            if not all(type(n) is int and 0 <= n < 2**40 for n in shape):
                raise Malformed("a tensor with an impossible shape")
            end = start + math.prod(shape) * _item_size(kind)
            if end > len(blob):
                raise Malformed("a tensor with too few bytes")
            tensors.append(_tensor(kind, shape, data[start:end]))
            start = end
        if start != len(blob):
            raise Malformed("bytes that belong to no tensor")
        return _filled(tree, tensors, [0], 0)
    except Malformed:
        raise
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise Malformed(f"no frame: {type(error).__name__}") from None


class Channel:
    """Frames over a connected stream socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection

    def send(self, tree: Any, seconds: float | None = None) -> None:
        """Send one frame. Raises Closed, TimeoutError, Malformed."""
        parts = _parts(tree)
        self.socket.settimeout(seconds)
        try:
            for part in parts:
                self.socket.sendall(part)
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, seconds: float | None = None) -> Any:
        """The next frame's tree, within so many seconds in all. Raises Closed, TimeoutError, Malformed."""
        deadline = None if seconds is None else time.monotonic() + seconds
        header_size, blob_size = LENGTHS.unpack(self._exactly(LENGTHS.size, deadline))
        _check_lengths(header_size, blob_size)
        return unpack(self._exactly(header_size, deadline), self._exactly(blob_size, deadline))

    def close(self) -> None:
        """Close the socket."""
        with contextlib.suppress(OSError):
            self.socket.close()

    def _exactly(self, count: int, deadline: float | None) -> bytearray:
        buffer, held = bytearray(count), 0
        while held < count:
            if deadline is None:
                self.socket.settimeout(None)
            else:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self.socket.settimeout(left)
            try:
                got = self.socket.recv_into(memoryview(buffer)[held:])
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed(str(error)) from None
            if not got:
                raise Closed("the other side closed the connection")
            held += got
        return buffer


def _check_lengths(header: int, tensors: int) -> None:
    if header > MOST_HEADER or tensors > MOST_TENSORS:
        raise Malformed(f"a frame of {header + tensors:,} bytes")


def _plain(value: Any, tensors: list[Any], depth: int) -> Any:
    """The tree with tensors taken out."""
    import torch

    if depth > DEEPEST:
        raise Malformed("a tree that is too deep")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, torch.Tensor):
        tensors.append(value)
        return {TENSOR: len(tensors) - 1}
    if isinstance(value, (list, tuple)):
        return [_plain(v, tensors, depth + 1) for v in value]
    if isinstance(value, dict) and all(type(k) is str and not k.startswith("\0") for k in value):
        return {k: _plain(v, tensors, depth + 1) for k, v in value.items()}
    raise Malformed(f"a {type(value).__name__}")


def _filled(value: Any, tensors: list[Any], count: list[int], depth: int) -> Any:
    """The tree with tensors put back."""
    count[0] += 1
    if count[0] > MOST_NODES or depth > DEEPEST:
        raise Malformed("a tree that is too large")
    if isinstance(value, list):
        return [_filled(v, tensors, count, depth + 1) for v in value]
    if isinstance(value, dict):
        if TENSOR in value:
            index = value[TENSOR]
            if len(value) != 1 or type(index) is not int or not 0 <= index < len(tensors):
                raise Malformed("a tensor that is not there")
            return tensors[index]
        return {k: _filled(v, tensors, count, depth + 1) for k, v in value.items()}
    return value


def _dtype(tensor: torch.Tensor) -> str:
    name = str(tensor.dtype).removeprefix("torch.")
    if name not in DTYPES:
        raise Malformed(f"a tensor of {name}")
    return name


def _bytes(tensor: torch.Tensor) -> bytes:
    import torch

    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def _item_size(kind: str) -> int:
    import torch

    return torch.empty((), dtype=getattr(torch, kind)).element_size()


def _tensor(kind: str, shape: list[int], data: memoryview) -> torch.Tensor:
    import torch

    if not data:
        return torch.empty(shape, dtype=getattr(torch, kind))
    raw = torch.frombuffer(bytearray(data), dtype=torch.uint8)
    if kind == "bool":
        return (raw != 0).reshape(shape)  # any other byte than 0 and 1 would be undefined behaviour
    return raw.view(getattr(torch, kind)).reshape(shape)
