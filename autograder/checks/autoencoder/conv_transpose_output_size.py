"""Check of `autoencoder/conv_transpose_output_size`."""

from __future__ import annotations

from collections.abc import Callable

from autograder.claims.compare import same_values
from autograder.claims.numbers import IntegerClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan, Record, run_probe


def oracle(size: int, kernel: int, stride: int, padding: int, output_padding: int) -> int:
    """The pixels from the first stamp's to the last one's, without those cut off on both sides, and the extra ones."""
    canvas = range(min(range(0, size * stride, stride)), max(range(0, size * stride, stride)) + kernel)
    return len(canvas[padding : len(canvas) - padding]) + output_padding


def make_plan(draw: Draw) -> Plan:
    """Every stride from 1 to 5, with and without padding and output_padding (which must be below the stride, as in PyTorch)."""
    rows = []
    for stride in (1, 2, 3, 4, 5):
        for padding, output_padding in ((0, 0), (1, 0), (draw.size(2, 3), stride - 1), (1, stride // 2)):
            kernel = draw.size(3, 7, stride)
            rows.append([draw.size(6, 20, stride, kernel), kernel, stride, padding, output_padding])
    rows += [[4, 3, 2, 1, 1], [16, 3, 2, 1, 0], [1, 4, 1, 0, 0], [draw.size(7, 9), 2, 5, 0, 3], [100, 11, 4, 2, 3]]
    return {"probe": "call", "cases": [{"args": row, "seed": 0} for row in rows]}


def output_padding_forgotten(size, kernel, stride, padding, output_padding):
    return (size - 1) * stride - 2 * padding + kernel


def output_padding_twice(size, kernel, stride, padding, output_padding):
    return (size - 1) * stride - 2 * padding + kernel + 2 * output_padding


def conv_formula(size, kernel, stride, padding, output_padding):
    return (size + 2 * padding - kernel) // stride + 1


def _conv_formula_and_more(size, kernel, stride, padding, output_padding):
    return (size + 2 * padding - kernel) // stride + 1 + output_padding


def padding_once(size, kernel, stride, padding, output_padding):
    return (size - 1) * stride - padding + kernel + output_padding


def padding_added(size, kernel, stride, padding, output_padding):
    return (size - 1) * stride + 2 * padding + kernel + output_padding


def padding_ignored(size, kernel, stride, padding, output_padding):
    return (size - 1) * stride + kernel + output_padding


def one_step_too_many(size, kernel, stride, padding, output_padding):
    return size * stride - 2 * padding + kernel + output_padding


def one_missing(size, kernel, stride, padding, output_padding):
    return (size - 1) * stride - 2 * padding + kernel - 1 + output_padding


def stride_ignored(size, kernel, stride, padding, output_padding):
    return (size - 1) - 2 * padding + kernel + output_padding


def size_times_stride(size, kernel, stride, padding, output_padding):
    return size * stride


def _as_one_of(*wrongs: Callable[..., int]) -> Callable[[Plan, Record], bool]:
    """`explains`: the numbers are those of one of these."""
    return lambda plan, record: any(same_values(plan, record, run_probe(plan, one)) for one in wrongs)


MISCONCEPTIONS = (
    Misconception(
        "output_padding_forgotten",
        "output_padding plays no part",
        "output_padding plays no part in the result: it makes the output that much longer, at one end.",
        output_padding_forgotten,
    ),
    Misconception(
        "output_padding_twice",
        "output_padding is added on both sides",
        "output_padding is added twice: unlike padding it counts once, at the end of the side.",
        output_padding_twice,
    ),
    Misconception(
        "conv_formula",
        "the formula of the ordinary convolution is used (with or without output_padding added)",
        "This is the size after an ordinary convolution, which shrinks its input: the transposed one goes the other way. Solve that formula for `size`.",
        conv_formula,
        _as_one_of(conv_formula, _conv_formula_and_more),
    ),
    Misconception(
        "padding_once",
        "the padding is taken off once instead of on both sides",
        "The padding is taken off once: it is cut away on both sides.",
        padding_once,
    ),
    Misconception(
        "padding_added",
        "the padding is added instead of taken off",
        "The padding makes the result larger here: in a transposed convolution it is cut away from the output, on both sides.",
        padding_added,
    ),
    Misconception(
        "padding_ignored",
        "the padding plays no part",
        "The padding plays no part in the result: that many pixels are cut away on both sides.",
        padding_ignored,
    ),
    Misconception(
        "one_step_too_many",
        "the stride is multiplied with size instead of size − 1",
        "This is one stride too many: from the first stamp to the last one there are size − 1 steps.",
        one_step_too_many,
    ),
    Misconception(
        "one_missing",
        "kernel − 1 is added instead of kernel",
        "This is one too few, everywhere: the last stamp covers `kernel` pixels, its first one included.",
        one_missing,
    ),
    Misconception(
        "stride_ignored",
        "the stride plays no part: the result is that of stride 1",
        "The stride plays no part in the result: here it is the distance between neighbouring stamps.",
        stride_ignored,
    ),
    Misconception(
        "size_times_stride",
        "the size is multiplied with the stride, as Keras does for padding='same'; nothing else plays a part",
        'This is size · stride, the rule for Keras\'s `padding="same"`: in PyTorch kernel, padding and output_padding count, too.',
        size_times_stride,
    ),
)

CLAIMS = IntegerClaims("conv_transpose_output_size", oracle)

EXERCISE = Exercise(
    id="autoencoder/conv_transpose_output_size",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        "Draw the output as a row of boxes, lay one stamp of `kernel` boxes every `stride` boxes, count, and cut `padding` boxes off at both ends."
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "First without padding: three pixels, kernel 3, stride 2. The stamps begin at boxes 0, 2 and 4. Which is the last box that is covered?",
        "From the first stamp to the last one there are size − 1 steps of `stride` boxes, and the last stamp covers `kernel` boxes.",
        "Then take off `padding` boxes on each of the two sides, and add `output_padding` boxes at one end.",
    ),
)
