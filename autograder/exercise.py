"""What a check is made of: a plan of inputs, claims about the record, and the mistakes people make."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import pprint
import re
import textwrap
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import torch

from autograder.claims.compare import same_calls
from autograder.probes import Plan, Record
from autograder.report import Pictures, Report

Result = TypeVar("Result")


class Draw:
    """Seeded source of a plan's inputs; `hidden` gives other numbers and sizes, never other claims."""

    def __init__(self, exercise: str, seed: int, hidden: bool) -> None:
        digest = hashlib.sha256(f"{exercise}/{seed}/{'hidden' if hidden else 'visible'}".encode()).digest()
        self._generator = torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))

    def seed(self) -> int:
        """A seed for a probe's random state or weights."""
        return int(torch.randint(1, 2**30, (), generator=self._generator))

    def size(self, low: int, high: int, *others: int) -> int:
        """An integer in [low, high] that differs from `others`: equal sizes hide swapped axes."""
        choices = [n for n in range(low, high + 1) if n not in others]
        return choices[int(torch.randint(len(choices), (), generator=self._generator))]

    def normal(self, *shape: int, mean: float = 0.0, std: float = 1.0, dtype: str = "float32") -> torch.Tensor:
        """Normal draws of `shape`."""
        return (mean + std * torch.randn(shape, generator=self._generator, dtype=torch.float64)).to(
            getattr(torch, dtype)
        )

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: str = "float32") -> torch.Tensor:
        """Uniform draws of `shape` in [low, high)."""
        draws = torch.rand(shape, generator=self._generator, dtype=torch.float64)
        return (low + (high - low) * draws).to(getattr(torch, dtype))

    def number(self, low: float, high: float) -> float:
        """One uniform draw as a Python float."""
        return float(self.uniform(1, low=low, high=high, dtype="float64"))


class SharedPlan(dict[str, Any]):
    """A plan, with what was worked out from it alone: it may be judged again, for another answer.

    verdicts: reports on records by what they depend on: who sends the same after the same mistakes gets the same.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.known: Known = {}
        self.verdicts: dict[Hashable, Report] = {}

    @functools.cached_property
    def frame(self) -> Any:
        """What asks a child for a record: {"plan": …}, packed once. A `wire.Frame`."""
        from autograder.sandbox.wire import Frame

        return Frame({"plan": self})


Known = dict[Any, tuple[Any, tuple[Any, ...]]]  # results and arguments, by function and the arguments' ids

_of_verdict: ContextVar[Known | None] = ContextVar("of_verdict", default=None)
_of_plan: ContextVar[Known | None] = ContextVar("of_plan", default=None)


@contextlib.contextmanager
def one_verdict(plan: Plan) -> Iterator[None]:
    """In the block, what is to be worked out `once_a_verdict` or `once_a_plan` is kept: claims and mistakes ask for the same over and over."""
    tokens = _of_verdict.set({}), _of_plan.set(plan.known if isinstance(plan, SharedPlan) else {})
    try:
        yield
    finally:
        _of_verdict.reset(tokens[0])
        _of_plan.reset(tokens[1])


def once_a_verdict(function: Callable[..., Result]) -> Callable[..., Result]:
    """The function, whose results are kept for one verdict; they depend on the very arguments, which nobody changes."""
    return _kept(function, _of_verdict)


def once_a_plan(function: Callable[..., Result]) -> Callable[..., Result]:
    """The function, whose results are kept as long as the plan is; they depend on parts of it alone, and nobody changes either."""
    return _kept(function, _of_plan)


def _kept(function: Callable[..., Result], where: ContextVar[Known | None]) -> Callable[..., Result]:
    @functools.wraps(function)
    def kept(*arguments: Any) -> Result:
        known = where.get()
        if known is None:
            return function(*arguments)
        key = (function, *map(id, arguments))
        if key not in known:
            known[key] = function(*arguments), arguments  # whose ids stay theirs as long as they are held
        result: Result = known[key][0]
        return result

    return kept


@dataclass(frozen=True)
class Failure:
    """Why a claim does not hold: what was called, what came back, what was expected, one thing to try."""

    seen: str
    expected: str
    advice: str
    called: str = ""
    pictures: Pictures | None = None

    @property
    def message(self) -> str:
        """The four parts as one text."""
        head = f"{self.called}: " if self.called else ""
        return f"{head}{self.seen}; expected {self.expected}. {self.advice}"


@dataclass(frozen=True)
class Claim:
    """One statement about an answer and the judge that decides it from plan and record.

    recomputed: the judge derives the truth from inputs it chose and recorded draws. A claim that is not recomputed rests
    on what the probe reports: it can lose points, and never suffices alone.
    gate: later claims cannot be judged when this one fails.
    own: no earlier exercise that the answer calls can be the reason when it fails.
    """

    name: str
    says: str
    judge: Callable[[Plan, Record], Failure | None]
    recomputed: bool = True
    gate: bool = False
    own: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "judge", once_a_verdict(self.judge))


def failing(claims: Iterable[Claim], plan: Plan, record: Record) -> set[str]:
    """Names of the claims that do not hold; after a failed gate no further one is judged."""
    failed = set()
    for claim in claims:
        if claim.judge(plan, record) is not None:
            failed.add(claim.name)
            if claim.gate:
                break
    return failed


@dataclass(frozen=True)
class Misconception:
    """A mistake people make: one line that describes it, the sentence that helps, and the mistake itself: a function, class or value.

    A record that equals the record of `wrong` on the same plan has this name. Where the outcome is random, or the mistake has a
    free constant, `explains` decides from plan and record instead.
    """

    name: str
    line: str
    sentence: str
    wrong: Any
    explains: Callable[[Plan, Record], bool] | None = None

    def source(self, object_name: str) -> str:
        """Source text of the wrong answer under the name the exercise asks for."""
        if not callable(self.wrong):
            return f"{object_name} = {pprint.pformat(self.wrong, sort_dicts=False)}\n"
        text = textwrap.dedent(inspect.getsource(self.wrong))
        return re.sub(rf"\b{re.escape(self.wrong.__name__)}\b", object_name, text)


Repeats = Callable[[Plan, Record, Callable[..., Any]], bool]


@dataclass(frozen=True)
class Exercise:
    """The check of one exercise. `id` is lesson/object; `depends` are earlier exercises that an answer may call.

    repeats: by earlier exercise, whether a record holds what this wrong answer to it gives: written anew instead of called.

    Where the learner is given code with a bug to mend, `given` is that code, `symptom` what to look at in it, and `mends`
    the exercise of which it breaks the contract.
    """

    id: str
    make_plan: Callable[[Draw], Plan]
    claims: tuple[Claim, ...]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, ...]
    same: Callable[[Plan, Record, Record], bool] = same_calls
    depends: tuple[str, ...] = ()
    repeats: Mapping[str, Repeats] = field(default_factory=dict)
    given: Callable[..., Any] | None = None
    symptom: str = ""
    mends: str = ""

    @property
    def lesson(self) -> str:
        """The lesson's id."""
        return self.id.split("/")[0]

    @property
    def name(self) -> str:
        """The object's name."""
        return self.id.split("/")[1]

    def plan(self, seed: int, hidden: bool) -> SharedPlan:
        """The inputs of an examination, the same object for the same seed: nobody may change it."""
        return _plan(self.make_plan, self.id, self.given is not None, seed, hidden)


@functools.lru_cache(maxsize=128)  # two sets of inputs for every exercise of an assignment, and more
def _plan(make_plan: Callable[[Draw], Plan], exercise: str, code: bool, seed: int, hidden: bool) -> SharedPlan:
    plan = make_plan(Draw(exercise, seed, hidden))
    return SharedPlan(plan | {"code": True} if code else plan)


def mending(base: Exercise, given: Callable[..., Any], symptom: str, hints: tuple[str, ...]) -> Exercise:
    """The exercise to find the bug in `given`, a function of the base's contract: it is judged by the base's claims."""
    return replace(
        base,
        id=f"{base.lesson}/{given.__name__}",
        hints=hints,
        depends=(base.id, *base.depends),
        given=given,
        symptom=symptom,
        mends=base.id,
    )
