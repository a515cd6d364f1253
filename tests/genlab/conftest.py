"""Fixtures for the data tests: an empty home, a small data set in real IDX files, a faulty server."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from genlab.data import cards
from genlab.data.cards import Card

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(autouse=True)
def no_account(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's Kaggle account: no variables, and a home folder without Kaggle's files."""
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("nobody")))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty GENLAB_HOME, no user files and no network."""
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GENLAB_OFFLINE", "1")
    monkeypatch.delenv("GENLAB_DATA", raising=False)
    return tmp_path / "home"


@pytest.fixture
def real_data() -> Path:
    """The folder with the real files; skips where it is absent."""
    if not (REAL / "fashion_mnist" / "train-images-idx3-ubyte.gz").exists():
        pytest.skip(f"needs the real Fashion-MNIST files in {REAL / 'fashion_mnist'}")
    return REAL


@dataclass
class Small:
    """A data set of 40 + 20 images in Fashion-MNIST's format: its card and its official files."""

    card: Card
    contents: dict[str, bytes]  # gzipped, by official name

    def put(self, folder: Path, packed: bool = True) -> Path:
        """Writes the four files into `folder`, gzipped or plain, and returns it."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.contents.items():
            if packed:
                (folder / name).write_bytes(content)
            else:
                (folder / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))
        return folder


def idx(values: torch.Tensor) -> bytes:
    """A uint8 tensor as an IDX file."""
    sizes = b"".join(n.to_bytes(4, "big") for n in values.shape)
    return bytes([0, 0, 8, values.dim()]) + sizes + bytes(values.flatten().tolist())


@pytest.fixture(scope="session")
def small() -> Small:
    card, generator = cards.read("fashion_mnist"), torch.Generator().manual_seed(0)
    splits, files, contents = {"train": 40, "test": 20}, [], {}
    for file in card.files:
        count = splits[file.split]
        values = torch.arange(count) % 10
        if file.part == "images":
            values = torch.randint(0, 256, (count, 28, 28), generator=generator)
        plain = idx(values.to(torch.uint8))
        packed = gzip.compress(plain, mtime=0)
        contents[file.name] = packed
        files.append(
            replace(
                file,
                bytes=len(packed),
                md5=hashlib.md5(packed).hexdigest(),
                sha256=hashlib.sha256(packed).hexdigest(),
                content_sha256=hashlib.sha256(plain).hexdigest(),
            )
        )
    return Small(replace(card, splits=splits, files=tuple(files), mirrors=()), contents)


@dataclass
class Server:
    """An HTTP server on this machine whose answers can be spoiled, file by file and in order."""

    url: str
    contents: dict[str, bytes]
    faults: dict[str, list[str]] = field(default_factory=dict)  # consumed from the front
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # name and Range header


@pytest.fixture
def server(small: Small, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    state = Server(f"http://127.0.0.1:{http.server_address[1]}", dict(small.contents))
    http.state = state  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Serves `state.contents` with ranges; "cut", "hang", "html", "404", … spoil one answer."""

    def do_GET(self) -> None:
        state: Server = self.server.state  # type: ignore[attr-defined]
        name = self.path.rsplit("/", 1)[-1]
        state.asked.append((name, self.headers.get("Range")))
        waiting = state.faults.get(name, [])
        fault = waiting.pop(0) if waiting else ""
        content = state.contents[name]
        if fault == "corrupt":
            content = content[:10] + bytes([content[10] ^ 255]) + content[11:]
        if fault.isdigit():
            self.send_error(int(fault))
        elif fault == "html":
            self._send(200, b"<!DOCTYPE html><html>Please log in</html>")
        elif fault == "long":
            self._send(200, content + b"more")
        elif fault == "hang":
            time.sleep(1.0)
        else:
            self._content(content, fault)

    def _content(self, content: bytes, fault: str) -> None:
        wanted = self.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if not wanted or fault == "no-range":
            self._send(200, content, cut=fault == "cut")
        else:
            said = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(206, content[start:], said, cut=fault == "cut")

    def _send(self, status: int, body: bytes, said: str = "", cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if said:
            self.send_header("Content-Range", said)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def online(small: Small, server: Server, monkeypatch: pytest.MonkeyPatch) -> Card:
    """The small data set's card with the server as its only mirror, and the network allowed."""
    monkeypatch.delenv("GENLAB_OFFLINE", raising=False)
    return replace(small.card, mirrors=(server.url,))


@pytest.fixture
def real_cifar() -> Path:
    """The folder with CIFAR-10's pictures; skips where it is absent."""
    if not (REAL / "cifar10" / "cifar10_jpeg.tar.xz").exists():
        pytest.skip(f"needs the pictures of CIFAR-10 in {REAL / 'cifar10'}")
    return REAL


@pytest.fixture
def real_bricks() -> Path:
    """The folder with real LEGO bricks; skips where it is absent."""
    if not (REAL / "lego_bricks" / "lego_64_gray.npz").exists():
        pytest.skip(f"needs the LEGO bricks in {REAL / 'lego_bricks'}")
    return REAL / "lego_bricks"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's Kaggle account."""
    monkeypatch.setenv("KAGGLE_USERNAME", "somebody")
    monkeypatch.setenv("KAGGLE_KEY", "0123456789abcdef")
