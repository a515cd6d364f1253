"""Claims for train steps: the learner's updates against a replay by the judge, with the noise that the learner's step used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import nn

from autograder.claims import show
from autograder.claims.calls import unchanged_claim
from autograder.claims.compare import close, same_value
from autograder.exercise import Claim, Failure, once_a_verdict
from autograder.probes import Plan, Record
from autograder.probes.networks import build_network

States = dict[str, dict[str, torch.Tensor]]
# loss(networks, arguments of the call, log of the learner's network calls) → losses by name and the one to minimise
Replay = Callable[[dict[str, nn.Module], list[Any], list[dict[str, Any]]], tuple[dict[str, float], torch.Tensor]]


class StepClaims:
    """Claims of a train step over one optimizer that returns a dict of floats (or one float, for a single key).

    replay: the reference's losses of one step, given networks and what the learner's step fed them.
    batch:  which of the parameters are the batch's tensors.
    """

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        keys: tuple[str, ...],
        replay: Replay,
        batch: tuple[str, ...] = ("x",),
    ) -> None:
        self.name, self.parameters, self.keys, self.replay, self.batch = (name, parameters, keys, replay, batch)
        self._one_by_one = once_a_verdict(self._replay_one_by_one)
        self._clean = once_a_verdict(self._all_clean)

    def runs(self) -> Claim:
        """Three consecutive steps run."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, number, call in self._calls(plan, record):
                if call["raised"]:
                    raised = call["raised"]
                    return Failure(show.error(raised), "a step", show.advice(raised), self._called(case, number))
            return None

        return Claim("runs", "runs three steps without an error", judge, recomputed=False, gate=True)

    def returns(self) -> Claim:
        """It returns the named losses."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            wanted = f"a dict with keys {', '.join(map(repr, self.keys))}"
            for case, number, call in self._calls(plan, record):
                value = call["value"]
                if len(self.keys) == 1:
                    if not _is_number(value):
                        advice = f"End the step with a `return` of the {self.keys[0]}."
                        seen = f"returned {show.value(value)}"
                        return Failure(seen, "one number", advice, self._called(case, number))
                    continue
                if value["kind"] != "dict" or set(value["items"]) != set(self.keys):
                    advice = "End the step with a `return` of that dict."
                    return Failure(f"returned {show.value(value)}", wanted, advice, self._called(case, number))
                for key, item in value["items"].items():
                    if not _is_number(item):
                        seen = f"returned {show.value(item)} as {key!r}"
                        return Failure(
                            seen, "one number", "Return each loss as one number.", self._called(case, number)
                        )
            return None

        says = "returns the losses by name" if len(self.keys) > 1 else f"returns the {self.keys[0]} as one number"
        return Claim("returns", says, judge, gate=True)

    def values(self, call: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """The numbers that a call returned, by key, each as the probe recorded it."""
        value = call["value"]
        return value["items"] if len(self.keys) > 1 else {self.keys[0]: value}

    def floats(self) -> Claim:
        """The losses are plain floats: a tensor would keep the graph of every step alive."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, number, call in self._calls(plan, record):
                for key, item in self.values(call).items():
                    if item["kind"] != "float":
                        seen = f"{key!r} is {show.value(item)}"
                        advice = "`.item()` turns a scalar tensor into a float."
                        return Failure(seen, "a Python float", advice, self._called(case, number))
            return None

        return Claim("floats", "returns plain floats", judge, recomputed=False)

    def losses(self) -> Claim:
        """The reported losses are those before the step's own update."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            if self._clean(plan, record):
                return None
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                replayed = self._one_by_one(case, found)
                for number, (call, (truth, _)) in enumerate(zip(found["calls"], replayed, strict=True)):
                    for key in self._wrong_losses(call, truth):
                        said = f"{key!r} is {show.number(_number(self.values(call)[key]))} in step {number + 1}"
                        advice = "Report the losses of the batch as they were before this step's update."
                        return Failure(said, show.number(truth[key]), advice, self._called(case, number))
            return None

        return Claim("losses", "reports the right losses", judge)

    def update(self, advice: str) -> Claim:
        """After each step the parameters are those of a clean update."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            return self._compare_states(plan, record, False, self._in_a_row, advice)

        return Claim("update", "makes three clean updates", judge)

    def buffers(self) -> Claim:
        """After each step the running statistics are those of a clean update."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            advice = "Each step calls each network once, in train mode: batch norm keeps count."
            return self._compare_states(plan, record, True, self._one_by_one, advice)

        return Claim("buffers", "calls each network once per step, in train mode", judge)

    def _compare_states(
        self, plan: Plan, record: Record, buffers: bool, replayed: Callable[..., Iterable[Any]], advice: str
    ) -> Failure | None:
        if self._clean(plan, record):
            return None
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            for number, (call, (_, truth)) in enumerate(zip(found["calls"], replayed(case, found), strict=True)):
                wrong = [network for network, name in _differing(call, truth) if _is_buffer(name) == buffers]
                if wrong:
                    kind = "running statistics" if buffers else "weights"
                    networks = " and ".join(dict.fromkeys(wrong))
                    seen = f"after step {number + 1} the {kind} of the {networks} differ from those of a clean step"
                    expected_text = "zero the gradients, forward, loss, backward, one optimizer step"
                    return Failure(seen, expected_text, advice, self._called(case, number))
        return None

    def _all_clean(self, plan: Plan, record: Record) -> bool:
        """Whether losses, weights and running statistics are those of clean steps in a row: then no step needs a replay of its own."""
        return not any(
            self._wrong_losses(call, losses) or any(_differing(call, truth))
            for case, found in zip(plan["cases"], record["cases"], strict=True)
            for call, (losses, truth) in zip(found["calls"], self._in_a_row(case, found), strict=True)
        )

    def _wrong_losses(self, call: dict[str, Any], truth: dict[str, float]) -> list[str]:
        """Names of the losses that are not the true ones."""
        seen = {key: _number(self.values(call)[key]) for key in self.keys}
        return [k for k in self.keys if not close(torch.tensor(seen[k]), torch.tensor(truth[k]), torch.float32)]

    def train_mode(self) -> Claim:
        """Networks that come in eval mode are put in train mode and left there."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, number, call in self._calls(plan, record):
                for network, mode in call["modes"].items():
                    if mode != "train":
                        seen = f"the {network} was left in {mode} mode"
                        advice = "Call `.train()` on the networks at the start of the step, and change the mode nowhere else."
                        return Failure(seen, "train mode", advice, self._called(case, number))
            return None

        return Claim("train_mode", "leaves its networks in train mode", judge, recomputed=False, own=True)

    def flags_kept(self) -> Claim:
        """requires_grad of every parameter, and torch's gradient mode, are as found."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, number, call in self._calls(plan, record):
                frozen = [network for network, flag in call["requires_grad"].items() if not flag]
                if frozen or not call["grad_enabled"]:
                    seen = (
                        f"parameters of the {frozen[0]} were left frozen" if frozen else "gradients were left disabled"
                    )
                    advice = "Leave requires_grad and torch's gradient mode as you found them."
                    return Failure(seen, "everything trainable as before", advice, self._called(case, number))
            return None

        return Claim("flags_kept", "leaves every parameter trainable", judge, recomputed=False, own=True)

    def inputs_unchanged(self) -> Claim:
        """The batch is left as it was."""
        names = list(self.batch)

        def tensors_only(plan: Plan) -> Plan:
            cases = [
                {"args": [a for a in call if isinstance(a, torch.Tensor)], "calls": case["calls"]}
                for case in plan["cases"]
                for call in case["calls"][:1]
            ]
            return {"cases": cases}

        claim = unchanged_claim(names, lambda case: self.name)

        def judge(plan: Plan, record: Record) -> Failure | None:
            first_calls = [{"calls": found["calls"][:1]} for found in record["cases"]]
            return claim.judge(tensors_only(plan), {"cases": first_calls})

        return Claim(claim.name, claim.says, judge, recomputed=False)

    def _replay_one_by_one(self, case: dict[str, Any], found: dict[str, Any]) -> list[tuple[dict[str, float], States]]:
        """Losses and states after the forward pass of each step, from the state in which the learner's step before left off.

        So a wrong update costs only the claim on updates, not those on losses and running statistics.
        """
        networks = {name: build_network(spec).train() for name, spec in case["networks"].items()}
        replayed = []
        for arguments, call in zip(case["calls"], found["calls"], strict=False):
            losses, _ = self.replay(networks, arguments, call["log"])
            replayed.append((losses, _states(networks)))
            for name, network in networks.items():
                network.load_state_dict(call["state"][name])
        return replayed

    def _in_a_row(self, case: dict[str, Any], found: dict[str, Any]) -> Iterator[tuple[dict[str, float], States]]:
        """Losses and states after each of several clean steps, from the plan's weights and the learner's recorded noise."""
        networks = {name: build_network(spec).train() for name, spec in case["networks"].items()}
        optimizers = {}
        for name, spec in case["optimizers"].items():
            over = [p for network in spec["over"] for p in networks[network].parameters()]
            optimizers[name] = torch.optim.SGD(over, lr=spec["lr"], momentum=spec["momentum"])
        for arguments, call in zip(case["calls"], found["calls"], strict=False):
            losses, objective = self.replay(networks, arguments, call["log"])
            for optimizer in optimizers.values():
                optimizer.zero_grad()
            objective.backward()
            for optimizer in optimizers.values():
                optimizer.step()
            yield losses, _states(networks)

    def _calls(self, plan: Plan, record: Record) -> Iterator[tuple[dict[str, Any], int, dict[str, Any]]]:
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            for number, call in enumerate(found["calls"]):
                yield case, number, call

    def _called(self, case: dict[str, Any], number: int) -> str:
        return f"{show.call(self.name, list(self.parameters), case['calls'][number])}, call {number + 1} of {len(case['calls'])}"


def same_steps(plan: Plan, record: Record, other: Record) -> bool:
    """Whether two records of a train step tell the same: errors, values, states and modes after every call."""
    for case, twin in zip(record["cases"], other["cases"], strict=True):
        if len(case["calls"]) != len(twin["calls"]):
            return False
        for call, match in zip(case["calls"], twin["calls"], strict=True):
            if call["raised"] or match["raised"] or not same_value(call["value"], match["value"]):
                return False
            if call["modes"] != match["modes"] or not _same_states(call["state"], match["state"]):
                return False
    return True


def _same_states(a: States, b: States) -> bool:
    return all(close(a[network][name], b[network][name], torch.float32) for network in a for name in a[network])


def _differing(call: dict[str, Any], truth: States) -> Iterator[tuple[str, str]]:
    """Networks and names of the states after a call that are not the true ones."""
    for network, states in truth.items():
        for name, expected in states.items():
            if not close(call["state"][network][name], expected, torch.float32):
                yield network, name


def _states(networks: dict[str, nn.Module]) -> States:
    return {n: {k: v.clone() for k, v in net.state_dict().items()} for n, net in networks.items()}


def _is_buffer(name: str) -> bool:
    return name.endswith(("running_mean", "running_var", "num_batches_tracked"))


def _is_number(item: dict[str, Any]) -> bool:
    return item["kind"] in ("int", "float") or (item["kind"] == "tensor" and item["data"].numel() == 1)


def _number(item: dict[str, Any]) -> float:
    return float(item["data"] if item["kind"] == "tensor" else item["value"])
