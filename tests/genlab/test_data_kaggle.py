"""Kaggle: its own package talks to a server on this machine that speaks its protocol. Skips without the package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cifar_files
import kaggle_server
import pytest
from kaggle_server import Kaggle, zipped

from genlab import data
from genlab.data import kaggle
from genlab.data.errors import DataError


@pytest.fixture(scope="module")
def cifar() -> cifar_files.SmallCifar:
    return cifar_files.make()


@pytest.fixture
def server(home, cifar, monkeypatch) -> Iterator[Kaggle]:
    """The server with the batches, and no official mirror."""
    members = {f"cifar-10-batches-py/{m.name}": cifar.batches[m.name] for m in cifar.card.files[0].members}
    with kaggle_server.serving(zipped(members), monkeypatch) as state:
        yield state


def test_what_the_official_server_cannot_give_comes_from_kaggle(server, cifar, account, capsys):
    held = data.load(cifar.card)
    assert held.source == "kaggle" and cifar.is_in(held)
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "the official images (40 + 10)" in out  # known by their checksums
    assert any(path.endswith("DownloadDataset") for path, _ in server.asked)
    assert server.asked[0][1].startswith("Basic")
    server.asked.clear()
    assert data.load(cifar.card).source == "kaggle" and not server.asked


def test_other_files_from_kaggle_are_said_to_be_kaggles(server, cifar, account, capsys):
    batches = dict(cifar.batches)
    batches["test_batch"] = cifar_files.python3(cifar.images["test"].flatten(1), cifar.labels["test"].tolist(), 4)
    server.archive = zipped({m.name: batches[m.name] for m in cifar.card.files[0].members})
    assert cifar.is_in(data.load(cifar.card, source="kaggle"))
    assert "images from Kaggle's pankrzysiu/cifar10-python" in capsys.readouterr().out


def test_credentials_in_a_dotenv_file_are_used_and_leave_no_trace(server, cifar, tmp_path, monkeypatch):
    import os

    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("KAGGLE_USERNAME=somebody\nKAGGLE_KEY=0123456789abcdef\nOTHER=1\n")
    assert data.load(cifar.card).source == "kaggle"
    assert "KAGGLE_KEY" not in os.environ and "OTHER" not in os.environ


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "credentials are not valid"), (403, "terms"), (404, "answered 404"), (500, "try again later")],
)
def test_a_refusal_is_said_and_the_stand_in_used(server, cifar, account, capsys, status, says):
    server.status = status
    assert data.load(cifar.card).source == "drawn"
    assert says in capsys.readouterr().out
    asked = len(server.asked)
    assert data.load(cifar.card).source == "drawn" and len(server.asked) == asked  # not asked again at once


def test_a_damaged_archive_is_never_kept(server, home, cifar, account):
    server.archive = server.archive[: len(server.archive) // 2]
    with pytest.raises(DataError, match="arrived damaged"):
        data.load(cifar.card, source="kaggle")
    assert not list(home.rglob("*.zip"))


def test_an_archive_of_something_else_is_said(server, cifar, account):
    server.archive = zipped({"readme.txt": b"hello"})
    with pytest.raises(DataError, match="holds other files than expected"):
        data.load(cifar.card, source="kaggle")


def test_without_an_account_kaggle_is_not_asked_nor_mentioned(server, cifar, capsys):
    assert data.load(cifar.card).source == "drawn"
    assert not server.asked and "aggle" not in capsys.readouterr().out
    with pytest.raises(DataError, match="no Kaggle credentials"):
        data.load(cifar.card, source="kaggle")


def test_offline_means_no_request(server, cifar, account, monkeypatch):
    monkeypatch.setenv("GENLAB_OFFLINE", "1")
    assert data.load(cifar.card).source == "drawn" and not server.asked


def test_without_the_package_the_command_to_install_it_is_told(home, cifar, account, monkeypatch, tmp_path):
    monkeypatch.delenv("GENLAB_OFFLINE")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "kaggle" else object())
    with pytest.raises(DataError, match=r"pip install \"genlab\[kaggle\]\""):
        kaggle.fetch(replace(cifar.card), tmp_path)
