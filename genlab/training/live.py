"""What a training run shows while it runs: one picture in a notebook, a bar in a terminal, lines in a log."""

from __future__ import annotations

import contextlib
import html
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from genlab.notebook import in_notebook
from genlab.training.history import clock

if TYPE_CHECKING:
    from genlab.training.history import History

BAR_SECONDS = 0.5
CURVE_SECONDS = 2.0
LINE_SECONDS = 10.0
SHARE = 0.04  # of the training time may go into drawing


class Display(Protocol):
    """What `fit` tells a display: each step, and how it ended."""

    def step(self, history: History, epochs: int) -> None: ...

    def end(self, history: History, epochs: int) -> None: ...


@contextlib.contextmanager
def shown(live: bool | None, history: History, epochs: int) -> Iterator[Display]:
    """The display that belongs to where this runs, brought to its final state however the block ends."""
    display = _choose(live)
    try:
        yield display
    finally:
        display.end(history, epochs)


def _choose(live: bool | None) -> Display:
    from genlab.scale import scale

    if live is False or (live is None and scale() == "smoke"):
        return _Silent()
    if in_notebook():
        return _Notebook()
    return _Terminal() if sys.stderr.isatty() else _Lines()


class _Silent:
    def step(self, history: History, epochs: int) -> None:
        pass

    def end(self, history: History, epochs: int) -> None:
        pass


class _Terminal:
    """A tqdm bar over all steps."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.due = 0.0

    def step(self, history: History, epochs: int) -> None:
        if time.perf_counter() < self.due:
            return
        if self.bar is None:
            from tqdm import tqdm

            total = epochs * history.steps_per_epoch
            self.bar = tqdm(total=total, initial=history.count - 1, unit=" steps", ncols=100)
        self._move(history)
        self.due = time.perf_counter() + BAR_SECONDS

    def end(self, history: History, epochs: int) -> None:
        if self.bar is not None:
            self._move(history)
            self.bar.close()

    def _move(self, history: History) -> None:
        self.bar.set_postfix_str(history.latest(), refresh=False)
        self.bar.update(history.count - self.bar.n)


class _Lines:
    """A line at the end of an epoch, at most one every ten seconds: for logs and pipes."""

    def __init__(self) -> None:
        self.due = time.perf_counter() + LINE_SECONDS

    def step(self, history: History, epochs: int) -> None:
        if history.count % history.steps_per_epoch == 0 and time.perf_counter() >= self.due:
            print(_where(history, epochs), flush=True)
            self.due = time.perf_counter() + LINE_SECONDS

    def end(self, history: History, epochs: int) -> None:
        if history.count:
            print(_where(history, epochs), flush=True)


class _Notebook:
    """One line with a bar and one picture of the curves, both updated in place."""

    def __init__(self) -> None:
        from IPython.display import display

        self.started = time.perf_counter()
        self.first: int | None = None
        self.bar_due = 0.0
        self.curve_due = self.started + CURVE_SECONDS
        self.bar = display(_bar(0.0, "starting …"), raw=True, display_id=True)
        self.curve: Any = None
        self.curve_broke = False

    def step(self, history: History, epochs: int) -> None:
        now = time.perf_counter()
        if self.first is None:
            self.first = history.count - 1
        if now >= self.bar_due:
            done = history.count / max(1, epochs * history.steps_per_epoch)
            text = f"{_where(history, epochs)} · {self._left(history, epochs, now)}"
            self.bar.update(_bar(done, text), raw=True)
            self.bar_due = now + BAR_SECONDS
        if now >= self.curve_due and not self.curve_broke:
            first = self.curve is None
            self._draw(history)
            wait = (time.perf_counter() - now) / SHARE
            # the first picture also pays for fonts, so its cost says little about the next one's
            self.curve_due = now + max(CURVE_SECONDS, min(wait, 10.0) if first else wait)

    def end(self, history: History, epochs: int) -> None:
        if not history.count:
            self.bar.update({"text/plain": ""}, raw=True)
            return
        done = history.count / max(1, epochs * history.steps_per_epoch)
        self.bar.update(_bar(done, _where(history, epochs)), raw=True)
        if not self.curve_broke:
            self._draw(history)

    def _left(self, history: History, epochs: int, now: float) -> str:
        steps = history.count - (self.first or 0)
        missing = epochs * history.steps_per_epoch - history.count
        return f"{clock((now - self.started) / max(1, steps) * missing)} left"

    def _draw(self, history: History) -> None:
        from IPython.display import display

        from genlab.plots.style import as_output

        try:
            picture = as_output(history.plot(), "The loss curves")
        # no picture is worth a training run
        except (ImportError, OSError, RuntimeError, TypeError, ValueError) as error:
            print(f"The live curve cannot be drawn ({error}); training goes on without it.")
            self.curve_broke = True
            return
        if self.curve is None:
            self.curve = display(picture, raw=True, display_id=True)
        else:
            self.curve.update(picture, raw=True)


def _where(history: History, epochs: int) -> str:
    epoch, step = history.position
    place = f"epoch {epoch} of {epochs}"
    if step < history.steps_per_epoch:
        place += f", step {step} of {history.steps_per_epoch}"
    return f"{place} · {history.latest()} · {clock(history.seconds)}"


def _bar(done: float, text: str) -> dict[str, str]:
    # a half-transparent track, so that the bar is seen on light and on dark pages
    track = "display:inline-block;width:12em;height:.7em;border-radius:.35em;background:#8886"
    fill = f"width:{100 * done:.1f}%;height:100%;border-radius:.35em;background:#0072B2"
    page = (
        f'<div style="font-size:90%"><span style="{track};vertical-align:middle;margin-right:.8em">'
        f'<span style="display:block;{fill}"></span></span>{html.escape(text)}</div>'
    )
    return {"text/html": page, "text/plain": text}
