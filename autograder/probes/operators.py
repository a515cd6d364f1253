"""Which of torch's operators run: what tells a convolution written by hand from a call of the library's."""

from __future__ import annotations

from typing import Any

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

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What the operator returns, after its name was noted."""
        self.names.add(str(function))
        return function(*args, **(kwargs or {}))
