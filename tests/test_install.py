"""The wheel, installed alone in an empty environment outside the clone, runs a lesson."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from autograder.demo import hand_in

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.notebooks

# Versions of the age that Colab has: older than ours, newer than our lower bounds. (What it has changes every few weeks.)
COLAB = [
    "numpy==2.0.2",
    "matplotlib==3.10.0",
    "pillow==11.3.0",
    "pyyaml==6.0.2",
    "pydantic==2.11.7",
    "rich==13.9.4",
    "tqdm==4.67.1",
    "typer==0.16.0",
    "python-dotenv==1.1.1",
    "ipython==7.34.0",
    "ipykernel==6.17.1",
]

RUN = """
import json, sys
import matplotlib
matplotlib.use("agg")
from IPython.core.inputtransformer2 import TransformerManager

scope = {"__name__": "__main__"}
for number, source in enumerate(json.load(open(sys.argv[1], encoding="utf-8"))):
    exec(compile(TransformerManager().transform_cell(source), f"cell {number}", "exec"), scope)
import autograder, genlab
assert "site-packages" in genlab.__file__ and "site-packages" in autograder.__file__
print("all cells ran")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", folder, ROOT], check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_contents_and_cards_but_no_lesson_and_no_solution(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"genlab/_resources/course.yml", "genlab/_resources/datasets/fashion_mnist.yml"} <= set(names)
    assert [n for n in names if n.split("/")[0] not in ("genlab", "autograder") and ".dist-info/" not in n] == []
    assert [n for n in names if n.endswith(".ipynb") or "02_vae_fashion" in n] == []


def test_a_solved_lesson_runs_on_the_base_install_alone(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env"], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", python, "--constraint", ROOT / "constraints.txt", wheel]
    subprocess.run(install, check=True)
    cells = ["".join(c["source"]) for c in hand_in(ROOT, {})["cells"] if c["cell_type"] == "code"]
    (tmp_path / "cells.json").write_text(json.dumps(cells), encoding="utf-8")
    shutil.copy(ROOT / "solutions/03_vae/01_autoencoder.ipynb", tmp_path)  # whose decoder the lesson reuses
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "GENLAB_DATA")}
    done = subprocess.run(
        [python, "-c", RUN, tmp_path / "cells.json"],
        cwd=tmp_path,
        env={**kept, "GENLAB_SCALE": "smoke", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("all cells ran")
    assert done.stdout.count("claims hold") == 0 and done.stdout.count(": passed") == len(
        [c for c in cells if c.startswith("check(")]
    )


def test_colab_keeps_its_packages_and_reaches_the_first_check(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "env" / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env"], check=True)
    torch = re.search(r"^torch==\S+", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)[0]
    install = [*uv, "pip", "install", "--quiet", "--python", python]
    subprocess.run([*install, torch, *COLAB], check=True)

    def packages() -> set[str]:
        listed = subprocess.run(
            [*uv, "pip", "freeze", "--quiet", "--python", python], capture_output=True, text=True, check=True
        )
        return set(listed.stdout.splitlines())

    before, began, started = packages(), os.times(), time.perf_counter()
    subprocess.run([*install, wheel], check=True)  # what the set-up cell does, from a file instead of the release
    installed = time.perf_counter() - started
    assert {line.split(" ")[0].split("=")[0] for line in packages() ^ before} == {"genlab"}, (
        "Colab's own builds must stay"
    )

    lesson = hand_in(ROOT, {}, "mlp")
    cells = [
        "".join(c["source"])
        for c in lesson["cells"]
        if c["cell_type"] == "code" and "payoff" not in c["metadata"].get("tags", [])
    ]
    first = next(n for n, source in enumerate(cells) if source.startswith("check("))
    (tmp_path / "cells.json").write_text(json.dumps(cells[: first + 1]), encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "GENLAB_DATA")}
    started = time.perf_counter()
    done = subprocess.run(
        [python, "-c", RUN, tmp_path / "cells.json"],
        cwd=tmp_path,
        env={**kept, "GENLAB_HOME": str(tmp_path / "home"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "scale_images: passed" in done.stdout
    checked, ended = time.perf_counter() - started, os.times()
    cpu = ended.children_user + ended.children_system - began.children_user - began.children_system
    print(f"install {installed:.1f} s, then to the first green check {checked:.1f} s; together {cpu:.1f} s of CPU time")
    assert cpu < 60
