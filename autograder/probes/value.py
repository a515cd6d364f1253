"""The value probe: the learner's object is no function and no class; it is written down as it is.

Plan: {"probe": "value", "cases": [{}]}: one case, which holds nothing.
"""

from __future__ import annotations

from typing import Any

from autograder.probes.recording import encode


def probe_value(plan: dict[str, Any], target: Any, device: str) -> dict[str, Any]:
    """Record {"cases": [{"value"}]}."""
    return {"cases": [{"value": encode(target)} for _ in plan["cases"]]}
