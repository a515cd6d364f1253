"""The small networks that a spy probe hands to a learner's train step: known weights, and every call written down."""

from __future__ import annotations

import copy
import functools
import math
from typing import Any

import torch
from torch import nn


class RowDropout(nn.Module):
    """Dropout whose mask is a fixed function of each row by itself, so that a call in train mode can be repeated: a third is dropped."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, …) → (B, …)."""
        return torch.where(torch.sin(1000 * x.detach()) > -0.5, 1.5 * x, 0.0) if self.training else x


STATISTICS = ("running_mean", "running_var")  # how torch.nn calls the buffers of a batch norm

LAYERS: dict[str, Any] = {
    "linear": nn.Linear,
    "batch_norm": nn.BatchNorm1d,
    "tanh": nn.Tanh,
    "dropout": nn.Dropout,
    "row_dropout": RowDropout,
    "conv": nn.Conv2d,
    "flatten": nn.Flatten,
    "unflatten": lambda *shape: nn.Unflatten(1, shape),
}


class Spy(nn.Module):
    """A network that answers like its inner module and keeps a log of every call."""

    def __init__(self, name: str, inner: nn.Module, log: list[dict[str, Any]]) -> None:
        super().__init__()
        self.inner = inner
        self._name, self._log = name, log

    def __deepcopy__(self, memo: dict[int, Any]) -> Spy:
        """A copy with weights of its own whose calls go to the same log."""
        return Spy(self._name, copy.deepcopy(self.inner, memo), self._log).train(self.training)

    def forward(self, *inputs: torch.Tensor, **named: torch.Tensor) -> Any:
        """The inner module's output; of inputs given by name, `labels` comes last."""
        inputs = (*inputs, *(named[name] for name in sorted(named, key=lambda name: name == "labels")))
        entry = {
            "network": self._name,
            "training": self.training and self.inner.training,
            "grad_enabled": torch.is_grad_enabled(),
            "inputs": [plain(i) for i in inputs if isinstance(i, torch.Tensor)],
        }
        self._log.append(entry)
        output = self.inner(*inputs)
        many = isinstance(output, tuple)
        entry["outputs"] = [plain(o) for o in (output if many else [output])]
        return output


def plain(tensor: torch.Tensor) -> torch.Tensor:
    """A detached copy on the CPU; inside torch.func's transforms, of all that they hold (vmap's axis included)."""
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        tensor = torch._C._functorch.get_unwrapped(tensor)
    return tensor.detach().cpu().clone()


class GaussianEncoder(nn.Module):
    """Encoder with two heads: x → (z_mean, z_log_var, z); its noise comes from a generator of its own."""

    def __init__(self, trunk: list[list[Any]], width: int, latent_dim: int, seed: int) -> None:
        super().__init__()
        self.trunk = sequential(trunk)
        self.z_mean = nn.Linear(width, latent_dim)
        self.z_log_var = nn.Linear(width, latent_dim)
        self._noise = torch.Generator().manual_seed(seed)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(B, …) → z_mean, z_log_var, z, each (B, latent_dim)."""
        hidden = self.trunk(x)
        z_mean, z_log_var = self.z_mean(hidden), self.z_log_var(hidden)
        noise = torch.randn(z_mean.shape, generator=self._noise).to(z_mean)
        return z_mean, z_log_var, z_mean + torch.exp(0.5 * z_log_var) * noise


class Conditional(nn.Module):
    """A network of two arguments: its layers get (x, flattened, and the one-hot code of its label)."""

    def __init__(self, classes: int, layers: list[list[Any]]) -> None:
        super().__init__()
        self.classes, self.layers = classes, sequential(layers)

    def forward(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(B, …), int64 (B,) → what the layers make of (B, … + classes)."""
        result: torch.Tensor = self.layers(
            torch.cat([x.flatten(1), nn.functional.one_hot(labels, self.classes).to(x)], 1)
        )
        return result


class Quadratic(nn.Module):
    """A critic whose gradient is known: x (B, …) → (B,), the sums of a·x²/2 + b·x over each row, with gradient a·x + b."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.a, self.b = nn.Parameter(torch.zeros(size)), nn.Parameter(torch.zeros(size))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, …) → (B,)."""
        rows = x.flatten(1)
        return (self.a * rows.square() / 2 + self.b * rows).sum(dim=1)


class Mixture(nn.Module):
    """A density with parameters: a mixture of Gaussians with a standard deviation for each component and dimension.

    scale: the unit in which the points are measured; where it is small, densities are above 1.
    """

    def __init__(self, components: int, dimensions: int, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale
        self.logits = nn.Parameter(torch.zeros(components))
        self.means = nn.Parameter(torch.zeros(components, dimensions))
        self.log_stds = nn.Parameter(torch.zeros(components, dimensions))

    def log_prob(self, x: torch.Tensor) -> torch.Tensor:
        """(N, D) → log-densities (N,)."""
        scaled = (x[:, None] / self.scale - self.means) / self.log_stds.exp()  # (N, components, D)
        each = -(scaled**2 / 2 + self.log_stds + math.log(2 * math.pi * self.scale**2) / 2).sum(dim=2)
        return torch.logsumexp(each + torch.log_softmax(self.logits, dim=0), dim=1)

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """A density is asked by name."""
        raise TypeError("a density model is not called: it has log_prob(x)")


def mode_of(module: nn.Module) -> str:
    """ "train", "eval" or, where its parts differ, "mixed"."""
    modes = {m.training for m in module.modules()}
    return "mixed" if len(modes) > 1 else "train" if modes.pop() else "eval"


def learns(module: nn.Module) -> bool:
    """Whether every parameter takes part in training."""
    return all(p.requires_grad for p in module.parameters())


def sequential(layers: list[list[Any]]) -> nn.Sequential:
    """nn.Sequential of [kind, *arguments] rows."""
    return nn.Sequential(*(LAYERS[kind](*arguments) for kind, *arguments in layers))


def build_network(spec: dict[str, Any]) -> nn.Module:
    """Network of a plan's spec with seeded weights, biases, scales and running statistics, none at its default.

    gain: a factor for all weights; 0 makes a network that is flat.
    """
    if spec["kind"] == "gaussian_encoder":
        network: nn.Module = GaussianEncoder(spec["trunk"], spec["width"], spec["latent_dim"], spec["seed"])
    elif spec["kind"] == "mixture":
        network = Mixture(spec["components"], spec["dimensions"], spec.get("scale", 1.0))
    elif spec["kind"] == "conditional":
        network = Conditional(spec["classes"], spec["layers"])
    elif spec["kind"] == "quadratic":
        network = Quadratic(spec["size"])
    else:
        network = sequential(spec["layers"])
    fill(network, spec["seed"])
    with torch.no_grad():
        for parameter in network.parameters() if "gain" in spec else []:
            parameter.mul_(spec["gain"])
    return network.to(getattr(torch, spec.get("dtype", "float32"))).train(spec["training"])


def fill(module: nn.Module, seed: int, disjoint: tuple[int, ...] = (), sparse: bool = False) -> None:
    """Set every parameter and running statistic of `module` in place from `seed`, in registration order.

    Other buffers are the learner's own constants, such as a table of one-hot codes: they stay.
    """
    for index, parameter in enumerate(module.parameters()):
        with torch.no_grad():
            parameter.copy_(weights(tuple(parameter.shape), seed, index, disjoint, sparse))
    for index, (name, buffer) in enumerate(module.named_buffers()):
        if name.endswith(STATISTICS):
            buffer.copy_(statistics(name, tuple(buffer.shape), seed, index))


@functools.lru_cache(maxsize=128)  # one network is built again and again while its step is judged
def weights(
    shape: tuple[int, ...], seed: int, index: int, disjoint: tuple[int, ...] = (), sparse: bool = False
) -> torch.Tensor:
    """Seeded normal draws of `shape`, scaled so that a layer keeps the size of its input; vectors around 0.3. To be copied, not to be changed.

    disjoint: numbers of axes of the parameters that it holds for, 2 and 4. In a matrix (n_out, n_in), column j is zero but in row j mod n_out.
              In a convolution likewise; and of several output channels each looks at one pixel only, the second of its window in both
              directions.
    sparse:   a filter of a convolution (n_out, n_in, k, k) has one number near ±1, at (1, 1) of one channel, and zeros; the filter of a
              single output has two, at (0, 0) and (2, 1) of the last channel. So dropout in between shows value by value.
    """
    generator = torch.Generator().manual_seed(seed * 1009 + index)
    draws = torch.randn(shape, generator=generator)
    if len(shape) < 2:
        return 0.3 + 0.4 * draws
    if sparse and len(shape) == 4:
        return _taps(draws)
    scaled = draws * math.sqrt(2.0 / math.prod(shape[1:]))
    if len(shape) not in disjoint:
        return scaled
    rows, columns = torch.arange(shape[0]), torch.arange(shape[1])
    own = columns % shape[0] == rows[:, None]
    if len(shape) == 2:
        return scaled * math.sqrt(shape[0]) * own
    looked_at = torch.zeros(shape[2:])
    looked_at[1, 1] = 1
    return draws * own[:, :, None, None] * (looked_at if shape[0] > 1 else 1)


def _taps(draws: torch.Tensor) -> torch.Tensor:
    values, kept = draws.sign() * (1 + 0.2 * draws.tanh()), torch.zeros_like(draws)
    for out in range(len(draws)):
        for row, column in [(1, 1)] if len(draws) > 1 else [(0, 0), (2, 1)]:
            kept[out, (out - (len(draws) == 1)) % draws.shape[1], row, column] = 1
    return values * kept


def statistics(name: str, shape: tuple[int, ...], seed: int, index: int) -> torch.Tensor:
    """Seeded values of the running statistic `name`; a variance is at least ½."""
    values = weights(shape, seed + 1, index)
    return values.abs() + 0.5 if name.endswith("running_var") else values
