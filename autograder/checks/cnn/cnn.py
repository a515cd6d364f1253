"""Check of `cnn/CNN`.

In eval mode the learner's logits are compared with those of a reference that carries the learner's weights. In train mode they hold a dropout mask. The
plan makes it readable: with weights of which each hidden unit reaches one logit only, a logit is the sum of about 13 terms, each dropped or doubled,
and the one of 8,192 sums that it is tells the mask.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from autograder.checks.cnn import cnn_mistakes as mistakes
from autograder.claims import show
from autograder.claims.compare import as_tensor, close, same_gradient
from autograder.claims.laws import bernoulli
from autograder.claims.modules import ModuleClaims, transplants
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing
from autograder.probes import Plan, Record

EVAL, TRAIN, ONE = range(3)  # the cases of the plan, in order
STRIDES = (1, 2, 1, 2)


class Reference(nn.Module):
    """The network asked for, or a variant of it: another slope, order, eps or momentum, other strides."""

    def __init__(
        self,
        slope: float = 0.3,
        norm_last: bool = False,
        strides: tuple[int, ...] = STRIDES,
        pooled: bool = False,
        eps: float = 1e-5,
        momentum: float = 0.1,
    ) -> None:
        super().__init__()
        channels = [(3, 32), (32, 32), (32, 64), (64, 64)]
        steps = [1] * 4 if pooled else strides
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, s, 1) for (a, b), s in zip(channels, steps, strict=True))
        self.norms = nn.ModuleList(nn.BatchNorm2d(b, eps, momentum) for _, b in channels)
        self.hidden, self.hidden_norm, self.output = (
            nn.Linear(4096, 128),
            nn.BatchNorm1d(128, eps, momentum),
            nn.Linear(128, 10),
        )
        self.slope, self.norm_last, self.strides, self.pooled = slope, norm_last, strides, pooled

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Images (B, 3, 32, 32) → (B, 128), what dropout gets."""
        for convolution, norm, stride in zip(self.convolutions, self.norms, self.strides, strict=True):
            x = self._block(convolution(x), norm)
            if self.pooled and stride == 2:
                x = nn.functional.max_pool2d(x, 2)
        return self._block(self.hidden(x.reshape(len(x), -1)), self.hidden_norm)

    def _block(self, x: torch.Tensor, norm: nn.Module) -> torch.Tensor:
        if self.norm_last:
            return norm(nn.functional.leaky_relu(x, self.slope))
        return nn.functional.leaky_relu(norm(x), self.slope)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 3, 32, 32) → logits (B, 10), without dropout."""
        return self.output(self.features(x))


def make_plan(draw: Draw) -> Plan:
    """A few images in eval mode, a batch in train mode with readable weights, a single image in float32; statistics away from 0 and 1."""

    def case(rows: int, training: bool, dtype: str, disjoint: bool) -> dict[str, Any]:
        return {
            "construct": [],
            "args": [draw.uniform(rows, 3, 32, 32, dtype=dtype)],
            "cotangents": [None if training else draw.normal(rows, 10, dtype=dtype)],
            "seed": draw.seed(),
            "training": [training],
            "dtype": dtype,
            "disjoint": [2] if disjoint else [],
        }

    cases = [
        case(2, False, "float64", True),
        case(draw.size(8, 9), True, "float64", True),
        case(1, False, "float32", False),
    ]
    return {"probe": "transplant", "cases": cases}


MODULE = ModuleClaims("CNN", Reference, ("logits",), ("x",))


def _logits(record: Record, case: int) -> torch.Tensor:
    logits: torch.Tensor = record["cases"][case]["runs"][0]["value"]["data"]
    return logits


def _match(factory: Callable[[], nn.Module], plan: Plan, record: Record, case: int = EVAL) -> int | None:
    """The number of the first way to hand out the learner's weights that gives its logits in a case of eval mode; None if none does."""
    x, logits = plan["cases"][case]["args"][0], _logits(record, case)
    precision = torch.float32 if case == ONE else torch.float64
    for number, module in enumerate(transplants(factory, plan["cases"][case], record["cases"][case])):
        with torch.no_grad():
            first = close(logits[:1], module.eval()(x[:1]), precision)  # most ways fail at the first image
            if first and close(logits, module(x), precision):
                return number
    return None


_numbers: dict[int, tuple[Record, int | None]] = {}


def _number(plan: Plan, record: Record) -> int | None:
    """`_match` with the network asked for; several claims need it, so the latest are kept (with their record, which pins its id)."""
    if id(record) not in _numbers:
        if len(_numbers) >= 8:
            _numbers.clear()
        _numbers[id(record)] = (record, _match(Reference, plan, record))
    return _numbers[id(record)][1]


def _carrying(number: int, plan: Plan, record: Record, case: int, momentum: float = 0.1) -> Reference:
    """The reference with the learner's weights of a case, handed out in that way: it is the same in all cases."""
    modules = transplants(lambda: Reference(momentum=momentum), plan["cases"][case], record["cases"][case])
    found: Any = next(itertools.islice(modules, number, None))
    return found


def _right_logits(plan: Plan, record: Record) -> Failure | None:
    for case in (EVAL, ONE):
        if (_number(plan, record) if case == EVAL else _match(Reference, plan, record, case)) is None:
            seen = "in eval mode the logits differ from those of the network asked for, with the same weights"
            expected = "four times conv, batch norm, LeakyReLU 0.3; flatten; linear, batch norm, LeakyReLU 0.3, dropout; linear"
            advice = "Go through your layers one by one: the order inside a block, the strides 1, 2, 1, 2, the slopes, and nothing after the last layer."
            return Failure(seen, expected, advice, MODULE._called(plan["cases"][case]))
    return None


def _gradient(plan: Plan, record: Record) -> Failure | None:
    number = _number(plan, record)
    if number is None:
        return None  # nothing to compare with
    case = plan["cases"][EVAL]
    x = case["args"][0].clone().requires_grad_()
    module = _carrying(number, plan, record, EVAL).eval()
    truth = torch.autograd.grad((module(x) * case["cotangents"][0]).sum(), x)[0]
    rows = record["cases"][EVAL]["runs"][0]["grads"]
    seen = rows[0][0] if rows else None
    if same_gradient(seen, truth):
        return None
    found = "is missing" if seen is None else f"is {show.tensor(seen)}"
    advice = "Nothing in `forward` may cut the graph: no `no_grad`, `.detach()`, `.data`."
    return Failure(f"the gradient of the logits by x {found}", show.tensor(truth), advice, MODULE._called(case))


def _trained(plan: Plan, record: Record, momentum: float = 0.1) -> tuple[Reference, torch.Tensor] | None:
    """The reference with the learner's weights after a pass in train mode, and what dropout gets in it (B, 128)."""
    number = _number(plan, record)
    if number is None:
        return None
    module = _carrying(number, plan, record, TRAIN, momentum).train().requires_grad_(False)
    return module, module.features(*plan["cases"][TRAIN]["args"])


def _mask(logits: torch.Tensor, features: torch.Tensor, output: nn.Linear, p: float = 0.5) -> torch.Tensor | None:
    """The mask (B, 128) of kept values with which dropout(p) turns `features` into these logits; None where there is none."""
    kept = torch.empty(features.shape, dtype=torch.bool)
    for k, (weight, bias) in enumerate(zip(output.weight.detach(), output.bias.detach(), strict=True)):
        units = weight.nonzero()[:, 0]
        choices = torch.cartesian_prod(*[torch.tensor([False, True])] * len(units))  # (2^n, n)
        terms = features[:, units] * weight[units] / (1 - p)  # (B, n)
        sums = terms @ choices.T.to(terms) + bias  # (B, 2^n)
        nearest = (sums - logits[:, k : k + 1]).abs().min(dim=1)
        if bool((nearest.values > 1e-9 * terms.abs().sum(1)).any()):
            return None
        kept[:, units] = choices[nearest.indices]
    return kept


def _dropout(plan: Plan, record: Record) -> Failure | None:
    found = _trained(plan, record)
    if found is None:
        return None  # of another network nothing can be said
    (module, features), case, logits = found, plan["cases"][TRAIN], _logits(record, TRAIN)
    kept = _mask(logits, features, module.output)
    if kept is None:
        dropped_none = close(logits, module.output(features))
        seen = f"in train mode {'nothing is dropped' if dropped_none else 'no such mask explains the logits'}"
    elif bernoulli(kept, 0.5, int(case["seed"]) + 2**31):
        return None
    else:
        share = show.number(kept.double().mean())
        seen = f"in train mode {share} of the values before the last layer are kept, not independently of each other"
    expected = "each of the 128 values before the last layer dropped with probability ½, the others doubled"
    advice = "`nn.Dropout(0.5)` stands between the last LeakyReLU and the last linear layer, and nowhere else."
    return Failure(seen, expected, advice, MODULE._called(case))


def _statistics(plan: Plan, record: Record, momentum: float = 0.1) -> Failure | None:
    found = _trained(plan, record, momentum)
    if found is None:
        return None
    seen = [as_tensor(value) for value in record["cases"][TRAIN]["runs"][0]["buffers"]]
    for truth in found[0].buffers():
        if truth.is_floating_point() and not any(b is not None and close(b, truth, torch.float32) for b in seen):
            said = "after one batch in train mode the running statistics are not where they should be"
            expected = "the old ones, moved by a tenth of the way to those of the batch"
            advice = "Leave `momentum` of the batch norm layers as PyTorch has it, and run every layer once."
            return Failure(said, expected, advice, MODULE._called(plan["cases"][TRAIN]))
    return None


CLAIMS = (
    MODULE.builds(),
    MODULE.architecture(
        "Convolutions 3→32→32→64→64 with kernel 3, a batch norm after each, linear 4096→128 with a batch norm, linear 128→10; all with bias."
    ),
    MODULE.runs(),
    Claim("logits", "computes the logits as asked", _right_logits),
    Claim("gradient", "lets the gradient through to the images", _gradient),
    Claim("dropout", "drops half of the hidden values in training", _dropout),
    Claim("statistics", "keeps running statistics with PyTorch's momentum", _statistics, recomputed=False),
    MODULE.inputs_unchanged(),
)


def _ran(plan: Plan, record: Record) -> bool:
    """Whether the learner's network was built and gave ten finite numbers for an image."""
    return not failing((claim for claim in CLAIMS if claim.gate), plan, record)


def _is(factory: Callable[[], nn.Module]) -> Callable[[Plan, Record], bool]:
    """`explains`: in eval mode the logits are those of this network with the learner's weights."""
    return lambda plan, record: (
        _ran(plan, record) and _number(plan, record) is None and _match(factory, plan, record) is not None
    )


class _Ended(Reference):
    """The reference with something more at its end."""

    def __init__(self, end: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.end = end

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 3, 32, 32) → (B, 10)."""
        return self.end(super().forward(x))


def _ended(*ends: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Plan, Record], bool]:
    return lambda plan, record: any(_is(functools.partial(_Ended, end))(plan, record) for end in ends)


def _fails_alone(name: str, plan: Plan, record: Record) -> bool:
    return _ran(plan, record) and _number(plan, record) is not None and failing(CLAIMS, plan, record) == {name}


def _dropout_missing(plan: Plan, record: Record) -> bool:
    found = _trained(plan, record) if _fails_alone("dropout", plan, record) else None
    return found is not None and close(_logits(record, TRAIN), found[0].output(found[1]))


def _other_rate(plan: Plan, record: Record) -> bool:
    found = _trained(plan, record) if _fails_alone("dropout", plan, record) else None
    rates = (0.1, 0.2, 0.25, 0.3, 0.4, 0.6, 0.7, 0.75, 0.8)
    return found is not None and any(_masked(record, TRAIN, *found, rate) for rate in rates)


def _masked(record: Record, case: int, module: Reference, features: torch.Tensor, rate: float) -> bool:
    """Whether a dropout of this rate before the last layer explains the logits of a case."""
    return _mask(_logits(record, case), features, module.output, rate) is not None


def _dropout_in_eval(plan: Plan, record: Record) -> bool:
    if not _ran(plan, record) or _number(plan, record) is not None:
        return False
    case = plan["cases"][EVAL]
    modules: Any = (m.eval().requires_grad_(False) for m in transplants(Reference, case, record["cases"][EVAL]))
    fits = (_masked(record, EVAL, module, module.features(*case["args"]), 0.5) for module in modules)
    number = next((n for n, fit in enumerate(fits) if fit), None)
    if number is None:
        return False
    module = _carrying(number, plan, record, TRAIN).train().requires_grad_(False)
    return _masked(record, TRAIN, module, module.features(*plan["cases"][TRAIN]["args"]), 0.5)


def _keras_momentum(plan: Plan, record: Record) -> bool:
    alone = _fails_alone("statistics", plan, record)
    return alone and any(_statistics(plan, record, momentum) is None for momentum in (0.99, 0.01))


MISCONCEPTIONS = (
    Misconception(
        "norm_after_activation",
        "batch norm comes after the LeakyReLU instead of before it",
        "Batch norm comes after the LeakyReLU. Many networks are built so, and it is no mistake – but this exercise asks for the book's order: "
        "convolution, batch norm, LeakyReLU.",
        mistakes.norm_after_activation,
        _is(lambda: Reference(norm_last=True)),
    ),
    Misconception(
        "pytorch_slope",
        "the LeakyReLUs have PyTorch's default slope 0.01 instead of 0.3",
        "The LeakyReLUs have slope 0.01, PyTorch's default: this exercise asks for the book's 0.3, which is Keras's default.",
        mistakes.pytorch_slope,
        _is(lambda: Reference(slope=0.01)),
    ),
    Misconception(
        "relu",
        "the activations are ReLUs instead of LeakyReLUs",
        "The activations are plain ReLUs: this exercise asks for LeakyReLU with slope 0.3.",
        mistakes.relu,
        _is(lambda: Reference(slope=0.0)),
    ),
    Misconception(
        "softmax_inside",
        "the network ends in a softmax (or its logarithm): it returns no logits",
        "The network ends in a softmax: return the logits, for the cross-entropy of PyTorch takes the softmax itself.",
        mistakes.softmax_inside,
        _ended(lambda y: y.softmax(dim=1), lambda y: y.log_softmax(dim=1)),
    ),
    Misconception(
        "activation_on_logits",
        "there is an activation (LeakyReLU, ReLU) after the last linear layer",
        "There is an activation after the last layer: logits may be any number, so nothing follows it.",
        mistakes.activation_on_logits,
        _ended(*(functools.partial(nn.functional.leaky_relu, negative_slope=slope) for slope in (0.3, 0.01, 0.0))),
    ),
    Misconception(
        "strides_exchanged",
        "the strides are 2, 1, 2, 1 instead of 1, 2, 1, 2",
        "The strides are 2, 1, 2, 1: the first convolution of each pair keeps the size, the second halves it.",
        mistakes.strides_exchanged,
        _is(lambda: Reference(strides=(2, 1, 2, 1))),
    ),
    Misconception(
        "pooling",
        "the size is halved by max pooling instead of by convolutions of stride 2",
        "The size is halved by pooling: this exercise asks for convolutions of stride 2, which learn how to shrink.",
        mistakes.pooling,
        _is(lambda: Reference(pooled=True)),
    ),
    Misconception(
        "keras_eps",
        "the batch norm layers have Keras's eps, 0.001, instead of PyTorch's",
        "The batch norm layers have eps = 0.001, as in Keras: this exercise asks for PyTorch's default.",
        mistakes.keras_eps,
        _is(lambda: Reference(eps=1e-3)),
    ),
    Misconception(
        "keras_momentum",
        "the batch norm layers have Keras's momentum: 0.99, or 0.01, which means the same in PyTorch",
        "The batch norm layers have another momentum than PyTorch's default 0.1, which this exercise asks for. (Keras's 0.99 is the share that is "
        "kept: it would be 0.01 here.)",
        mistakes.keras_momentum,
        _keras_momentum,
    ),
    Misconception(
        "dropout_missing",
        "there is no dropout",
        "Nothing is dropped in train mode: `nn.Dropout(0.5)` is missing before the last linear layer.",
        mistakes.dropout_missing,
        _dropout_missing,
    ),
    Misconception(
        "other_rate",
        "the dropout has another probability than 0.5 (a multiple of 0.1, or a quarter)",
        "The dropout has another probability: this exercise asks for 0.5.",
        mistakes.other_rate,
        _other_rate,
    ),
    Misconception(
        "dropout_in_eval",
        "dropout is active in eval mode, too: F.dropout without training=self.training",
        "Values are dropped in eval mode, too: `F.dropout` does not know the mode unless it is told, by `training=self.training`. `nn.Dropout` knows.",
        mistakes.dropout_in_eval,
        _dropout_in_eval,
    ),
)

EXERCISE = Exercise(
    id="cnn/CNN",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Write down the shapes first: 3×32×32, after the four convolutions 32×32×32, 32×16×16, 64×16×16, 64×8×8, and 4,096 numbers when flattened.",
        "A block is `nn.Conv2d(c_in, c_out, 3, stride, padding=1)`, `nn.BatchNorm2d(c_out)`, `nn.LeakyReLU(0.3)`. After `nn.Flatten()` the batch norm "
        "is an `nn.BatchNorm1d`.",
        "All of it fits into one `nn.Sequential`. After the four blocks and the flatten: linear 4096 → 128, batch norm, LeakyReLU, dropout, linear 128 → 10.",
    ),
)
