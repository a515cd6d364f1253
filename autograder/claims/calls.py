"""Claims for exercises of the call pattern: the learner's function against an independent oracle on the same inputs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from autograder.claims import show
from autograder.claims.compare import close, outputs_of, same_gradient
from autograder.exercise import Claim, Failure, once_a_plan
from autograder.probes import Plan, Record
from autograder.probes.call import leaf_names
from autograder.probes.networks import build_network
from autograder.report import Pictures

Oracle = Callable[..., Any]


class CallClaims:
    """Claims of one exercise whose truth is `oracle`: same arguments, float64, written independently of the solution.

    names: of the outputs, in order; parameters of the oracle name the arguments in messages.
    """

    def __init__(self, name: str, oracle: Oracle, outputs: tuple[str, ...]) -> None:
        self.name, self.oracle, self.outputs = name, oracle, outputs
        self.parameters = list(inspect.signature(oracle).parameters)
        self._graph, self._truth = once_a_plan(self._evaluate), once_a_plan(self._right_outputs)
        self._true_gradients = once_a_plan(self._right_gradients)

    def standard(
        self, *, value_advice: str, gradient_advice: str | None = None, precision: torch.dtype | None = None
    ) -> tuple[Claim, ...]:
        """The claims that every function of this pattern makes; `precision` as in `value`."""
        value = self.value(value_advice, precision=precision)
        claims = [self.runs(), self.returns(), self.dtype(), self.finite(), value]
        if gradient_advice:
            claims.append(self.gradient(gradient_advice))
        return (*claims, self.inputs_unchanged())

    def runs(self) -> Claim:
        """It runs on every input of the plan."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                if call["raised"]:
                    raised = call["raised"]
                    return Failure(show.error(raised), "a result", show.advice(raised), self._called(case))
            return None

        return Claim("runs", "runs without an error", judge, recomputed=False, gate=True)

    def refuses(self, error: str, when: str, advice: str) -> Claim:
        """It raises `error` on the cases of the plan that say {"refuse": True}; the other claims leave these out."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                for call in found["calls"] if case.get("refuse") else []:
                    raised = call["raised"]
                    if raised is None or error not in raised["kinds"]:
                        seen = show.error(raised) if raised else f"returned {show.value(call['value'])}"
                        return Failure(seen, f"{error}, {when}", advice, self._called(case))
            return None

        return Claim("refuses", f"raises {error}, {when}", judge, recomputed=False)

    def returns(self) -> Claim:
        """It returns tensors of the right number and shapes."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                expected = self._truth(case)
                found = outputs_of(call["value"])
                problem = self._wrong_form(call["value"], found, expected)
                if problem:
                    form = ", ".join(
                        f"{n} {'scalar' if e.ndim == 0 else show.shape(e.shape)}"
                        for n, e in zip(self.outputs, expected, strict=True)
                    )
                    kind = "tensors" if len(expected) > 1 else "a tensor"
                    return Failure(f"returned {problem[0]}", f"{kind}: {form}", problem[1], self._called(case))
            return None

        return Claim("returns", f"returns {', '.join(self.outputs)} in the right shape", judge, gate=True)

    def _wrong_form(
        self, value: dict[str, Any], found: list[dict[str, Any]], expected: list[torch.Tensor]
    ) -> tuple[str, str] | None:
        if value["kind"] == "NoneType":
            return "None", "End the function with a `return`."
        if len(expected) == 1 and value["kind"] == "sequence" and len(found) == 1:
            return "a tuple or list that holds one value", "Return the tensor itself: a comma after it makes a tuple."
        if len(found) != len(expected):
            advice = f"Return exactly {', '.join(self.outputs)}."
            return show.value(value), advice
        for name, item, truth in zip(self.outputs, found, expected, strict=True):
            label = f"{show.value(item)}" + (f" as {name}" if len(expected) > 1 else "")
            if item["kind"] != "tensor":
                return (
                    label,
                    "Return a torch tensor: `.item()`, `float(…)` and `.numpy()` cut the path of the gradient.",
                )
            if item["data"].dtype == torch.bool:
                return label, "Return numbers: `.to(x)` or `.float()` turns True and False into 1 and 0."
            if item["data"].shape != truth.shape:
                return label, self._shape_advice(item["data"].shape, truth.shape)
        return None

    @staticmethod
    def _shape_advice(seen: torch.Size, expected: torch.Size) -> str:
        if len(expected) == 0:
            return "Reduce it to one number: ask for each axis whether it is summed or averaged."
        if seen.numel() == expected.numel():
            return "The number of values is right, their arrangement is not: check the order of the axes."
        return "Write down the shape after every line and find the first that surprises you."

    def dtype(self, kind: torch.dtype | None = None) -> Claim:
        """Results have the dtype of the inputs, or the one that is asked for."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                for name, item, truth in zip(self.outputs, outputs_of(call["value"]), self._truth(case), strict=True):
                    want = kind or _input_dtype(case) or truth.dtype
                    if item["data"].dtype != want:
                        seen = f"{name} came back as {show.dtype(item['data'].dtype)}"
                        if kind:
                            return Failure(seen, show.dtype(want), f"`.to({kind})` converts it.", self._called(case))
                        if _input_dtype(case) is None:
                            return Failure(seen, show.dtype(want), f"`.to({want})` converts it.", self._called(case))
                        advice = (
                            "Create new tensors like the inputs (`torch.zeros_like(x)`, `.to(x)`) and convert nothing."
                        )
                        return Failure(seen, f"{show.dtype(want)}, as the inputs", advice, self._called(case))
            return None

        return Claim("dtype", f"returns {show.dtype(kind)}" if kind else "returns the right dtype", judge)

    def finite(self) -> Claim:
        """No result is NaN or infinite."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                for name, item in zip(self.outputs, outputs_of(call["value"]), strict=True):
                    bad = int((~torch.isfinite(item["data"].double())).sum())
                    if bad:
                        seen = f"{bad} of the {item['data'].numel()} values of {name} are NaN or infinite"
                        advice = "Look for a logarithm or quantile of 0, a division by 0, or an exponential of a large number."
                        return Failure(seen, "finite values", advice, self._called(case))
            return None

        return Claim("finite", "stays finite", judge, gate=True)

    def value(
        self, advice: str, only: str | None = None, own: bool = False, precision: torch.dtype | None = None
    ) -> Claim:
        """Values agree with the oracle's; `only` one named output, or all.

        precision: that of the inputs, unless said: float32 where an answer makes numbers of its own that may well be in float32.
        """

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                for name, item, truth in zip(self.outputs, outputs_of(call["value"]), self._truth(case), strict=True):
                    double = _input_dtype(case) == item["data"].dtype == torch.float64
                    tolerance = precision or (torch.float64 if double else torch.float32)
                    if only in (None, name) and not close(item["data"], truth, tolerance):
                        seen, expected = show.apart(item["data"], truth)
                        pictures = _pictures(item["data"], truth)
                        return Failure(f"{name} is {seen}", expected, advice, self._called(case), pictures)
            return None

        label = only or " and ".join(self.outputs)
        return Claim(only or "value", f"{label}: the right value", judge, own=own)

    def gradient(self, advice: str) -> Claim:
        """Gradients by the inputs agree with the oracle's."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                if not case.get("grad"):
                    continue
                truth = self._true_gradients(case)
                for name, row, true_row in zip(self.outputs, call["grads"], truth, strict=False):
                    for leaf, seen, expected in zip(leaf_names(case, self.parameters), row, true_row, strict=True):
                        if not same_gradient(seen, expected):
                            label = f"the gradient of {name} by {leaf}"
                            found, want = show.gradients_apart(seen, expected)
                            return Failure(f"{label} {found}", want, advice, self._called(case))
            return None

        return Claim("gradient", "has the right gradient", judge)

    def avoids(self, name: str, says: str, pattern: str, expected: str, advice: str) -> Claim:
        """No operator of torch whose name matches `pattern` runs, in a call or its gradients."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, call in self._calls(plan, record):
                found = [operator for operator in call["operators"] if re.search(pattern, operator)]
                if found:
                    return Failure(f"it ran {' and '.join(found[:3])}", expected, advice, self._called(case))
            return None

        return Claim(name, says, judge, recomputed=False)

    def inputs_unchanged(self, but: tuple[str, ...] = ()) -> Claim:
        """Arguments are left as they were, `but` the named ones."""
        return unchanged_claim(self.parameters, self._called, but)

    def _calls(self, plan: Plan, record: Record) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            for call in [] if case.get("refuse") else found["calls"]:
                yield case, call

    def _called(self, case: dict[str, Any]) -> str:
        return show.call(self.name, self.parameters, case["args"])

    def _right_outputs(self, case: dict[str, Any]) -> list[torch.Tensor]:
        """The oracle's outputs for a case."""
        return [output.detach() for output in self._graph(case)[0]]

    def _evaluate(self, case: dict[str, Any]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """The oracle's outputs for a case, with the graph that leads to what they are differentiated by, and those leaves."""
        args = [in_double(a) for a in case["args"]]
        leaves: list[torch.Tensor] = []
        for index in case.get("grad", []):
            given = args[index]
            leaves += given.parameters() if isinstance(given, nn.Module) else [given.requires_grad_()]
        result = self.oracle(*args)
        return list(result) if isinstance(result, tuple) else [result], leaves

    def _right_gradients(self, case: dict[str, Any]) -> list[list[torch.Tensor | None]]:
        outputs, leaves = self._graph(case)
        rows: list[list[torch.Tensor | None]] = []
        for output, cotangent in zip(outputs, case["cotangents"], strict=True):
            weighted = (output * cotangent.double()).sum()
            grads = torch.autograd.grad(weighted, leaves, retain_graph=True, allow_unused=True)
            kind = _input_dtype(case)
            rows.append([None if g is None else g.to(kind) for g in grads])
        return rows


def unchanged_claim(parameters: list[str], called: Callable[[dict[str, Any]], str], but: tuple[str, ...] = ()) -> Claim:
    """Claim that no tensor argument was modified, `but` the named ones."""

    def judge(plan: Plan, record: Record) -> Failure | None:
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            for call in found.get("calls", found.get("runs", [])):
                for name, before, after in zip(parameters, case["args"], call.get("args_after", []), strict=False):
                    if name not in but and not _same_argument(before, after):
                        seen = f"the argument {name} was changed"
                        advice = "Avoid in-place operations (`+=`, `exp_`, `x[...] = `) on arguments: make new tensors."
                        return Failure(seen, "it left as it was", advice, called(case))
                failure = _networks_changed(case, call)
                if failure:
                    seen, expected, advice = failure
                    return Failure(seen, expected, advice, called(case))
        return None

    return Claim("inputs_unchanged", "leaves its arguments unchanged", judge, recomputed=False)


def _networks_changed(case: dict[str, Any], call: dict[str, Any]) -> tuple[str, str, str] | None:
    """What happened to the gradients, modes and flags of the arguments: seen, expected, advice; None if nothing did."""
    if call.get("backward"):
        seen = "`backward()` was called inside: gradients were left in `.grad`"
        return seen, "every `.grad` left alone", "Only return the number: who asked for it calls `backward()`."
    if call.get("grads_touched"):
        seen = "gradients that had been gathered in `.grad` before the call were changed or cleared"
        return seen, "every `.grad` left alone", "Leave `zero_grad()` and `backward()` to the train step."
    specs = [a["network"] for a in case["args"] if isinstance(a, dict)]
    for spec, after in zip(specs, call.get("networks_after", []), strict=False):
        came = "train" if spec["training"] else "eval"
        if after["mode"] != came:
            seen = f"the model came in {came} mode and was left in {after['mode']} mode"
            return seen, f"{came} mode, as it came", "Leave the mode to those who train or evaluate the model."
        if not after["requires_grad"]:
            seen = "parameters of the model were frozen"
            return seen, "every `requires_grad` as it was", "Only ask the model; change nothing in it."
    return None


def _same_argument(before: Any, after: dict[str, Any]) -> bool:
    """Whether a tensor, or a network's state, came back as it was sent in; nothing else can change."""
    if isinstance(before, dict):
        state = build_network(before["network"]).state_dict()
        return all(_same_argument(tensor, after["items"][name]) for name, tensor in state.items())
    return not isinstance(before, torch.Tensor) or (after["kind"] == "tensor" and torch.equal(after["data"], before))


def in_double(value: Any) -> Any:
    """A copy in float64 of a tensor of floats, a copy of any other tensor, the network of a spec in float64, anything else itself."""
    if isinstance(value, dict):
        return build_network(value["network"] | {"dtype": "float64"})
    if not isinstance(value, torch.Tensor):
        return value
    return value.to(torch.float64, copy=True) if value.is_floating_point() else value.clone()


def _input_dtype(case: dict[str, Any]) -> torch.dtype | None:
    kinds = [a.dtype for a in case["args"] if isinstance(a, torch.Tensor) and a.is_floating_point()]
    return kinds[0] if kinds else None


def _pictures(seen: torch.Tensor, expected: torch.Tensor) -> Pictures | None:
    """Both as pictures, when they are image-like: (B, C, H, W) with 1 or 3 channels of at least 6×6 pixels."""
    image_like = seen.ndim == 4 and seen.shape[1] in (1, 3) and min(seen.shape[2:]) >= 6
    return Pictures(seen[0].float(), expected[0].float()) if image_like else None
