"""Values, shapes and errors in the words of a check's message."""

from __future__ import annotations

from typing import Any

import torch

from genlab import advice as known

DTYPES = {torch.float32: "float32", torch.float64: "float64", torch.int64: "int64", torch.bool: "bool"}


def number(value: float | torch.Tensor) -> str:
    """Four significant digits: 3.142, 0.0001235, 1.2e+06."""
    return f"{float(value):.4g}"


def shape(sizes: Any) -> str:
    """(7, 3); a scalar is "()"."""
    return "(" + ", ".join(str(int(s)) for s in sizes) + ("," if len(sizes) == 1 else "") + ")"


def dtype(kind: torch.dtype) -> str:
    """float32, int64 …"""
    return DTYPES.get(kind, str(kind).removeprefix("torch."))


def tensor(data: torch.Tensor) -> str:
    """A scalar's value, or the shape and the first values of anything larger."""
    if data.numel() == 1:
        return number(data.double().item())
    values = ", ".join(number(v) for v in data.double().flatten()[:4].tolist())
    return f"[{values}{', …' if data.numel() > 4 else ''}] of shape {shape(data.shape)}"


def apart(seen: torch.Tensor, expected: torch.Tensor) -> tuple[str, str]:
    """Both as `tensor` shows them or, where that looks alike, the value that differs most, to as many digits as it takes."""
    if tensor(seen) != tensor(expected):
        return tensor(seen), tensor(expected)
    most = int((seen.double() - expected.double()).abs().argmax())
    pair = [data.double().flatten()[most].item() for data in (seen, expected)]
    digits = (f".{n}g" for n in range(4, 17))
    form = next((digit for digit in digits if format(pair[0], digit) != format(pair[1], digit)), ".17g")
    a, b = (format(value, form) for value in pair)
    if seen.numel() == 1:
        return a, b
    place = ", ".join(str(int(i)) for i in torch.unravel_index(torch.tensor(most), seen.shape))
    return f"{a} at [{place}]", f"{b} there"


def gradients_apart(seen: torch.Tensor | None, expected: torch.Tensor | None) -> tuple[str, str]:
    """What a gradient is, as the end of a sentence, and what it should be; either may be missing."""
    if seen is None or expected is None:
        found = "is missing" if seen is None else f"is {tensor(seen)}"
        return found, "none" if expected is None else tensor(expected)
    found, wanted = apart(seen, expected)
    return f"is {found}", wanted


def argument(value: Any) -> str:
    """An argument in a call: a tensor by its shape and, when it is not float32, its dtype."""
    if isinstance(value, torch.Tensor):
        kind = "" if value.dtype == torch.float32 else f" {dtype(value.dtype)}"
        return f"{shape(value.shape)}{kind}"
    if isinstance(value, dict):
        return ""
    return number(value) if isinstance(value, float) else repr(value)


def call(name: str, parameters: list[str], arguments: list[Any]) -> str:
    """A call in words: kl_loss(z_mean (7, 3), z_log_var (7, 3))."""
    parts = [f"{p} {argument(a)}".strip() for p, a in zip(parameters, arguments, strict=False)]
    return f"{name}({', '.join(parts)})"


def value(encoded: dict[str, Any]) -> str:
    """What came back, in words that name its kind."""
    kind = encoded["kind"]
    if kind == "tensor":
        return f"a {dtype(encoded['data'].dtype)} tensor of shape {shape(encoded['data'].shape)}"
    if kind == "NoneType":
        return "None"
    if kind == "sequence":
        return f"{len(encoded['items'])} values"
    if kind == "dict":
        return f"a dict with keys {', '.join(map(repr, encoded['items'])) or 'none'}"
    if kind == "other":
        return f"a {encoded['type']}"
    return f"the Python {kind} {encoded['value']!r}"


def error(raised: dict[str, Any]) -> str:
    """An exception in one line, with the line of the learner's code where there is one."""
    message = _shortened(raised["message"].strip().split("\n")[0], 200)
    place = f" (line {raised['line']} of your cell)" if raised["line"] else ""
    return f"raised {raised['type']}: {message}{place}" if message else f"raised {raised['type']}{place}"


def _shortened(text: str, most: int) -> str:
    """The text, or its first words, with an ellipsis, where it is longer than so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rpartition(' ')[0] or text[: most - 1]}…"


def advice(raised: dict[str, Any]) -> str:
    """One thing to try after an exception."""
    return known.on(f"{raised['type']}: {raised['message']}") or known.OTHERWISE
