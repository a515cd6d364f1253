"""The spy probe: small networks with known weights go in; every network call, and every state after a step, comes out.

Plan: {"probe": "spy", "cases": [case, …]}; a case holds
    networks    name → spec of `networks.build_network`
    optimizers  name → {"over": [network names], "lr", "momentum"}: SGD with momentum
    calls       one list of positional arguments per call: tensors, numbers, or {"ref": name} of a network or optimizer
    seed        of torch's global generator before the first call (seed + 1 before the second …)
    gradients   whether the calls find gradients enabled (default True)
    phases      whether every update of an optimizer is written down, too (default False)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from autograder.probes import networks as networks_module
from autograder.probes.networks import Spy, build_network, learns, mode_of
from autograder.probes.recording import OWN_FILES, attempt, encode, random_state_kept, to_device

OWN_FILES.update({__file__, networks_module.__file__})


def probe_spy(plan: dict[str, Any], target: Any, device: str) -> dict[str, Any]:
    """Record {"cases": [{"calls": [{"raised", "value", "log", "updates", "state", "modes", "requires_grad", "args_after"}]}]}.

    An update is {"optimizer", "after", "before", "state"}: how many network calls came before it, and all states before and after it.
    """
    with random_state_kept():
        return {"cases": [_run_case(case, target, device) for case in plan["cases"]]}


def _run_case(case: dict[str, Any], target: Any, device: str) -> dict[str, Any]:
    log: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    networks = {name: Spy(name, build_network(spec), log) for name, spec in case["networks"].items()}
    for name, spec in case["networks"].items():
        networks[name].train(spec["training"]).to(device)
    optimizers = _optimizers(case, networks)
    if case.get("phases"):
        for name, optimizer in optimizers.items():
            _watch(name, optimizer, networks, log, updates)
    given: dict[str, Any] = {**networks, **optimizers}
    calls = []
    for i, arguments in enumerate(case["calls"]):
        log.clear()
        updates.clear()
        args = [given[a["ref"]] if isinstance(a, dict) else to_device(a, device) for a in arguments]
        torch.set_grad_enabled(case.get("gradients", True))
        value, raised = attempt(target, args, case["seed"] + i)
        calls.append(
            {
                "raised": raised,
                "value": encode(value),
                "log": list(log),
                "updates": list(updates),
                "state": _states(networks),
                "modes": {name: mode_of(network) for name, network in networks.items()},
                "requires_grad": {name: learns(network) for name, network in networks.items()},
                "grad_enabled": torch.is_grad_enabled(),
                "args_after": [encode(a) for a in args if isinstance(a, torch.Tensor)],
            }
        )
        torch.set_grad_enabled(True)
        if raised:
            break
    return {"calls": calls}


def _optimizers(case: dict[str, Any], networks: dict[str, Spy]) -> dict[str, torch.optim.Optimizer]:
    optimizers: dict[str, torch.optim.Optimizer] = {}
    for name, spec in case.get("optimizers", {}).items():
        parameters = [p for network in spec["over"] for p in networks[network].parameters()]
        optimizers[name] = torch.optim.SGD(parameters, lr=spec["lr"], momentum=spec["momentum"])
    return optimizers


def _watch(
    name: str,
    optimizer: torch.optim.Optimizer,
    networks: dict[str, Spy],
    log: list[dict[str, Any]],
    updates: list[dict[str, Any]],
) -> None:
    """Write every step of the optimizer into `updates`, when it is done: a closure's network calls come before it."""
    before: dict[str, dict[str, torch.Tensor]] = {}

    def note(*_: Any) -> None:
        before.update(_states(networks))

    def write(*_: Any) -> None:
        update = {"optimizer": name, "after": len(log), "before": dict(before), "state": _states(networks)}
        updates.append(update)

    optimizer.register_step_pre_hook(note)
    optimizer.register_step_post_hook(write)


def _states(networks: dict[str, Spy]) -> dict[str, dict[str, torch.Tensor]]:
    return {name: _state(network.inner) for name, network in networks.items()}


def _state(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in module.state_dict().items()}
