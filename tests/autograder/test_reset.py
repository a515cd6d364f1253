"""A reset restores a stub in the learner's file, keeps their text, and touches nothing else."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from autograder.lesson_file import NotALesson
from autograder.selfstudy.released import untouched
from autograder.selfstudy.reset import CannotReset, file_of, reset
from genlab.course import load_course

ROOT = Path(__file__).parents[2]
COURSE = load_course()
KL = "vae_fashion/kl_loss"


def lesson(folder: Path, kind: str = "solutions") -> Path:
    """The solved (or released) notebook of the VAE lesson, as a learner's, with an output."""
    path = Path(shutil.copy(ROOT / kind / "03_vae/02_vae_fashion.ipynb", folder))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["kept – as it was\n"]}]
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def cells(path: Path) -> dict[str, dict]:
    return {cell["id"]: cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}


@pytest.mark.parametrize("name", [lesson.id for lesson in COURSE.lessons if lesson.exercises])
def test_every_stub_comes_back_as_it_was_released(tmp_path: Path, name: str) -> None:
    found = COURSE.lesson(name)
    path = Path(shutil.copy(ROOT / f"lessons/{found.path}.ipynb", tmp_path))
    released = path.read_bytes()
    solved = json.loads((ROOT / f"solutions/{found.path}.ipynb").read_text(encoding="utf-8"))
    answers = {c["id"]: c["source"] for c in solved["cells"] if c["id"].endswith("-solution")}
    notebook = json.loads(released)
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell.get("id"), cell["source"])
    path.write_text(json.dumps(notebook), encoding="utf-8")
    for exercise in found.exercises:
        kept = reset(f"{name}/{exercise.id}", path)
        assert kept is not None
        assert kept.read_text(encoding="utf-8").strip() == "".join(answers[f"{exercise.id}-solution"]).strip()
    assert json.loads(path.read_bytes()) == json.loads(released)


def test_outputs_other_cells_and_permissions_stay(tmp_path: Path) -> None:
    path = lesson(tmp_path)
    path.chmod(0o600)
    before = cells(path)
    reset(KL, path)
    after = cells(path)
    assert [i for i in before if before[i] != after[i]] == ["kl_loss-solution"]
    assert list(before) == list(after) and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_reset_has_nothing_to_do_and_a_later_one_keeps_both_texts(tmp_path: Path) -> None:
    path = lesson(tmp_path)
    first = reset(KL, path)
    with pytest.raises(CannotReset, match="as it was at first"):
        reset(KL, path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("raise NotImplementedError", "return 1", 2), encoding="utf-8")
    again = reset(KL, path)
    assert first is not None and again is not None and first != again
    assert "def kl_loss" in first.read_text(encoding="utf-8") and "return 1" in again.read_text(encoding="utf-8")


def test_in_a_cell_with_two_exercises_only_the_one_is_put_back(tmp_path: Path) -> None:
    path = lesson(tmp_path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    by_id = {cell["id"]: cell for cell in notebook["cells"]}
    merged = "".join(by_id["kl_loss-solution"]["source"]) + "\n\n" + "".join(by_id["Encoder-solution"]["source"])
    by_id["kl_loss-solution"]["source"] = merged
    notebook["cells"].remove(by_id["Encoder-solution"])
    path.write_text(json.dumps(notebook), encoding="utf-8")
    reset(KL, path)
    source = cells(path)["kl_loss-solution"]["source"]
    assert source.count("raise NotImplementedError") == 1 and "".join(by_id["Encoder-solution"]["source"]) in source


def test_a_deleted_exercise_comes_back_before_its_check(tmp_path: Path) -> None:
    path = lesson(tmp_path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "kl_loss-solution"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert reset(KL, path) is None
    order = list(cells(path))
    assert order[order.index("kl_loss") - 1] == "kl_loss-solution"


@pytest.mark.parametrize("marked", [True, False], ids=["percent script", "plain script"])
def test_a_script_gets_its_stub_and_keeps_the_rest(tmp_path: Path, marked: bool) -> None:
    head = "# %% imports\nimport torch\n\n# %%\n" if marked else "import torch\n\n\n"
    middle = "\n\n# %% [markdown]\n# text\n\n# %%\n" if marked else "\n\n\n"
    path = tmp_path / "mine.py"
    path.write_text(
        f"{head}def kl_loss(z_mean, z_log_var):\n    return 1\n{middle}def vae_loss(x, logits):\n    return 2\n"
        'check("vae_fashion/kl_loss", kl_loss)\n',
        encoding="utf-8",
    )
    kept = reset(KL, path)
    text = path.read_text(encoding="utf-8")
    assert kept is not None and "return 1" in kept.read_text(encoding="utf-8")
    assert "return 1" not in text and text.count("raise NotImplementedError") == 1
    assert text.startswith(head) and "def vae_loss(x, logits):\n    return 2\n" in text
    compile(text, "mine.py", "exec")


def test_what_cannot_be_reset_is_said_and_left(tmp_path: Path) -> None:
    path = lesson(tmp_path)
    before = path.read_bytes()
    with pytest.raises(CannotReset, match="not a file of the lesson cnn"):
        reset("cnn/dropout", path)
    with pytest.raises(NotALesson):
        reset(KL, tmp_path / "missing.ipynb")
    notebook = json.loads(before)
    twice = next(cell for cell in notebook["cells"] if cell["id"] == "kl_loss-solution")
    notebook["cells"].append({**twice, "id": "again"})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    twofold = path.read_bytes()
    with pytest.raises(CannotReset, match="the last one counts"):
        reset(KL, path)
    assert path.read_bytes() == twofold and list(tmp_path.glob("*.txt")) == []


def test_the_file_of_an_exercise_is_found_by_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(CannotReset, match="no notebook of vae_fashion"):
        file_of(KL, tmp_path)
    path = lesson(tmp_path, "lessons").rename(tmp_path / "Copy of something.ipynb")
    shutil.copy(ROOT / "solutions/03_vae/02_vae_fashion.py", tmp_path)  # an author's, not a learner's
    assert file_of(KL, tmp_path) == path


def test_the_released_lesson_is_found_in_the_history_when_the_file_itself_was_edited() -> None:
    notebook = untouched(COURSE.lesson("vae_fashion"))
    assert any("raise NotImplementedError" in "".join(cell["source"]) for cell in notebook["cells"])
