"""Whether parts of a notebook's JSON have the form that nbformat and nbconvert can read."""

from __future__ import annotations

from typing import Any

DEEPEST = 60  # levels of JSON in one cell's metadata or outputs


def well_formed(raw: dict[str, Any]) -> bool:
    """Whether nbformat and nbconvert can read the cell as it is."""
    source, metadata = raw.get("source"), raw.get("metadata")
    if raw.get("cell_type") not in ("code", "markdown", "raw") or not isinstance(metadata, dict) or too_deep(metadata):
        return False
    if not (isinstance(source, str) or is_strings(source)):
        return False
    tags = metadata.get("tags", [])
    if not is_strings(tags) or len(set(tags)) < len(tags):
        return False
    if not all(isinstance(metadata.get(key, {}), dict) for key in ("jupyter", "execution")):
        return False
    if raw["cell_type"] != "code":
        return sound_attachments(raw.get("attachments"))
    count, outputs = raw.get("execution_count"), raw.get("outputs")
    if "execution_count" not in raw or not (count is None or (type(count) is int and count >= 0)):
        return False
    return isinstance(outputs, list) and all(_sound_output(output) for output in outputs)


def _sound_output(output: Any) -> bool:
    if not isinstance(output, dict) or too_deep(output):
        return False
    kind = output.get("output_type")
    if kind == "stream":
        text = output.get("text")
        return isinstance(output.get("name"), str) and (isinstance(text, str) or is_strings(text))
    if kind == "error":
        return all(isinstance(output.get(k), str) for k in ("ename", "evalue")) and is_strings(output.get("traceback"))
    return (
        kind in ("display_data", "execute_result")
        and isinstance(output.get("data"), dict)
        and isinstance(output.get("metadata"), dict)
    )


def sound_attachments(attachments: Any) -> bool:
    """Whether a text cell's attachments have the form that nbformat reads."""
    if attachments is None:
        return True
    return isinstance(attachments, dict) and all(
        isinstance(bundle, dict) and all(isinstance(data, str) for data in bundle.values())
        for bundle in attachments.values()
    )


def is_strings(value: Any) -> bool:
    """Whether this is a list of strings."""
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def joined(source: Any) -> str:
    """A cell's text from what a file may hold, clean: no NUL, no half of a surrogate pair, and \\n at line ends."""
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str)).replace("\0", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def too_deep(value: Any) -> bool:
    """Whether JSON is nested deeper than what reads it later on can bear."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
