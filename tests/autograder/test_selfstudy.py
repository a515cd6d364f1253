"""`genlab start` without its terminal: what is judged on a save, what is waited for, and what an answer cannot break."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from autograder.lesson_file import cells_of, code_cells
from autograder.selfstudy.checker import Checker, Looked
from autograder.selfstudy.fingerprint import fingerprints
from autograder.selfstudy.screen import Screen
from autograder.selfstudy.session import Session
from autograder.selfstudy.watching import Watcher
from genlab import progress
from genlab.course import load_course

pytestmark = pytest.mark.xdist_group("selfstudy")  # one learner, from test to test

ROOT = Path(__file__).parents[2]
WAIT = 240.0  # seconds, on a busy machine
RIGHT = "    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(1).mean()"
USER = {"mended_vae_loss": "not_attempted"}  # its code calls kl_loss, so it is judged again with it
NAMES = [exercise.id for exercise in load_course().lesson("vae_fashion").exercises]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("learner")


@pytest.fixture(scope="module")
def notebook(folder: Path) -> Path:
    return Path(shutil.copy(ROOT / "lessons/03_vae/02_vae_fashion.ipynb", folder))


@pytest.fixture(scope="module")
def checker(folder: Path, notebook: Path) -> Iterator[Checker]:
    found = Checker(folder, limit=2.0)
    yield found
    found.judge.close()


@pytest.fixture(autouse=True)
def own_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "home"))


def save(notebook: Path, body: str, name: str = "kl_loss") -> None:
    """The notebook with other lines in place of those below an exercise's docstring."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = next(c for c in content["cells"] if c["id"] == f"{name}-solution")
    head = "".join(cell["source"]).rpartition('"""')
    cell["source"] = f'{head[0]}"""\n{body}\n'
    part = notebook.with_suffix(".part")
    part.write_text(json.dumps(content), encoding="utf-8")
    os.replace(part, notebook)


def until(checker: Checker, wanted: Callable[[Looked], bool]) -> list[Looked]:
    """What the checker says up to and with the first event that is wanted."""
    seen: list[Looked] = []
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        seen += checker.turn()
        if any(map(wanted, seen)):
            return seen
        time.sleep(0.01)
    raise AssertionError(f"nothing of the kind came: {seen}")


def judged(checker: Checker) -> dict[str, str]:
    found = until(checker, lambda looked: bool(looked.verdicts))
    return {v.exercise.split("/")[1]: v.status for looked in found for v in looked.verdicts}


def test_at_first_everything_is_judged(checker: Checker) -> None:
    assert judged(checker) == dict.fromkeys(NAMES, "not_attempted")


def test_a_save_has_just_the_changed_exercise_judged_and_gives_the_card_of_the_notebook(
    checker: Checker, notebook: Path
) -> None:
    save(notebook, RIGHT.replace("0.5", "-0.5"))
    looked = until(checker, lambda looked: bool(looked.verdicts))[-1]
    verdict, user = looked.verdicts  # the code to mend calls kl_loss
    assert (verdict.exercise, verdict.status) == ("vae_fashion/kl_loss", "failed")
    assert (user.exercise, user.status) == ("vae_fashion/mended_vae_loss", "not_attempted")
    assert "its sign turned around" in verdict.card and "expected:" in verdict.card and "try:" not in verdict.card
    save(notebook, RIGHT)
    assert judged(checker) == {"kl_loss": "passed"} | USER


def test_a_half_written_notebook_is_waited_for(checker: Checker, notebook: Path) -> None:
    whole = notebook.read_text(encoding="utf-8").replace("0.5 * (z_mean", "0.25 * (z_mean")
    notebook.write_text(whole[: len(whole) // 2], encoding="utf-8")
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        assert checker.turn() == []
        time.sleep(0.01)
    notebook.write_text(whole, encoding="utf-8")
    assert judged(checker) == {"kl_loss": "failed"} | USER


def test_a_damaged_notebook_is_told_once_and_then_left(checker: Checker, notebook: Path) -> None:
    whole = notebook.read_text(encoding="utf-8")
    notebook.write_text(whole[:100], encoding="utf-8")
    assert "empty or damaged" in until(checker, lambda looked: bool(looked.trouble))[-1].trouble
    notebook.write_text(whole.replace("0.25 * (z_mean", "0.5 * (z_mean"), encoding="utf-8")
    assert judged(checker) == {"kl_loss": "passed"} | USER


def test_an_endless_loop_costs_its_own_exercise_alone(checker: Checker, notebook: Path) -> None:
    save(
        notebook,
        "    while True:\n        try:\n            pass\n        except BaseException:\n            pass",
        "vae_loss",
    )
    (verdict,) = until(checker, lambda looked: bool(looked.verdicts))[-1].verdicts
    assert verdict.exercise == "vae_fashion/vae_loss"
    assert re.search(r"seconds, in line \d+ of its cell: is there a loop that never ends\?", verdict.card)
    save(notebook, "    return 1")  # of kl_loss, judged by a new process
    assert judged(checker) == {"kl_loss": "failed"} | USER


def test_an_answer_that_ends_its_process_is_told(checker: Checker, notebook: Path) -> None:
    save(notebook, "    import os\n    os._exit(0)", "vae_loss")
    (verdict,) = until(checker, lambda looked: bool(looked.verdicts))[-1].verdicts
    assert verdict.exercise == "vae_fashion/vae_loss" and "ended the process" in verdict.card


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux")
def test_an_answer_cannot_take_all_the_memory(checker: Checker, notebook: Path) -> None:
    save(notebook, "    return torch.ones(2**34).sum()", "vae_loss")  # 64 GiB
    (verdict,) = until(checker, lambda looked: bool(looked.verdicts))[-1].verdicts
    assert verdict.status == "failed" and "larger than the memory" in verdict.card


def test_a_page_shows_verdict_hints_map_solution_and_resets(checker: Checker, notebook: Path) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120, color_system=None, legacy_windows=False)
    session = Session(checker, load_course(), Screen(console, plain=False))

    def press(key: str) -> str:
        shown.seek(0)
        shown.truncate()
        session.step(key)
        return shown.getvalue()

    save(notebook, RIGHT.replace("0.5", "-0.5"))
    end = time.monotonic() + WAIT
    while session.current != "vae_fashion/kl_loss" and time.monotonic() < end:
        session.step()
        time.sleep(0.01)
    assert "its sign turned around" in press("x")
    assert "1. " in press("h") and "2. " in press("h")
    assert progress.load()["vae_fashion/kl_loss"] == {"status": "failed", "hints": 2}
    assert "Adversarial" not in press("m") and "0 of 8" in press("m")
    assert "y/n" in press("s") and "torch.exp" not in press("n")
    assert "y/n" in press("s") and "def kl_loss" in press("y")
    assert progress.load()["vae_fashion/kl_loss"]["solution_seen"]
    assert "kept in a file beside it" in press("r")
    assert "kl_loss.kept-1.txt" in press("y")
    assert "-0.5" in (notebook.parent / "02_vae_fashion.kl_loss.kept-1.txt").read_text(encoding="utf-8")
    end = time.monotonic() + WAIT
    while session.verdicts["vae_fashion/kl_loss"].status != "not_attempted" and time.monotonic() < end:
        session.step()
        time.sleep(0.01)
    assert session.verdicts["vae_fashion/kl_loss"].status == "not_attempted"


def test_a_fingerprint_changes_with_what_the_answer_uses_and_nothing_else() -> None:
    cells = code_cells(json.loads((ROOT / "solutions/03_vae/02_vae_fashion.ipynb").read_text(encoding="utf-8")))
    before = fingerprints(cells, NAMES, ROOT)

    def changed(old: str, new: str) -> set[str]:
        after = fingerprints([cell.replace(old, new) for cell in cells], NAMES, ROOT)
        return {name for name in NAMES if before[name] != after[name]}

    assert "def kl_loss" in "".join(cells)
    assert changed("def kl_loss", "@torch.no_grad()\ndef kl_loss") == {
        "kl_loss",
        "vae_loss",
        "train_step",
        "mended_vae_loss",
    }
    assert changed("torch.manual_seed(0)", "torch.manual_seed(1)") == set()  # training and pictures
    assert changed("def latent_grid(", "def latent_grid((") == {"latent_grid"}  # no Python any more
    assert changed("import torch\n", "import torch as torch\n") == set(NAMES) - {"latent_grid"} or changed(
        "import torch\n", "import torch as torch\n"
    ) == set(NAMES)


def test_a_fingerprint_follows_a_piece_into_the_notebook_that_it_is_reused_from(tmp_path: Path) -> None:
    shutil.copy(ROOT / "solutions/04_gan/02_wgan_gp.ipynb", tmp_path)
    cells = cells_of(ROOT / "solutions/04_gan/03_cgan.ipynb")
    names = ["label_planes", "train_step"]
    before = fingerprints(cells, names, tmp_path)
    earlier = tmp_path / "02_wgan_gp.ipynb"
    text = earlier.read_text(encoding="utf-8")
    assert "def gradient_penalty(" in text
    earlier.write_text(text.replace("def gradient_penalty(", "def gradient_penalty(  "), encoding="utf-8")
    after = fingerprints(cells, names, tmp_path)
    assert before["label_planes"] == after["label_planes"] and before["train_step"] != after["train_step"]


def test_saves_new_files_and_replaced_files_are_seen_and_checkpoints_are_not(tmp_path: Path) -> None:
    def seen(watcher: Watcher) -> list[str]:
        watcher._looked = watcher._searched = float("-inf")  # its time has come
        return [path.name for path in watcher.changed()]

    (tmp_path / "a.ipynb").write_text("1")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "a.ipynb").write_text("1")
    watcher = Watcher(tmp_path)
    assert seen(watcher) == ["a.ipynb"] and seen(watcher) == []
    (tmp_path / "b.py").write_text("1")
    assert seen(watcher) == ["b.py"]
    (tmp_path / "new").write_text("22")
    os.replace(tmp_path / "new", tmp_path / "a.ipynb")
    assert seen(watcher) == ["a.ipynb"]
    (tmp_path / "a.ipynb").unlink()
    assert seen(watcher) == []
