"""Importing the kit brings nothing heavy with it, and finds every name that it promises."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from autograder import checks

HEAVY = (
    "matplotlib nbgrader jupytext nbformat nbconvert IPython ipykernel ipywidgets pydantic typer rich "
    "PIL scipy sklearn yaml kaggle dotenv tqdm.auto torch.optim.lr_scheduler torch._dynamo genlab.data "
    "genlab.plots genlab.training"
)


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        env={**os.environ, "GENLAB_SCALE": "smoke"},  # so that scale() need not ask torch
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_import_genlab_brings_nothing_heavy() -> None:
    found = modules_after("import genlab\ngenlab.scale, genlab.pick, genlab.__version__")
    assert "genlab" in found
    assert found.isdisjoint(HEAVY.split())
    assert "torch" not in found
    assert "numpy" not in found


def test_hints_come_without_torch_and_are_those_of_the_checks() -> None:
    found = modules_after("from autograder import checks\nfor id in checks.ids(): assert checks.hints(id)")
    assert found.isdisjoint({"torch", "numpy"})
    assert all(checks.hints(exercise) == checks.find(exercise).hints for exercise in checks.ids())


@pytest.mark.parametrize("first", ["import genlab.scale", "from genlab.scale import pick", "pass"])
def test_scale_is_the_function_whatever_was_imported_first(first: str) -> None:
    modules_after(f"{first}\nimport genlab\nassert genlab.scale() == 'smoke'")


def test_every_promised_name_is_there() -> None:
    import genlab

    for name in genlab.__all__:
        assert getattr(genlab, name) is not None
        assert name in dir(genlab)


def test_an_unknown_name_lists_the_known_ones() -> None:
    import genlab

    with pytest.raises(AttributeError, match=r"'fitt'.*fit"):
        genlab.fitt  # noqa: B018


def test_check_brings_nothing_heavy_beyond_torch() -> None:
    torch_alone = modules_after("import torch")
    found = modules_after("import torch\nimport genlab\nfrom autograder import check")
    assert (found - torch_alone).isdisjoint(HEAVY.split())
