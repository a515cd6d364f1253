"""The checks: one module per exercise, `checks/<lesson>/<exercise>.py`, each with one `EXERCISE`."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.exercise import Exercise


def module_name(exercise: str) -> str:
    """Module of an exercise id: vae_fashion/Sampling → autograder.checks.vae_fashion.sampling."""
    lesson, _, name = exercise.partition("/")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"autograder.checks.{lesson}.{snake}"


def find(exercise: str) -> Exercise:
    """The check of an exercise id. Raises KeyError, with what may be meant, for one that the course does not have."""
    if exercise not in _course():
        from genlab.course import pick

        try:
            pick(exercise, _course(), "exercise")
        except LookupError as error:
            raise KeyError(str(error)) from None
    found: Exercise = importlib.import_module(module_name(exercise)).EXERCISE
    return found


def hints(exercise: str) -> tuple[str, ...]:
    """Hints of an exercise, from the text of its check: whoever asks for one shall not wait until torch is imported."""
    spec = importlib.util.find_spec(module_name(exercise))
    text = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    written = [
        word.value for word in ast.walk(ast.parse(text)) if isinstance(word, ast.keyword) and word.arg == "hints"
    ]
    return tuple(ast.literal_eval(written[0])) if len(written) == 1 else find(exercise).hints


def points(exercise: str) -> float:
    """Points of an exercise in course.yml."""
    return float(_course()[exercise]["points"])


def ids(lesson: str | None = None) -> list[str]:
    """Exercise ids in the course's order, of one lesson or of all."""
    return [i for i in _course() if lesson is None or i.startswith(f"{lesson}/")]


def mended(exercise: str) -> str | None:
    """The exercise whose contract the code with a bug in this one is to meet, or None when there is no such code."""
    base = _course()[exercise].get("mends")
    return f"{exercise.split('/')[0]}/{base}" if base else None


@functools.cache
def _course() -> dict[str, dict[str, Any]]:
    # Read without the validation that `genlab.course` does: a check must not wait for it.
    from genlab import fast_yaml
    from genlab.paths import find as find_file

    course = fast_yaml.load(find_file("course.yml").read_text(encoding="utf-8"))
    return {
        f"{lesson['id']}/{exercise['id']}": exercise
        for chapter in course["chapters"]
        for lesson in chapter["lessons"]
        for exercise in lesson["exercises"]
    }
