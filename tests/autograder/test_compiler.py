"""Optimizers step without torch's compiler, and whoever wants the compiler gets it."""

import subprocess
import sys

import pytest

START = "import sys, torch; from autograder.sandbox import compiler; compiler.spare()\n"
STEP = """
weight = torch.nn.Parameter(torch.ones(3))
for kind in (torch.optim.SGD, torch.optim.Adam):
    optimizer = kind([weight], lr=0.1)
    optimizer.zero_grad(); weight.sum().backward(); optimizer.step()
assert "torch._dynamo.utils" not in sys.modules
assert not torch.equal(weight, torch.ones(3))
"""


@pytest.mark.parametrize(
    "code",
    [
        STEP,
        STEP
        + "f = torch.compile(lambda x: x * 2, backend='eager')\nassert torch.equal(f(torch.ones(2)), torch.full((2,), 2.0))",
        "import torch._dynamo.config; assert torch._dynamo.config.cache_size_limit",
        "from torch._dynamo import optimize; assert callable(optimize)",
        "import torch._dynamo; torch._dynamo.reset()",
    ],
    ids=["step", "compile", "submodule", "name", "attribute"],
)
def test_in_a_fresh_process(code):
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
