"""A training step as a CUDA graph: a GPU that is faster than Python no longer waits for it."""

from __future__ import annotations

import functools
import pickle
import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

Step = Callable[..., Any]

WARM_UP = 3  # calls that set up what may not be set up while recording: libraries, gradients, optimizer state


def graphed(step: Step) -> Step:
    """`step`, which an NVIDIA GPU records as a CUDA graph at its fourth call and replays from then on.

    step(*args) takes tensors, networks, optimizers and plain settings, trains on the tensors, and returns its
    losses as floats: one, or a dict of them. A replay does the same kernels on the values of the new tensors,
    with new random numbers, and skips Python, so it prints nothing and counts nothing. A call that is not like
    the recorded one (other shapes, settings, train or eval mode, networks, learning rates …) runs the step
    itself, and three like it in a row are recorded anew. What cannot be recorded runs as it is, and a line says
    why. On any other device nothing is recorded.

    Source: https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
    """
    return _Graphed(step)


class _Graphed:
    def __init__(self, step: Step) -> None:
        functools.update_wrapper(self, step)
        self.step = step
        self.recording: _Recording | None = None
        self.latest: object = None  # the signature of the latest call
        self.alike = 0  # calls in a row with it
        self.refused = False

    def __call__(self, *args: Any) -> Any:
        if self.refused or not any(isinstance(arg, Tensor) and arg.is_cuda for arg in args):
            return self.step(*args)
        signature = _signature(args)
        self.alike = self.alike + 1 if signature == self.latest else 1
        self.latest = signature
        if self.recording is not None and signature == self.recording.signature:
            return self.recording.replay(args)
        if self.alike <= WARM_UP:
            return _on_the_side(self.step, args)
        self.recording = None  # frees its memory
        try:
            self.recording = _Recording(self.step, args, signature)
        except Exception as error:
            self.refused = True
            print(
                f"{getattr(self.step, '__name__', 'The step')} is not replayed as a CUDA graph: {_reason(error)}. "
                "It trains all the same, only more slowly."
            )
        return self(*args)


class _Recording:
    """One call of a step as a CUDA graph. Raises what recording raises, and then leaves gradients and random numbers as they were."""

    def __init__(self, step: Step, args: tuple[Any, ...], signature: object) -> None:
        self.signature = signature
        self.inputs = [arg.clone() if isinstance(arg, Tensor) else arg for arg in args]
        self.graph = torch.cuda.CUDAGraph()
        # The graph knows memory by address: what it uses of gradients and optimizer states must not be freed.
        parameters = [p for arg in args if isinstance(arg, nn.Module) for p in arg.parameters()]
        self.gradients = [p.grad for p in parameters]
        self.states = [dict(arg.state) for arg in args if isinstance(arg, torch.optim.Optimizer)]
        on_cpu, on_gpu = _random_numbers(), torch.cuda.get_rng_state()
        try:
            with _Recorder(), torch.cuda.graph(self.graph):
                found = step(*self.inputs)
                self.names = list(found) if isinstance(found, Mapping) else None
                losses = found.values() if isinstance(found, Mapping) else [found]
                self.losses = torch.stack([_on_gpu(loss).detach().reshape(()).float() for loss in losses])
            if _random_numbers() != on_cpu:
                raise _CannotRecord("it draws random numbers on the CPU, which a replay would repeat")
        except BaseException:
            for parameter, gradient in zip(parameters, self.gradients, strict=True):
                parameter.grad = gradient
            _set_random_numbers(on_cpu)
            # where CUDA itself stopped the recording, the generator's old state waits for its end for ever
            generator = torch.cuda.default_generators[torch.cuda.current_device()]
            generator.graphsafe_set_state(generator.clone_state())
            torch.cuda.set_rng_state(on_gpu)
            raise

    def replay(self, args: tuple[Any, ...]) -> dict[str, float] | float:
        for mine, given in zip(self.inputs, args, strict=True):
            if isinstance(mine, Tensor):
                mine.copy_(given)
        self.graph.replay()
        losses: list[float] = self.losses.tolist()
        return losses[0] if self.names is None else dict(zip(self.names, losses, strict=True))


class _CannotRecord(Exception):
    """The step does what a replay could not repeat."""


class _Later:
    """What .item() gives while recording: a number that is only known in a replay, good for nothing but returning."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def _used(self, *_: object) -> Any:
        raise _CannotRecord("it uses a loss's number before it returns it")

    __bool__ = __float__ = __eq__ = __repr__ = __format__ = __add__ = __radd__ = __sub__ = __rsub__ = _used
    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = _used


class _Recorder(TorchFunctionMode):
    """Lets .item() wait for the replay, and stops whatever else would have Python see a value from the GPU."""

    _READS = (
        {Tensor.__bool__, Tensor.__float__, Tensor.__int__, Tensor.__index__, Tensor.__repr__, Tensor.__format__}
        | {Tensor.tolist, Tensor.numpy, Tensor.cpu, Tensor.equal, torch.equal, torch.allclose}
        | {Tensor.nonzero, torch.nonzero, Tensor.masked_select, torch.masked_select, Tensor.unique, torch.unique}
    )  # fmt: skip

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is Tensor.item:
            return _Later(args[0])
        if func in self._READS or (func is Tensor.__getitem__ and _picks_by_value(args[1])):
            raise _CannotRecord(f"it looks at a value on the GPU ({func.__name__.strip('_')}) before it returns")
        if kwargs.get("generator") is not None:
            raise _CannotRecord("it draws random numbers from a generator of its own, which a replay would repeat")
        return func(*args, **kwargs)


def _picks_by_value(index: Any) -> bool:
    """Whether tensor[index] has as many elements as a mask has True values."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, Tensor) and part.dtype == torch.bool for part in parts)


def _signature(args: tuple[Any, ...]) -> object:
    """What must be as it was for a recorded call to be replayed."""
    return tuple(map(_part, args))


def _part(arg: Any) -> object:
    if isinstance(arg, Tensor):
        return arg.shape, arg.dtype, arg.device
    if isinstance(arg, nn.Module):
        modes = [module.training for module in arg.modules()]
        tensors = (*arg.parameters(), *arg.buffers())
        return id(arg), modes, [(t.data_ptr(), t.requires_grad) for t in tensors]
    if isinstance(arg, torch.optim.Optimizer):
        # "capturable" is switched on below; a tensor's value is read anew by each replay
        settings = [
            {key: value for key, value in group.items() if key not in ("params", "capturable") and not isinstance(value, Tensor)}
            for group in arg.param_groups
        ]  # fmt: skip
        return id(arg), id(arg.state), settings
    return arg if isinstance(arg, int | float | str | None) else object()  # what may change unseen is like no other


def _on_the_side(step: Step, args: tuple[Any, ...]) -> Any:
    """A call on a stream of its own, as recording wants it warmed up."""
    for arg in args:
        if isinstance(arg, torch.optim.Optimizer):
            _count_steps_on_the_gpu(arg)
    here, aside = torch.cuda.current_stream(), torch.cuda.Stream()
    aside.wait_stream(here)
    with torch.cuda.stream(aside):
        found = step(*args)
    here.wait_stream(aside)
    return found


def _count_steps_on_the_gpu(optimizer: torch.optim.Optimizer) -> None:
    """Has Adam and its like keep the number of their steps where a graph can add to it."""
    for group in optimizer.param_groups:
        if "capturable" in group:
            group["capturable"] = True
    for parameter, state in optimizer.state.items():
        if isinstance(state.get("step"), Tensor):
            state["step"] = state["step"].to(parameter.device)


def _on_gpu(loss: Any) -> Tensor:
    if isinstance(loss, _Later):
        loss = loss.tensor
    if isinstance(loss, Tensor) and loss.is_cuda and loss.numel() == 1:
        return loss
    raise _CannotRecord("it returns something else than losses of the GPU, each with .item()")


def _random_numbers() -> bytes:
    """The states of the CPU's random numbers: PyTorch's, Python's and NumPy's."""
    return pickle.dumps((torch.get_rng_state().numpy(), random.getstate(), np.random.get_state()))


def _set_random_numbers(states: bytes) -> None:
    torchs, pythons, numpys = pickle.loads(states)
    torch.set_rng_state(torch.from_numpy(torchs))
    random.setstate(pythons)
    np.random.set_state(numpys)


def _reason(error: Exception) -> str:
    if isinstance(error, _CannotRecord):
        return str(error)
    first, _, _ = str(error).partition("\n")
    return f"recording stopped with {type(error).__name__}: {first.rstrip('.')}"
