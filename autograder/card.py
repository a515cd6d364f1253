"""The card that `check` shows: what was seen, what was expected, one thing to try. HTML in notebooks, plain text elsewhere."""

from __future__ import annotations

import base64
import io
import re
import sys
from dataclasses import replace
from html import escape
from typing import Any

from autograder.report import Pictures, Report, Result

PICTURES = ("yours", "expected", "difference")

# Mid-tones that keep a contrast of at least 3:1 on white and on JupyterLab's dark background; text takes the theme's colour.
ACCENT = {"passed": "#2e9e62", "failed": "#d9534f", "not_attempted": "#8a8f98", "grader_error": "#b8860b"}
FRAME = "#8a8f98"  # around pictures, which may be as white, or as black, as the page
HIDDEN = " · hidden check"
TITLE = {
    "passed": "passed",
    "failed": "not yet",
    "not_attempted": "not attempted yet",
    "grader_error": "the check broke",
}


def show(report: Report, hidden: bool = False) -> None:
    """Display the card of a report in the running notebook, or print it; a hidden check says that it is one."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        print(as_text(report, hidden))
        return
    from IPython.display import display

    display({"text/html": as_html(report, hidden), "text/plain": as_text(report, hidden)}, raw=True)


def as_text(report: Report, hidden: bool = False) -> str:
    """The card as plain text, at most some fifteen lines."""
    lines = [f"{_mark(report)} {report.exercise}: {TITLE[report.status]}{_points(report)}{HIDDEN * hidden}"]
    lines += [f"  {text}" for text in _lead(report)]
    failure = _shown_failure(report)
    if failure:
        lines += [f"  {label + ':':<11}{text}" for label, text in _rows(failure)]
    lines += [f"  {_tick(r)} {r.says}" for r in report.results]
    if report.status in ("failed", "not_attempted"):
        lines.append(f"  Stuck? genlab hint {report.exercise}")
    return "\n".join(lines)


def as_html(report: Report, hidden: bool = False) -> str:
    """The card as one HTML fragment that reads well on light and dark pages."""
    accent = ACCENT[report.status]
    head = (
        f'<div style="font-weight:600"><span style="color:{accent}">{_mark(report)} {TITLE[report.status]}</span>'
        f" · {escape(report.exercise)}{_points(report)}{HIDDEN * hidden}</div>"
    )
    lead = "".join(f'<div style="margin-top:.4em">{coded(text)}</div>' for text in _lead(report))
    failure = _shown_failure(report)
    rows = _html_rows(failure) if failure else ""
    pictures = _html_pictures(failure.pictures) if failure and failure.pictures else ""
    stuck = ""
    if report.status in ("failed", "not_attempted"):
        stuck = (
            f'<div style="margin-top:.5em;opacity:.75">Stuck? <code>!genlab hint {escape(report.exercise)}</code></div>'
        )
    return (
        f'<div style="border-left:4px solid {accent};padding:.4em .9em;margin:.3em 0;max-width:60em;'
        f'font-family:system-ui,sans-serif;font-size:14px;line-height:1.45">{head}{lead}{rows}{pictures}{_claims(report)}{stuck}</div>'
    )


def portable(report: Report) -> Report:
    """The report with its pictures as PNG in base64, each under its label, in place of tensors."""
    results = [
        replace(r, pictures=_drawn(r.pictures)) if isinstance(r.pictures, Pictures) else r for r in report.results
    ]
    return replace(report, results=results)


def _lead(report: Report) -> list[str]:
    """The sentences above the details: the diagnosis, where there is one."""
    if report.status == "grader_error":
        return [f"This is not your mistake, and no verdict on your answer: {report.grader_error}"]
    if report.note:
        return [f"It {report.note}"]
    if report.status == "not_attempted":
        return ["The stub is still as it was: write your code in place of `raise NotImplementedError`."]
    failure = report.failure
    return [report.sentence or _headline(failure)] if report.status == "failed" and failure else []


def _headline(failure: Result) -> str:
    """What does not hold, where the mistake has no name."""
    if failure.seen.startswith("raised "):
        return f"It stops with an error, {failure.seen.split()[1].rstrip(':')}, before there is anything to judge."
    name, value, _ = failure.says.partition(": the right value")
    return f"The value of {name} is not right yet." if value else f"This does not hold yet: it {failure.says}."


def _shown_failure(report: Report) -> Result | None:
    return report.failure if report.status == "failed" and not report.follows_from else None


def _rows(failure: Result) -> list[tuple[str, str]]:
    rows = [("called", failure.called), ("seen", failure.seen), ("expected", failure.expected), ("try", failure.to_try)]
    return [(label, text) for label, text in rows if text]


def _html_rows(failure: Result) -> str:
    cells = "".join(
        f'<tr style="background:none"><td style="text-align:left;vertical-align:top;padding:.1em .9em .1em 0;opacity:.7">{label}</td>'
        f'<td style="text-align:left;padding:.1em 0">{coded(text)}</td></tr>'
        for label, text in _rows(failure)
    )
    return f'<table style="border:none;border-collapse:collapse;margin:.5em 0 0 0;font-size:14px">{cells}</table>'


def _claims(report: Report) -> str:
    if not report.results:
        return ""
    items = "".join(f"<div>{_tick(r)} {escape(r.says)}</div>" for r in report.results)
    held = sum(r.passed for r in report.results)
    opened = "" if report.passed or report.follows_from else " open"
    return (
        f'<details style="margin-top:.5em"{opened}><summary style="cursor:pointer;opacity:.75">'
        f"{held} of {len(report.results)} claims hold</summary>{items}</details>"
    )


def _html_pictures(pictures: Pictures | dict[str, str]) -> str:
    drawn = _drawn(pictures) if isinstance(pictures, Pictures) else pictures
    figures = "".join(
        f'<figure style="margin:.5em 1em 0 0;display:inline-block;text-align:center">'
        f'<img alt="{label} image" src="data:image/png;base64,{png}" style="image-rendering:pixelated;width:112px;border:1px solid {FRAME}">'
        f'<figcaption style="opacity:.75">{label}</figcaption></figure>'
        for label, png in drawn.items()
    )
    return f"<div>{figures}</div>"


def _drawn(pictures: Pictures) -> dict[str, str]:
    """Base64 PNGs of what came back, of what was expected, and of how they differ."""
    difference = (pictures.seen - pictures.expected).abs()
    images = (pictures.seen, pictures.expected, difference)
    return {label: _png(image) for label, image in zip(PICTURES, images, strict=True)}


def _png(image: Any) -> str:
    """Base64 PNG of a (C, H, W) image, C 1 or 3, clamped to [0, 1]."""
    from PIL import Image

    pixels = (image.clamp(0, 1) * 255).round().byte().cpu().numpy()
    buffer = io.BytesIO()
    Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


_EMPHASIS = re.compile(r"(?<![\w*])\*(\w+)\*(?![\w*])")


def coded(text: str) -> str:
    """Escaped text with `code` set as code, and a *word* emphasised."""
    parts = escape(text).split("`")
    return "".join(
        f"<code>{part}</code>" if i % 2 else _EMPHASIS.sub(r"<em>\1</em>", part) for i, part in enumerate(parts)
    )


def _points(report: Report) -> str:
    unit = "point" if report.max_points == 1 else "points"
    return f" · {report.points:g} of {report.max_points:g} {unit}"


def _mark(report: Report) -> str:
    return {"passed": "✓", "not_attempted": "○"}.get(report.status, "✗")


def _tick(result: Result) -> str:
    return "✓" if result.passed else "✗" if result.reached else "○"
