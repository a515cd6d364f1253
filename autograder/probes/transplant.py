"""The transplant probe: build the learner's module, give it known weights, record its answers.

Plan: {"probe": "transplant", "cases": [case, …]}; a case holds
    construct   arguments of the class
    seed        of the weights (filled in registration order) and of torch's global generator
    args        inputs of `forward`
    cotangents  one tensor per output that is differentiated by the first input (None: not differentiated)
    training    list of modes to run in, e.g. [True, False]; an empty one only builds the module
    differentiated  how many of these runs, the first ones, are differentiated (default: all)
    dtype       "float32" or "float64"
    convolutions  whether to record what each convolution was given (default False)
    disjoint    [2] where each input of a linear layer feeds one of its outputs only, so that a dropout mask in front of it can be read
                from those outputs; [2, 4] where each input of a convolution does, too (default: nowhere)
    sparse      whether each filter of a convolution has next to nothing but zeros (default False), for the same end
"""

from __future__ import annotations

import contextlib
from typing import Any

import torch

from autograder.probes import networks as networks_module
from autograder.probes.call import _gradients
from autograder.probes.networks import fill
from autograder.probes.operators import Convolutions
from autograder.probes.recording import OWN_FILES, attempt, encode, random_state_kept, to_device

OWN_FILES.update({__file__, networks_module.__file__})


def probe_transplant(plan: dict[str, Any], target: Any, device: str) -> dict[str, Any]:
    """Record {"cases": [{"raised", "module": {"type", "parameters", "frozen", "buffers", "layers"}, "runs": [run, …]}]}.

    A run is {"raised", "value", "grads", "args_after", "buffers", "convolutions"}: the buffers after the call, in the order of the module's.
    """
    with random_state_kept():
        return {"cases": [_run_case(case, target, device) for case in plan["cases"]]}


def _run_case(case: dict[str, Any], target: Any, device: str) -> dict[str, Any]:
    def build(*args: Any) -> Any:
        made = target(*args)
        if isinstance(made, torch.nn.Module):
            _describe(made)  # raises where a lazy layer has no shapes yet
        return made

    module, raised = attempt(build, case["construct"], case["seed"])
    if raised is not None or not isinstance(module, torch.nn.Module):
        described: dict[str, Any] = {
            "type": type(module).__name__,
            "parameters": None,
            "frozen": [],
            "buffers": [],
            "layers": [],
        }
        return {"raised": raised, "module": described, "runs": []}
    if case["training"]:
        fill(module, case["seed"], tuple(case.get("disjoint", ())), case.get("sparse", False))
    module.to(device=device, dtype=getattr(torch, case.get("dtype", "float32")))
    runs = [_run(case, module, number, device) for number in range(len(case["training"]))]
    return {"raised": None, "module": _describe(module), "runs": runs}


def _run(case: dict[str, Any], module: torch.nn.Module, number: int, device: str) -> dict[str, Any]:
    module.train(case["training"][number])
    leaf = to_device(case["args"][0], device).requires_grad_()
    args = [leaf * 1, *(to_device(a, device) for a in case["args"][1:])]
    convolutions = Convolutions() if case.get("convolutions") else None
    with convolutions or contextlib.nullcontext():
        value, raised = attempt(module, args, case["seed"])
    grads = [] if raised else _gradients(value, cotangents_of(case, number), [leaf])
    return {
        "raised": raised,
        "value": encode(value),
        "grads": grads,
        "args_after": [encode(a) for a in args],
        "buffers": [encode(buffer) for buffer in module.buffers()],
        "convolutions": convolutions.inputs if convolutions else [],
    }


def cotangents_of(case: dict[str, Any], number: int) -> list[Any]:
    """What the outputs of a case's run are differentiated with: nothing where it is not."""
    cotangents: list[Any] = case["cotangents"] if number < case.get("differentiated", len(case["training"])) else []
    return cotangents


def _describe(module: torch.nn.Module) -> dict[str, Any]:
    return {
        "type": type(module).__name__,
        "parameters": [[name, list(p.shape)] for name, p in module.named_parameters()],
        "frozen": [name for name, p in module.named_parameters() if not p.requires_grad],
        "buffers": [[name, list(b.shape)] for name, b in module.named_buffers()],
        "layers": [type(m).__name__ for m in module.modules()][1:],
    }
