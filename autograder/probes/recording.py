"""What every probe shares: one guarded call of learner code, written down as plain data and tensors."""

from __future__ import annotations

import contextlib
import dis
import hashlib
import inspect
import io
import numbers
import os
import random
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch


def encode(value: Any) -> dict[str, Any]:
    """Plain-data form of a learner's value; tensors are detached copies on the CPU, unknown objects keep only their type."""
    try:
        return _encode(value)
    except Exception as error:  # a tensor too large to copy, a list that holds itself, a property that raises
        return {"kind": "other", "type": f"{type(value).__name__} that cannot be recorded ({type(error).__name__})"}


def _encode(value: Any) -> dict[str, Any]:
    if isinstance(value, torch.Tensor):
        if value.dtype not in NUMBERS or value.layout != torch.strided or value.is_meta:
            kind = str(value.layout if value.layout != torch.strided else value.dtype).removeprefix("torch.")
            return {"kind": "other", "type": f"{'meta' if value.is_meta else kind} tensor"}
        data = value.detach().cpu().clone()
        return {"kind": "tensor", "data": data, "requires_grad": value.requires_grad, "device": value.device.type}
    for plain, convert in PLAIN.items():
        if isinstance(value, plain):  # or of a class derived from it, such as NumPy's float64 or an Enum of strings
            return {"kind": plain.__name__, "value": convert(value)}
    if isinstance(value, numbers.Integral):  # NumPy's whole numbers: not derived from int, and used like one
        return {"kind": "int", "value": int(value)}
    if isinstance(value, (tuple, list)):
        return {"kind": "sequence", "items": [encode(v) for v in value]}
    if isinstance(value, dict):
        return {"kind": "dict", "items": {str(k): encode(v) for k, v in value.items()}}
    return {"kind": "other", "type": type(value).__name__}


PLAIN: dict[type, Callable[[Any], Any]] = {
    type(None): lambda value: value,
    bool: bool,
    int: int,
    float: float,
    str: str.__str__,  # an Enum's own `str` would give the name of the member
}
NUMBERS = (
    *(torch.float64, torch.float32, torch.float16, torch.bfloat16),
    *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
)


class OutOfTime(BaseException):
    """A cell ran longer than it may. Not an Exception, so that `except Exception` does not stop it.

    `line` is where it was first interrupted, in the innermost cell, or 0: what is raised may come from later, when nothing of it runs.
    """

    def __init__(self, seconds: float, line: int) -> None:
        super().__init__(f"it was stopped after {seconds:g} seconds (does a loop never end?)")
        self.line = line

    @property
    def told(self) -> str:
        """The message with the line."""
        return f"{self}, in line {self.line} of its cell" if self.line else str(self)


def line_of_cell(frame: types.FrameType | None) -> int:
    """The line that runs in the innermost cell, or 0; modules have a path in place of its name, where it is not ipykernel's for a cell."""
    while frame is not None:
        name = frame.f_code.co_filename
        if "ipykernel_" in name or not (os.path.isabs(name) or name.startswith("<frozen")):
            return frame.f_lineno
        frame = frame.f_back
    return 0


_stopped: dict[str, Any] | None = None  # what ended a call of the probe under way when its time was over


def begin() -> None:
    """A probe begins, which has time again."""
    global _stopped
    _stopped = None


def was_stopped() -> bool:
    """Whether the time of the last probe was over in one of its calls."""
    return _stopped is not None


def attempt(function: Callable[..., Any], args: list[Any], seed: int) -> tuple[Any, dict[str, Any] | None]:
    """(value, None), or (None, what was raised), of one quiet call under a seeded global random state.

    Printing, warnings and progress bars are swallowed; `exit()` counts as an error; an interrupt passes through.
    Where the time was over in one call, there are no others: they would all end like it.
    """
    global _stopped
    if _stopped:
        return None, _stopped
    seed_torch(seed)
    random.seed(seed)
    try:
        with quiet():
            return function(*args), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # learner code may raise anything, SystemExit included
        raised = describe_error(error)
        if isinstance(error, OutOfTime):
            _stopped = raised
        return None, raised


@contextlib.contextmanager
def full_float32() -> Iterator[None]:
    """Products of float32 numbers at full precision; GPUs since Ampere else round the factors of a convolution to
    the ten bits of TF32, which moves the third digit of a right answer.
    """
    name, exact = ("fp32_precision", "ieee") if hasattr(torch.backends.cudnn, "conv") else ("allow_tf32", False)
    switches = (getattr(torch.backends.cudnn, "conv", torch.backends.cudnn), torch.backends.cuda.matmul)  # 2.9, before
    before = [getattr(switch, name) for switch in switches]
    try:
        for switch in switches:
            setattr(switch, name, exact)
        yield
    finally:
        for switch, value in zip(switches, before, strict=True):
            setattr(switch, name, value)


def describe_error(error: BaseException) -> dict[str, Any]:
    """Type, message and the stack of learner functions (outermost first) of an exception."""
    frames, traceback = [], error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append((code.co_qualname, traceback.tb_lineno, code.co_filename))
        traceback = traceback.tb_next
    try:
        message = str(error)
    except Exception:  # a learner's own exception class may be broken too
        message = ""
    inside = [f for f in frames if not f[2].startswith(LIBRARY_FOLDERS) and f[2] not in OWN_FILES]
    return {
        "type": type(error).__name__,
        "kinds": [kind.__name__ for kind in type(error).__mro__],
        "not_implemented": isinstance(error, NotImplementedError),
        "message": message[:500],
        "functions": [function for function, _, _ in inside],
        "line": inside[-1][1] if inside else 0,
    }


OWN_FILES: set[str] = set()  # the probes' own source files: not part of a learner's stack
LIBRARY_FOLDERS = tuple({torch.__path__[0], contextlib.__file__})


def seed_torch(seed: int) -> None:
    """`torch.manual_seed`, which formats the stack three times for devices that are not there: half the time of a small probe."""
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        torch.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Swallow what learner code prints, warns and draws: any stderr in a test cell costs its points in nbgrader.

    In the main thread alone: streams and warning filters belong to the whole process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        with contextlib.redirect_stderr(io.StringIO()):
            yield


@contextlib.contextmanager
def random_state_kept() -> Iterator[None]:
    """Leave the learner's random generators (torch, Python, NumPy) and gradient mode as they were found."""
    python_state, grad_mode, default_dtype = (random.getstate(), torch.is_grad_enabled(), torch.get_default_dtype())
    numpy = sys.modules.get("numpy")
    numpy_state = numpy.random.get_state() if numpy else None
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    try:
        with torch.random.fork_rng(devices=devices), torch.enable_grad():
            yield
    finally:
        random.setstate(python_state)
        torch.set_grad_enabled(grad_mode)
        torch.set_default_dtype(default_dtype)
        if numpy:
            numpy.random.set_state(numpy_state)


def to_device(value: Any, device: str) -> Any:
    """A private copy of a plan's argument on `device`; everything but tensors passes through."""
    return value.clone().to(device) if isinstance(value, torch.Tensor) else value


def names_used(target: Any) -> list[str]:
    """Sorted names that the code of a function or class mentions: tells which earlier exercises it calls."""
    return sorted({name for code in codes(target) for name in code.co_names})


def globals_used(target: Any) -> set[str]:
    """Names that the code of a function or class looks up among those of its module or notebook."""
    steps = (step for code in codes(target) for step in dis.get_instructions(code))
    return {step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}


def code_of(target: Any) -> str:
    """A digest of what the code of a function or class does: the same whatever its comments, docstrings and layout.

    It differs between versions of Python.
    """
    told: list[Any] = []
    for code in codes(target):
        told += [c for c in code.co_consts if isinstance(c, tuple)]  # names of keyword arguments, which no step tells
        told += [
            (step.opname, "" if isinstance(step.argval, types.CodeType) else step.argrepr)
            for step in dis.get_instructions(code)
        ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def codes(target: Any) -> Iterator[types.CodeType]:
    """The code of a function or of a class's methods, and what is nested in it."""
    pending = [inspect.unwrap(target) if callable(target) else target]
    while pending:
        item = pending.pop()
        if isinstance(item, types.CodeType):
            yield item
            pending.extend(c for c in item.co_consts if isinstance(c, types.CodeType))
        elif isinstance(item, type):
            pending.extend(vars(item).values())
        elif isinstance(item, types.FunctionType):
            pending.append(inspect.unwrap(item).__code__)


OWN_FILES.add(__file__)
