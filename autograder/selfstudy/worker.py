"""The process that runs learners' code for `genlab start`: warm, and replaced when an answer hangs or ends it.

Started by `python -m autograder.selfstudy.worker`. One JSON object a line comes in: {"path", "known": {exercise: fingerprint}}. Out
go, in this order: {"ready", "hints"} once; for a path {"doing"} before each cell and {"doing", "fingerprint"} before each exercise,
{"exercise", "path", "status", "card", "fingerprint"} after it, and at the end {"done": path, "lesson"} – with "unfinished" or "ignored", and
why, instead of a lesson where there is nothing to judge. Now and then comes {"line"}, of the learner's cell that runs, or 0. All have
"seconds", the processor time used so far.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO

BEAT = 0.5  # seconds
ROOM = 4 * 2**30  # bytes of address space that an answer may add, on Linux


def main() -> None:
    """Serve until the input ends."""
    asking, out = _own_streams()
    asked = queue.SimpleQueue[str]()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the watcher
    threading.Thread(target=_listen, args=(asking, asked), daemon=True).start()

    turn = threading.Lock()

    def say(**fact: Any) -> None:
        with turn:
            out.write(json.dumps({**fact, "seconds": time.process_time()}) + "\n")
            out.flush()

    say(ready=True, hints=_warm_up())
    _limit_memory()
    threading.Thread(target=_beat, args=(say, threading.get_ident()), daemon=True).start()
    while True:
        ask = json.loads(asked.get())
        look_at(Path(ask["path"]), ask["known"], say)


def look_at(path: Path, known: dict[str, str], say: Callable[..., None]) -> None:
    """Say what there is to say of a file, step by step: each exercise whose fingerprint is not the known one is judged."""
    from autograder import checks
    from autograder.card import as_text
    from autograder.definitions import run
    from autograder.lesson_file import SOURCE_MARK, NotALesson, Unfinished, cells_of, lesson_of
    from autograder.reusing import beside, found_by
    from autograder.selfcheck import judged
    from autograder.selfstudy.fingerprint import fingerprints

    try:
        cells = cells_of(path)
        if any(SOURCE_MARK in cell for cell in cells):
            raise NotALesson(f"{path} is an author's file, with its solutions marked; a learner's has none.")
        lesson = lesson_of(cells, path)
    except NotALesson as error:
        kind = "unfinished" if isinstance(error, Unfinished) else "ignored"
        say(done=str(path), **{kind: str(error)})
        return
    ids = checks.ids(lesson)
    names = [i.split("/")[1] for i in ids]
    marks = fingerprints(cells, names, path.parent)
    changed = [i for i in ids if known.get(i) != marks[i.split("/")[1]]]
    if changed:

        def announced() -> Iterable[str]:
            for number, cell in enumerate(cells, start=1):
                say(doing=f"code cell {number}")
                yield cell

        with found_by(beside(path.parent)):
            found = run(announced(), names)
            for exercise in changed:
                mark = marks[exercise.split("/")[1]]
                say(doing=exercise, fingerprint=mark)
                report = judged(found, exercise)
                card = as_text(report)
                say(exercise=exercise, path=str(path), status=report.status, card=card, fingerprint=mark)
    say(done=str(path), lesson=lesson)


def _listen(asking: TextIO, asked: queue.SimpleQueue[str]) -> None:
    """Pass lines on; when they end, so does this process, whatever an answer is doing."""
    for line in asking:
        asked.put(line)
    os._exit(0)


def _beat(say: Callable[..., None], judging: int) -> None:
    """Say now and then how much processor time was used, so that a busy machine is told from an endless loop, and the line that runs."""
    from autograder.probes.recording import line_of_cell

    while True:
        time.sleep(BEAT)
        say(line=line_of_cell(sys._current_frames().get(judging)))


def _own_streams() -> tuple[TextIO, TextIO]:
    """What this process is asked and what it says; learners' code gets streams that lead nowhere."""
    asking = os.fdopen(os.dup(0), "r", encoding="utf-8")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return asking, out


def _warm_up() -> dict[str, tuple[str, ...]]:
    """The hints of every exercise, after loading all that checks use and using it once."""
    import torch

    from autograder import checks, selfcheck  # noqa: F401

    torch.set_num_threads(1)  # answers are small; the notebook may be training beside us
    weight = torch.nn.Parameter(torch.zeros(3))
    for kind in (torch.optim.Adam, torch.optim.SGD):  # the first optimizer of a process takes seconds
        optimizer = kind([weight], lr=0.1)
        (weight.sum() ** 2).backward()
        optimizer.step()
    torch.distributions.Normal(torch.zeros(2), 1.0).sample()
    import genlab.plots  # noqa: F401

    return {exercise: checks.find(exercise).hints for exercise in checks.ids()}


def _limit_memory() -> None:
    """Bound what an answer may take, where the system can."""
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = pages * resource.getpagesize() + ROOM
        resource.setrlimit(resource.RLIMIT_AS, (wanted if most == -1 else min(wanted, most), most))


if __name__ == "__main__":
    main()
