"""What a training run is made of, as short digests: when one changes, an old checkpoint no longer fits."""

from __future__ import annotations

import dis
import functools
import hashlib
import re
import sys
import sysconfig
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

# The kit itself is a library to the learner, also where it is installed from a clone.
_LIBRARIES = {"genlab", "autograder", "builtins"}
_LOADS = {"LOAD_GLOBAL", "LOAD_NAME"}
_STORES = {"STORE_GLOBAL", "STORE_DEREF"}


def of_code(*things: Any) -> str:
    """A digest of the learner's code that `things` (functions, modules, classes) consist of and reach.

    Bytecode, constants, defaults, and what is reached through globals and closures: functions and
    classes of the learner in full, numbers and strings by value, networks by their layers, tensors
    by shape and dtype, libraries by name. The same in every process of one Python version: no
    addresses, line numbers, docstrings or set order. Names that the code itself assigns (a step
    counter), and lists not named in UPPER_CASE (a log), are left out: a run changes them.
    """
    first = _Walk(set())
    first.each(*things)
    # only now it is known which attributes the code assigns
    walk = _Walk(first.assigns)
    walk.each(*things)
    return _sha(walk.text)


def of_state(state: dict[str, Any]) -> str:
    """A digest of what would have to fit when a checkpoint is loaded: classes, shapes, dtypes, optimizer settings."""
    text = []
    for name, thing in sorted(state.items()):
        text.append(f"{name} {type(thing).__qualname__}")
        if isinstance(thing, torch.nn.Module):
            text += [f"{key} {_tensor(value)}" for key, value in thing.state_dict().items()]
        elif isinstance(thing, torch.optim.Optimizer):
            text.append(_optimizer(thing))
    return _sha(text)


def of_data(images: torch.Tensor, labels: torch.Tensor | None) -> str:
    """A digest of the data: shapes, dtypes, and the content of 64 rows spread over all of them."""
    text = []
    for tensor in (images, labels):
        if tensor is None:
            continue
        rows = torch.linspace(0, len(tensor) - 1, min(64, len(tensor))).long()
        sample = tensor[rows.to(tensor.device)].detach().cpu().contiguous()
        content = sample.view(torch.uint8) if sample.dim() else sample
        text += [_tensor(tensor), hashlib.sha256(content.numpy().tobytes()).hexdigest()]
    return _sha(text)


class _Walk:
    """Writes down what it is given and all that this reaches, except attributes named in `moving`."""

    def __init__(self, moving: set[str]) -> None:
        self.moving = moving
        self.assigns: set[str] = set()
        self.text: list[str] = []
        self.seen: dict[int, int] = {}
        self.alive: list[Any] = []  # what is in `seen` must not be freed, or its id could come again

    def value(self, thing: Any, *, constant: bool = False) -> None:
        """Writes down one value; `constant` says that the content of a list matters, too."""
        if isinstance(thing, (bool, int, float, complex, str, bytes, type(None), type(...))):
            self.text.append(f"{type(thing).__name__} {thing!r}")
        elif isinstance(thing, torch.Tensor):
            self.text.append(_tensor(thing))
        elif isinstance(thing, types.CodeType):
            self._code(thing)
        elif not self._met(thing):
            self._compound(thing, constant)

    def _met(self, thing: Any) -> bool:
        if id(thing) in self.seen:
            self.text.append(f"again {self.seen[id(thing)]}")
            return True
        self.seen[id(thing)] = len(self.seen)
        self.alive.append(thing)
        return False

    def _compound(self, thing: Any, constant: bool) -> None:
        if isinstance(thing, types.FunctionType):
            self._function(thing)
        elif isinstance(thing, types.MethodType):
            self.each(thing.__func__, thing.__self__)
        elif hasattr(thing, "__wrapped__"):  # genlab.graphed, functools.cache
            self.each(thing.__wrapped__)
        elif isinstance(thing, functools.partial):
            self.each(thing.func, thing.args, dict(thing.keywords))
        elif isinstance(thing, (staticmethod, classmethod)):
            self.each(thing.__func__)
        elif isinstance(thing, property):
            self.each(thing.fget, thing.fset)
        elif isinstance(thing, type):
            self._class(thing)
        elif isinstance(thing, torch.nn.Module):
            self._network(thing)
        elif isinstance(thing, torch.optim.Optimizer):
            self.text.append(_optimizer(thing))
        elif isinstance(thing, dict):
            self._mapping(thing, constant)
        elif isinstance(thing, (tuple, list, set, frozenset)):
            self._container(thing, constant)
        else:
            self._instance(thing)

    def each(self, *things: Any) -> None:
        for thing in things:
            self.value(thing)

    def _function(self, function: types.FunctionType) -> None:
        self.text.append(f"function {function.__name__}")
        if not _is_learners(function):
            self.text.append(function.__module__ or "")
            return
        self._code(function.__code__, function.__doc__)
        self.each(function.__defaults__, function.__kwdefaults__)
        codes = _codes(function.__code__)
        names = {name for code in codes for name in code.co_names}
        assigned = _arguments(codes, _STORES)
        if function.__name__ not in {"__init__", "__post_init__"}:
            self.assigns |= _arguments(codes, {"STORE_ATTR"})
        for name in sorted(_arguments(codes, _LOADS) & function.__globals__.keys() - assigned):
            self.text.append(f"global {name}")
            self._reached(function.__globals__[name], name, names)
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            if name not in assigned:
                self.text.append(f"closure {name}")
                self._reached(_content(cell), name, names)

    def _reached(self, thing: Any, name: str, names: set[str]) -> None:
        if isinstance(thing, types.ModuleType):
            self.text.append(f"module {thing.__name__}")
            if _is_learners_module(thing):
                for inner in sorted(names & vars(thing).keys()):
                    self.value(vars(thing)[inner], constant=inner.isupper())
        else:
            self.value(thing, constant=name.isupper())

    def _code(self, code: types.CodeType, docstring: str | None = None) -> None:
        arguments = code.co_argcount + code.co_kwonlyargcount
        self.text.append(f"code {code.co_code.hex()} {code.co_exceptiontable.hex()} {code.co_flags}")
        self.text.append(f"{code.co_argcount} {code.co_varnames[:arguments]} {code.co_names}")
        for const in code.co_consts:
            if docstring is None or const != docstring:
                self.value(const)

    def _class(self, cls: type) -> None:
        self.text.append(f"class {cls.__module__}.{cls.__qualname__}")
        if not _is_learners(cls):
            return
        self.each(*cls.__bases__)
        for name, member in sorted(vars(cls).items()):
            if not name.startswith("__") or isinstance(member, types.FunctionType):
                self.text.append(f"member {name}")
                self.value(member, constant=True)

    def _network(self, network: torch.nn.Module) -> None:
        # repr tells the layers and their settings; the learner's own layers are walked as code
        self.text.append(re.sub(r"0x[0-9a-fA-F]+", "0x", repr(network)))
        for module in network.modules():
            self.value(type(module))
            if _is_learners(type(module)):
                plain = {key: value for key, value in vars(module).items() if key[0] != "_"}
                self._attributes(plain, "training")

    def _mapping(self, mapping: dict[Any, Any], constant: bool) -> None:
        for key in sorted(mapping, key=repr):
            self.value(key)
            self.value(mapping[key], constant=constant)

    def _container(self, items: Any, constant: bool) -> None:
        self.text.append(type(items).__name__)
        if isinstance(items, (set, frozenset)):
            items = sorted(items, key=repr)
        fixed = constant or isinstance(items, tuple)
        for item in items:
            if fixed or callable(item):
                self.value(item, constant=constant)

    def _instance(self, thing: Any) -> None:
        self.value(type(thing))
        if hasattr(thing, "__dataclass_fields__") or isinstance(thing, types.SimpleNamespace):
            self._attributes(vars(thing))

    def _attributes(self, found: dict[str, Any], *moving: str) -> None:
        fixed = {key: found[key] for key in found.keys() - self.moving.union(moving)}
        self._mapping(fixed, constant=False)


def _codes(code: types.CodeType) -> list[types.CodeType]:
    inner = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    return [code, *(deeper for const in inner for deeper in _codes(const))]


def _arguments(codes: list[types.CodeType], operations: set[str]) -> set[str]:
    """The names that these operations are about, anywhere in `codes`."""
    found = (i for code in codes for i in dis.get_instructions(code))
    return {i.argval for i in found if i.opname in operations}


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _is_learners(thing: Callable[..., Any] | type) -> bool:
    name = getattr(thing, "__module__", None) or "__main__"
    if name.partition(".")[0] in _LIBRARIES:
        return False
    module = sys.modules.get(name)
    return module is None or _is_learners_module(module)


@functools.cache
def _is_learners_module(module: types.ModuleType) -> bool:
    name = module.__name__.partition(".")[0]
    if name == "__main__":
        return True
    if name in _LIBRARIES or name in sys.stdlib_module_names:
        return False
    file = getattr(module, "__file__", None)
    if file is None:
        return True
    folders = [Path(sysconfig.get_path(key)).resolve() for key in ("purelib", "platlib", "stdlib")]
    where = Path(file).resolve()
    return "site-packages" not in where.parts and not any(f in where.parents for f in folders)


def _tensor(tensor: torch.Tensor) -> str:
    return f"tensor {tuple(tensor.shape)} {tensor.dtype}"


def _optimizer(optimizer: torch.optim.Optimizer) -> str:
    text = [type(optimizer).__qualname__]
    for group in optimizer.param_groups:
        shapes = [tuple(p.shape) for p in group["params"]]
        # a schedule moves lr while training and remembers where it began in initial_lr
        moving = {"params", "lr"} if "initial_lr" in group else {"params"}
        text.append(f"{shapes} {sorted((k, repr(v)) for k, v in group.items() if k not in moving)}")
    return " ".join(text)


def _sha(text: list[str]) -> str:
    return hashlib.sha256("\n".join(text).encode("utf-8", "surrogatepass")).hexdigest()
