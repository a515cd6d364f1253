"""How strong the checks are: every known mistake in two spellings, right answers of many kinds, wrong ones that nobody listed.

`python -m tests.strength --seeds 20 --write README.md` runs all of it and writes the table that README shows.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import multiprocessing
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from autograder import checks, examination, examine
from autograder.definitions import load_reference
from autograder.engine.records import check_form
from autograder.probes import Plan, Record, run_probe
from autograder.report import Report
from autograder.sandbox.wire import LENGTHS, Channel, Sealed, pack, unpack

START, END = "<!-- strength: written by `make strength` -->", "<!-- end of strength -->"


@dataclass
class Strength:
    """Counts for one exercise; a wrong answer counts as rejected or named only if it is at every seed."""

    exercise: str
    mistakes: int = 0
    named: int = 0
    second: int = 0
    second_named: int = 0
    unlisted: int = 0
    unlisted_rejected: int = 0
    misnamed: int = 0
    right: int = 0
    accepted: int = 0
    runs: int = 0


def answers(exercise: str) -> ModuleType:
    """The module of imaginary students' answers: RIGHT, MISTAKES, UNLISTED, and BESIDE: of two mistakes at once the known one."""
    return importlib.import_module(checks.module_name(exercise).replace("autograder.checks", "tests.answers"))


@dataclass
class Examined:
    """The reports on each answer to an exercise, one for every examination, by the answer's name."""

    mistakes: dict[str, list[Report]]
    second: dict[str, list[Report]]
    unlisted: dict[str, list[Report]]
    right: dict[str, list[Report]]

    @property
    def wrong(self) -> list[list[Report]]:
        """The reports on every wrong answer."""
        return [*self.mistakes.values(), *self.second.values(), *self.unlisted.values()]


def sent(tree: Any) -> Any:
    """A tree after a passage over the wire."""
    frame = pack(tree)
    header, blob = LENGTHS.unpack(frame[: LENGTHS.size])
    rest = frame[LENGTHS.size :]
    assert len(rest) == header + blob
    return unpack(rest[:header], rest[header:])


def sealed(record: Record) -> Sealed:
    """A record as the grader gets it."""
    theirs, ours = map(Channel, socket.socketpair())
    with ThreadPoolExecutor(1) as pool, contextlib.closing(theirs), contextlib.closing(ours):
        pool.submit(theirs.send, {"record": record})
        letter: Sealed = ours.receive(60, "record")["record"]
    return letter


def _probed_elsewhere(plan: Plan, target: Any, device: str) -> Record:
    return check_form(plan, sent(run_probe(sent(plan), target, device)))


def examine_as_graded(exercise: str, answer: Any, seed: int, hidden: bool) -> Report:
    """`examine`; where hidden, as in grading: plan and record go over the wire, and the record's form is checked."""
    with mock.patch.object(examination, "run_probe", _probed_elsewhere if hidden else run_probe):
        return examine(exercise, answer, seed=seed, hidden=hidden)


def examined(exercise: str, examinations: list[tuple[int, bool]]) -> Examined:
    """All answers to an exercise, examined; an examination is a seed and whether it is hidden."""
    module, lesson, name = answers(exercise), *exercise.split("/")
    known = {m.name: m.wrong for m in checks.find(exercise).misconceptions}

    def reports(those: dict[str, Any]) -> dict[str, list[Report]]:
        return {key: [examine_as_graded(exercise, a, s, h) for s, h in examinations] for key, a in those.items()}

    solution = {"solution": load_reference(lesson)[name]}
    second = {mistake: module.MISTAKES[mistake] for mistake in known}
    return Examined(reports(known), reports(second), reports(module.UNLISTED), reports(solution | module.RIGHT))


def measure(exercise: str, examinations: list[tuple[int, bool]]) -> Strength:
    """The strength of one exercise's check over examinations."""
    return strength(exercise, examined(exercise, examinations))


def strength(exercise: str, found: Examined) -> Strength:
    """The counts of what was found."""

    def named(those: dict[str, list[Report]]) -> int:
        return sum(
            all(r.status == "failed" and r.misconception == name for r in reports) for name, reports in those.items()
        )

    beside = getattr(answers(exercise), "BESIDE", {})
    return Strength(
        exercise,
        mistakes=len(found.mistakes),
        named=named(found.mistakes),
        second=len(found.second),
        second_named=named(found.second),
        unlisted=len(found.unlisted),
        unlisted_rejected=sum(all(r.status == "failed" for r in reports) for reports in found.unlisted.values()),
        misnamed=sum(
            any(r.misconception not in (None, beside.get(name)) for r in reports)
            for name, reports in found.unlisted.items()
        ),
        right=len(found.right),
        accepted=sum(all(r.passed for r in reports) for reports in found.right.values()),
        runs=sum(map(len, [*found.wrong, *found.right.values()])),
    )


def table(rows: list[Strength]) -> str:
    """A Markdown table with a line per exercise and one for all."""
    lines = [
        "| exercise | known mistakes named | second spelling named | other wrong answers rejected | given a wrong name | right answers accepted |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.exercise} | {row.named} of {row.mistakes} | {row.second_named} of {row.second} | "
        f"{row.unlisted_rejected} of {row.unlisted} | {row.misnamed} | {row.accepted} of {row.right} |"
        for row in [*rows, _total(rows)]
    ]
    return "\n".join(lines)


def _total(rows: list[Strength]) -> Strength:
    names = [n for n in Strength.__dataclass_fields__ if n != "exercise"]
    return Strength("**together**", **{n: sum(getattr(r, n) for r in rows) for n in names})


def main() -> None:
    """Print the table, and write it between its marks in a file."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    examinations = [(seed, hidden) for seed in range(options.seeds) for hidden in (False, True)]
    with multiprocessing.Pool(2, torch.set_num_threads, (1,)) as pool:
        rows = pool.starmap(
            measure, [(exercise, examinations) for exercise in checks.ids() if not checks.mended(exercise)], chunksize=1
        )
    runs = sum(r.runs for r in rows)
    text = (
        f"{table(rows)}\n\nEvery answer was judged at {options.seeds} seeds, visible and hidden: {runs:,} examinations."
    )
    print(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        block = f"{START}\n{text}\n{END}"
        options.write.write_text(
            re.sub(f"{re.escape(START)}.*?{re.escape(END)}", lambda _: block, page, flags=re.DOTALL), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
