"""Cards and paths: found from a clone and from an installed wheel, refused in words when wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from genlab import data, paths
from genlab.data import cards
from genlab.data.errors import DataError

ROOT = Path(__file__).resolve().parents[2]


def test_every_card_reads_and_is_listed():
    assert data.available() == sorted(p.stem for p in (ROOT / "datasets").glob("*.yml"))
    for name in data.available():
        card = cards.read(name)
        assert card.name == name and card.licence and card.citation and (card.mirrors or card.kaggle)


def test_the_card_tells_the_truth_about_the_real_files(real_data):
    import hashlib

    for file in cards.read("fashion_mnist").files:
        content = (real_data / "fashion_mnist" / file.name).read_bytes()
        assert len(content) == file.bytes
        assert hashlib.md5(content).hexdigest() == file.md5
        assert hashlib.sha256(content).hexdigest() == file.sha256


@pytest.fixture
def edited(tmp_path):
    """Writes the card with one change and returns its path."""
    raw = yaml.safe_load((ROOT / "datasets" / "fashion_mnist.yml").read_text(encoding="utf-8"))

    def edit(change) -> Path:
        change(raw)
        path = tmp_path / "fashion_mnist.yml"
        path.write_text(yaml.safe_dump(raw), encoding="utf-8")
        return path

    return edit


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw.pop("licence"), "lacks the field 'licence'"),
        (lambda raw: raw.update(name="other"), "file and name must agree"),
        (lambda raw: raw["images"].update(stored=30), "not among"),
        (lambda raw: raw.update(layout="tar"), "layout 'tar' cannot be read"),
        (lambda raw: raw["files"].pop(), "images and labels of each split"),
        (lambda raw: raw["files"][0].update(colour="red"), "colour"),
    ],
)
def test_a_wrong_card_is_refused_by_name_and_field(edited, change, says):
    path = edited(change)
    with pytest.raises(DataError, match=says) as caught:
        cards.read_file(path)
    assert str(path) in str(caught.value)


def test_a_wheel_finds_its_cards_inside_the_package(tmp_path):
    site = tmp_path / "site"
    shutil.copytree(ROOT / "genlab", site / "genlab", ignore=shutil.ignore_patterns("_resources"))
    shutil.copytree(ROOT / "datasets", site / "genlab" / "_resources" / "datasets")
    (site / "datasets").mkdir()  # another project's package of that name must not be taken
    code = "from genlab import data, paths; print(data.available(), paths.clone())"
    run = subprocess.run([sys.executable, "-c", code], cwd=site, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == f"{data.available()} None"


def test_a_missing_file_of_the_kit_is_named():
    with pytest.raises(FileNotFoundError, match=r"datasets/none\.yml.*Install genlab again"):
        paths.find("datasets/none.yml")


def test_home_is_genlab_home_or_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path))
    assert paths.home() == tmp_path
    monkeypatch.delenv("GENLAB_HOME")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert paths.home() == tmp_path / "cache" / "genlab"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert paths.home() == Path.home() / ".cache" / "genlab"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert paths.home() == Path.home() / "Library" / "Caches" / "genlab"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert paths.home() == tmp_path / "local" / "genlab"


def test_importing_data_brings_nothing_heavy():
    code = (
        "import torch, sys; before = set(sys.modules); import genlab.data;"
        "print({m.split('.')[0] for m in set(sys.modules) - before})"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for heavy in ("yaml", "tqdm", "numpy", "matplotlib", "PIL", "pydantic", "IPython"):
        assert f"'{heavy}'" not in out.stdout
