"""Probes run learner code on inputs and record what came out; they judge nothing.

A plan is what the judge sends in, a record is what comes out: both are trees of dicts, lists, strings, numbers and
tensors, so they can cross the wall of a sandbox as data. Nothing here imports oracles, misconceptions or the
rest of `autograder`.
"""

from __future__ import annotations

from typing import Any

from autograder.probes.call import probe_call
from autograder.probes.recording import begin, code_of, full_float32, names_used
from autograder.probes.spy import probe_spy
from autograder.probes.transplant import probe_transplant
from autograder.probes.value import probe_value

Plan = dict[str, Any]
Record = dict[str, Any]

PROBES = {"call": probe_call, "spy": probe_spy, "transplant": probe_transplant, "value": probe_value}


def run_probe(plan: Plan, target: Any, device: str = "cpu") -> Record:
    """Record of `target` (the learner's function, class or value) run on the plan's inputs on `device`.

    A plan with "code" asks for what tells the target's code from other code, too.
    """
    begin()
    with full_float32():
        record = PROBES[plan["probe"]](plan, target, device)
    if plan.get("code"):
        record["code"] = code_of(target)
    return {"probe": plan["probe"], "uses": names_used(target), **record}
