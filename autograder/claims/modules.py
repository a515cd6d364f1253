"""Claims for `nn.Module` exercises: the learner's module with transplanted weights against a reference with the same.

The probe fills the learner's parameters in their own registration order. The judge regenerates those values from the seed
and hands them to a reference module layer by layer; among layers of equal shapes every assignment is tried, so attribute names,
grouping and order of registration are free.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from autograder.claims import show
from autograder.claims.calls import unchanged_claim
from autograder.claims.compare import outputs_of
from autograder.exercise import Claim, Failure
from autograder.probes import Plan, Record
from autograder.probes.networks import statistics, weights

MOST_ASSIGNMENTS = 5000  # layers of one shape that would give more orders than this do not occur in the course

Factory = Callable[..., nn.Module]


class ModuleClaims:
    """Claims of one module exercise. `reference` builds the module whose weights the learner's are mapped to;
    `outputs` names what forward returns, `parameters` its arguments."""

    def __init__(self, name: str, reference: Factory, outputs: tuple[str, ...], parameters: tuple[str, ...]) -> None:
        self.name, self.reference, self.outputs, self.parameters = (name, reference, outputs, parameters)

    def builds(self) -> Claim:
        """The class can be built and is an nn.Module."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                called = f"{self.name}({', '.join(map(repr, case['construct']))})"
                if found["raised"]:
                    return Failure(show.error(found["raised"]), "a module", show.advice(found["raised"]), called)
                if found["module"]["parameters"] is None:
                    seen = f"made a {found['module']['type']}"
                    return Failure(seen, "an nn.Module", "Keep the class line of the stub.", called)
            return None

        return Claim("builds", "can be built", judge, recomputed=False, gate=True)

    def architecture(self, advice: str) -> Claim:
        """The parameters have the shapes of the asked-for layers."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                seen = [tuple(shape) for _, shape in found["module"]["parameters"]]
                wanted = _parameter_shapes(self.reference, *case["construct"])
                if sorted(seen) != sorted(wanted):
                    missing, extra = (_difference(wanted, seen), _difference(seen, wanted))
                    parts = [f"parameters of shape {_shapes(extra)} that do not belong"] if extra else []
                    parts += [f"no parameters of shape {_shapes(missing)}"] if missing else []
                    total = sum(map(math.prod, wanted))
                    expected = f"{len(wanted)} parameter tensors with {total:,} values in all"
                    called = f"{self.name}({', '.join(map(repr, case['construct']))})"
                    return Failure("it has " + " and ".join(parts), expected, advice, called)
                for name in found["module"]["frozen"]:
                    called = f"{self.name}({', '.join(map(repr, case['construct']))})"
                    frozen = f"the parameter {name} is frozen: its `requires_grad` is False"
                    return Failure(frozen, "parameters that all learn", "Leave `requires_grad` alone.", called)
            return None

        return Claim("architecture", "has the layers asked for", judge, gate=True, own=True)

    def runs(self) -> Claim:
        """forward runs and returns the named tensors in the right shape."""

        def judge(plan: Plan, record: Record) -> Failure | None:
            for case, found in zip(plan["cases"], record["cases"], strict=True):
                shapes = self._output_shapes(case) if found["runs"] else []
                for run in found["runs"]:
                    if run["raised"]:
                        raised = run["raised"]
                        return Failure(show.error(raised), "a result", show.advice(raised), self._called(case))
                    problem = self._wrong_form(run["value"], shapes)
                    if problem:
                        form = ", ".join(f"{n} {show.shape(s)}" for n, s in zip(self.outputs, shapes, strict=True))
                        return Failure(f"returned {problem[0]}", form, problem[1], self._called(case))
            return None

        return Claim("runs", f"returns {', '.join(self.outputs)} in the right shape", judge, gate=True)

    def _wrong_form(self, value: dict[str, Any], shapes: list[torch.Size]) -> tuple[str, str] | None:
        if value["kind"] == "NoneType":
            return "None", "End `forward` with a `return`."
        found = outputs_of(value)
        if len(shapes) == 1 and value["kind"] == "sequence" and len(found) == 1:
            return "a tuple or list that holds one value", "Return the tensor itself: a comma after it makes a tuple."
        if len(found) != len(shapes):
            names = ", ".join(self.outputs)
            return f"{len(found)} values" if len(found) > 1 else show.value(value), f"Return exactly {names}."
        for name, item, shape in zip(self.outputs, found, shapes, strict=True):
            if item["kind"] != "tensor" or item["data"].shape != shape:
                advice = "Print the shape after every layer and find the first that surprises you."
                return f"{show.value(item)} as {name}", advice
            if not item["data"].is_floating_point():
                return (
                    f"{show.value(item)} as {name}",
                    "Return what the last layer gives, not compared, rounded or converted.",
                )
            if not bool(torch.isfinite(item["data"].double()).all()):
                return (
                    f"NaN or infinite values in {name}",
                    "Look for a division by 0 or an exponential of a large number.",
                )
        return None

    def _output_shapes(self, case: dict[str, Any]) -> list[torch.Size]:
        return _output_shapes(self.reference, tuple(case["construct"]), tuple(arg.shape for arg in case["args"]))

    def _called(self, case: dict[str, Any]) -> str:
        construct = ", ".join(map(repr, case["construct"]))
        return show.call(f"{self.name}({construct})", list(self.parameters), case["args"])

    def inputs_unchanged(self) -> Claim:
        """Arguments of forward are left as they were."""
        return unchanged_claim(list(self.parameters), self._called)


def transplants(factory: Factory, case: dict[str, Any], found: dict[str, Any]) -> Iterator[nn.Module]:
    """Modules made by `factory` that carry the learner's weights and statistics, one for each way to hand them out.

    A layer of the learner's goes to a layer with the same shapes; where these are layers of its own making, or none, shapes alone decide.
    """
    with _NoDraws():
        module = factory(*case["construct"])
    module.to(getattr(torch, case["dtype"]))
    given, buffers = found["module"]["parameters"], found["module"]["buffers"]
    targets, slots = dict(module.named_parameters()), dict(module.named_buffers())
    wanted = [(name, list(p.shape)) for name, p in targets.items()]
    for by_layer in (True, False):
        sources, destinations = _layers(given, by_layer), _layers(wanted, by_layer)
        groups = [(sources.get(shapes, []), layers) for shapes, layers in destinations.items()]
        if all(len(theirs) == len(ours) for theirs, ours in groups) and len(given) == len(wanted):
            break
    else:
        return
    thin = tuple(case.get("disjoint", ())), case.get("sparse", False)
    values = {n: weights(tuple(shape), case["seed"], i, *thin) for i, (n, shape) in enumerate(given)}
    moving = {n: statistics(n, tuple(shape), case["seed"], i) for i, (n, shape) in enumerate(buffers)}
    orders = itertools.product(*(itertools.permutations(theirs) for theirs, _ in groups))
    ours = [layer for _, layers in groups for layer in layers]
    for order in itertools.islice(orders, MOST_ASSIGNMENTS):
        theirs = [layer for layers in order for layer in layers]
        for pairs in itertools.product(*map(_pairings, theirs, ours)):
            with torch.no_grad():
                for source, target in itertools.chain(*pairs):
                    targets[target].copy_(values[source])
                    for name in slots:  # the statistics of a layer go where its parameters go
                        statistic = _join(source, name) if _owner(name) == _owner(target) else ""
                        if statistic in moving:
                            slots[name].copy_(moving[statistic])
            yield module


Layer = list[tuple[str, tuple[int, ...]]]  # name and shape of each parameter


def _layers(parameters: Any, by_layer: bool) -> dict[tuple[tuple[int, ...], ...], list[Layer]]:
    """Parameters that belong together, by their sorted shapes: those of one layer, or each for itself."""
    owners: dict[str, Layer] = {}
    for name, shape in parameters:
        owners.setdefault(_owner(name) if by_layer else name, []).append((name, tuple(shape)))
    groups: dict[tuple[tuple[int, ...], ...], list[Layer]] = {}
    for layer in owners.values():
        groups.setdefault(tuple(sorted(shape for _, shape in layer)), []).append(layer)
    return groups


def _pairings(theirs: Layer, ours: Layer) -> list[list[tuple[str, str]]]:
    """The ways to hand the parameters of one layer to another's: by name, else every one that fits the shapes."""
    names = {_last(name): name for name, _ in theirs}
    if len(theirs) == 1 or names.keys() == {_last(name) for name, _ in ours}:
        return [[(theirs[0][0] if len(theirs) == 1 else names[_last(name)], name) for name, _ in ours]]
    return [
        [(source, target) for (source, _), (target, _) in zip(order, ours, strict=True)]
        for order in itertools.permutations(theirs)
        if all(a == b for (_, a), (_, b) in zip(order, ours, strict=True))
    ]


def _owner(name: str) -> str:
    return name.rpartition(".")[0]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _join(sibling: str, name: str) -> str:
    """The name that a tensor called `name` has in the layer of `sibling`."""
    return ".".join(filter(None, (_owner(sibling), _last(name))))


@functools.lru_cache(maxsize=64)
def _parameter_shapes(factory: Factory, *construct: Any) -> list[tuple[int, ...]]:
    with _NoDraws():
        return [tuple(p.shape) for p in factory(*construct).parameters()]


@functools.lru_cache(maxsize=64)
def _output_shapes(factory: Factory, construct: tuple[Any, ...], inputs: tuple[torch.Size, ...]) -> list[torch.Size]:
    with torch.no_grad():
        with _NoDraws():
            module = factory(*construct).eval()
        for parameter in module.parameters():
            parameter.zero_()
        result = module(*map(torch.zeros, inputs))
    return [r.shape for r in (result if isinstance(result, tuple) else (result,))]


class _NoDraws(TorchFunctionMode):
    """Leaves new parameters as memory has them: they are about to be overwritten, and drawing is most of a layer's making."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if function in (nn.init.kaiming_uniform_, nn.init.uniform_, nn.init.normal_):
            return args[0] if args else kwargs["tensor"]
        return function(*args, **kwargs)


def _difference(left: list[tuple[int, ...]], right: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    rest = list(right)
    return [shape for shape in left if not (shape in rest and not rest.remove(shape))]  # type: ignore[func-returns-value]


def _shapes(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(map(show.shape, shapes[:4])) + (" …" if len(shapes) > 4 else "")
