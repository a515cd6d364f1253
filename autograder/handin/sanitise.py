"""Nothing active of a student reaches a browser: the notebook that formgrader and feedback pages show, cleaned.

What stays: text, code as text, pictures that are what they say, Markdown that `harmless` lets pass, and of the metadata what grading needs.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from autograder.handin.allowed import is_picture
from autograder.handin.harmless import as_text, harmless

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # of cells, as in nbformat, and of graded cells, as in nbgrader
WORDS = re.compile(r"[\w./: +-]{0,200}")
NOTEBOOK_METADATA = ("kernelspec", "language_info", "genlab")
NBGRADER = {
    **dict.fromkeys(["grade", "solution", "locked", "task"], (bool,)),
    "schema_version": (int,),
    "points": (int, float),
}
NBGRADER_TEXT = {"checksum": re.compile(r"[0-9a-f]{32}"), "cell_type": re.compile(r"code|markdown|raw")}
# What formgrader's page and its scripts find by name.
PAGE = {"toc", "notebook", "notebook-container", "statusmessage", "top"}
MOST_MARKDOWN = 300_000  # characters that are looked at in one notebook: a bad cell can take a second for each 10,000
OUTPUTS = {"stream", "error", "display_data", "execute_result"}


def sanitise(notebook: dict[str, Any], ours: frozenset[str] = frozenset()) -> list[str]:
    """What was removed from the notebook, or shown as text, one short phrase each; the notebook is changed in place.

    ours: Markdown of the lesson itself, which need not be looked at.
    """
    removed = []
    if _has_markup(notebook.get("metadata")):
        removed.append("the notebook: metadata with markup")
    notebook["metadata"] = _notebook_metadata(notebook.get("metadata"))
    for key in set(notebook) - {"cells", "metadata", "nbformat", "nbformat_minor"}:
        del notebook[key]
    notebook["cells"] = [cell for cell in _list(notebook.get("cells")) if isinstance(cell, dict)]
    named = {grade_id for cell in notebook["cells"] if (grade_id := _grade_id(cell))}
    reserved = frozenset(PAGE | named | {f"{n}-comment" for n in named} | {f"{n}_extra_credit" for n in named})
    budget = MOST_MARKDOWN
    for number, cell in enumerate(notebook["cells"], start=1):
        known = cell.get("cell_type") == "markdown" and _text(cell.get("source")) in ours
        budget -= len(_text(cell.get("source"))) if cell.get("cell_type") == "markdown" and not known else 0
        found = _clean_cell(cell, number, reserved, look=budget >= 0, known=known)
        removed += [f"cell {number}: {what}" for what in found]
    return removed


def _clean_cell(cell: dict[str, Any], number: int, reserved: frozenset[str], look: bool, known: bool) -> list[str]:
    """Clean one cell in place, and say what was removed; Markdown that is not looked at is shown as text."""
    removed = _clean_metadata(cell)
    if not (isinstance(cell.get("id"), str) and NAME.fullmatch(cell["id"])):
        cell["id"] = f"cell-{number}"
    source = _text(cell.get("source"))
    kind = cell.get("cell_type")
    if kind == "code":
        _drop(cell, "attachments")
        count = cell.get("execution_count")
        cell["execution_count"] = count if type(count) is int else None  # a page prints it as it is
        outputs, found = _clean_outputs(cell.get("outputs"))
        cell["outputs"] = outputs
        removed += found
        shown = source
    else:
        _drop(cell, "outputs", "execution_count")
        attached, found = _clean_attachments(cell)
        removed += found
        if known and not attached:
            shown = source
        elif kind == "markdown" and look:
            shown, problems = harmless(source, attached, reserved)
            removed += [f"{problem} in its text" for problem in problems]
        else:
            # nbconvert would put a raw cell on the page as it is.
            removed.append("more Markdown than can be checked" if kind == "markdown" else "raw text, shown as text")
            cell["cell_type"], shown = "markdown", as_text(source)
    if shown != _joined(cell.get("source")):
        cell["source"] = shown
    return removed


def _clean_outputs(outputs: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """The outputs that are text or pictures, and what else there was."""
    kept = []
    removed: dict[str, None] = {}
    for output in _list(outputs):
        kind = output.get("output_type") if isinstance(output, dict) else None
        if not isinstance(kind, str) or kind not in OUTPUTS:
            removed["an output of an unknown kind"] = None
            continue
        if kind == "stream":
            fields: dict[str, Any] = {
                "name": "stderr" if output.get("name") == "stderr" else "stdout",
                "text": _text(output.get("text")),
            }
        elif kind == "error":
            trace = [_text(line) for line in _list(output.get("traceback"))]
            fields = {"ename": _text(output.get("ename")), "evalue": _text(output.get("evalue")), "traceback": trace}
        else:
            data, others = _clean_data(output.get("data"))
            removed |= dict.fromkeys(others)
            fields = {"data": data, "metadata": {}}
            if kind == "execute_result":
                count = output.get("execution_count")
                fields["execution_count"] = count if type(count) is int else None
        for key in set(output) - {"output_type", *fields}:
            del output[key]
        for key, value in fields.items():
            if key == "metadata" or _joined(output.get(key)) != value:  # lines of text stay as they were split
                output[key] = value
        if fields.get("data") != {}:
            kept.append(output)
    return kept, list(removed)


def _clean_data(data: Any) -> tuple[dict[str, Any], list[str]]:
    """The text and the pictures of an output, and names of what else there was."""
    kept: dict[str, Any] = {}
    removed = []
    for kind, content in (data if isinstance(data, dict) else {}).items():
        if kind == "text/plain":
            kept[kind] = content if _joined(content) == _text(content) else _text(content)
        elif kind in ("image/png", "image/jpeg") and is_picture(kind, _joined(content)):
            kept[kind] = content
        elif kind in ("text/html", "text/markdown", "text/latex", "application/json"):
            removed.append(f"{kind.partition('/')[2]} output")
        elif isinstance(kind, str) and kind.startswith("image/"):
            removed.append("an output that is no picture of a kind that is safe to show")
        else:
            removed.append("output that a browser could run")
    if "text/plain" not in kept and not kept and isinstance(data, dict) and "text/latex" in data:
        kept["text/plain"] = _text(data["text/latex"])
    return kept, removed


def _clean_attachments(cell: dict[str, Any]) -> tuple[frozenset[str], list[str]]:
    """The names of the attachments that are pictures; others are removed from the cell."""
    kept, bad = {}, False
    attachments = cell.get("attachments")
    for name, bundle in (attachments if isinstance(attachments, dict) else {}).items():
        pictures = {
            kind: "".join(_joined(content).split())
            for kind, content in (bundle if isinstance(bundle, dict) else {}).items()
            if is_picture(kind, _joined(content))
        }
        bad |= not isinstance(bundle, dict) or pictures.keys() != bundle.keys()
        if pictures and isinstance(name, str):
            kept[name] = pictures
    _drop(cell, "attachments")
    if kept:
        cell["attachments"] = kept
    return frozenset(kept), ["an attachment that is no picture"] if bad else []


def _clean_metadata(cell: dict[str, Any]) -> list[str]:
    """Leave a cell the metadata that grading needs."""
    metadata = cell.get("metadata")
    removed = ["metadata with markup"] if _has_markup(metadata) else []
    found = metadata if isinstance(metadata, dict) else {}
    kept: dict[str, Any] = {key: found[key] for key in ("deletable", "editable") if type(found.get(key)) is bool}
    tags = [tag for tag in _list(found.get("tags")) if isinstance(tag, str) and NAME.fullmatch(tag)]
    if tags:
        kept["tags"] = tags
    grade_id = _grade_id(cell)
    if grade_id:
        kept["nbgrader"] = {"grade_id": grade_id} | _nbgrader(found["nbgrader"])
    elif "nbgrader" in found and not removed:
        removed.append("grading metadata without a proper name")
    cell["metadata"] = kept
    return removed


def _nbgrader(found: dict[str, Any]) -> dict[str, Any]:
    """Of nbgrader's metadata the entries that are of the right kind."""
    kept = {key: found[key] for key, kinds in NBGRADER.items() if type(found.get(key)) in kinds}
    if not math.isfinite(kept.get("points", 0)):
        del kept["points"]
    texts = {key: found[key] for key in NBGRADER_TEXT if isinstance(found.get(key), str)}
    return kept | {key: text for key, text in texts.items() if NBGRADER_TEXT[key].fullmatch(text)}


def _grade_id(cell: dict[str, Any]) -> str | None:
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = found.get("grade_id") if isinstance(found, dict) else None
    return grade_id if isinstance(grade_id, str) and NAME.fullmatch(grade_id) else None


def _notebook_metadata(metadata: Any) -> dict[str, Any]:
    """What says the lesson, and that this is Python: names that choose how code is coloured are not the student's."""
    found = metadata if isinstance(metadata, dict) else {}
    kept = {key: _plain(found[key]) for key in NOTEBOOK_METADATA if isinstance(found.get(key), dict)}
    if "kernelspec" in kept:
        kept["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    if "language_info" in kept:
        kept["language_info"] |= {"name": "python", "pygments_lexer": "ipython3"}
    return kept


def _plain(value: Any, depth: int = 0) -> Any:
    """A tree of metadata without texts that are more than words, and not too deep."""
    if isinstance(value, dict) and depth < 4:
        texts = {k: _plain(v, depth + 1) for k, v in value.items() if isinstance(k, str) and WORDS.fullmatch(k)}
        return {k: v for k, v in texts.items() if v is not None}
    if isinstance(value, str):
        return value if WORDS.fullmatch(value) else None
    return value if type(value) in (bool, int) else None


def _has_markup(metadata: Any) -> bool:
    try:
        return "<" in json.dumps(metadata, default=str)
    except (ValueError, RecursionError):
        return True


def _text(value: Any) -> str:
    """A source or a text, whole; lone surrogates, which no file can hold, are replaced."""
    joined = _joined(value)
    return joined.encode("utf-8", "replace").decode("utf-8") if isinstance(joined, str) else ""


def _joined(value: Any) -> Any:
    """Lines joined; everything else as it is."""
    return "".join(value) if isinstance(value, list) and all(isinstance(line, str) for line in value) else value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _drop(cell: dict[str, Any], *keys: str) -> None:
    for key in keys:
        cell.pop(key, None)
