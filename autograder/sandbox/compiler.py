"""torch without its compiler and other parts that only few want: they come when somebody uses them."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
import types
from collections.abc import Iterator
from typing import Any


class _StandIn(types.ModuleType):
    """In place of a module, until somebody wants anything of it: then it is the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
            with_meta()  # which all of them take for imported
        return getattr(importlib.import_module(self.__name__), name)


class _Dynamo(_StandIn):
    """An optimizer's step imports torch._dynamo only to say that the step must not be compiled."""

    graph_break = staticmethod(lambda *_: None)
    disable = staticmethod(lambda function=None, *_, **__: function)


META = "torch._meta_registrations"  # how tensors without values, on the device "meta", answer
LATER = """
torch.export torch.masked torch.quantization
torch.nn.intrinsic torch.nn.qat torch.nn.quantizable torch.nn.quantized torchgen.model
"""


def import_torch() -> None:
    """Import torch, but none of `LATER` before it is used, nor what knows about meta tensors: `with_meta` does that where they occur."""
    if "torch" in sys.modules:
        return
    stand_ins = {name: _StandIn(name) for name in (*LATER.split(), META)}
    sys.modules.update(stand_ins)
    with _places_without_modules():
        import torch
    del sys.modules[META]
    for name in LATER.split():
        parent, _, last = name.rpartition(".")
        if sys.modules.get(name) is stand_ins[name] and parent in sys.modules:
            setattr(sys.modules[parent], last, stand_ins[name])
    with contextlib.suppress(ImportError, AttributeError):  # an older torch
        from torch._opaque_base import OpaqueBaseMeta

        torch._C._set_generator_metaclass(OpaqueBaseMeta)  # as META would: torch.Generator waits for it


@contextlib.contextmanager
def _places_without_modules() -> Iterator[None]:
    """In the block nobody is told which module a frame is of: torch asks only where an operator is, and all files would be looked at."""
    getmodule, inspect.getmodule = inspect.getmodule, lambda *_: None
    try:
        yield
    finally:
        inspect.getmodule = getmodule


def with_meta() -> None:
    """Let meta tensors work as they do in torch."""
    importlib.import_module(META)


def spare() -> None:
    """Put a stand-in where the compiler would be, unless that is imported already."""
    import torch

    if "torch._dynamo" not in sys.modules:
        sys.modules["torch._dynamo"] = torch._dynamo = _Dynamo("torch._dynamo")
