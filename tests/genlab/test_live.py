"""A notebook shows one bar and one picture, once each; a terminal a bar; a log a few lines; stderr nothing."""

from __future__ import annotations

import io
import itertools
from typing import Any

import pytest
import torch

from genlab.training import live
from genlab.training.history import History, clock
from genlab.training.loop import fit

nbformat = pytest.importorskip("nbformat", reason="notebooks need the extra [teach]")
nbclient = pytest.importorskip("nbclient", reason="notebooks need the extra [teach]")

IMAGES = torch.zeros(200, 1, 2, 2)

SETUP = """
import time, signal, torch, genlab
from genlab import plots
from genlab.training import live

live.CURVE_SECONDS = live.BAR_SECONDS = 0.0  # update as often as can be
x = torch.rand(200, 1, 4, 4)

def step(batch):
    time.sleep(0.002)
    return {"total": 1.0, "kl": 2.0}
"""
CELLS = {
    "train": "history = genlab.fit(step, x, epochs=6, batch_size=10, live=True)",
    "history": "history",
    "last line": "print('A')\nplots.strip(x[:3])",
    "not last line": "figure = plots.strip(x[:3])\nprint('B')",
    "own axes": "figure, axes = plots.subplots(1, 2)\nhistory.plot(ax=axes[0])",
    "explorer": "genlab.latent_explorer(lambda z: torch.rand(len(z), 1, 4, 4))",
    "stopped": (
        "def stopped(batch):\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "    return step(batch)\n"
        "genlab.fit(stopped, x, epochs=6, batch_size=10, live=True, name='run')"
    ),
    "error": "genlab.fit(lambda batch: None, x, epochs=6, live=True)",
    "left open": "import matplotlib.pyplot as plt\nprint(plt.get_fignums())",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What each cell leaves in a notebook that a runner has executed."""
    folder = tmp_path_factory.mktemp("notebook")
    environment = f"import os\nos.environ['GENLAB_CHECKPOINTS'] = {str(folder)!r}\n"
    environment += "os.environ['GENLAB_SCALE'] = 'cpu'\n"
    cells = [environment + SETUP, *CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True)
    client.execute(cwd=str(folder))
    assert notebook.cells[0].outputs == []
    return {key: cell.outputs for key, cell in zip(CELLS, notebook.cells[1:], strict=True)}


def kinds(cell: list[Any]) -> list[str]:
    """A short word for each output: the richest type, or the name of a stream or error."""
    rich = ("application/vnd.jupyter.widget-view+json", "image/png", "text/html", "text/plain")
    found = []
    for output in cell:
        data = output.get("data", {})
        first = next((kind for kind in rich if kind in data), None)
        found.append(first or output.get("name") or output["ename"])
    return found


def test_training_leaves_one_full_bar_and_one_picture(outputs: dict[str, list[Any]]) -> None:
    bar, curve = outputs["train"]
    assert kinds([bar, curve]) == ["text/html", "image/png"]
    assert bar["data"]["text/plain"].startswith("epoch 6 of 6 · total 1, kl 2 · ")
    assert "width:100.0%" in bar["data"]["text/html"]
    assert curve["data"]["text/plain"] == "The loss curves"


def test_a_history_shows_itself_in_a_line(outputs: dict[str, list[Any]]) -> None:
    (output,) = outputs["history"]
    assert output["data"]["text/plain"].startswith("History(6 epochs, 120 steps, ")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("last line", ["stdout", "image/png"]),
        ("not last line", ["stdout", "image/png"]),
        ("own axes", ["image/png"]),
    ],
)
def test_a_figure_is_shown_once(cell: str, expected: list[str], outputs: dict[str, list[Any]]) -> None:
    assert kinds(outputs[cell]) == expected


def test_no_figure_is_left_open(outputs: dict[str, list[Any]]) -> None:
    assert outputs["left open"][0]["text"] == "[]\n"


def test_a_runner_of_notebooks_gets_a_picture_where_a_reader_gets_sliders(
    outputs: dict[str, list[Any]],
) -> None:
    assert kinds(outputs["explorer"]) == ["stdout", "image/png"]
    assert "without a reader" in outputs["explorer"][0]["text"]


def test_the_stop_button_leaves_the_place_and_the_way_on(outputs: dict[str, list[Any]]) -> None:
    assert set(kinds(outputs["stopped"])) == {
        "text/html",
        "image/png",
        "stdout",
        "KeyboardInterrupt",
    }
    (line,) = (o["text"] for o in outputs["stopped"] if o.get("name") == "stdout")
    assert line == "Stopped after epoch 1, step 1. Run this cell again to go on from here.\n"


def test_an_error_before_the_first_step_leaves_no_empty_picture(
    outputs: dict[str, list[Any]],
) -> None:
    assert kinds(outputs["error"]) == ["text/plain", "TypeError"]


def test_nothing_is_written_to_stderr(outputs: dict[str, list[Any]]) -> None:
    assert not [o for cell in outputs.values() for o in cell if o.get("name") == "stderr"]


class Clock:
    """A clock that moves by itself by `tick` seconds whenever it is read."""

    def __init__(self, tick: float) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


class Page:
    """Stands in for a notebook's display and counts what is sent there."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []

    def __call__(self, data: dict[str, str], **settings: Any) -> Page:
        self.sent.append(data)
        return self

    update = __call__


@pytest.mark.parametrize("cost", [0.01, 0.2, 3.0])
def test_drawing_takes_less_than_a_twentieth_of_the_time(cost: float, monkeypatch: pytest.MonkeyPatch) -> None:
    time, page, spent = Clock(0.0), Page(), []

    def draw(figure: object, text: str) -> dict[str, str]:
        time.now += cost
        spent.append(time.now)
        return {"image/png": ""}

    monkeypatch.setattr("time.perf_counter", time)
    monkeypatch.setattr("IPython.display.display", page)
    monkeypatch.setattr("genlab.plots.style.as_output", draw)
    monkeypatch.setattr(History, "plot", lambda self: None)
    display = live._Notebook()
    history = History({"total": []}, steps_per_epoch=100)
    for _ in range(20_000):
        history.steps["total"].append(1.0)
        time.now += 0.05  # a step
        display.step(history, epochs=200)
    assert len(spent) * cost < 0.05 * time.now
    gaps = [b - a for a, b in itertools.pairwise(spent)]
    assert min(gaps) >= 2.0
    assert min(gaps) < max(2.1, 30 * cost), "and no seldomer than it must be"


def test_a_picture_that_cannot_be_drawn_does_not_end_the_training(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(self: History) -> None:
        raise ValueError("no fonts")

    monkeypatch.setattr("IPython.display.display", Page())
    monkeypatch.setattr(live, "in_notebook", lambda: True)
    monkeypatch.setattr(live, "CURVE_SECONDS", 0.0)
    monkeypatch.setattr(History, "plot", broken)
    assert fit(lambda x: 1.0, IMAGES, epochs=3, batch_size=20, live=True).count == 30
    assert capsys.readouterr().out.count("no fonts") == 1


def test_a_terminal_gets_a_bar_that_ends_full(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    fit(lambda x: {"kl": 2.0}, IMAGES, epochs=3, batch_size=20, live=True)
    last = terminal.getvalue().split("\r")[-1]
    assert "100%" in last
    assert "30/30" in last
    assert "kl 2" in last


def test_a_log_gets_a_line_and_stderr_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    fit(lambda x: {"kl": 2.0}, IMAGES, epochs=3, batch_size=20, live=True)
    assert capfd.readouterr() == ("epoch 3 of 3 · kl 2 · 0 s\n", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(8.4, "8 s"), (70, "1 min 10 s"), (59.6, "1 min 0 s"), (7500, "2 h 5 min")],
)
def test_a_length_of_time_is_told_as_people_do(seconds: float, text: str) -> None:
    assert clock(seconds) == text
