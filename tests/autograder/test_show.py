"""What a message shows of a result and of what was expected is never the same twice."""

from __future__ import annotations

import pytest
import torch

from autograder.claims import show
from autograder.probes.recording import attempt


def test_values_that_differ_at_once_are_shown_as_they_begin() -> None:
    assert show.apart(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0])) == (
        "[1, 2] of shape (2,)",
        "[1, 3] of shape (2,)",
    )


def test_where_the_beginnings_are_alike_the_value_that_differs_most_is_shown() -> None:
    expected = torch.arange(24.0).view(2, 3, 4)
    seen = expected.clone()
    seen[1, 0, 2], seen[1, 2, 3] = 0.0, 23.5
    assert show.apart(seen, expected) == ("0 at [1, 0, 2]", "14 there")


@pytest.mark.parametrize("shape", [(), (1,), (3, 2)])
def test_values_get_as_many_digits_as_it_takes_to_tell_them_apart(shape: tuple[int, ...]) -> None:
    expected = torch.full(shape, 1.226, dtype=torch.float64)
    seen, wanted = show.apart(expected + 3e-6, expected)
    assert seen.startswith("1.226003") and wanted.startswith("1.226") and seen != wanted


def test_an_error_is_of_the_kinds_that_an_except_clause_would_catch() -> None:
    class NothingToCompare(ValueError):
        pass

    def refuses() -> None:
        raise NothingToCompare

    raised = attempt(refuses, [], 0)[1]
    assert raised is not None and raised["type"] == "NothingToCompare"
    assert {"NothingToCompare", "ValueError", "Exception"} <= set(raised["kinds"])
