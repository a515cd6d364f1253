"""What a report may say of hidden inputs: their shapes, never their numbers. Students read it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch

from autograder.probes import Plan
from autograder.report import Report, Result

MASK = "·"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_ROW = re.compile(rf"{_NUMBER}(?:\s*,\s*{_NUMBER})+")
_ONE = re.compile(rf"(?<![\w.]){_NUMBER}(?![\w.]*\w)")
_ARGUMENT = re.compile(rf"(?<=[A-Za-z_0-9] ){_NUMBER}(?=[,)])")  # of `show.call`: size 14
_CONSTRUCTOR = re.compile(rf"(?<=[A-Za-z_0-9]\(){_NUMBER}(?:, {_NUMBER})*(?=\))")  # Encoder(20)
ROUNDING = 6e-4  # relative; messages have four digits
EXACT = 7  # digits
BETWEEN = torch.tensor([torch.nan], dtype=torch.float64)  # two inputs, so that no row seems to go from one to the next
FEW = 2  # numbers that meet those of an input by chance; three in a row do not


def without_inputs(report: Report, plan: Plan) -> Report:
    """The report without the numbers of the plan that it was judged on.

    Arguments in a call lose their values and keep their shapes; a row of values that stands in an input, and a
    number that was an argument, become a dot wherever they are.
    """
    if report.passed:
        return report
    tensors = [t.detach().double().flatten() for t in _leaves(plan["cases"]) if isinstance(t, torch.Tensor)]
    numbers = torch.cat([part for tensor in tensors for part in (tensor, BETWEEN)]) if tensors else BETWEEN
    masked_row = functools.cache(functools.partial(_masked_row, numbers=numbers))  # a message repeats its parts
    scalars = {f"{value:.4g}" for value in _leaves(plan["cases"]) if isinstance(value, float)}
    scalars = {text for text in scalars if len(text.lstrip("-0.").replace(".", "")) > FEW}

    def told(text: str) -> str:
        text = _ROW.sub(lambda row: masked_row(row.group()), text)
        return _ONE.sub(
            lambda one: MASK if one.group() in scalars or _is_exact(one.group(), numbers) else one.group(), text
        )

    def result(found: Result) -> Result:
        called = _CONSTRUCTOR.sub(_dots, _ARGUMENT.sub(MASK, found.called))
        seen, expected, advice = told(found.seen), told(found.expected), told(found.advice)
        message = told(found.message.replace(found.called, called, 1) if found.called else found.message)
        return replace(found, called=told(called), seen=seen, expected=expected, advice=advice, message=message)

    return replace(report, results=[result(found) for found in report.results])


def _dots(match: re.Match[str]) -> str:
    return ", ".join(MASK for _ in match.group().split(","))


def _masked_row(text: str, numbers: torch.Tensor) -> str:
    """The row, or as many dots where three in a row stand in an input in this order."""
    row = torch.tensor([float(part) for part in text.split(",")], dtype=torch.float64)
    pieces = [row[i : i + FEW + 1] for i in range(len(row) - FEW)]
    return ", ".join(MASK for _ in row) if any(_contain(numbers, piece) for piece in pieces) else text


def _contain(numbers: torch.Tensor, piece: torch.Tensor) -> bool:
    if len(numbers) < len(piece) or bool((piece == piece.round()).all()):
        return False  # whole numbers are counts, labels and indices
    windows, near = numbers.unfold(0, len(piece), 1), ROUNDING * piece.abs() + 1e-12
    windows = windows[(windows[:, 0] - piece[0]).abs() <= near[0]]  # few are left
    return bool(((windows - piece).abs() <= near).all(1).any())


def _is_exact(text: str, numbers: torch.Tensor) -> bool:
    """Whether a number with more digits than our messages have is one of an input: an error's text can quote it."""
    if len(re.sub(r"[eE].*|\D", "", text)) < EXACT:
        return False
    value = float(text)
    return bool(((numbers - value).abs() <= 1e-6 * abs(value)).any())


def _leaves(value: Any) -> Iterator[Any]:
    """The values in nested lists and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
