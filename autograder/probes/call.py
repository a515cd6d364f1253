"""The call probe: hidden inputs in; values, and gradients for a chosen cotangent, out.

Plan: {"probe": "call", "cases": [case, …]}; a case holds
    args        positional arguments: tensors, numbers, or {"network": spec of `networks.build_network`}; with "spy": True
                beside the spec, every call of the network is written down
    seed        of torch's global generator before the call
    grad        indices of the arguments to differentiate by (default none); a network counts as its parameters
    cotangents  one tensor per output, of the output's shape, or None for an output that is not differentiated
    calls       how often to call, with seeds seed, seed + 1, … (default 1)
    construct   arguments that build the object first, when the exercise is a class (else absent)
    training    whether that object is put in train (True) or eval mode (False)
    strided     indices of the tensor arguments that are handed over not contiguous: the same values, last two axes swapped in memory
    operators   whether to record which of torch's operators run, in the call and in its gradients (default False)
    gathered    whether the parameters of the networks come with a `.grad`, as if gathered before the call (default False)
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import torch

from autograder.probes import networks as networks_module
from autograder.probes.networks import Spy, build_network, learns, mode_of
from autograder.probes.operators import Operators
from autograder.probes.recording import OWN_FILES, attempt, encode, random_state_kept, to_device

OWN_FILES.update({__file__, networks_module.__file__})


def probe_call(plan: dict[str, Any], target: Any, device: str) -> dict[str, Any]:
    """Record {"cases": [{"raised", "calls": [{"raised", "value", "grads", "args_after", "networks_after", "backward", "grads_touched", "next_draw", "operators", "largest", "log"}], "module"}]}.

    "backward" says whether an empty `.grad` was filled, "grads_touched" whether one that was gathered before is another now, or gone.
    """
    with random_state_kept():
        return {"cases": [_run_case(case, target, device) for case in plan["cases"]]}


def _run_case(case: dict[str, Any], target: Any, device: str) -> dict[str, Any]:
    module = None
    if "construct" in case:
        module, raised = attempt(target, case["construct"], case["seed"])
        if raised is None and not isinstance(module, torch.nn.Module):
            return {"raised": None, "calls": [], "module": {"type": type(module).__name__, "parameters": None}}
        if raised is not None:
            return {"raised": raised, "calls": [], "module": None}
        module.train(case.get("training", True)).to(device)
    function = target if module is None else module
    calls = [_call(case, function, device, case["seed"] + i) for i in range(case.get("calls", 1))]
    described = module and {"type": type(module).__name__, "parameters": sum(p.numel() for p in module.parameters())}
    return {"raised": None, "calls": calls, "module": described}


def _call(case: dict[str, Any], function: Any, device: str, seed: int) -> dict[str, Any]:
    strided = case.get("strided", [])
    log: list[dict[str, Any]] = []
    args = [_strided(a, device) if i in strided else argument(a, device, log) for i, a in enumerate(case["args"])]
    leaves: list[torch.Tensor] = []
    for index in case.get("grad", []):
        if isinstance(args[index], torch.nn.Module):
            leaves += args[index].parameters()
            for parameter in args[index].parameters() if case.get("gathered") else []:
                parameter.grad = torch.ones_like(parameter)
        else:
            leaves.append(args[index].requires_grad_())
            # The learner gets a copy that is not a leaf: changing it in place then shows up in `args_after`, not as torch's error.
            args[index] = args[index] * 1
    before = [None if leaf.grad is None else leaf.grad.clone() for leaf in leaves]
    operators = Operators() if case.get("operators") else None
    with operators or contextlib.nullcontext():
        value, raised = attempt(function, args, seed)
    next_draw = torch.randn(4)  # where the global generator stands after the call
    with operators or contextlib.nullcontext():
        grads = [] if raised else _gradients(value, case.get("cotangents", []), leaves)
    return {
        "raised": raised,
        "value": encode(value),
        "grads": grads,
        "args_after": [encode(_state(a) if isinstance(a, torch.nn.Module) else a) for a in args],
        "networks_after": [
            {"mode": mode_of(a), "requires_grad": learns(a)} for a in args if isinstance(a, torch.nn.Module)
        ],
        "backward": any(leaf.grad is not None for leaf, held in zip(leaves, before, strict=True) if held is None),
        "grads_touched": any(
            leaf.grad is None or not torch.equal(leaf.grad, held)
            for leaf, held in zip(leaves, before, strict=True)
            if held is not None
        ),
        "next_draw": next_draw,
        "operators": sorted(operators.names) if operators else [],
        "largest": operators.largest if operators else 0,
        "log": log,
    }


def argument(value: Any, device: str, log: list[dict[str, Any]]) -> Any:
    """A private copy of a plan's argument on `device`, its network built; a spied one writes its calls into `log`."""
    if isinstance(value, dict):
        network = build_network(value["network"]).to(device)
        return Spy("network", network, log).train(network.training) if value.get("spy") else network
    return to_device(value, device)


def leaf_names(case: dict[str, Any], parameters: list[str]) -> list[str]:
    """What a call is differentiated by, in order: arguments, under their names where there are some, or a network's parameters."""
    names: list[str] = []
    for index in case.get("grad", []):
        value = case["args"][index]
        if isinstance(value, dict):
            names += [name for name, _ in build_network(value["network"]).named_parameters()]
        else:
            names.append(parameters[index] if parameters else str(index))
    return names


def _state(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return (network.inner if isinstance(network, Spy) else network).state_dict()


def _strided(tensor: torch.Tensor, device: str) -> torch.Tensor:
    """A private copy on `device` that is not contiguous, for two axes or more."""
    return tensor.mT.clone(memory_format=torch.contiguous_format).to(device).mT


def _gradients(value: Any, cotangents: list[Any], leaves: list[torch.Tensor]) -> list[list[torch.Tensor | None]]:
    """For each output, the gradient of (cotangent · output) by every leaf: None where no path leads there."""
    outputs = list(value) if isinstance(value, (tuple, list)) else [value]
    rows = []
    for output, cotangent in zip(outputs, cotangents, strict=False):
        row: list[torch.Tensor | None] = [None] * len(leaves)
        differentiable = isinstance(output, torch.Tensor) and output.requires_grad
        if cotangent is not None and differentiable and output.shape == cotangent.shape:
            weight = cotangent.to(output)
            found: Sequence[torch.Tensor | None] = row
            with contextlib.suppress(RuntimeError):  # a graph that autograd refuses is no gradient
                found = torch.autograd.grad((output * weight).sum(), leaves, retain_graph=True, allow_unused=True)
            row = [None if g is None else g.detach().cpu() for g in found]
        rows.append(row)
    return rows
