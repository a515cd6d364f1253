"""Optimizers without torch's compiler, whose import takes longer than grading a class of ten."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any


class _StandIn(types.ModuleType):
    """In place of torch._dynamo, which an optimizer's step imports only to say that the step must not be compiled."""

    graph_break = staticmethod(lambda *_: None)
    disable = staticmethod(lambda function=None, *_, **__: function)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get("torch._dynamo") is self:  # somebody wants more of it: then it is the real one
            del sys.modules["torch._dynamo"]
        return getattr(importlib.import_module("torch._dynamo"), name)


def spare() -> None:
    """Put the stand-in where the compiler would be, unless that is imported already."""
    import torch

    if "torch._dynamo" not in sys.modules:
        sys.modules["torch._dynamo"] = torch._dynamo = _StandIn("torch._dynamo")
