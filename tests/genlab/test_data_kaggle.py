"""Kaggle: its own package talks to a server on this machine that speaks its protocol. Skips without the package."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cifar_files
import pytest

from genlab import data
from genlab.data import kaggle
from genlab.data.errors import DataError


@dataclass
class Kaggle:
    """What the server answers, and what it was asked: path and Authorization header."""

    url: str
    archive: bytes
    status: int = 200
    asked: list[tuple[str, str | None]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    """The few answers of Kaggle's API that a download needs."""

    def do_POST(self) -> None:
        state: Kaggle = self.server.state  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        state.asked.append((self.path, self.headers.get("Authorization")))
        if self.path.endswith("IntrospectToken"):
            self._send(200, json.dumps({"active": True, "username": "somebody"}).encode())
        elif state.status != 200:
            self._send(state.status, b'{"code": 0, "message": "no"}')
        elif self.path.endswith("DownloadDataset"):
            self.send_response(302)
            self.send_header("Location", f"{state.url}/storage/archive.zip")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(200, json.dumps({"currentVersionNumber": 3}).encode())

    def do_GET(self) -> None:
        state: Kaggle = self.server.state  # type: ignore[attr-defined]
        state.asked.append((self.path, self.headers.get("Authorization")))
        self._send(200, state.archive, "application/zip")

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def cifar() -> cifar_files.SmallCifar:
    return cifar_files.make()


def zipped(contents: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def server(home, cifar, monkeypatch) -> Iterator[Kaggle]:
    """The server, with the network allowed, no official mirror, and the package pointed at it."""
    pytest.importorskip("kagglesdk", reason="needs Kaggle's package: pip install genlab[kaggle]")
    from kagglesdk import kaggle_env

    if not hasattr(kaggle_env, "_env_to_endpoint"):
        pytest.skip("this version of Kaggle's package cannot be pointed at another server")
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    members = {f"cifar-10-batches-py/{m.name}": cifar.batches[m.name] for m in cifar.card.files[0].members}
    state = Kaggle(f"http://127.0.0.1:{http.server_address[1]}", zipped(members))
    http.state = state  # type: ignore[attr-defined]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, state.url)
    monkeypatch.delenv("GENLAB_OFFLINE")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def account(monkeypatch) -> None:
    monkeypatch.setenv("KAGGLE_USERNAME", "somebody")
    monkeypatch.setenv("KAGGLE_KEY", "0123456789abcdef")


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
