"""fit trains, reports, stops and goes on; the numbers do not depend on how often it was interrupted."""

from __future__ import annotations

import math
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from genlab.training import History, TrainingDiverged, fit

IMAGES = torch.randint(
    0, 256, (230, 1, 6, 6), dtype=torch.uint8, generator=torch.Generator().manual_seed(5)
)  # 5 batches of 50 an epoch, the last one short


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GENLAB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("GENLAB_SCALE", "smoke")
    monkeypatch.delenv("GENLAB_DEVICE", raising=False)
    return tmp_path


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """Ctrl-C as at a terminal, also where the tests run in the background and would ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Noisy(nn.Module):
    """A little of everything that has a state: weights, dropout, batch norm buffers."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(36, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3))
        self.head = nn.Linear(16, 36)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(x))


def noisy_step(model: Noisy, optimizer: torch.optim.Optimizer, x: torch.Tensor) -> dict[str, float]:
    """Draws from every generator there is, so that each one has to be put back."""
    model.train()
    noise = torch.randn(()) * 0.1 + random.random() * 0.1 + float(np.random.rand()) * 0.1
    loss = (model(x + noise) - x.flatten(1)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return {"total": loss.item(), "noise": float(noise)}


class Run:
    """One training run; `before` and `after` surround each of its steps and get the step's number."""

    def __init__(
        self,
        before: Callable[[int], None] = lambda step: None,
        after: Callable[[int], None] = lambda step: None,
    ) -> None:
        self.before, self.after, self.calls = before, after, 0

    def start(self, *, fresh: bool = True, **settings: Any) -> History:
        """The history of 3 epochs of 5 steps, with networks built anew or as they are."""
        if fresh:
            torch.manual_seed(1)
            random.seed(1)
            np.random.seed(1)
            self.model = Noisy()
            self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-2)

        def step(x: torch.Tensor) -> dict[str, float]:
            self.calls += 1
            self.before(self.calls)
            losses = noisy_step(self.model, self.optimizer, x)
            self.after(self.calls)
            return losses

        state = {"model": self.model, "optimizer": self.optimizer}
        settings = {"epochs": 3, "batch_size": 50, "name": "run", "state": state} | settings
        return fit(step, IMAGES, **settings)


def stop_at(step: int, error: type[BaseException] = KeyboardInterrupt) -> Callable[[int], None]:
    def stop(now: int) -> None:
        if now == step:
            raise error

    return stop


def press_ctrl_c_at(step: int) -> Callable[[int], None]:
    return lambda now: signal.raise_signal(signal.SIGINT) if now == step else None


def same(a: Run, b: Run, first: History, second: History) -> None:
    assert first.steps == second.steps
    assert first.epochs == second.epochs
    assert first.evaluations == second.evaluations
    weights = zip(a.model.state_dict().values(), b.model.state_dict().values(), strict=True)
    assert all(torch.equal(u, v) for u, v in weights)


@pytest.mark.parametrize("step", [1, 3, 5, 6, 8, 15])
def test_a_run_stopped_by_ctrl_c_ends_with_the_numbers_of_one_that_was_not(step: int) -> None:
    whole = Run()
    expected = whole.start(name=None)
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(step)).start()
    again = Run()
    found = again.start()
    same(again, whole, found, expected)
    assert again.calls == 15 - step, "the stopped step was finished, and none is repeated"


def test_ctrl_c_during_the_last_step_of_the_run_still_asks_for_a_second_start() -> None:
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(15)).start()
    again = Run()
    assert len(again.start().epochs) == 3
    assert again.calls == 0


@pytest.mark.parametrize("step", [1, 4, 6, 11])
def test_an_interrupt_raised_before_a_step_changed_anything_loses_nothing(step: int) -> None:
    whole = Run()
    expected = whole.start(name=None)
    with pytest.raises(KeyboardInterrupt):
        Run(before=stop_at(step)).start()
    again = Run()
    found = again.start()
    same(again, whole, found, expected)
    assert again.calls == 15 - (step - 1)


def test_an_interrupt_after_a_step_only_drew_noise_puts_the_noise_back() -> None:
    def draw_and_stop(now: int) -> None:
        if now == 4:
            torch.rand(3), random.random(), np.random.rand()
            raise KeyboardInterrupt

    whole = Run()
    expected = whole.start(name=None)
    with pytest.raises(KeyboardInterrupt):
        Run(before=draw_and_stop).start()
    again = Run()
    found = again.start()
    same(again, whole, found, expected)
    assert again.calls == 12


@pytest.mark.parametrize("step", [2, 7, 13])
def test_an_interrupt_in_the_middle_of_a_step_goes_back_to_a_whole_one(step: int) -> None:
    whole = Run()
    expected = whole.start(name=None)
    with pytest.raises(KeyboardInterrupt):
        Run(after=stop_at(step)).start()
    again = Run()
    found = again.start()
    same(again, whole, found, expected)


def test_a_killed_run_goes_on_from_its_last_save(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genlab.training.resume.SAVE_SECONDS", 0.0)
    monkeypatch.setattr("genlab.training.resume.SHARE", math.inf)
    whole = Run()
    expected = whole.start(name=None)
    # an exception of the step itself saves nothing, so this is what a lost kernel leaves behind
    with pytest.raises(MemoryError):
        Run(before=stop_at(9, MemoryError)).start()
    again = Run()
    found = again.start()
    same(again, whole, found, expected)
    assert again.calls == 15 - 8


def test_the_networks_of_a_stopped_run_can_be_passed_again_as_they_are() -> None:
    whole = Run()
    expected = whole.start(name=None)
    run = Run(before=press_ctrl_c_at(7), after=stop_at(10))
    with pytest.raises(KeyboardInterrupt):
        run.start()
    torch.rand(3)  # the reader tries something in between
    with pytest.raises(KeyboardInterrupt):
        run.start(fresh=False)
    found = run.start(fresh=False)
    same(run, whole, found, expected)


def test_a_finished_run_leaves_nothing_and_is_trained_anew(_folder: Path) -> None:
    first, second = Run(), Run()
    assert first.start().steps == second.start().steps
    assert first.calls == second.calls == 15
    assert list(_folder.iterdir()) == []


def test_more_epochs_go_on_from_a_stopped_run() -> None:
    whole = Run()
    expected = whole.start(name=None, epochs=4)
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(7)).start(epochs=2)
    again = Run()
    found = again.start(epochs=4)
    same(again, whole, found, expected)
    assert again.calls == 20 - 7


def test_a_failing_evaluation_costs_no_training() -> None:
    def broken() -> dict[str, float]:
        raise RuntimeError("a typo in the evaluation")

    first, second = Run(), Run()
    with pytest.raises(RuntimeError, match="typo"):
        first.start(evaluate=broken)
    history = second.start(evaluate=lambda: {"total": 1.0})
    assert (first.calls, second.calls) == (5, 10)
    assert history.evaluations == [{"total": 1.0}] * 3


def test_a_failing_on_epoch_is_repeated_and_nothing_counted_twice() -> None:
    seen: list[int] = []

    def draw(epoch: int, history: History) -> None:
        seen.append(epoch)
        if len(seen) == 2:
            raise ValueError("no such colour")

    with pytest.raises(ValueError, match="colour"):
        Run().start(on_epoch=draw, evaluate=lambda: {"total": 1.0})
    history = Run().start(on_epoch=draw, evaluate=lambda: {"total": 1.0})
    assert seen == [1, 2, 2, 3]
    assert len(history.epochs) == len(history.evaluations) == 3


def start_with_schedule(run: Run, after: Callable[[int], None] = lambda epoch: None) -> History:
    """A run whose learning rate halves after every epoch; `after` is called right after that."""
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    run.model = Noisy()
    run.optimizer = torch.optim.SGD(run.model.parameters(), lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.ExponentialLR(run.optimizer, 0.5)
    state = {"model": run.model, "optimizer": run.optimizer, "schedule": schedule}

    def on_epoch(epoch: int, history: History) -> None:
        schedule.step()
        after(epoch)

    return run.start(fresh=False, state=state, epochs=4, on_epoch=on_epoch)


def test_a_learning_rate_schedule_in_the_state_survives_an_interruption() -> None:
    whole = Run()
    expected = start_with_schedule(whole)
    for stopped in (Run(before=press_ctrl_c_at(8)), Run(before=press_ctrl_c_at(4))):
        with pytest.raises(KeyboardInterrupt):
            start_with_schedule(stopped)
    with pytest.raises(RuntimeError):
        start_with_schedule(Run(), stop_at(3, RuntimeError))
    again = Run()
    same(again, whole, start_with_schedule(again), expected)
    assert again.optimizer.param_groups[0]["lr"] == pytest.approx(0.1 * 0.5**4)


def test_what_stopped_the_run_and_where_it_goes_on_is_said_in_one_line_each(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(7)).start()
    out, err = capfd.readouterr()
    assert out == "Stopped after epoch 2, step 2. Run this cell again to go on from here.\n"
    Run().start()
    out, more = capfd.readouterr()
    assert out.startswith('Going on with "run" after epoch 2, step 2.')
    assert out.count("\n") == 1
    assert err + more == ""


def test_a_stopped_run_without_a_name_says_that_it_kept_nothing(
    capsys: pytest.CaptureFixture[str], _folder: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(2)).start(name=None)
    assert "name=" in capsys.readouterr().out
    assert list(_folder.iterdir()) == []


def test_ctrl_c_twice_stops_inside_the_step() -> None:
    def twice(now: int) -> None:
        if now == 3:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    run = Run(before=twice, after=stop_at(3, AssertionError))
    with pytest.raises(KeyboardInterrupt):
        run.start()


def test_the_handler_of_ctrl_c_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    Run().start()
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(1)).start()
    assert signal.getsignal(signal.SIGINT) is before


def test_training_works_outside_the_main_thread() -> None:
    found: list[History] = []
    thread = threading.Thread(target=lambda: found.append(Run().start()))
    thread.start()
    thread.join()
    assert found[0].count == 15


def changed_batch_size(run: Run) -> History:
    return run.start(batch_size=46)


def changed_learning_rate(run: Run) -> History:
    run.model = Noisy()
    run.optimizer = torch.optim.Adam(run.model.parameters(), lr=2e-2)
    return run.start(fresh=False)


def changed_code(run: Run) -> History:
    run.model = Noisy()
    optimizer = torch.optim.Adam(run.model.parameters(), lr=1e-2)

    def step(x: torch.Tensor) -> dict[str, float]:
        run.calls += 1
        return noisy_step(run.model, optimizer, x * 0.5)

    state = {"model": run.model, "optimizer": optimizer}
    return fit(step, IMAGES, epochs=3, batch_size=50, name="run", state=state)


def changed_data(run: Run) -> History:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}.IMAGES", IMAGES.flip(3))
        return run.start()


def fewer_epochs(run: Run) -> History:
    return run.start(epochs=1)


@pytest.mark.parametrize(
    ("start", "word"),
    [
        (changed_batch_size, "batch size"),
        (changed_learning_rate, "optimizer"),
        (changed_code, "code"),
        (changed_data, "data"),
        (fewer_epochs, "epochs"),
    ],
)
def test_a_checkpoint_from_before_a_change_is_kept_aside_and_training_starts_anew(
    start: Callable[[Run], History],
    word: str,
    capsys: pytest.CaptureFixture[str],
    _folder: Path,
) -> None:
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(7)).start()
    capsys.readouterr()
    again = Run()
    history = start(again)
    assert again.calls == history.count == len(history.epochs) * 5
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert word in out
    assert "starts from the beginning" in out
    assert [file.name for file in _folder.iterdir()] == ["run.aside-1.pt"]


def test_a_change_before_the_first_step_leaves_nothing_aside(_folder: Path) -> None:
    with pytest.raises(RuntimeError):
        Run(before=stop_at(1, RuntimeError)).start()
    changed_code(Run())
    assert list(_folder.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"not a checkpoint", None])
def test_a_damaged_checkpoint_is_set_aside_and_said_so(
    damage: bytes | None, capsys: pytest.CaptureFixture[str], _folder: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(7)).start()
    file = _folder / "run.pt"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    capsys.readouterr()
    again = Run()
    again.start()
    assert again.calls == 15
    assert "damaged" in capsys.readouterr().out
    assert [one.name for one in _folder.iterdir()] == ["run.aside-1.pt"]


def test_a_checkpoint_that_loads_halfway_changes_no_weights(_folder: Path) -> None:
    whole = Run()
    expected = whole.start(name=None)
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(7)).start()
    content = torch.load(_folder / "run.pt", weights_only=True)
    del content["state"]["optimizer"]
    torch.save(content, _folder / "run.pt")
    again = Run()
    same(again, whole, again.start(), expected)


def test_a_disk_that_is_full_ends_no_training(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(file: Path, content: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("genlab.training.checkpoint.save", full)
    monkeypatch.setattr("genlab.training.resume.SAVE_SECONDS", 0.0)
    assert Run().start().count == 15
    out = capsys.readouterr().out
    assert out.count("no space left") == out.count("\n") == 1
    with pytest.raises(KeyboardInterrupt):
        Run(before=press_ctrl_c_at(7)).start()
    assert "go on from here" not in capsys.readouterr().out


def test_a_state_that_no_checkpoint_can_keep_is_refused_before_training(_folder: Path) -> None:
    class Keeper:
        def state_dict(self) -> dict[str, Any]:
            return {"when": Path("here")}

        def load_state_dict(self, state: dict[str, Any]) -> None:
            raise AssertionError

    calls: list[int] = []
    with pytest.raises(TypeError, match="tensors, numbers and strings"):
        fit(lambda x: calls.append(1) or 1.0, IMAGES, epochs=1, name="run", state={"k": Keeper()})
    assert calls == []
    assert list(_folder.iterdir()) == []


def test_a_run_stopped_in_its_first_step_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        Run(before=stop_at(1)).start()
    assert capsys.readouterr().out.startswith("Stopped before the first step.")


STEPS_THAT_RETURN_NO_LOSS: list[tuple[Any, str]] = [
    (None, "returned nothing"),
    ({}, "empty dict"),
    ("0.3", "str"),
    ({"total": "0.3"}, "str"),
    ({"total": torch.tensor(1.0, requires_grad=True)}, r"loss\.item\(\)"),
    ({"total": torch.ones(3)}, "one number"),
    ([1.0, 2.0], "list"),
]


@pytest.mark.parametrize(("found", "message"), STEPS_THAT_RETURN_NO_LOSS)
def test_a_step_that_returns_no_losses_is_told_what_to_return(found: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        fit(lambda x: found, IMAGES, epochs=1)


@pytest.mark.parametrize("found", [2, 2.0, np.float32(2), torch.tensor(2.0), {"loss": 2}])
def test_any_single_number_is_a_loss(found: Any) -> None:
    assert fit(lambda x: found, IMAGES, epochs=1).steps == {"loss": [2.0] * 3}


def test_a_step_returns_the_same_names_every_time() -> None:
    names = iter("aab")
    with pytest.raises(TypeError, match="same names"):
        fit(lambda x: {next(names): 1.0}, IMAGES, epochs=1)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_stops_the_run_and_says_where(bad: float, _folder: Path) -> None:
    values = iter([1.0] * 7 + [bad])
    with pytest.raises(TrainingDiverged, match=r"epoch 2, step 3 the loss 'kl'.*learning rate"):
        fit(lambda x: {"kl": next(values)}, IMAGES, epochs=2, batch_size=50, name="run")
    assert (_folder / "run.pt").exists(), "the checkpoint from before is kept"


@pytest.mark.parametrize(
    ("images", "settings", "error", "message"),
    [
        (torch.empty(0, 1, 6, 6), {}, ValueError, "no images"),
        (IMAGES.long(), {}, ValueError, "int64"),
        (IMAGES.numpy(), {}, TypeError, "tensor"),
        (IMAGES, {"labels": torch.zeros(3)}, ValueError, "3 labels"),
        (IMAGES, {"epochs": 0}, ValueError, "epochs"),
        (IMAGES, {"batch_size": 0}, ValueError, "batch_size"),
        (IMAGES, {"state": {"beta": 2.0}}, TypeError, "beta"),
        (IMAGES, {"name": "a/b"}, ValueError, "name"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_the_next_step(
    images: Any, settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        fit(lambda x: 1.0, images, **{"epochs": 1} | settings)


def test_every_image_is_seen_once_an_epoch_in_an_order_that_seed_and_epoch_decide() -> None:
    def orders(seed: int) -> list[list[float]]:
        numbered = torch.arange(23.0).reshape(23, 1)
        seen: list[float] = []
        fit(
            lambda x: seen.extend(x[:, 0].tolist()) or 0.0,
            numbered,
            epochs=2,
            batch_size=4,
            seed=seed,
        )
        return [seen[:23], seen[23:]]

    first, second = orders(0)
    assert sorted(first) == sorted(second) == list(map(float, range(23)))
    assert first != second
    assert orders(0) == [first, second]
    assert orders(1) != [first, second]


def test_labels_come_with_their_images() -> None:
    numbered = torch.arange(23.0).reshape(23, 1)

    def step(x: torch.Tensor, labels: torch.Tensor) -> float:
        return float((x[:, 0] - labels).abs().sum())

    history = fit(step, numbered, labels=torch.arange(23), epochs=1, batch_size=4)
    assert history.steps == {"loss": [0.0] * 6}


def test_the_global_generator_is_left_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    fit(lambda x: 1.0, IMAGES, epochs=2, name="run")
    assert torch.equal(torch.rand(2), expected)


def test_batches_come_to_where_the_networks_are() -> None:
    seen: set[torch.device] = set()
    model = nn.Linear(1, 1, device="meta")
    fit(lambda x: seen.add(x.device) or 1.0, IMAGES, epochs=1, state={"model": model})
    assert seen == {torch.device("meta")}


def test_the_history_tells_steps_epochs_evaluations_and_time() -> None:
    losses = iter(range(100))
    history = fit(
        lambda x: {"total": next(losses)},
        IMAGES,
        epochs=2,
        batch_size=100,
        evaluate=lambda: {"test": 0.5},
    )
    assert history.steps == {"total": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]}
    assert history.epochs == [{"total": 1.0}, {"total": 4.0}]
    assert history.evaluations == [{"test": 0.5}] * 2
    assert history.steps_per_epoch == 3
    assert 0 < history.seconds < 10
    assert repr(history).startswith("History(2 epochs, 6 steps, 0 s; latest: total 2.5")


def test_smoke_and_live_false_show_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    fit(lambda x: 1.0, IMAGES, epochs=1)
    fit(lambda x: 1.0, IMAGES, epochs=1, live=False)
    assert capfd.readouterr() == ("", "")
