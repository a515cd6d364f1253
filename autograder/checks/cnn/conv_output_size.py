"""Check of `cnn/conv_output_size`."""

from __future__ import annotations

from autograder.claims.numbers import IntegerClaims
from autograder.exercise import Draw, Exercise, Misconception
from autograder.probes import Plan


def oracle(size: int, kernel: int, stride: int, padding: int) -> int:
    """The windows counted one by one: a start every `stride` pixels, as long as the kernel fits into the padded side."""
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def make_plan(draw: Draw) -> Plan:
    """Three sizes for every stride from 1 to 5, with and without pixels left over, with and without padding; one exact fit."""
    rows = []
    for stride in (1, 2, 3, 4, 5):
        for padding in (0, 1, draw.size(2, 4)):
            kernel = draw.size(2, 6, stride)
            windows = draw.size(3, 20, stride, kernel)
            left_over = draw.size(0, stride - 1) if padding else stride - 1
            rows.append([kernel + (windows - 1) * stride + left_over - 2 * padding, kernel, stride, padding])
    rows = [row for row in rows if row[0] > 0]
    rows += [[32, 3, 1, 1], [32, 3, 2, 1], [draw.size(7, 9), 7, 3, 0], [5, 5, 2, 0], [draw.size(200, 300), 11, 4, 2]]
    return {"probe": "call", "cases": [{"args": row, "seed": 0} for row in rows]}


def rounded_up(size, kernel, stride, padding):
    return -(-(size + 2 * padding - kernel) // stride) + 1


def padding_once(size, kernel, stride, padding):
    return (size + padding - kernel) // stride + 1


def padding_ignored(size, kernel, stride, padding):
    return (size - kernel) // stride + 1


def one_missing(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride


def one_inside_the_division(size, kernel, stride, padding):
    return (size + 2 * padding - kernel + 1) // stride


def not_rounded(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) / stride + 1


def stride_ignored(size, kernel, stride, padding):
    return size + 2 * padding - kernel + 1


def same_padding(size, kernel, stride, padding):
    return -(-size // stride)


MISCONCEPTIONS = (
    Misconception(
        "rounded_up",
        "the division is rounded up instead of down",
        "The division is rounded up: a window that does not fit completely is not counted, so round down.",
        rounded_up,
    ),
    Misconception(
        "padding_once",
        "the padding is added once instead of on both sides",
        "The padding is added once: it lies on both sides, so the padded size is size + 2·padding.",
        padding_once,
    ),
    Misconception(
        "padding_ignored",
        "the padding plays no part",
        "The padding plays no part in the result: the kernel moves over the padded side, size + 2·padding.",
        padding_ignored,
    ),
    Misconception(
        "one_missing",
        "the + 1 after the division is missing",
        "This is one too few, everywhere: the division counts the steps between windows, and there is one window more than steps.",
        one_missing,
    ),
    Misconception(
        "one_inside_the_division",
        "the + 1 stands inside the division by the stride instead of after it",
        "The + 1 is divided by the stride, too: for stride 1 that is the same, otherwise the first window gets lost. Add it after the division.",
        one_inside_the_division,
    ),
    Misconception(
        "not_rounded",
        "the division is not rounded: the result is a float, and sometimes a fraction",
        "The division is not rounded: a number of pixels is whole, and what does not fit is left out. `//` does that.",
        not_rounded,
    ),
    Misconception(
        "stride_ignored",
        "the stride plays no part: the result is that of stride 1",
        "The stride plays no part in the result: this counts every window, as for stride 1.",
        stride_ignored,
    ),
    Misconception(
        "same_padding",
        "the size is divided by the stride and rounded up, as Keras does for padding='same'; kernel and padding play no part",
        'This is ⌈size / stride⌉, the rule for Keras\'s `padding="same"`: in PyTorch the padding is a number, and the kernel counts, too.',
        same_padding,
    ),
)

CLAIMS = IntegerClaims("conv_output_size", oracle)

EXERCISE = Exercise(
    id="cnn/conv_output_size",
    make_plan=make_plan,
    claims=CLAIMS.standard(
        "Draw the padded side as a row of boxes, slide the kernel along it by `stride`, and count its positions."
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        "First without stride and padding: in a row of 7 pixels, how many places are there for a kernel of 3? It is not 4.",
        "The padded side has size + 2·padding pixels. The first window takes `kernel` of them; every further one needs `stride` more.",
        "The number of further windows is (size + 2·padding − kernel) divided by the stride, rounded down. Then add the first one.",
    ),
)
