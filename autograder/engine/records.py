"""Whether a record has the form that its probe gives it. A record comes from a stranger: nothing else of it is believed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from autograder.probes import Plan, Record
from autograder.probes.call import leaf_names
from autograder.probes.transplant import cotangents_of


class BadRecord(ValueError):
    """The record is not what the probe would have sent for this plan."""


def _tensor(value: Any) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        raise ValueError("no tensor")
    return value


def _row(value: Any) -> Any:
    if not isinstance(value, list) or not all(v is None or isinstance(v, torch.Tensor) for v in value):
        raise ValueError("no row of gradients")
    return value


def _name_and_shape(value: Any) -> Any:
    good = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], list)
    if not good or not all(type(n) is int and n >= 0 for n in value[1]):
        raise ValueError("no name and shape")
    return value


Tensor = Annotated[Any, BeforeValidator(_tensor)]
Row = Annotated[Any, BeforeValidator(_row)]
NameAndShape = Annotated[Any, BeforeValidator(_name_and_shape)]
Text = Annotated[str, Field(max_length=20_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Raised(_Part):
    """An exception."""

    type: Text
    kinds: Annotated[list[Text], Field(max_length=5000)]
    not_implemented: bool
    message: Text
    functions: Annotated[list[Text], Field(max_length=5000)]
    line: int


class TensorValue(_Part):
    """A tensor that came back."""

    kind: Literal["tensor"]
    data: Tensor
    requires_grad: bool
    device: Text


class PlainValue(_Part):
    """A number, text or None that came back."""

    kind: Literal["NoneType", "bool", "int", "float", "str"]
    value: bool | int | float | Text | None


class SequenceValue(_Part):
    """A tuple or list that came back."""

    kind: Literal["sequence"]
    items: list[Value]


class DictValue(_Part):
    """A dict that came back."""

    kind: Literal["dict"]
    items: dict[str, Value]


class OtherValue(_Part):
    """Anything else: only its type is told."""

    kind: Literal["other"]
    type: Text


Value = Annotated[TensorValue | PlainValue | SequenceValue | DictValue | OtherValue, Field(discriminator="kind")]


class NetworkAfter(_Part):
    """What a call left of a network that was an argument."""

    mode: Literal["train", "eval", "mixed"]
    requires_grad: bool


class Logged(_Part):
    """One call of a spy network."""

    network: Text
    training: bool
    grad_enabled: bool
    inputs: list[Tensor]
    outputs: list[Tensor] = []


class Call(_Part):
    """One call of the call probe."""

    raised: Raised | None
    value: Value
    grads: list[Row]
    args_after: list[Value]
    networks_after: list[NetworkAfter] = []
    backward: bool = False
    grads_touched: bool = False
    next_draw: Tensor
    operators: Annotated[list[Text], Field(max_length=5000)] = []
    log: list[Logged] = []
    largest: int = 0


class ModuleSize(_Part):
    """The object that the call probe built."""

    type: Text
    parameters: int | None


class CallCase(_Part):
    """One case of the call probe."""

    raised: Raised | None
    calls: list[Call]
    module: ModuleSize | None


class Update(_Part):
    """One step of an optimizer."""

    optimizer: Text
    after: int
    before: dict[str, dict[str, Tensor]]
    state: dict[str, dict[str, Tensor]]


class SpyCall(_Part):
    """One call of the spy probe."""

    raised: Raised | None
    value: Value
    log: list[Logged]
    updates: list[Update] = []
    state: dict[str, dict[str, Tensor]]
    modes: dict[str, Literal["train", "eval", "mixed"]]
    requires_grad: dict[str, bool]
    grad_enabled: bool
    args_after: list[Value]


class SpyCase(_Part):
    """One case of the spy probe."""

    calls: list[SpyCall]


class Layout(_Part):
    """The module that the transplant probe built."""

    type: Text
    parameters: list[NameAndShape] | None
    frozen: list[Text] = []
    buffers: list[NameAndShape] = []
    layers: list[Text] = []


class Run(_Part):
    """One forward pass of the transplant probe."""

    raised: Raised | None
    value: Value
    grads: list[Row]
    args_after: list[Value]
    buffers: list[Value] = []
    convolutions: list[Tensor] = []


class TransplantCase(_Part):
    """One case of the transplant probe."""

    raised: Raised | None
    module: Layout
    runs: list[Run]


class ValueCase(_Part):
    """The object that the value probe wrote down."""

    value: Value


CASES: dict[str, TypeAdapter[Any]] = {
    "call": TypeAdapter(list[CallCase]),
    "spy": TypeAdapter(list[SpyCase]),
    "transplant": TypeAdapter(list[TransplantCase]),
    "value": TypeAdapter(list[ValueCase]),
}
NAMES = TypeAdapter(list[Text])
DIGEST = TypeAdapter(Text)


def check_form(plan: Plan, record: Any) -> Record:
    """The record, when its form is right for the plan. Raises BadRecord."""
    parts = {"probe", "uses", "cases"} | ({"code"} & set(plan))
    if not isinstance(record, dict) or set(record) != parts or record["probe"] != plan["probe"]:
        raise BadRecord("it is no record of this probe")
    try:
        NAMES.validate_python(record["uses"])
        DIGEST.validate_python(record.get("code", ""))
        CASES[plan["probe"]].validate_python(record["cases"])
    except (ValidationError, RecursionError) as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else "too deep"
        raise BadRecord(f"its part {where} is not as the probe writes it") from None
    if len(record["cases"]) != len(plan["cases"]):
        raise BadRecord("it has another number of cases than the plan")
    for case, found in zip(plan["cases"], record["cases"], strict=True):
        _check_counts(plan["probe"], case, found)
    return record


def _check_counts(probe: str, case: dict[str, Any], found: dict[str, Any]) -> None:
    """As many calls as were asked for, unless one raised: an empty list of calls would satisfy every claim about calls."""
    if probe == "value":
        return
    if probe == "transplant":
        built = found["raised"] is None and found["module"]["parameters"] is not None
        wanted, calls = (len(case["training"]) if built else 0), found["runs"]
        if len(calls) != wanted:
            raise BadRecord("it has another number of runs than the plan")
        if any(len(run["buffers"]) < len(found["module"]["buffers"]) for run in calls):
            raise BadRecord("it has fewer buffers than the module")
        _check_gradients(calls, [cotangents_of(case, number) for number in range(len(calls))], 1)
        return
    calls = found["calls"]
    if probe == "spy":
        wanted = len(case["calls"])
        if any(
            set(call[part]) != set(case["networks"]) for call in calls for part in ("state", "modes", "requires_grad")
        ):
            raise BadRecord("it tells of other networks than the plan's")
        states = [u[part] for call in calls for u in call.get("updates", []) for part in ("before", "state")]
        if any(set(state) != set(case["networks"]) for state in states):
            raise BadRecord("it tells of updates of other networks than the plan's")
        stopped = bool(calls) and calls[-1]["raised"] is not None
    else:
        wanted = case.get("calls", 1)
        stopped = found["raised"] is not None or (found["module"] is not None and found["module"]["parameters"] is None)
        if stopped and calls:
            raise BadRecord("it has calls of an object that was not built")
        if "construct" in case and not stopped and found["module"] is None:
            raise BadRecord("it does not describe the object that was built")
        _check_gradients(calls, [case.get("cotangents", [])] * len(calls), len(leaf_names(case, [])))
    if len(calls) != wanted and not (stopped and len(calls) < wanted):
        raise BadRecord("it has another number of calls than the plan")


def _check_gradients(calls: list[dict[str, Any]], cotangents_of_calls: list[list[Any]], leaves: int) -> None:
    """A row per output, an entry per input: rows left out would satisfy every claim about gradients."""
    for call, cotangents in zip(calls, cotangents_of_calls, strict=True):
        outputs = len(call["value"]["items"]) if call["value"]["kind"] == "sequence" else 1
        rows = 0 if call["raised"] else min(outputs, len(cotangents))
        if len(call["grads"]) != rows or any(len(row) != leaves for row in call["grads"]):
            raise BadRecord("it has another number of gradients than the plan")
