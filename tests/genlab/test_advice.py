"""What goes wrong for people who begin: each is made to happen, and what they then read says what to do."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import genlab
from autograder import CheckFailed, NotAttempted, check, examine
from genlab import advice
from genlab.data import kaggle
from genlab.training import TrainingDiverged
from genlab.troubles import TROUBLES

ROOT = Path(__file__).parents[2]
KL = "vae_fashion/kl_loss"


class Forgotten(nn.Module):
    def __init__(self) -> None:
        self.layer = nn.Linear(2, 2)


class Headless(nn.Module):
    pass


def run(source: str) -> Callable[[], Any]:
    return lambda: exec(source, {"torch": torch, "nn": nn, "F": F})


def full_disk() -> None:
    with open("/dev/full", "w") as file:
        file.write("x")


def backward_twice() -> None:
    loss = (torch.ones(2, requires_grad=True) ** 2).sum()
    loss.backward()
    loss.backward()


def changed_in_place() -> None:
    y = torch.ones(2, requires_grad=True).exp()
    y += 1
    y.sum().backward()


def step_before_backward() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    network(torch.ones(1, 2)).sum().backward()
    loss = network(torch.ones(1, 2)).sum()
    optimizer.step()
    loss.backward()


def too_large_for_the_gpu() -> None:
    # No GPU in most places where this runs: the exception is PyTorch's own, its text one that PyTorch wrote.
    raise torch.OutOfMemoryError(
        "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 14.74 GiB"
    )


def never_ends() -> None:
    # What grading raises in a loop; tests/autograder/test_engine.py has it from there.
    raise type("OutOfTime", (BaseException,), {})("it was stopped after 30 seconds (does a loop never end?)")


HAPPENINGS: dict[str, list[Callable[[], Any]]] = {
    "The kernel is another Python than the one with the kit": [
        run("import genlab.nowhere"),
        run("import autograder.nowhere"),
    ],
    "A package is missing": [run("import surely_not_installed")],
    "Cells out of order, or a kernel that was restarted": [run("encoder(1)")],
    "An object of a class that was defined anew": [
        run("class A:\n def f(s): super(A, s).__init__()\na = A()\nclass A: pass\na.f()")
    ],
    "Half a line, or an indentation that slipped": [run("f(1"), run("if 1:\nx")],
    "The stub's last line is still there": [run("raise NotImplementedError")],
    "Noise without a height and a width": [lambda: nn.ConvTranspose2d(4, 3, 3)(torch.zeros(8, 4))],
    "The batch axis is missing": [
        lambda: nn.Conv2d(1, 3, 3)(torch.zeros(28, 28)),
        lambda: nn.BatchNorm2d(3)(torch.zeros(3, 8, 8)),
    ],
    "Channels are not where they belong": [
        lambda: nn.Conv2d(1, 3, 3)(torch.zeros(8, 28, 28)),
        lambda: nn.Conv2d(1, 3, 3)(torch.zeros(8, 28, 28, 1)),
        lambda: nn.ConvTranspose2d(4, 3, 3)(torch.zeros(8, 2, 5, 5)),
    ],
    "A linear layer gets another number of features": [lambda: nn.Linear(784, 3)(torch.zeros(2, 28, 28))],
    "Two shapes do not fit together": [
        lambda: torch.zeros(3, 4) + torch.zeros(3, 5),
        lambda: F.binary_cross_entropy_with_logits(torch.rand(8, 1), torch.rand(8)),
        lambda: F.cross_entropy(torch.rand(8, 10), torch.zeros(4).long()),
        lambda: torch.cat([torch.zeros(3, 4), torch.zeros(3)], 1),
    ],
    "A view with another number of elements": [
        lambda: torch.zeros(3, 4).view(5, 5),
        lambda: torch.zeros(3, 4).T.view(12),
    ],
    "A picture smaller than the kernel": [lambda: nn.Conv2d(1, 1, 5)(torch.ones(1, 1, 3, 3))],
    "Images are still bytes (uint8)": [
        lambda: nn.Conv2d(1, 3, 3)(torch.zeros(8, 1, 28, 28, dtype=torch.uint8)),
        lambda: nn.Linear(4, 3)(torch.zeros(8, 4, dtype=torch.uint8)),
        lambda: torch.zeros(3, dtype=torch.uint8).mean(),
    ],
    "Class numbers have to be int64": [
        lambda: F.cross_entropy(torch.rand(8, 10), torch.zeros(8)),
        lambda: F.one_hot(torch.ones(8), 10),
    ],
    "Logits where probabilities are needed": [lambda: F.binary_cross_entropy(torch.full((3,), 2.0), torch.ones(3))],
    "Whole numbers where floats are needed": [
        lambda: F.log_softmax(torch.zeros(3).long(), 0),
        lambda: torch.zeros(3).long().mean(),
    ],
    "float32 meets float64": [
        lambda: nn.Linear(4, 3)(torch.zeros(8, 4, dtype=torch.float64)),
        lambda: nn.Conv2d(1, 3, 3)(torch.zeros(1, 1, 8, 8, dtype=torch.float64)),
    ],
    "Two devices in one operation": [lambda: torch.zeros(3) + torch.zeros(3, device="meta")],
    "A label or index that does not exist": [lambda: F.cross_entropy(torch.rand(2, 3), torch.tensor([5, 1]))],
    "A tensor changed in place": [
        changed_in_place,
        step_before_backward,
        run("w = torch.ones(3, requires_grad=True); w += 1"),
    ],
    "Backward twice through one graph": [backward_twice],
    "A loss that is cut off from the parameters": [lambda: torch.ones(3).sum().backward()],
    "Backward from more than one number": [
        lambda: torch.ones(3, requires_grad=True).exp().backward(),
        lambda: torch.ones(2).item(),
    ],
    "NumPy wants a tensor without its graph": [lambda: torch.ones(3, requires_grad=True).numpy()],
    "super().__init__() was forgotten": [Forgotten],
    "A module without forward": [lambda: Headless()(1)],
    "A return was forgotten": [lambda: None * torch.ones(2), run("None.backward()"), lambda: F.relu(None)],
    "A class that is called in place of an object": [lambda: Forgotten(torch.ones(2), torch.ones(2))],
    "Other arguments than the stub's": [run("def f(x): pass\nf(1, 2)"), run("def f(x): pass\nf(y=2)")],
    "An optimizer without parameters": [lambda: torch.optim.SGD(nn.ReLU().parameters(), 0.1)],
    "A layer whose size is not known yet": [lambda: torch.zeros_like(nn.LazyLinear(3).weight)],
    "Batch norm with one value per channel": [lambda: nn.BatchNorm1d(3)(torch.ones(1, 3))],
    "A loop that never ends": [never_ends],
    "exit() in an answer": [lambda: sys.exit()],
    "The GPU's memory is full": [too_large_for_the_gpu],
    "The memory is full": [lambda: torch.empty(10**15)],
    "A checkpoint of another network": [lambda: nn.Linear(2, 3).load_state_dict(nn.Linear(3, 3).state_dict())],
    "No network": [lambda: urllib.request.urlopen("http://127.0.0.1:9/")],
    "The disk is full": [full_disk],
    "A folder that cannot be written to": [run("raise PermissionError(13, 'Permission denied', '/data')")],
}
if torch.version.cuda is None:
    HAPPENINGS["There is a GPU, but PyTorch was built for the CPU"] = [lambda: torch.zeros(3).to("cuda")]

# Not an exception of Python's or PyTorch's: found, and said, by the part of the kit that the tests below make say it.
FOUND_ELSEWHERE = {
    "Python is too old",
    "An edit that was not run",
    "The loss became NaN",
    "No Kaggle credentials",
    "The terms of a data set were not accepted",  # tests/genlab/test_data_kaggle.py
    "The notebook was not saved",
    "Another file or folder than meant",  # tests/genlab/test_cli.py
}


@pytest.mark.parametrize(("title", "happens"), [(t, h) for t, happenings in HAPPENINGS.items() for h in happenings])
def test_what_happens_is_recognised_and_answered(title: str, happens: Callable[[], Any]) -> None:
    if title == "The disk is full" and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with pytest.raises(BaseException) as caught:
        happens()
    assert advice.on(caught.value) == advice.of(title), caught.value


def test_every_row_of_the_table_is_made_to_happen() -> None:
    titles = {trouble.title for trouble in TROUBLES}
    assert len(titles) == len(TROUBLES) >= 20
    missing = titles - set(HAPPENINGS) - FOUND_ELSEWHERE
    assert missing <= {"There is a GPU, but PyTorch was built for the CPU"}
    assert {t.title for t in TROUBLES if not t.signs} == FOUND_ELSEWHERE


def test_what_nobody_knows_gets_no_advice() -> None:
    for error in (ValueError("beta must be positive"), KeyError("total"), ZeroDivisionError("division by zero")):
        assert advice.on(error) == ""


def test_the_page_is_the_table() -> None:
    assert (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8") == advice.page()


def test_a_card_gives_the_advice_on_an_error_in_the_answer() -> None:
    def kl_loss(z_mean, z_log_var):
        return nn.Linear(9999, 1)(z_mean)

    failure = examine(KL, kl_loss).failure
    assert failure is not None and "Print the shapes" in failure.advice


def test_an_error_of_pytorch_s_that_is_a_not_implemented_error_is_no_untouched_stub() -> None:
    def kl_loss(z_mean, z_log_var):
        return F.log_softmax(z_mean.long(), 0).sum()

    report = examine(KL, kl_loss)
    assert report.status == "failed" and "x.float()" in report.failure.advice


def test_the_same_answer_checked_twice_asks_whether_its_cell_was_run(capsys: pytest.CaptureFixture) -> None:
    def kl_loss(z_mean, z_log_var):
        raise NotImplementedError

    said = advice.of("An edit that was not run")
    for asked in (False, True):
        with pytest.raises(NotAttempted):
            check(KL, kl_loss)
        assert (said in capsys.readouterr().out) is asked
    with pytest.raises(CheckFailed):
        check(KL, lambda z_mean, z_log_var: z_mean)
    assert said not in capsys.readouterr().out


def test_training_adds_the_advice_to_what_a_step_raises() -> None:
    def step(x):
        return {"loss": nn.Linear(5, 1)(x).mean().item()}

    with pytest.raises(RuntimeError) as caught:
        genlab.fit(step, torch.zeros(4, 3), epochs=1, batch_size=2)
    assert any("Print the shapes" in note for note in caught.value.__notes__)


def test_a_loss_that_becomes_nan_says_what_to_change() -> None:
    with pytest.raises(TrainingDiverged, match="learning rate"):
        genlab.fit(lambda x: {"loss": float("nan")}, torch.zeros(4, 3), epochs=1, batch_size=2)


def test_missing_kaggle_credentials_say_where_a_token_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kaggle.NoAccount, match=r"kaggle\.com/settings"):
        kaggle.check_account()


@pytest.mark.skipif(torch.version.cuda is not None or sys.platform == "win32", reason="for a CPU build of PyTorch")
def test_a_gpu_that_pytorch_cannot_use_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\n")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("GENLAB_DEVICE", raising=False)
    told = sys.modules["genlab.scale"]._tell_of_an_idle_gpu
    told.cache_clear()
    genlab.device(), genlab.device()
    assert capsys.readouterr().out.count("CUDA build") == 1
    told.cache_clear()


def set_up_cell() -> str:
    cells = json.loads((ROOT / "lessons/03_vae/02_vae_fashion.ipynb").read_text(encoding="utf-8"))["cells"]
    return "".join(next(cell for cell in cells if cell["id"] == "setup")["source"])


def test_the_set_up_cell_refuses_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    before_the_kit = set_up_cell().partition("if importlib")[0]
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    with pytest.raises(RuntimeError, match=r"Python 3\.11 or newer.*Change Kernel"):
        exec(before_the_kit)


def test_the_set_up_cell_says_when_the_kernel_has_no_kit() -> None:
    told = set_up_cell().replace("%pip install", "pass #").partition("from autograder")[0]
    done = subprocess.run([sys.executable, "-I", "-S", "-c", told], capture_output=True, text=True, check=True)
    assert "Installing genlab into" in done.stdout and "choose that kernel" in done.stdout


def test_a_notebook_prints_the_advice_below_the_traceback_nothing_on_stderr_and_says_that_it_is_a_rehearsal() -> None:
    manager_of = pytest.importorskip("jupyter_client").manager
    manager, client = manager_of.start_new_kernel(kernel_name="python3")
    cards: list[dict] = []
    try:

        def said_in(code: str) -> tuple[list[str], str]:
            seen: list[dict] = []
            client.execute_interactive(code, timeout=60, output_hook=seen.append)
            cards.extend(m["content"]["data"] for m in seen if m["msg_type"] == "display_data")
            text = "".join(m["content"]["text"] for m in seen if m["msg_type"] == "stream")
            assert not [m for m in seen if m["msg_type"] == "stream" and m["content"]["name"] == "stderr"]
            return [m["msg_type"] for m in seen if m["msg_type"] in ("error", "stream")], text

        said_in("import os\nfrom genlab import notebook\nos.environ['GENLAB_SCALE'] = 'cpu'\nnotebook.begin()")
        assert cards == []
        said_in("os.environ['GENLAB_SCALE'] = 'smoke'\nnotebook.begin()")
        assert [set(card) for card in cards] == [{"text/html", "text/plain"}]
        assert all("most pictures will be noise" in text for text in cards[0].values())
        kinds, text = said_in("decoder(1)")
        assert kinds == ["error", "stream"] and text.count(advice.MARK) == 1 and "Run All Above" in text
        assert "bracket" in said_in("f(1")[1]
        assert said_in("1 + 1") == ([], "") and said_in("1 / 0") == (["error"], "")
        assert said_in("import autograder.report as r\nraise r.GraderError('NameError: x')") == (["error"], "")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
