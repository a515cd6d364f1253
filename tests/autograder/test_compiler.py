"""torch steps without its compiler, and whoever wants that, or meta tensors, gets it."""

import subprocess
import sys

import pytest

START = "import sys; from autograder.sandbox import compiler; compiler.import_torch(); compiler.spare(); import torch\n"
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
        "assert compiler.META not in sys.modules; compiler.with_meta(); assert torch.median(torch.empty(3, device='meta')).is_meta",
        "assert torch.export.export(torch.nn.Linear(2, 3), (torch.zeros(1, 2),)).graph",
        "torch.Generator().manual_seed(0); assert torch.func.hessian(lambda x: (x**3).sum())(torch.ones(2)).shape == (2, 2)",
        "first = torch.Generator().manual_seed(3); compiler.with_meta(); second = torch.Generator().manual_seed(3)\n"
        "assert torch.equal(torch.randn(4, generator=first), torch.randn(4, generator=second)) and type(first) is type(second)",
        "assert 'torch.masked._ops' not in sys.modules and 'torchgen.utils' not in sys.modules\n"
        "assert torch.masked.masked_tensor(torch.ones(2), torch.tensor([True, False])).get_mask().sum() == 1",
        "assert torch.quantization.get_default_qconfig() and torch.nn.intrinsic.ConvReLU2d and torch.nn.qat.Linear",
        "import torch.nn.quantized; from torch.nn.quantizable import LSTM; assert torch.nn.quantized.Linear(2, 3) and LSTM(2, 3)",
        "@torch.library.custom_op('ours::twice', mutates_args=())\ndef twice(x: torch.Tensor) -> torch.Tensor:\n    return x * 2\n"
        "assert torch.equal(twice(torch.ones(2)), torch.full((2,), 2.0))",
    ],
    ids=[
        "step",
        "compile",
        "submodule",
        "name",
        "attribute",
        "meta",
        "export",
        "generator",
        "generator and meta",
        "masked",
        "quantization",
        "quantized",
        "operator",
    ],
)
def test_in_a_fresh_process(code):
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
