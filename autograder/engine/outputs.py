"""Outputs of cells: those that a child claims, only the kinds that nbformat knows, only text and pictures, only so much; and verdicts."""

from __future__ import annotations

from typing import Any

from autograder import card
from autograder.report import CheckFailed, Report

MOST_OUTPUTS = 200  # of one cell
MOST_TEXT = 250_000  # characters of one piece
MOST_PICTURE = 4_000_000


def valid_outputs(claimed: Any) -> list[dict[str, Any]]:
    """The outputs among what a child sent that a notebook may hold."""
    if not isinstance(claimed, list):
        return []
    found = [_valid(item) for item in claimed[:MOST_OUTPUTS] if isinstance(item, dict)]
    return [item for item in found if item is not None]


def shown(report: Report) -> list[dict[str, Any]]:
    """Outputs of a test cell: the card, and an error below it when the answer fails. Never a result, which would be credit."""
    outputs: list[dict[str, Any]] = [
        {
            "output_type": "display_data",
            "data": {"text/html": card.as_html(report, hidden=True), "text/plain": card.as_text(report, hidden=True)},
            "metadata": {},
        }
    ]
    if not report.passed:
        name = "GraderError" if report.status == "grader_error" else CheckFailed.__name__
        line = f"{name}: {report.headline}"
        outputs.append({"output_type": "error", "ename": name, "evalue": report.headline, "traceback": [line]})
    return outputs


def _valid(item: dict[str, Any]) -> dict[str, Any] | None:
    kind = item.get("output_type")
    if kind == "stream" and item.get("name") in ("stdout", "stderr"):
        return {"output_type": "stream", "name": item["name"], "text": _text(item.get("text"))}
    if kind == "error":
        lines = item.get("traceback")
        trace = [_text(line)[:5000] for line in lines[:100]] if isinstance(lines, list) else []
        name, value = _text(item.get("ename"))[:200], _text(item.get("evalue"))[:2000]
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": trace}
    if kind in ("display_data", "execute_result") and isinstance(item.get("data"), dict):
        data = {t: _text(item["data"][t]) for t in ("text/plain",) if t in item["data"]}
        for picture in ("image/png", "image/jpeg"):
            content = item["data"].get(picture)
            if isinstance(content, str) and len(content) <= MOST_PICTURE:
                data[picture] = content
        # As display_data in any case: an execute_result in a test cell would count as partial credit.
        return {"output_type": "display_data", "data": data, "metadata": {}}
    return None


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    # Lone surrogates cannot be written as UTF-8.
    return text[:MOST_TEXT].encode("utf-8", "replace").decode("utf-8")
