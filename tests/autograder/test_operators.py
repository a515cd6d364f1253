"""A convolution by hand is told from one of the library's, however that is called, here and in the sandbox."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from autograder import examine
from autograder.definitions import solution_source
from autograder.probes import run_probe
from tests.answers.cnn.conv2d import im2col

ROOT = Path(__file__).parents[2]
EXERCISE = "cnn/conv2d"


def as_a_module(x, weight, bias, stride, padding):
    layer = nn.Conv2d(x.shape[1], len(weight), weight.shape[2:], stride, padding).to(x)
    return torch.func.functional_call(layer, {"weight": weight, "bias": bias}, x)


def transposed(x, weight, bias, stride, padding):
    """The gradient of a transposed convolution is a convolution."""
    y = torch.nn.grad.conv2d_input(x.shape, weight, F.conv2d(x, weight, None, stride, padding), stride, padding)
    return im2col(x, weight, bias, stride, padding) + 0 * y.sum()


def for_each_image(x, weight, bias, stride, padding):
    return torch.vmap(lambda image: F.conv2d(image, weight, bias, stride, padding))(x)


def aside_in_inference_mode(x, weight, bias, stride, padding):
    with torch.inference_mode():
        F.conv2d(x, weight, bias, stride, padding)
    return im2col(x, weight, bias, stride, padding)


class LibraryBackwards(torch.autograd.Function):
    """By hand forward, by a convolution of the library backward."""

    @staticmethod
    def forward(ctx, x, weight, bias, stride, padding):
        ctx.save_for_backward(x, weight, bias)
        ctx.how = stride, padding
        return im2col(x, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx, grad):
        x, weight, bias = (t.detach().requires_grad_() for t in ctx.saved_tensors)
        with torch.enable_grad():
            y = F.conv2d(x, weight, bias, *ctx.how)
        return *torch.autograd.grad(y, [x, weight, bias], grad), None, None


def in_the_gradient_only(x, weight, bias, stride, padding):
    return LibraryBackwards.apply(x, weight, bias, stride, padding)


BY_THE_LIBRARY = {
    f.__name__: f for f in (as_a_module, transposed, for_each_image, aside_in_inference_mode, in_the_gradient_only)
}


@pytest.mark.parametrize("answer", BY_THE_LIBRARY.values(), ids=BY_THE_LIBRARY)
@pytest.mark.parametrize("seed", range(3))
def test_a_convolution_of_the_library_is_seen(answer, seed):
    report = examine(EXERCISE, answer, seed=seed)
    assert report.misconception == "conv_called", report.headline
    assert [r.name for r in report.results if not r.passed] == ["no_conv"]


def test_operators_are_recorded_only_where_a_plan_asks():
    case = {"args": [torch.ones(2), 3.0], "grad": [0], "cotangents": [torch.ones(2)], "seed": 0}
    for asked in (False, True):
        record = run_probe({"probe": "call", "cases": [case | {"operators": asked}]}, lambda x, p: (x * p).exp())
        found = record["cases"][0]["calls"][0]["operators"]
        assert any(name.startswith("aten.exp.") for name in found) == asked == bool(found)


@pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux")
@pytest.mark.xdist_group("engine")
def test_the_sandbox_sees_it_too():
    from autograder.engine.client import Engine
    from autograder.engine.grading import grade

    def graded(**answers):
        made = json.loads((ROOT / "lessons/02_deeplearning/02_cnn.ipynb").read_text(encoding="utf-8"))
        for cell in made["cells"]:
            name = cell["id"].removesuffix("-solution")
            if cell["id"] == f"{name}-solution":
                cell["source"] = answers.get(name) or solution_source(f"cnn/{name}")
        reports = grade(engine, made, "cnn", b"s" * 32).reports
        return {r.exercise.split("/")[1]: r.misconception for r in reports.values() if not r.passed}

    by_library = (
        "def conv2d(x, weight, bias, stride, padding):\n    return F.conv2d(x, weight, bias, stride, padding)\n"
    )
    with Engine.start() as engine:
        assert graded() == {}
        assert graded(conv2d=by_library) == {"conv2d": "conv_called"}
