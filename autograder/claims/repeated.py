"""A mistake of an earlier exercise that an answer makes anew: what the earlier one asked for is computed here, instead of called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.claims.calls import CallClaims, in_double
from autograder.claims.compare import as_tensor, close, outputs_of
from autograder.exercise import Repeats
from autograder.probes import Plan, Record


def written_again(claims: CallClaims, output: str, again: Callable[..., torch.Tensor]) -> Repeats:
    """Whether one output is, in every call, what `again(wrong, *arguments)` makes with a wrong answer, and not what is right.

    Only where that is finite: too many mistakes end in NaN.
    """
    at = claims.outputs.index(output)

    def judge(plan: Plan, record: Record, wrong: Callable[..., Any]) -> bool:
        differs = False
        for case, found in zip(plan["cases"], record["cases"], strict=True):
            args = [in_double(argument) for argument in case["args"]]
            expected, right = again(wrong, *args), claims.oracle(*args)
            differs = differs or not close(expected, right[at] if isinstance(right, tuple) else right)
            if not found["calls"] or not bool(expected.isfinite().all()):
                return False
            for call in found["calls"]:
                outputs = outputs_of(call["value"])
                seen = as_tensor(outputs[at]) if at < len(outputs) else None
                if seen is None or not close(seen, expected):
                    return False
        return differs

    return judge
