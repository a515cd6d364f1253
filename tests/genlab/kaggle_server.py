"""A server on this machine that speaks as much of Kaggle's protocol as a download needs."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Kaggle:
    """What the server answers, and what it was asked: path and Authorization header.

    cuts: after how many bytes each coming answer with the archive breaks off.
    """

    url: str
    archive: bytes
    status: int = 200
    date: str = "Thu, 01 Jan 2026 00:00:00 GMT"
    cuts: list[int] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)  # asked for
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
        wanted = self.headers.get("Range")
        state.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        body = state.archive[start:]
        cut = state.cuts.pop(0) if state.cuts else len(body)
        said = f"bytes {start}-{len(state.archive) - 1}/{len(state.archive)}" if wanted else ""
        self._send(206 if wanted else 200, body, "application/zip", said, cut)

    def _send(
        self, status: int, body: bytes, kind: str = "application/json", said: str = "", cut: int | None = None
    ) -> None:
        state: Kaggle = self.server.state  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", state.date)
        if said:
            self.send_header("Content-Range", said)
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        self.wfile.write(body[:cut])

    def log_message(self, *args: object) -> None:
        pass


def zipped(contents: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


@contextmanager
def serving(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kaggle]:
    """The server with this archive, Kaggle's package pointed at it and the network allowed; skips without the package."""
    pytest.importorskip("kagglesdk", reason="needs Kaggle's package: pip install genlab[kaggle]")
    from kagglesdk import kaggle_env

    if not hasattr(kaggle_env, "_env_to_endpoint"):
        pytest.skip("this version of Kaggle's package cannot be pointed at another server")
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    state = Kaggle(f"http://127.0.0.1:{http.server_address[1]}", archive)
    http.state = state  # type: ignore[attr-defined]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, state.url)
    monkeypatch.delenv("GENLAB_OFFLINE")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
