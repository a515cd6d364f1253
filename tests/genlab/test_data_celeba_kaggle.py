"""CelebA from Kaggle, by Kaggle's own package against a server on this machine, with every fault on the way."""

from __future__ import annotations

import errno
import json
import pickle
import shutil
import subprocess
import sys
from types import SimpleNamespace

import celeba_files
import kaggle_server
import pytest
from kaggle_server import Kaggle

from genlab import data
from genlab.data import draft, kaggle
from genlab.data.errors import DataError

MIB = 1 << 20


@pytest.fixture(scope="module")
def celeba() -> celeba_files.SmallCeleba:
    return celeba_files.make()


@pytest.fixture
def server(home, celeba, monkeypatch):
    """The server with CelebA's archive; waiting between tries takes no time."""
    with kaggle_server.serving(celeba.zip(), monkeypatch) as state:
        from kaggle.api import kaggle_api_extended

        monkeypatch.setattr(kaggle_api_extended.time, "sleep", lambda seconds: None)
        yield state


def archives(home):
    return list(home.rglob("*.zip"))


def test_the_archive_is_downloaded_and_prepared_once(server: Kaggle, celeba, account, home, capsys):
    held = data.load(celeba.card, size=64)
    assert held.source == "kaggle" and celeba.is_in(held)
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "images from Kaggle's jessicali9530/celeba-dataset (40 + 10 + 10" in out
    server.asked.clear()
    assert celeba.is_in(data.load(celeba.card)) and not server.asked
    assert len(archives(home)) == 1 and not list(home.rglob(".partial"))


def test_the_newer_token_is_used(server, celeba, monkeypatch):
    monkeypatch.setenv("KAGGLE_API_TOKEN", "KGAT_0123456789")
    assert data.load(celeba.card).source == "kaggle"
    assert any(said == "Bearer KGAT_0123456789" for _, said in server.asked)


def test_the_file_that_kaggle_gives_out_is_used(server, celeba, monkeypatch, tmp_path):
    """In a process of its own, since the package looks for the file when it is imported."""
    place = tmp_path / ".kaggle"
    place.mkdir()
    (place / "kaggle.json").write_text(json.dumps({"username": "somebody", "key": "0123456789abcdef"}))
    (place / "kaggle.json").chmod(0o600)
    (tmp_path / "card").write_bytes(pickle.dumps(celeba.card))
    monkeypatch.setenv("HOME", str(tmp_path))
    code = (
        "import pickle, sys; from kagglesdk import kaggle_env as k; from genlab import data;"
        "k._env_to_endpoint[k.KaggleEnv.LOCAL] = sys.argv[1];"
        "print(data.load(pickle.load(open(sys.argv[2], 'rb'))).source)"
    )
    command = [sys.executable, "-c", code, server.url, str(tmp_path / "card")]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert out.endswith("kaggle\n"), out
    assert any((said or "").startswith("Basic") for _, said in server.asked)


def test_without_credentials_the_stand_in_says_where_to_get_them(server, celeba, capsys):
    assert data.load(celeba.card).source == "drawn"
    out = capsys.readouterr().out
    assert "no Kaggle credentials on this machine (make a token on kaggle.com/settings" in out
    assert "run `genlab data get celeba` online with an account of Kaggle" in out and not server.asked
    assert "drawn (there are no Kaggle credentials" in data.describe(celeba.card).would_use


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "the credentials are not valid: make a token on kaggle.com/settings"),
        (403, r"accept the data set's terms on its page first \(kaggle.com/datasets/jessicali9530/celeba-dataset\)"),
        (404, "no longer there under this name"),
        (429, "too many requests"),
        (503, "try again later"),
    ],
)
def test_each_refusal_says_what_to_do(server, celeba, account, status, says):
    server.status = status
    with pytest.raises(DataError, match=says):
        data.load(celeba.card, source="kaggle")


def large(celeba) -> bytes:
    """The archive with 4 MiB more in it: the package writes whole MiB only."""
    return celeba.zip(list_bbox_celeba=bytes(4 * MIB))


def test_a_cut_connection_is_taken_up_at_once(server, celeba, account):
    server.archive = large(celeba)
    server.cuts = [2_300_000, 1_500_000]
    assert celeba.is_in(data.load(celeba.card))
    assert server.ranges == [None, f"bytes={2 * MIB}-", f"bytes={3 * MIB}-"]


def test_a_connection_that_stays_cut_is_said_and_taken_up_the_next_time(server, celeba, account, home, capsys):
    server.archive = large(celeba)
    server.cuts = [1_500_000] + [0] * 5
    assert data.load(celeba.card).source == "drawn"
    out = capsys.readouterr().out
    assert "broke off after 1.0 MB of jessicali9530/celeba-dataset, which are kept" in out
    assert "run `genlab data get celeba` to go on from there" in out
    server.ranges.clear()
    data.get(celeba.card)
    assert server.ranges[-1] == f"bytes={MIB}-" and celeba.is_in(data.load(celeba.card))


def test_an_archive_that_changed_meanwhile_is_downloaded_anew(server, celeba, account):
    server.archive = large(celeba)
    server.cuts = [1_500_000] + [0] * 5
    with pytest.raises(DataError, match="broke off"):
        data.load(celeba.card, source="kaggle")
    server.date = "Fri, 02 Jan 2026 00:00:00 GMT"
    server.archive = celeba.zip()
    server.ranges.clear()
    assert celeba.is_in(data.load(celeba.card, source="kaggle"))
    assert set(server.ranges) == {None}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"list_attr_celeba": None}, "holds no table of attributes"),
        ({"000009": None}, "lacks 1 of the 60 pictures"),
        ({"000009": b"nothing"}, "000009.jpg is not a picture"),
        ({"list_eval_partition": b"image_id,partition\n000001.jpg,0\n"}, "says nothing about 59 pictures"),
    ],
)
def test_a_changed_archive_is_said_with_what_to_do(server, celeba, account, home, capsys, changed, says):
    server.archive = celeba.zip(**changed)
    assert data.load(celeba.card).source == "drawn"
    out = capsys.readouterr().out
    assert says in out and "remove " in out and "to have it fetched again" in out


def test_a_damaged_archive_is_not_kept(server, celeba, account, home):
    server.archive = server.archive[:-100]
    with pytest.raises(DataError, match=r"arrived damaged.*run `genlab data get celeba` to try again"):
        data.load(celeba.card, source="kaggle")
    assert not archives(home)


def test_room_is_looked_for_before_downloading(server, celeba, account, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=2_000_000))
    with pytest.raises(DataError, match=r"the archive of CelebA needs 0.0 GB in .*Make room there, or set GENLAB_HOME"):
        data.load(celeba.card, source="kaggle")
    assert not server.asked


def test_a_disk_that_fills_up_while_downloading_is_said(server, celeba, account, monkeypatch):
    def full(slug, folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(kaggle, "_download", full)
    with pytest.raises(DataError, match=r"the disk of .* is full, and the archive of CelebA does not fit\. Make room"):
        data.load(celeba.card, source="kaggle")


def test_a_disk_that_fills_up_while_preparing_does_not_blame_the_archive(server, celeba, account, monkeypatch, capsys):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(draft, "_append", full)
    with pytest.raises(DataError, match="0 of 60 images are prepared") as caught:
        data.load(celeba.card, source="kaggle")
    assert "fetched again" not in str(caught.value)


def test_a_server_that_is_not_there_is_said(server, celeba, account, monkeypatch):
    from kagglesdk import kaggle_env

    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, "http://127.0.0.1:9")
    with pytest.raises(DataError, match=r"cannot be had .*is this machine online"):
        data.load(celeba.card, source="kaggle")
