"""Check of `dcgan/noisy_labels`.

The judge asks for no seeded answer. It recovers how far each label was moved towards the other one, in units of `amount`, and tests
that these are independent draws of U(0, 1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.checks.dcgan import noisy_labels_mistakes as mistakes
from autograder.claims import show
from autograder.claims.calls import CallClaims
from autograder.claims.laws import fresh, standard_normal, uniform
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing
from autograder.probes import Plan, Record

LARGE, REPEAT, ONES, ZEROS, ALL, NONE, HALF = range(7)  # the cases of the plan, in order
CALLS_MADE = 2  # of the large case
COLUMNS = 40  # the moves of the large case are tested as a table with so many columns


def make_plan(draw: Draw) -> Plan:
    """Many mixed labels, called twice and repeated; nothing but ones; a single zero; amounts 1 and 0; bfloat16."""
    seed = draw.seed()

    def case(n: int, amount: float, dtype: str, share: float = 0.5, **more: Any) -> dict[str, Any]:
        labels = (draw.uniform(n) < share).to(getattr(torch, dtype))
        return {"args": [labels, amount], "seed": draw.seed()} | more

    large = case(COLUMNS * draw.size(40, 60), draw.number(0.1, 0.4), "float64", seed=seed, calls=CALLS_MADE)
    cases = [
        large,
        large | {"calls": 1},
        case(draw.size(50, 70), 0.1, "float32", share=1.0),
        case(1, 0.1, "float32", share=0.0),
        case(draw.size(40, 49), 1.0, "float32"),
        case(draw.size(5, 9), 0.0, "float32"),
        case(draw.size(10, 19), 0.25, "bfloat16"),
    ]
    return {"probe": "call", "cases": cases}


def _form(labels: torch.Tensor, amount: float) -> torch.Tensor:
    return labels * 1  # one label for each, for shape and dtype


CALLS = CallClaims("noisy_labels", _form, ("labels",))


def moves(plan: Plan, record: Record, case: int, call: int = 0) -> torch.Tensor:
    """How far each label came towards the other one (B,), in float64: ones downwards, zeros upwards."""
    labels = plan["cases"][case]["args"][0].double()
    noisy: torch.Tensor = record["cases"][case]["calls"][call]["value"]["data"].double()
    return (1 - 2 * labels) * (noisy - labels)


def _table(plan: Plan, record: Record, call: int = 0) -> torch.Tensor:
    """The moves of the large case in units of amount (rows, COLUMNS)."""
    return (moves(plan, record, LARGE, call) / plan["cases"][LARGE]["args"][1]).reshape(-1, COLUMNS)


def _normal(units: torch.Tensor) -> torch.Tensor:
    """Draws of U(0, 1) as draws of N(0, 1)."""
    return torch.special.ndtri(units.clamp(1e-12, 1 - 1e-12))


def _in_range(units: torch.Tensor) -> bool:
    return bool(((units > -1e-6) & (units < 1 + 1e-6)).all())


def _uniform(units: torch.Tensor) -> bool:
    return _in_range(units) and standard_normal(_normal(units))


def _called(plan: Plan, case: int) -> str:
    return show.call("noisy_labels", CALLS.parameters, plan["cases"][case]["args"])


def _inwards(plan: Plan, record: Record) -> Failure | None:
    for case in range(HALF):
        labels, amount = plan["cases"][case]["args"]
        for call in range(len(record["cases"][case]["calls"])):
            moved = moves(plan, record, case, call)
            wrong = (moved < -1e-6) | (moved > amount + 1e-6)
            if bool(wrong.any()):
                label, move = labels[wrong][0], moved[wrong][0]
                seen = f"a label {label:.0f} became {show.number(label.double() + (1 - 2 * label) * move)}"
                expected = "ones moved down and zeros moved up, by at most amount: never out of [0, 1]"
                advice = "Try it with amount = 0.1: where may a 1 end up, and where a 0?"
                return Failure(seen, expected, advice, _called(plan, case))
    return None


def _law(plan: Plan, record: Record) -> Failure | None:
    for call in range(CALLS_MADE):
        units = _table(plan, record, call).abs()
        if not _uniform(units):
            low, high = show.number(units.min()), show.number(units.max())
            seen = f"the labels moved by {low} to {high} times amount, {show.number(units.mean())} in the mean"
            if len(units.flatten().round(decimals=5).unique()) < units.numel() / 2:
                seen += ", and several of them by the same"
            expected = "a draw of its own from U(0, amount) for each label"
            return Failure(
                seen, expected, "`torch.rand_like(labels)` draws from U(0, 1), once per label.", _called(plan, LARGE)
            )
    return None


def _fresh(plan: Plan, record: Record) -> Failure | None:
    if _law(plan, record) is not None:
        return None  # of another law freshness cannot be told
    if fresh(*(_normal(_table(plan, record, call).abs()) for call in range(CALLS_MADE))):
        return None
    seen = "two calls with the same labels gave the same noise"
    return Failure(seen, "new noise in every call", "Draw inside the function, at every call.", _called(plan, LARGE))


def _seeded(plan: Plan, record: Record) -> Failure | None:
    advice = "Draw by torch (`torch.rand_like`), and set no seed inside."
    first, again = (record["cases"][case]["calls"][0]["value"]["data"].double() for case in (LARGE, REPEAT))
    if not bool(((first - again).abs() < 1e-4).all()):
        seen = "the same torch seed gave other noise"
        return Failure(seen, "noise that torch.manual_seed makes repeatable", advice, _called(plan, LARGE))
    states = [record["cases"][LARGE]["calls"][call]["next_draw"] for call in range(CALLS_MADE)]
    if torch.equal(*states):
        seen = "the call set torch's random state to a fixed value"
        return Failure(seen, "the global random state only moved on by the draw", advice, _called(plan, LARGE))
    return None


CLAIMS = (
    CALLS.runs(),
    CALLS.returns(),
    CALLS.finite(),
    Claim("inwards", "moves ones down and zeros up, never out of [0, 1]", _inwards),
    Claim("law", "moves each label by its own draw of U(0, amount)", _law),
    Claim("fresh", "draws new noise at every call", _fresh),
    Claim("seeded", "uses torch's global generator", _seeded),
    CALLS.dtype(),
    CALLS.inputs_unchanged(),
)


def _answered(plan: Plan, record: Record) -> bool:
    return not failing(CLAIMS[:3], plan, record)


def _moved(test: Callable[[torch.Tensor, torch.Tensor], bool]) -> Callable[[Plan, Record], bool]:
    """`explains`: both calls of the large case pass `test(moves in units of amount, labels)`, each a table (rows, COLUMNS)."""

    def explains(plan: Plan, record: Record) -> bool:
        labels = plan["cases"][LARGE]["args"][0].reshape(-1, COLUMNS)
        return _answered(plan, record) and all(test(_table(plan, record, c), labels) for c in range(CALLS_MADE))

    return explains


def _shared(units: torch.Tensor, labels: torch.Tensor) -> bool:
    zeros, ones = units[labels == 0], units[labels == 1]
    spread = max(float(part.max() - part.min()) for part in (zeros, ones))
    return _in_range(units) and spread < 1e-6 and 1e-3 < float(zeros[0]) < 1 - 1e-3


def _symmetric(units: torch.Tensor, labels: torch.Tensor) -> bool:
    if not 0.1 < float((units[labels == 1] > 1e-6).double().mean()) < 0.9:
        return False  # of the same kind all go one way
    cut = units[units.abs() > 1e-6]  # what clamping to [0, 1] leaves: one half, whose law the other half had, too
    if len(cut) < 0.6 * units.numel() and any(uniform(cut, 0.0, edge) for edge in (1.0, 0.5)):
        return True
    return any(uniform(units, -edge, edge) for edge in (1.0, 0.5)) or standard_normal(units)


def _half(units: torch.Tensor, labels: torch.Tensor) -> bool:
    """Labels of one kind get their noise, those of the other kind stay as they are."""
    return any(
        bool((units[labels == kind].abs() < 1e-6).all()) and uniform(units[labels != kind], 0.0, 1.0) for kind in (0, 1)
    )


def _same_way(units: torch.Tensor, labels: torch.Tensor) -> bool:
    signed = units * (1 - 2 * labels)
    return any(_uniform(sign * signed) for sign in (1, -1))


def _amount_ignored(plan: Plan, record: Record) -> bool:
    amount = plan["cases"][LARGE]["args"][1]
    return _answered(plan, record) and all(_uniform(_table(plan, record, call) * amount) for call in range(CALLS_MADE))


def _flipped(plan: Plan, record: Record) -> bool:
    amount = plan["cases"][LARGE]["args"][1]
    moved = [_table(plan, record, c) * amount for c in range(CALLS_MADE)] if _answered(plan, record) else []
    shares = [float(m.mean()) for m in moved]
    return bool(moved) and all(
        bool(((m == 0) | (m == 1)).all()) and abs(share - amount) < 0.1 for m, share in zip(moved, shares, strict=True)
    )


def _kept(plan: Plan, record: Record) -> bool:
    """Both calls of the large case moved the labels by the same."""
    first, second = (_table(plan, record, call) for call in range(CALLS_MADE))
    return bool(((first - second).abs() < 1e-6).all())


def _same_every_time(plan: Plan, record: Record) -> bool:
    return _answered(plan, record) and not failing(CLAIMS[3:5], plan, record) and _kept(plan, record)


def _not_like_labels(plan: Plan, record: Record) -> bool:
    if not _answered(plan, record) or failing(CLAIMS, plan, record) != {"dtype"}:
        return False
    kinds = [found["calls"][0]["value"]["data"].dtype for found in record["cases"]]
    return kinds[HALF] == torch.float32 and kinds[LARGE] == torch.float64


MISCONCEPTIONS = (
    Misconception(
        "wrong_direction",
        "ones are moved up and zeros down, out of [0, 1]: the book's own version",
        "The labels move the wrong way, out of [0, 1], as in the book's notebook: ones come out above 1. The loss then has no lower end, and rewards "
        "over-confidence instead of taming it.",
        mistakes.wrong_direction,
        _moved(lambda units, labels: _uniform(-units)),
    ),
    Misconception(
        "one_draw",
        "a single draw (or one for the ones and one for the zeros) is shared by the whole batch",
        "Labels of one kind all move by the same amount: draw one number per label, of the shape of labels.",
        mistakes.one_draw,
        lambda plan, record: _moved(_shared)(plan, record) and not _kept(plan, record),
    ),
    Misconception(
        "symmetric",
        "the noise is symmetric around the label, uniform or normal, so that half of the labels leave [0, 1]",
        "The noise goes both ways, so about half of the labels leave [0, 1]: a 1 may only move down, a 0 only up.",
        mistakes.symmetric,
        _moved(_symmetric),
    ),
    Misconception(
        "one_side_only",
        "only the ones are moved (or only the zeros), the others stay exact",
        "Labels of one kind stay exact. One-sided smoothing is a method of its own, and no mistake, but this exercise asks for noise on both.",
        mistakes.one_side_only,
        _moved(_half),
    ),
    Misconception(
        "same_way",
        "ones and zeros are moved in the same direction",
        "Ones and zeros move in the same direction, so those of one kind leave [0, 1]: the sign must depend on the label.",
        mistakes.same_way,
        _moved(_same_way),
    ),
    Misconception(
        "no_noise",
        "every label is moved by exactly amount: smoothing without noise",
        "Every label moves by exactly amount. That is label smoothing, a good method, too, but this exercise asks for a random share of it.",
        mistakes.no_noise,
        _moved(lambda units, labels: bool(((units - 1).abs() < 1e-6).all())),
    ),
    Misconception(
        "amount_ignored",
        "the draws of U(0, 1) are not multiplied by amount",
        "The labels move by anything up to 1: multiply the draws by amount.",
        mistakes.amount_ignored,
        _amount_ignored,
    ),
    Misconception(
        "flipped",
        "each label is exchanged for the other one with probability amount, instead of moved a little",
        "Some labels are exchanged for the opposite and the rest are exact. That is another kind of label noise: here every label moves a little.",
        mistakes.flipped,
        _flipped,
    ),
    Misconception(
        "same_every_time",
        "a seed is set inside, or the noise is kept, so that every call uses the same noise",
        "Every call uses the same noise: draw anew each time, and set no seed inside.",
        mistakes.same_every_time,
        _same_every_time,
    ),
    Misconception(
        "noise_not_like_labels",
        "the noise is drawn with torch's default dtype (and device), not with those of the labels",
        "The noise has torch's default dtype and device, not those of the labels: `torch.rand_like(labels)` takes both over. On a GPU yours would fail.",
        mistakes.noise_not_like_labels,
        _not_like_labels,
    ),
)

EXERCISE = Exercise(
    id="dcgan/noisy_labels",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "With amount = 0.1 a 1 becomes something between 0.9 and 1, and a 0 something between 0 and 0.1. What do you add to a 1, what to a 0?",
        "`torch.rand_like(labels)` is one draw of U(0, 1) for each label. Its sign depends on the label: which formula gives +1 for 0 and −1 for 1?",
        "1 − 2·label is that sign. `torch.where(labels == 1, …, …)` does it without a formula.",
    ),
)
