"""Plans and records as bytes: a JSON header and the raw bytes of tensors. Never a pickle: the sender is a stranger.

A frame is the length of the header (4 bytes), the length of the tensors' bytes (8), the header, the tensors. The header is
{"tree": …, "tensors": [[dtype, shape], …]}; in the tree, {TENSOR: i} stands for the i-th tensor. Counting begins with the tensors of the
frame that came the other way before, for a record is full of its plan's inputs. Equal tensors are sent once.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
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


Content = tuple[str, tuple[int, ...], bytes]  # of a tensor: dtype, shape and bytes


def pack(tree: Any, known: Sequence[Content] = ()) -> bytes:
    """The frame of a tree of dicts with text keys, lists, tuples (they arrive as lists), text, numbers, None and tensors.

    known: of tensors that the receiver has. Raises Malformed for anything else, and for a frame that is too large.
    """
    return b"".join(_parts(tree, known)[0])


def _parts(tree: Any, known: Sequence[Content]) -> tuple[list[bytes], list[torch.Tensor]]:
    """A frame in parts, and the tensors in it."""
    places: dict[Content, int] = {}
    tensors: list[torch.Tensor] = []
    new: list[Content] = []

    def place(tensor: torch.Tensor) -> int:
        if not places:  # not before there is a tensor: most frames have none
            places.update({content: place for place, content in reversed([*enumerate(known)])})
        content = (_dtype(tensor), tuple(tensor.shape), _bytes(tensor))
        if content not in places:
            places[content] = len(known) + len(new)
            new.append(content)
            tensors.append(tensor)
        return places[content]

    plain = _plain(tree, place, 0)
    header = json.dumps({"tree": plain, "tensors": [[kind, shape] for kind, shape, _ in new]}).encode()
    blobs = [blob for _, _, blob in new]
    size = sum(map(len, blobs))
    _check_lengths(len(header), size)
    return [LENGTHS.pack(len(header), size) + header, *blobs], tensors


def unpack(header: bytes | bytearray, blob: bytes | bytearray, known: Sequence[torch.Tensor] = ()) -> Any:
    """The tree of a frame's two parts; its tensors are of `known`, or own their memory. Raises Malformed."""
    tree, came = _opened(header, blob)
    return _filled(tree, known, came)


def _malformed(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which raises Malformed for whatever a stranger's bytes make it raise."""

    @functools.wraps(function)
    def careful(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Malformed:
            raise
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise Malformed(f"no frame: {type(error).__name__}") from None

    return careful


@_malformed
def _opened(header: bytes | bytearray, blob: bytes | bytearray) -> tuple[Any, list[Content]]:
    """A frame's tree, its tensors by their numbers, and what came as tensors in it."""
    content = json.loads(header)
    tree, entries = content["tree"], content["tensors"]
    came: list[Content] = []
    start, data = 0, memoryview(blob)
    for kind, shape in entries:
        if kind not in DTYPES or not isinstance(shape, list) or len(shape) > 16:
            raise Malformed("a tensor of a kind that no record holds")
        if not all(type(n) is int and 0 <= n < 2**40 for n in shape):
            raise Malformed("a tensor with an impossible shape")
        end = start + math.prod(shape) * _item_size(kind)
        if end > len(blob):
            raise Malformed("a tensor with too few bytes")
        came.append((kind, tuple(shape), bytes(data[start:end])))
        start = end
    if start != len(blob):
        raise Malformed("bytes that belong to no tensor")
    return tree, came


@_malformed
def _filled(tree: Any, known: Sequence[torch.Tensor], came: list[Content]) -> Any:
    """The tree with tensors put back."""
    return _put_back(tree, [*known, *(_tensor(*content) for content in came)], _Room(), 0)


class Frame:
    """A tree that is packed once, to be sent as often as one likes. Raises Malformed as `pack` does."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.parts, self.tensors = _parts(tree, ())


class Sealed:
    """What came under one key of a frame, and is looked into only when somebody opens it."""

    def __init__(self, tree: Any, known: list[torch.Tensor], came: list[Content]) -> None:
        self._tree, self._known, self._came = tree, known, came

    @functools.cached_property
    @_malformed
    def digest(self) -> bytes:
        """What came after equal frames has the same digest only when it is equal to the bit. Raises Malformed."""
        asked = [list(tensor.shape) for tensor in self._known]  # which the content may name by their numbers
        whole = hashlib.blake2b(json.dumps([asked, self._tree]).encode())
        for kind, shape, data in self._came:
            whole.update(f"{kind}{shape}".encode())
            whole.update(data)
        return whole.digest()

    @functools.cached_property
    def opened(self) -> Any:
        """It, with tensors put back. Raises Malformed."""
        return _filled(self._tree, self._known, self._came)


class Channel:
    """Frames over a connected stream socket, to and fro in turns."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._sent: list[torch.Tensor] = []  # in the last frame; the next one from there may name them
        self._came: list[Content] = []  # in the last frame; the next one from here may name them

    def send(self, tree: Any, seconds: float | None = None) -> None:
        """Send one frame, of a tree or packed already. Raises Closed, TimeoutError, Malformed."""
        if isinstance(tree, Frame) and not self._came:
            parts, self._sent = tree.parts, tree.tensors
        else:
            parts, self._sent = _parts(tree.tree if isinstance(tree, Frame) else tree, self._came)
        self.socket.settimeout(seconds)
        try:
            for part in parts:
                self.socket.sendall(part)
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, seconds: float | None = None, sealed: str = "") -> Any:
        """The next frame's tree, within so many seconds in all. Raises Closed, TimeoutError, Malformed.

        sealed: where the tree is a dict with this key, what is under it comes as `Sealed`.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        header_size, blob_size = LENGTHS.unpack(self._exactly(LENGTHS.size, deadline))
        _check_lengths(header_size, blob_size)
        header, blob = self._exactly(header_size, deadline), self._exactly(blob_size, deadline)
        tree, self._came = _opened(header, blob)
        if sealed and isinstance(tree, dict) and sealed in tree:
            letter = Sealed(tree.pop(sealed), self._sent, self._came)
            return _filled(tree, [], []) | {sealed: letter}
        return _filled(tree, self._sent, self._came)

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


def _plain(value: Any, place: Callable[[torch.Tensor], int], depth: int) -> Any:
    """The tree with tensors taken out."""
    if depth > DEEPEST:
        raise Malformed("a tree that is too deep")
    if value is None or type(value) in (bool, int, float, str):
        return value
    import torch

    if isinstance(value, torch.Tensor):
        return {TENSOR: place(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(v, place, depth + 1) for v in value]
    if isinstance(value, dict) and all(type(k) is str and not k.startswith("\0") for k in value):
        return {k: _plain(v, place, depth + 1) for k, v in value.items()}
    raise Malformed(f"a {type(value).__name__}")


class _Room:
    """What a tree may still hold: a tensor that is sent once may be named often, and judges work on every one."""

    def __init__(self) -> None:
        self.nodes, self.bytes = MOST_NODES, MOST_TENSORS

    def take(self, size: int = 0) -> None:
        """Take room for a value. Raises Malformed where there is none left."""
        self.nodes -= 1
        self.bytes -= size
        if min(self.nodes, self.bytes) < 0:
            raise Malformed("a tree that is too large")


def _put_back(value: Any, tensors: list[torch.Tensor], room: _Room, depth: int) -> Any:
    room.take()
    if depth > DEEPEST:
        raise Malformed("a tree that is too deep")
    if isinstance(value, list):
        return [_put_back(v, tensors, room, depth + 1) for v in value]
    if isinstance(value, dict):
        if TENSOR in value:
            index = value[TENSOR]
            if len(value) != 1 or type(index) is not int or not 0 <= index < len(tensors):
                raise Malformed("a tensor that is not there")
            room.take(tensors[index].nbytes)
            return tensors[index]
        return {k: _put_back(v, tensors, room, depth + 1) for k, v in value.items()}
    return value


@functools.cache
def _names() -> dict[torch.dtype, str]:
    import torch

    return {getattr(torch, name): name for name in DTYPES}


def _dtype(tensor: torch.Tensor) -> str:
    name = _names().get(tensor.dtype)
    if name is None:
        raise Malformed(f"a tensor of {str(tensor.dtype).removeprefix('torch.')}")
    return name


def _bytes(tensor: torch.Tensor) -> bytes:
    import torch

    try:
        if tensor.dtype == torch.bfloat16:  # which NumPy has not
            tensor = tensor.contiguous().view(torch.int16)
        return tensor.numpy(force=True).tobytes()
    except (RuntimeError, TypeError) as error:  # sparse, on no device …
        raise Malformed(f"a tensor without numbers to send ({error})"[:300]) from None


@functools.cache
def _item_size(kind: str) -> int:
    import torch

    return torch.empty((), dtype=getattr(torch, kind)).element_size()


def _tensor(kind: str, shape: tuple[int, ...], data: bytes) -> torch.Tensor:
    import torch

    if not data:
        return torch.empty(shape, dtype=getattr(torch, kind))
    if kind == "bool":
        raw = torch.frombuffer(bytearray(data), dtype=torch.uint8)
        return (raw != 0).view(shape)  # any other byte than 0 and 1 would be undefined behaviour
    return torch.frombuffer(bytearray(data), dtype=getattr(torch, kind)).view(shape)
