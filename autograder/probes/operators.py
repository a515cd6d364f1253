"""Which of torch's operators run, and how large what they make is: what tells a convolution written by hand from a call of the library's,
and a computation in chunks from one that holds everything at once."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.probes.recording import OWN_FILES

OWN_FILES.add(__file__)


class Operators(TorchDispatchMode):
    """Notes in `names` every operator that is dispatched inside the `with` block, such as "aten.convolution.default".

    It sees what autograd runs, too, and whatever a library function is made of: neither another name for it, nor a module
    around it, nor `no_grad` hides an operator.
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.largest = (
            0  # values of the largest tensor that was held in memory, views and expanded tensors not counted as more
        )

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What the operator returns, after its name and size were noted."""
        self.names.add(str(function))
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and result.layout == torch.strided:
            self.largest = max(self.largest, result.untyped_storage().nbytes() // result.element_size())
        return result


class Convolutions(TorchDispatchMode):
    """Notes in `inputs` what every convolution inside the `with` block, transposed or not, was given: dropout masks can be read from it."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: list[torch.Tensor] = []

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What the operator returns, after the input of a convolution was noted."""
        if function is torch.ops.aten.convolution.default:
            self.inputs.append(args[0].detach().cpu().clone())
        return function(*args, **(kwargs or {}))
