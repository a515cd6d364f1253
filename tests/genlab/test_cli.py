"""The learner's and the author's commands, as typed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import selfcheck
from autograder.demo import hand_in
from genlab import progress
from genlab.cli import app

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GENLAB_OFFLINE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def genlab(*words: object, answer: str = ""):
    return CliRunner().invoke(app, [str(w) for w in words], input=answer)


def write(folder: Path, notebook: dict) -> Path:
    (folder / "lesson.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder / "lesson.ipynb"


def test_check_names_mistakes_counts_points_and_fails(fresh_home: Path) -> None:
    notebook = write(fresh_home, hand_in(ROOT, {"kl_loss": "wrong_sign", "latent_grid": ""}))
    result = genlab("check", notebook)
    assert result.exit_code == 1
    for words in (
        "wrong sign",
        "follows from vae_fashion/kl_loss",
        "not attempted",
        "7 of 22 points, 3 of 8 exercises",
    ):
        assert words in result.output
    assert progress.load()["vae_fashion/Sampling"]["status"] == "passed"


def test_check_passes_a_solved_notebook_that_lost_all_metadata(fresh_home: Path) -> None:
    notebook = hand_in(ROOT, {})
    bare = [{"cell_type": c["cell_type"], "source": c["source"], "metadata": {}} for c in notebook["cells"]]
    result = genlab("check", write(fresh_home, {"cells": bare, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    assert result.exit_code == 0, result.output
    assert "22 of 22 points" in result.output


def test_a_syntax_error_costs_only_its_own_exercise(fresh_home: Path) -> None:
    notebook = hand_in(ROOT, {})
    cell = next(c for c in notebook["cells"] if c["id"] == "latent_grid-solution")
    cell["source"] = "def latent_grid(n):\n    return (n\n"
    result = genlab("check", write(fresh_home, notebook))
    assert "SyntaxError" in result.output and "19 of 22 points" in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        ("not json", "cannot be read as a notebook"),
        ("", "empty or damaged"),
        ('{"worksheets": []}', "no Jupyter notebook of format 4"),
        ('{"cells": []}', "no exercise of this course"),
    ],
)
def test_check_says_what_is_wrong_with_a_file_that_is_no_lesson(
    fresh_home: Path, content: str | None, said: str
) -> None:
    path = fresh_home / "some.ipynb"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = genlab("check", path)
    assert result.exit_code == 2 and said in result.output and "Traceback" not in result.output


def test_check_takes_a_lessons_name_and_names_the_file_that_may_be_meant(fresh_home: Path, monkeypatch) -> None:
    folder = fresh_home / "mine"
    folder.mkdir()
    monkeypatch.chdir(folder)
    nowhere = genlab("check", "vae_fashion").output
    assert "There is no notebook of vae_fashion in" in nowhere and "genlab check NOTEBOOK" in nowhere
    path = write(folder, hand_in(ROOT, {}))
    path = path.rename(folder / "02_vae_fashion.ipynb")
    assert "22 of 22 points" in genlab("check", "vae_fashion").output
    assert "3 of 3 points, 1 of 1 exercises" in genlab("check", "vae_fashion/kl_loss").output
    assert "Did you mean vae_fashion/kl_loss?" in genlab("check", "vae_fashion/kl_los").output
    assert "Did you mean vae_fashion?" in genlab("check", "vae_fashon").output
    assert "Did you mean 02_vae_fashion.ipynb?" in genlab("check", "02_vae_fashon.ipynb").output
    assert f"for example {path}" in genlab("check", folder).output.replace("\n", "")


def test_hints_come_one_by_one_and_are_remembered() -> None:
    said = [genlab("hint", name).output for name in ("vae_fashion/kl_loss", "kl_loss", "kl_loss", "kl_loss")]
    assert [text.split(":")[0] for text in said] == [f"vae_fashion/kl_loss, hint {n} of 3" for n in (1, 2, 3, 3)]
    assert genlab("hint", "kl_loss", "--all").output.count(" of 3: ") == 3
    assert progress.load()["vae_fashion/kl_loss"]["hints"] == 3
    assert "Did you mean vae_fashion/kl_loss?" in genlab("hint", "vae_fashion/kl_los").output
    listed = genlab("hint", "dcgan").output
    assert "dcgan/train_step" in listed and "vae_fashion" not in listed


def test_a_solution_is_shown_after_a_yes_or_a_pass_and_remembered() -> None:
    refused = genlab("solution", "vae_fashion/kl_loss", answer="n\n")
    assert refused.exit_code == 1 and "def kl_loss" not in refused.output
    assert progress.load() == {}
    shown = genlab("solution", "vae_fashion/kl_loss", answer="y\n")
    assert "def kl_loss" in shown.output and "###" not in shown.output
    assert progress.load()["vae_fashion/kl_loss"]["solution_seen"]
    progress.update("vae_fashion/Sampling", status="passed")
    assert "class Sampling" in genlab("solution", "vae_fashion/Sampling").output


def test_progress_lists_every_exercise_and_keeps_a_pass() -> None:
    progress.update("vae_fashion/kl_loss", status="passed")
    progress.update("vae_fashion/kl_loss", status="failed")
    output = genlab("progress").output
    listed = [line.split()[0] for line in output.splitlines() if line.startswith("  vae_fashion/")]
    assert len(listed) == 8 and "✓ passed" in output


def test_progress_fits_80_columns_with_all_that_it_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for exercise in ("autoencoder/conv_transpose_output_size", "vae_fashion/kl_loss"):
        progress.update(exercise, hints=3, solution_seen=True, status="failed")
    lines = genlab("progress").output.splitlines()
    assert "…" not in "".join(lines) and max(map(len, lines[:-2])) <= 80  # but for the file's path
    assert lines[1].split() == ["exercise", "level", "min", "pts", "help"]
    row = next(n for n, line in enumerate(lines) if "autoencoder/conv_transpose_output_size" in line)
    assert lines[row].split()[1:] == ["✗", "not", "yet", "●○○", "5", "2", "3", "hints,"]
    assert lines[row + 1].split() == ["solution"]


def test_a_damaged_progress_file_is_set_aside_and_told(fresh_home: Path) -> None:
    progress.update("vae_fashion/kl_loss", hints=1)
    for number, damaged in enumerate(("{", "[]", '{"vae_fashion/kl_loss": 3}'), start=1):
        progress.path().write_text(damaged, encoding="utf-8")
        result = genlab("hint", "vae_fashion/kl_loss")
        assert result.exit_code == 0 and "was damaged" in result.output and "hint 1 of 3" in result.output
        assert (progress.path().parent / f"progress.damaged-{number}.json").read_text(encoding="utf-8") == damaged
        assert progress.load() == {"vae_fashion/kl_loss": {"hints": 1}}


def test_processes_that_note_progress_at_the_same_time_lose_nothing(fresh_home: Path) -> None:
    noting = (
        "from genlab import progress\nimport sys\nfor k in range(15): progress.update(f'a/{sys.argv[1]}{k}', hints=k)"
    )
    running = [subprocess.Popen([sys.executable, "-c", noting, name]) for name in "xyz"]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len(progress.load()) == 45


def test_what_comes_next_is_in_the_lesson_that_was_begun() -> None:
    assert "Next: density/gaussian_log_likelihood (10 minutes, difficulty ●○○)" in genlab("progress").output
    progress.update("mlp/scale_images", status="passed")
    output = genlab("progress").output
    assert "Next: mlp/one_hot" in output and "1 of 66 exercises passed" in output and "65 not attempted" in output


def test_a_script_is_checked_like_a_notebook(fresh_home: Path) -> None:
    script = fresh_home / "mine.py"
    script.write_text(
        'def conv_parameters(c_in, c_out, kernel):\n    return (c_in * kernel**2 + 1) * c_out\n# check("cnn/dropout", 0)\n'
    )
    output = genlab("check", script).output
    assert "2 of 20 points, 1 of 7 exercises" in output and output.count("not attempted") == 6


def test_a_notebook_without_answers_asks_whether_it_was_saved(fresh_home: Path) -> None:
    notebook = Path(shutil.copy(ROOT / "lessons/02_deeplearning/02_cnn.ipynb", fresh_home))
    output = genlab("check", notebook).output
    assert output.count("not attempted") == 7 and "Is your work saved?" in output


def test_reset_finds_the_notebook_here_and_keeps_the_text(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fresh_home)
    assert "no notebook of vae_fashion" in genlab("reset", "kl_loss").output
    write(fresh_home, hand_in(ROOT, {}))
    output = genlab("reset", "kl_loss").output
    assert "lesson.kl_loss.kept-1.txt" in output and "Reload Notebook from Disk" in output
    assert genlab("reset", "kl_loss").exit_code == 2


def test_start_puts_a_lesson_here_when_asked_for_and_knows_what_it_is_not(
    fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fresh_home)
    assert genlab("start", "vae_fashoin").exit_code == 2
    assert "does not exist" in genlab("start", "some/folder").output
    assert genlab("start", "vae_fashion", answer="n\n").exit_code == 1 and not list(fresh_home.glob("*.ipynb"))


def test_data_commands_tell_what_is_there() -> None:
    assert "fashion_mnist" in genlab("data", "list").output
    info = genlab("data", "info", "fashion_mnist").output
    assert "MIT" in info and "would use" in info
    assert genlab("data", "info", "fashion").exit_code == 2


def test_build_check_finds_every_notebook_as_built() -> None:
    result = genlab("build", "--check")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "words", [["--no-browser"], ["vae_fashion", "--no-browser"]], ids=["all lessons", "one lesson"]
)
def test_lab_hands_options_on_to_jupyterlab(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    configured: list[dict] = []

    def run(command: list[str], *, cwd: Path, env: dict[str, str], check: bool) -> subprocess.CompletedProcess:
        started.append(command)
        folder, other = env["JUPYTER_CONFIG_PATH"].split(os.pathsep)
        assert other == "mine"
        configured.append(json.loads((Path(folder) / "labconfig/page_config.json").read_text()))
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    monkeypatch.setattr(subprocess, "run", run)
    assert genlab("lab", *words).exit_code == 0
    assert configured == [{"disabledExtensions": {"@jupyter/nbgrader": True}}], "its panels are for instructors"
    opened = started[0][started[0].index("8888") + 1]
    assert opened == str(ROOT / "lessons" / ("03_vae/02_vae_fashion.ipynb" if words[1:] else ""))
    assert "--no-browser" in started[0]


def test_check_ends_an_endless_loop_and_judges_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "SECONDS", 2.0)
    cells = [
        "import torch",
        "def conv_output_size(size, kernel, stride, padding):\n    while True:\n        pass",
        "def conv_parameters(c_in, c_out, kernel):\n    return (c_in * kernel**2 + 1) * c_out",
    ]
    endless, right, *_ = selfcheck.check_cells(cells, "cnn")
    assert endless.status == "failed"
    assert re.fullmatch(
        r"ran for more than 2 seconds, in line [23] of its cell: is there a loop that never ends\?", endless.note
    )
    assert right.passed


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the limit")
def test_an_answer_that_wants_all_memory_gets_an_error():
    code = "from autograder.selfcheck import limit_memory, memory; import torch; limit_memory(0.2)\n"
    code += "try: torch.empty(memory() // 2, dtype=torch.uint8)\nexcept RuntimeError as error: print(error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "allocate" in done.stdout
