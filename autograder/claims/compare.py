"""When two results are the same: tight enough to see a wrong factor, loose enough for another order of summation."""

from __future__ import annotations

import math
from itertools import compress
from typing import Any

import torch

# Relative and absolute (times the largest expected value) tolerance. Sums of a few thousand float32 terms in another
# order differ by about 1e-6; in float64 by about 1e-14. Every effect that a check looks for is above 1e-2.
TOLERANCE = {torch.float32: (1e-4, 1e-5), torch.float64: (1e-7, 1e-9)}


def close(seen: torch.Tensor, expected: torch.Tensor, precision: torch.dtype | None = None) -> bool:
    """Whether two tensors of one shape agree at the precision of the less precise (NaN never agrees)."""
    if seen.shape != expected.shape:
        return False
    kinds = [precision] if precision else [seen.dtype, expected.dtype]
    relative, absolute = TOLERANCE[torch.float32] if torch.float32 in kinds else TOLERANCE[torch.float64]
    if seen.dtype == expected.dtype and torch.equal(seen, expected):
        return True
    a, b = seen.double(), expected.double()
    if not b.numel():
        return True
    scale = float(b.abs().max())
    if math.isfinite(scale):  # then a value that is not finite in `seen` makes a difference that is none
        gaps, floor = (a - b).abs(), absolute * max(scale, 1e-12)
        largest = float(gaps.max())
        if largest <= floor:
            return True
        return largest <= relative * scale + floor and bool((gaps <= relative * b.abs() + floor).all())
    finite = torch.isfinite(b)
    return torch.equal(torch.isfinite(a), finite) and close(a[finite], b[finite], precision or _coarser(seen, expected))


def _coarser(*tensors: torch.Tensor) -> torch.dtype:
    return torch.float32 if any(t.dtype == torch.float32 for t in tensors) else torch.float64


def same_value(a: Any, b: Any) -> bool:
    """Whether two encoded values agree: kinds, shapes and numbers (tensors and Python numbers count alike)."""
    if "items" in a and "items" in b and a["kind"] == b["kind"]:
        if isinstance(a["items"], dict):
            return a["items"].keys() == b["items"].keys() and all(
                same_value(v, b["items"][k]) for k, v in a["items"].items()
            )
        return len(a["items"]) == len(b["items"]) and all(map(same_value, a["items"], b["items"]))
    x, y = as_tensor(a), as_tensor(b)
    if x is None or y is None:
        return a["kind"] == b["kind"]
    return close(x, y)


def same_gradients(a: list[list[Any]], b: list[list[Any]]) -> bool:
    """Whether two tables of gradients agree; a missing gradient agrees with zeros."""
    if len(a) != len(b):
        return False
    pairs = [pair for row_a, row_b in zip(a, b, strict=True) for pair in zip(row_a, row_b, strict=False)]
    return all(same_gradient(x, y) for x, y in pairs)


def same_gradient(seen: torch.Tensor | None, expected: torch.Tensor | None) -> bool:
    """Whether two gradients agree; None counts as zeros."""
    if seen is None and expected is None:
        return True
    if seen is None or expected is None:
        present = expected if seen is None else seen
        return not bool(present.any())  # type: ignore[union-attr]
    return close(seen, expected)


def as_tensor(encoded: dict[str, Any]) -> torch.Tensor | None:
    """The tensor of an encoded tensor or number; None for anything else."""
    if encoded["kind"] == "tensor":
        data: torch.Tensor = encoded["data"]
        return data
    if encoded["kind"] in ("int", "float", "bool"):
        return torch.tensor(float(encoded["value"]), dtype=torch.float64)
    return None


def outputs_of(encoded: dict[str, Any]) -> list[dict[str, Any]]:
    """A returned sequence as a list; a single value as a list of one."""
    return encoded["items"] if encoded["kind"] == "sequence" else [encoded]


def same_calls(plan: Any, record: Any, other: Any) -> bool:
    """Whether two records of the call probe tell the same: errors, values and gradients.

    Records without a single finite value never do: too many mistakes end in NaN. Cases that are to be refused are left out: whether they
    are is a question of its own.
    """
    asked = [not case.get("refuse") for case in plan["cases"]]
    record, other = ({"cases": list(compress(r["cases"], asked))} for r in (record, other))
    if not any(_finite(call) for case in record["cases"] for call in case["calls"]):
        return False
    for case, twin in zip(record["cases"], other["cases"], strict=True):
        if len(case["calls"]) != len(twin["calls"]) or _kind(case) != _kind(twin):
            return False
        for call, match in zip(case["calls"], twin["calls"], strict=True):
            if _kind(call) != _kind(match) or not same_value(call["value"], match["value"]):
                return False
            if any(call.get(left) != match.get(left) for left in ("backward", "grads_touched", "networks_after")):
                return False
            if not same_gradients(call["grads"], match["grads"]):
                return False
    return True


def same_values(plan: Any, record: Any, other: Any) -> bool:
    """As `same_calls`, but by the values alone, and to the precision of float32."""
    records = [{"cases": [_rounded(case) for case in r["cases"]]} for r in (record, other)]
    return same_calls(plan, *records)


def _rounded(case: dict[str, Any]) -> dict[str, Any]:
    """The case in float32 and without gradients."""
    return case | {"calls": [call | {"value": _in_float32(call["value"]), "grads": []} for call in case["calls"]]}


def _in_float32(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"data": value["data"].float()} if value["kind"] == "tensor" else value


def _kind(entry: dict[str, Any]) -> str | None:
    return entry["raised"]["type"] if entry["raised"] else None


def _finite(call: dict[str, Any]) -> bool:
    tensors = [as_tensor(item) for item in outputs_of(call["value"])]
    return not call["raised"] and all(t is not None and bool(torch.isfinite(t.double()).all()) for t in tensors)
