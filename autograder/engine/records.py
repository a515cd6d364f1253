"""Whether a record has the form that its probe gives it. A record comes from a stranger: nothing else of it is believed."""

from __future__ import annotations

from typing import Any

import torch
from pydantic_core import CoreSchema, SchemaValidator, ValidationError, core_schema

from autograder.probes import Plan, Record
from autograder.probes.call import leaf_names
from autograder.probes.transplant import cotangents_of


class BadRecord(ValueError):
    """The record is not what the probe would have sent for this plan."""


def _name_and_shape(value: Any) -> Any:
    good = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], list)
    if not good or not all(type(n) is int and n >= 0 for n in value[1]):
        raise ValueError("no name and shape")
    return value


def _many(what: CoreSchema, most: int | None = None) -> CoreSchema:
    return core_schema.list_schema(what, max_length=most, strict=True)


def _named(what: CoreSchema) -> CoreSchema:
    return core_schema.dict_schema(core_schema.str_schema(strict=True), what, strict=True)


def _or_none(what: CoreSchema) -> CoreSchema:
    return core_schema.nullable_schema(what)


def _one_of(*values: Any) -> CoreSchema:
    return core_schema.literal_schema([*values])


def _part(optional: str = "", **fields: CoreSchema) -> CoreSchema:
    """A dict with these keys, of which some may be missing, and no others."""
    parts = {
        name: core_schema.typed_dict_field(what, required=name not in optional.split()) for name, what in fields.items()
    }
    return core_schema.typed_dict_schema(parts, extra_behavior="forbid", strict=True)


TEXT = core_schema.str_schema(max_length=20_000, strict=True)
TEXTS = _many(TEXT, 5000)
WHOLE = core_schema.int_schema(strict=True)
YES_OR_NO = core_schema.bool_schema(strict=True)
TENSOR = core_schema.is_instance_schema(torch.Tensor)
TENSORS = _many(TENSOR)
ROWS = _many(_many(_or_none(TENSOR)))  # of gradients
NAMES_AND_SHAPES = _many(core_schema.no_info_plain_validator_function(_name_and_shape))
MODE = _one_of("train", "eval", "mixed")
STATES = _named(_named(TENSOR))  # of networks
RAISED = _or_none(_part(type=TEXT, kinds=TEXTS, not_implemented=YES_OR_NO, message=TEXT, functions=TEXTS, line=WHOLE))

# What came back: numbers and texts as they are, containers with what they hold; of anything else only the type is told
VALUE = core_schema.definition_reference_schema("value")
VALUES = _many(VALUE)
PLAIN_KINDS = "NoneType", "bool", "int", "float", "str"
PLAIN = core_schema.union_schema([YES_OR_NO, WHOLE, core_schema.float_schema(strict=True), TEXT])
_KINDS = {
    "tensor": _part(kind=_one_of("tensor"), data=TENSOR, requires_grad=YES_OR_NO, device=TEXT),
    **dict.fromkeys(PLAIN_KINDS, _part(kind=_one_of(*PLAIN_KINDS), value=_or_none(PLAIN))),
    "sequence": _part(kind=_one_of("sequence"), items=VALUES),
    "dict": _part(kind=_one_of("dict"), items=_named(VALUE)),
    "other": _part(kind=_one_of("other"), type=TEXT),
}
ANY_VALUE = core_schema.tagged_union_schema(_KINDS, "kind", strict=True, ref="value")

LOG = _many(  # of a spy network's calls
    _part("outputs", network=TEXT, training=YES_OR_NO, grad_enabled=YES_OR_NO, inputs=TENSORS, outputs=TENSORS)
)
CALL = _part(
    raised=RAISED,
    value=VALUE,
    grads=ROWS,
    args_after=VALUES,
    networks_after=_many(_part(mode=MODE, requires_grad=YES_OR_NO)),
    backward=YES_OR_NO,
    grads_touched=YES_OR_NO,
    next_draw=TENSOR,
    operators=TEXTS,
    log=LOG,
    largest=WHOLE,
)
SPY_CALL = _part(
    raised=RAISED,
    value=VALUE,
    log=LOG,
    updates=_many(_part(optimizer=TEXT, after=WHOLE, before=STATES, state=STATES)),
    state=STATES,
    modes=_named(MODE),
    requires_grad=_named(YES_OR_NO),
    grad_enabled=YES_OR_NO,
    args_after=VALUES,
)
LAYOUT = _part(  # of the module that the transplant probe built
    type=TEXT,
    parameters=_or_none(NAMES_AND_SHAPES),
    frozen=_many(TEXT),
    buffers=NAMES_AND_SHAPES,
    layers=_many(TEXT),
)
RUN = _part(  # one forward pass of that module
    raised=RAISED,
    value=VALUE,
    grads=ROWS,
    args_after=VALUES,
    buffers=VALUES,
    convolutions=TENSORS,
)
CASES = {  # by probe
    "call": _part(raised=RAISED, calls=_many(CALL), module=_or_none(_part(type=TEXT, parameters=_or_none(WHOLE)))),
    "spy": _part(calls=_many(SPY_CALL)),
    "transplant": _part(raised=RAISED, module=LAYOUT, runs=_many(RUN)),
    "value": _part(value=VALUE),
}
VALIDATORS = {
    probe: SchemaValidator(core_schema.definitions_schema(_many(case), [ANY_VALUE])) for probe, case in CASES.items()
}
USES, CODE = SchemaValidator(_many(TEXT)), SchemaValidator(TEXT)


def check_form(plan: Plan, record: Any) -> Record:
    """The record, when its form is right for the plan. Raises BadRecord."""
    parts = {"probe", "uses", "cases"} | ({"code"} & set(plan))
    if not isinstance(record, dict) or set(record) != parts or record["probe"] != plan["probe"]:
        raise BadRecord("it is no record of this probe")
    try:
        USES.validate_python(record["uses"])
        CODE.validate_python(record.get("code", ""))
        VALIDATORS[plan["probe"]].validate_python(record["cases"])
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
        states = [u[part] for call in calls for u in call["updates"] for part in ("before", "state")]
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
