"""Check of `mlp/linear_parameters`."""

from __future__ import annotations

import torch

from autograder.claims.compare import same_calls
from autograder.claims.numbers import IntegerClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record, run_probe


def oracle(n_in: int, n_out: int) -> int:
    """What PyTorch's own layer holds; nothing is allocated."""
    return sum(p.numel() for p in torch.nn.Linear(n_in, n_out, device="meta").parameters())


def make_plan(draw: Draw) -> Plan:
    """Layers that widen, narrow, and have one input or one output."""
    pairs = [(draw.size(300, 4000), draw.size(20, 290)), (draw.size(2, 9), draw.size(11, 60))]
    pairs += [(1, draw.size(3, 30)), (draw.size(3, 30), 1)]
    return {"probe": "call", "cases": [{"args": [n_in, n_out], "seed": draw.seed()} for n_in, n_out in pairs]}


def bias_forgotten(n_in, n_out):
    return n_in * n_out


def bias_per_input(n_in, n_out):
    return n_in * n_out + n_in


def one_bias(n_in, n_out):
    return n_in * n_out + 1


def bias_on_both_sides(n_in, n_out):
    return (n_in + 1) * (n_out + 1)


def added(n_in, n_out):
    return n_in + n_out


def _added(plan: Plan, record: Record) -> bool:
    """The sum, without biases, with one, or with one for each output."""
    wrongs = (added, lambda n_in, n_out: n_in + n_out + 1, lambda n_in, n_out: n_in + n_out + n_out)
    return any(same_calls(plan, record, run_probe(plan, wrong)) for wrong in wrongs)


MISCONCEPTIONS = (
    Misconception(
        "bias_forgotten",
        "the biases are not counted",
        "These are the weights alone: a dense layer also learns biases.",
        bias_forgotten,
    ),
    Misconception(
        "bias_per_input",
        "one bias per input is counted instead of one per output",
        "This counts a bias for each input: it is the outputs that have one.",
        bias_per_input,
    ),
    Misconception(
        "one_bias",
        "a single bias is counted for the whole layer",
        "This counts one bias for the whole layer: every output has its own.",
        one_bias,
    ),
    Misconception(
        "bias_on_both_sides",
        "one is added on both sides: (n_in + 1)·(n_out + 1)",
        "A constant input of 1 for the bias is a good picture, but it is added on the side of the inputs only.",
        bias_on_both_sides,
    ),
    Misconception(
        "added",
        "the numbers of inputs and outputs are added instead of multiplied",
        "Inputs and outputs are added here, but every output is connected to every input.",
        added,
        _added,
    ),
)

CLAIMS = IntegerClaims("linear_parameters", oracle)

EXERCISE = Exercise(
    id="mlp/linear_parameters",
    make_plan=make_plan,
    claims=CLAIMS.standard("Draw a layer with three inputs and two outputs, and count the lines and the biases."),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "One output is a weighted sum of all inputs, plus a number of its own. How many learnt numbers is that, for one output?",
        "For one output: a weight for each of the n_in inputs, and one bias. There are n_out outputs.",
    ),
)
