"""Many pictures decoded on all cores, with few of them in memory at once."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING

from torch import Tensor

from genlab.data.bar import progress_bar
from genlab.data.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

LIMIT = 4_000_000  # bytes of one picture's file
_AT_ONCE = 256  # files read at once; twice as many are in memory
_PART = 16  # files that a thread takes at once: handing over costs as much as a tenth of decoding one

Named = Iterable[tuple[str, bytes]]  # a file's name and content


def decoded(
    files: Named, decode: Callable[[str, bytes], Tensor], total: int, title: str
) -> Iterator[tuple[str, Tensor]]:
    """The name of each file and what `decode` makes of its name and content, in the same order.

    Threads do for this: packed pixels are unpacked and averaged outside Python's lock.
    """

    def work(part: list[tuple[str, bytes]]) -> list[tuple[str, Tensor]]:
        return [(name, decode(name, content)) for name, content in part]

    rest = iter(files)
    with progress_bar(total, title, unit=" images") as bar, ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting: Iterable[tuple[str, Tensor]] = ()
        while some := list(islice(rest, _AT_ONCE)):  # read while the files before are decoded
            parts = [some[start : start + _PART] for start in range(0, len(some), _PART)]
            ahead = chain.from_iterable(pool.map(work, parts))
            yield from waiting
            waiting = ahead
            bar.update(len(some))
        yield from waiting


@contextmanager
def picture(name: str, content: bytes) -> Iterator[Image]:
    """The picture in a file's content, of which only the head is read yet; whatever fails is a DataError with the name."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as opened:
            yield opened
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"{name} is not a picture that can be read ({type(error).__name__}).") from error
