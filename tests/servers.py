"""Servers that tests start themselves, on a free port of this machine, and end again."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_port(port: int, process: subprocess.Popen[bytes], seconds: float = 120.0) -> None:
    """Wait until somebody listens. Raises RuntimeError when the process ends, or it takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


@contextlib.contextmanager
def dask(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and its workers of one thread each."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = ["dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    started: list[subprocess.Popen[bytes]] = []
    with (folder / "dask.log").open("wb") as log:

        def start(command: list[str]) -> None:
            whole = [sys.executable, "-m", f"distributed.cli.{command[0]}", *command[1:]]
            started.append(subprocess.Popen(whole, cwd=folder, stdout=log, stderr=log))

        try:
            start(scheduler)
            await_port(port, started[0])
            for number in range(workers):
                start([*worker, "--local-directory", str(folder / f"worker-{number}")])
            yield address, started[1:]
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()
                process.wait()


def postgres_tools() -> Path | None:
    """The folder of initdb and postgres, where the package is installed."""
    found = shutil.which("initdb")
    folders = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *([Path(found).parent] if found else []),
    ]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@contextlib.contextmanager
def postgres(tools: Path) -> Iterator[str]:
    """Address of an empty database of a server that an ordinary user runs."""
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name  # it refuses to run as root
    with tempfile.TemporaryDirectory(prefix="genlab-postgres-") as name:
        folder, port = Path(name), free_port()
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        run = {
            "cwd": folder,
            "user": user if os.geteuid() == 0 else None,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"},
        }
        initdb = [tools / "initdb", "-D", folder / "data", "-U", "grader", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, **run)
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=16MB"]
        server = [tools / "postgres", "-D", folder / "data", "-p", str(port)]
        for setting in settings:
            server += ["-c", setting]
        process = subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **run)
        try:
            await_port(port, process)
            yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()
            process.wait()
