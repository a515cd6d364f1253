"""torch without its compiler and what only that needs: importing them takes longer than grading a class of ten."""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
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


def import_torch() -> None:
    """Import torch, but not what exports models, nor what knows about meta tensors: `with_meta` does that where they occur."""
    if "torch" in sys.modules:
        return
    for name in ("torch.export", META):
        sys.modules[name] = _StandIn(name)
    import torch

    del sys.modules[META]
    with contextlib.suppress(ImportError, AttributeError):  # an older torch
        from torch._opaque_base import OpaqueBaseMeta

        torch._C._set_generator_metaclass(OpaqueBaseMeta)  # as META would: torch.Generator waits for it


def with_meta() -> None:
    """Let meta tensors work as they do in torch."""
    importlib.import_module(META)


def spare() -> None:
    """Put a stand-in where the compiler would be, unless that is imported already."""
    import torch

    if "torch._dynamo" not in sys.modules:
        sys.modules["torch._dynamo"] = torch._dynamo = _Dynamo("torch._dynamo")
